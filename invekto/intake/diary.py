"""Rows about people and time: practitioners, weekly hours, time off, appointments, customers,
FAQs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

from invekto.errors import BadData
from invekto.intake import values
from invekto.intake.desk import Desk, Line, by_name, grouped, outcome
from invekto.intake.freed import offer_freed
from invekto.intake.headings import key
from invekto.intake.offers import services_named
from invekto.intake.people import CONSENT, contact_id
from invekto.knowledge import faqs
from invekto.records import appointments, contacts, conversations, openings, pricing
from invekto.text.language import detect
from invekto.text.normalise import fold

TITLES = ("prof. dr.", "doc. dr.", "uzm. dr.", "op. dr.", "dr. dt.", "dr.", "dt.", "prof.", "uzm.")
LATEST = time(23, 59)
COURTESY = ("bey", "hanim", "hoca", "hocam")
EVERYBODY = ("", "herkes", "hepsi", "tumu", "tum klinik", "klinik", "tum hekimler", "all")
IN_FORCE = ("booked", "confirmed")


async def _people_and_services(desk: Desk) -> None:
    people, services = await openings.practitioners(desk.conn), await pricing.services(desk.conn)
    desk.known = {
        "people": by_name(people, lambda p: [p.name, p.full_name]),
        "order": [p.practitioner_id for p in people],
        "hours": await openings.open_hours(desk.conn),
        "services": by_name(services, lambda s: [s.name], lambda s: s.names.values(),
                            lambda s: s.synonyms),
    }  # fmt: skip


async def put_practitioners(desk: Desk, lines: list[Line]) -> None:
    """People who give appointments; weekly hours too where the list has them."""
    await _people_and_services(desk)
    groups = grouped(lines, lambda line: fold(_untitled(desk.text(line, "name"))[1]))
    await desk.each(groups, lambda group: _practitioner(desk, group))


def _untitled(name: str) -> tuple[str, str]:
    """`Uzm. Dr. Ece Aydın` as title and name."""
    for title in TITLES:
        if fold(name).startswith(title + " "):
            return name[: len(title)], name[len(title) :].strip()
    return "", name


async def _practitioner(desk: Desk, group: list[Line]) -> str:
    line = group[0]
    title, name = _untitled(desk.needed(line, "name"))
    before = desk.known["people"].get(fold(name))
    place = len(desk.known["order"])
    made = before or openings.Practitioner(values.slug(name), name, position=place)
    if title or "title" in line.cells:
        made = replace(made, title=desk.text(line, "title", title))
    if "languages" in line.cells:
        spoken = values.listed(line.cells["languages"])
        made = replace(made, languages=[_language(desk, one) for one in spoken])
    if "services" in line.cells:
        made = replace(made, service_ids=services_named(desk, line.cells["services"]))
    old = [h for h in desk.known["hours"] if h.practitioner_id == made.practitioner_id]
    told = any("hours" in c or {"days", "begin"} <= set(c) for c in (one.cells for one in group))
    hours = _hours(desk, group, made.practitioner_id) if told else old
    result = outcome((before, _shape(old)) if before else None, (made, _shape(hours)))
    if result != "unchanged":
        await openings.save_practitioner(desk.conn, made, hours)
        desk.known["people"][fold(name)] = made
    if before is None:
        desk.known["order"].append(made.practitioner_id)
    return result


def _language(desk: Desk, raw: str) -> str:
    return desk.word(Line(0, {"languages": raw}), "languages", "language", desk.language)


async def put_slots(desk: Desk, lines: list[Line]) -> None:
    """Weekly hours; those of a practitioner in the list are replaced as a whole."""
    await _people_and_services(desk)
    groups = grouped(lines, lambda line: fold(_untitled(desk.text(line, "practitioner"))[1]))
    await desk.each(groups, lambda group: _week(desk, group))


async def _week(desk: Desk, group: list[Line]) -> str:
    person = _person(desk, group[0])
    old = [h for h in desk.known["hours"] if h.practitioner_id == person.practitioner_id]
    hours = _hours(desk, group, person.practitioner_id)
    result = outcome(_shape(old) or None, _shape(hours))
    if result != "unchanged":
        await openings.save_practitioner(desk.conn, person, hours)
    return result


def _hours(desk: Desk, group: list[Line], practitioner_id: str) -> list[openings.OpenHours]:
    made: dict[str, openings.OpenHours] = {}
    for days, begin, closes in [one for line in group for one in _opened(desk, line)]:
        end = LATEST if closes == time(0) else closes
        if end <= begin:
            raise BadData("closes before it opens", column="end")
        for day in days:
            ident = f"{practitioner_id}-{day}-{begin:%H:%M}"
            made[ident] = openings.OpenHours(ident, practitioner_id, day, begin, end)
    ordered = sorted(made.values(), key=lambda h: (h.weekday, h.start_time))
    for one, other in pairwise(ordered):
        if one.weekday == other.weekday and other.start_time < one.end_time:
            raise BadData(f"two openings overlap on weekday {one.weekday}", column="begin")
    return ordered


def _opened(desk: Desk, line: Line) -> list[tuple[list[int], time, time]]:
    """Weekdays with opening and closing, from one cell or from three."""
    if "hours" in line.cells:
        return desk.read(line, "hours", values.openings, [])
    begin = desk.read(line, "begin", values.clock, None)
    end = desk.read(line, "end", values.clock, None)
    if begin is None or end is None:
        raise BadData("opening and closing time are needed", column="begin")
    return [(desk.read(line, "days", values.weekdays, []), begin, end)]


def _shape(hours: list[openings.OpenHours]) -> list[Any]:
    return sorted((h.weekday, h.start_time, h.end_time, h.max_capacity) for h in hours)


def _person(desk: Desk, line: Line) -> openings.Practitioner:
    raw = desk.needed(line, "practitioner")
    found: openings.Practitioner | None = desk.known["people"].get(fold(raw)) or desk.known[
        "people"
    ].get(fold(_untitled(raw)[1]))
    if found is None:
        found = _by_first_name(desk, raw)
    if found is None:
        raise BadData(
            f"there is no practitioner {raw!r}: import practitioners first", column="practitioner"
        )
    return found


def _by_first_name(desk: Desk, raw: str) -> openings.Practitioner | None:
    """`Selin` or `Selin Hanım`, where only one person is called so."""
    called = [word for word in fold(_untitled(raw)[1]).split() if word not in COURTESY]
    people: dict[str, openings.Practitioner] = {
        p.practitioner_id: p for p in desk.known["people"].values()
    }
    fits = [p for p in people.values() if fold(p.name).split()[: len(called)] == called]
    if len(fits) != 1 or not called:
        return None
    desk.guess("a person is known by the first name")(f"{raw} → {fits[0].full_name}")
    return fits[0]


async def put_time_off(desk: Desk, lines: list[Line]) -> None:
    """Absences; a day without times is away all day, nobody named is everybody."""
    await _people_and_services(desk)
    await desk.each(([line] for line in lines), lambda group: _absence(desk, group[0]))


async def _absence(desk: Desk, line: Line) -> str:
    begin = desk.day(line, "first")
    if begin is None:
        raise BadData("is empty", column="first")
    end = desk.day(line, "last") or begin
    first, last = time(0), time(0)
    if values.has_clock(line.cells["first"]):
        first = values.clock_within(line.cells["first"])
    if "last" in line.cells and values.has_clock(line.cells["last"]):
        last = values.clock_within(line.cells["last"])
    else:
        end += timedelta(days=1)
    starts = datetime.combine(begin, first, tzinfo=desk.zone)
    ends = datetime.combine(end, last, tzinfo=desk.zone)
    if ends <= starts:
        raise BadData("ends before it begins", column="last")
    everybody = fold(desk.text(line, "practitioner")) in EVERYBODY
    who = None if everybody else _person(desk, line).practitioner_id
    made = openings.TimeOff(who, starts, ends, desk.text(line, "reason"))
    for old in await openings.time_off(desk.conn, starts, ends):
        if (old.practitioner_id, old.starts_at, old.ends_at) == (who, starts, ends):
            return "unchanged"
    await openings.add_time_off(desk.conn, made)
    return "created"


async def put_appointments(desk: Desk, lines: list[Line]) -> None:
    """Appointments; one that exists (same practitioner and start, or number) is brought up to
    its new status."""
    await _people_and_services(desk)
    desk.known["by_id"] = {s.service_id: s for s in await pricing.services(desk.conn)}
    desk.known["freed"] = []
    await desk.each(([line] for line in lines), lambda group: _appointment(desk, group[0]))
    await offer_freed(desk, desk.known["freed"])


async def _appointment(desk: Desk, line: Line) -> str:
    person = _person(desk, line)
    raw = desk.needed(line, "service")
    service = desk.known["services"].get(fold(raw))
    if service is None:
        raise BadData(f"there is no service {raw!r}: import services first", column="service")
    if "time" not in line.cells and not values.has_clock(line.cells.get("day", "")):
        raise BadData("the time is missing", column="time")
    begin = desk.moment(line, "day", "time")
    if begin is None:
        raise BadData("is empty", column="day")
    phone, patient = desk.phone(line), desk.text(line, "patient")
    if not phone and not patient:
        raise BadData("name or phone of the patient is needed", column="patient")
    told = desk.text(line, "id") or f"{person.practitioner_id}|{begin.isoformat()}|{phone}{patient}"
    ident = "apt_" + hashlib.sha256(told.encode()).hexdigest()[:20]
    status = desk.word(line, "status", "appointment_status", "booked")
    end = begin + timedelta(minutes=service.duration_minutes)
    busy = (
        begin - timedelta(minutes=service.buffer_before),
        end + timedelta(minutes=service.buffer_after),
    )
    before = await appointments.get_appointment(desk.conn, ident)
    if before is not None:
        moved = (before.starts_at, before.practitioner_id) != (begin, person.practitioner_id)
        if before.source != "import" or not (moved or before.status != status):
            return "unchanged"
        if moved and status in IN_FORCE:
            await appointments.move(
                desk.conn, ident, practitioner_id=person.practitioner_id, starts_at=begin,
                ends_at=end, busy_from=busy[0], busy_until=busy[1], seat=before.seat,
                now=desk.now,
            )  # fmt: skip
        await appointments.set_appointment_status(desk.conn, ident, status, desk.now)
        if before.status in IN_FORCE and (moved or status == "cancelled"):
            desk.known["freed"].append(before)
        return "changed"
    made = appointments.Appointment(
        appointment_id=ident, practitioner_id=person.practitioner_id,
        service_id=service.service_id, starts_at=begin, ends_at=end,
        busy_from=busy[0], busy_until=busy[1], status=status,
        contact_id=await _contact_of(desk, phone),
        patient_name=patient or None, patient_phone=phone, note=desk.text(line, "note"),
        source="import", cancelled_at=desk.now if status == "cancelled" else None,
        confirmed_at=desk.now if status == "confirmed" else None,
    )  # fmt: skip
    await appointments.add_appointment(desk.conn, made, desk.now)
    return "created"


async def _contact_of(desk: Desk, phone: str | None) -> str | None:
    """Whom reminders of an imported appointment go to: the contact of the phone, if known."""
    if phone is None:
        return None
    known = await conversations.find_contact(desk.conn, "whatsapp", phone.lstrip("+"))
    return known.contact_id if known else None


async def put_customers(desk: Desk, lines: list[Line]) -> None:
    """Contacts by phone; what they decided themselves is kept."""
    groups = grouped(lines, _dialled)
    for group in groups:
        if len(group) > 1:
            again = desk.guess("a phone comes twice: its last row counts")
            again(values.text(group[0].cells["phone"]))
    await desk.each(groups, lambda group: _customer(desk, group[-1]))


def _dialled(line: Line) -> str:
    """A phone without what its ways of writing differ in: the last ten figures."""
    return re.sub(r"\D", "", values.text(line.cells.get("phone")))[-10:]


async def _customer(desk: Desk, line: Line) -> str:
    phone = desk.phone(line)
    if phone is None:
        raise BadData("is empty", column="phone")
    name = " ".join(filter(None, (desk.needed(line, "name"), desk.text(line, "surname"))))
    return await contacts.list_contact(
        desk.conn,
        contacts.Listed(
            contact_id(phone), phone, name,
            desk.word(line, "language", "language", "") or None,
            CONSENT[desk.word(line, "consent", "consent", "none")],
            {k: desk.text(line, k) for k in ("email", "country", "city", "interest")
             if k in line.cells},
        ),
    )  # fmt: skip


async def put_faqs(desk: Desk, lines: list[Line]) -> None:
    """Questions with answers; one that is there already, however it came, is left as it is."""
    stored = await faqs.list_faqs(desk.conn)
    desk.known = {
        "asked": {key(t.question): faq for faq in stored for t in faq.texts.values()}
    }  # fmt: skip
    groups = grouped(lines, lambda line: key(values.text(line.cells.get("question"))))
    for group in groups:
        if len(group) > 1:
            desk.guess("a question comes twice: its last answer counts")(
                values.text(group[0].cells["question"])[:40]
            )
    await desk.each(groups, lambda group: _faq(desk, group[-1]))


async def _faq(desk: Desk, line: Line) -> str:
    texts: dict[str, faqs.FaqText] = {}
    if "question" in line.cells:
        question = desk.needed(line, "question")
        language = desk.word(line, "language", "language", "") or _spoken(question, desk)
        others = tuple(values.listed(line.cells.get("variants"), "|;\n"))
        texts[language] = faqs.FaqText(question, desk.needed(line, "answer"), others)
    for code in ("en", "ar"):
        if f"question_{code}" in line.cells:
            answer = desk.needed(line, f"answer_{code}")
            texts[code] = faqs.FaqText(desk.text(line, f"question_{code}"), answer)
    if not texts:
        raise BadData("is empty", column="question")
    asked = [key(t.question) for t in texts.values()]
    before = next((desk.known["asked"][a] for a in asked if a in desk.known["asked"]), None)
    if before is not None:
        same = all(before.texts.get(code) == told for code, told in texts.items())
        if same or before.origin != "import":
            return "unchanged"
        await faqs.edit(desk.conn, before.faq_id, texts={**before.texts, **texts})
        return "changed"
    made = await faqs.create(
        desk.conn, texts, faq_id="faq_" + hashlib.sha256(asked[0].encode()).hexdigest()[:20],
        category=desk.text(line, "category"), tags=values.listed(line.cells.get("tags")),
        origin="import", approve=True,
    )  # fmt: skip
    desk.known["asked"] |= dict.fromkeys(asked, made)
    return "created"


def _spoken(question: str, desk: Desk) -> str:
    found = detect(question).language
    if found not in ("tr", "en", "ar") or found == desk.language:
        return desk.language
    desk.guess(f"a question is in {found}")(question[:40])
    return found
