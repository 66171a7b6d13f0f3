"""What the dashboard must show, counted anew: from plain rows, a message and a turn at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Istanbul")
OUTCOMES = ("answered", "suggested", "handed_over")
PEOPLE = {"person", "person_for_ai"}
SMALL_TALK = {"greeting", "thanks_goodbye"}
WRONG = {"audit_wrong", "auto_wrong_agent", "auto_wrong_customer"}
RIGHT = {"sent_unchanged", "edited_cosmetic", "audit_right"}
DAY = timedelta(days=1)
TABLES = {
    "messages": "SELECT m.*, c.contact_id FROM messages m JOIN conversations c"
    " USING (tenant_id, conversation_id) ORDER BY m.conversation_id, m.seq",
    "turns": "SELECT t.*, c.contact_id, c.channel FROM turns t JOIN conversations c"
    " USING (tenant_id, conversation_id) ORDER BY t.created_at",
    "drafts": "SELECT * FROM suggested_replies",
    "verdicts": "SELECT * FROM trust_verdicts",
    "handovers": "SELECT * FROM handovers",
    "gaps": "SELECT * FROM knowledge_gaps WHERE status = 'open'"
    " ORDER BY frequency DESC, last_seen DESC",
    "leads": "SELECT * FROM leads",
    "appointments": "SELECT * FROM appointments",
    "deflections": "SELECT * FROM return_deflections",
}
Row = dict[str, Any]


def n(value: float, digits: int = 0) -> str:
    """As Turks write a number."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def share(part: float, whole: float) -> str:
    return f"%{n(100 * part / whole)}" if whole else "—"


def lasting(seconds: float | None) -> str:
    """As the dashboard says how long something took."""
    if seconds is None:
        return "—"
    if seconds < 1:
        return "&lt; 1 sn"
    for most, unit, name in ((90, 1, "sn"), (7200, 60, "dk"), (172800, 3600, "sa")):
        if seconds < most:
            return f"{n(seconds / unit, 1 if seconds < 10 and unit == 1 else 0)} {name}"
    return f"{n(seconds / 86400)} gün"


@dataclass
class Matter:
    """What one contact wrote and got without a day's pause."""

    said: list[Row]
    turns: list[Row]

    @property
    def about(self) -> set[str]:
        return {intent for turn in self.turns for intent in turn["intents"]} - SMALL_TALK


class Counted:
    """A tenant's rows and what follows from them for the `days` until `now`."""

    def __init__(self, rows: dict[str, list[Row]], now: datetime, days: int) -> None:
        self.rows, self.now, self.days = rows, now, days
        midnight = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        self.end = midnight + DAY
        self.begin = self.end - days * DAY
        self.judged: dict[str, set[str]] = defaultdict(set)
        for verdict in rows["verdicts"]:
            self.judged[verdict["turn_id"]].add(verdict["kind"])

    def expected(self, step: str, packs: Sequence[str]) -> dict[str, str]:
        """Every figure of the page by its name."""
        return {
            **self.heads(), **self.bars(step), **self.matters(), **self.lists(), **self.cohorts(),
            **self.business(packs),
        }  # fmt: skip

    def of(self, table: str, column: str, begin: datetime | None = None) -> list[Row]:
        since = begin or self.begin
        until = since + self.days * DAY
        return [row for row in self.rows[table] if row[column] and since <= row[column] < until]

    def worked(self, begin: datetime | None = None) -> list[Row]:
        return [t for t in self.of("turns", "created_at", begin) if t["outcome"] in OUTCOMES]

    def heads(self) -> dict[str, str]:
        """The ten figures above, with what they were before."""
        found, told = self.head(self.begin), {}
        before = self.head(self.begin - self.days * DAY)
        for name in ("messages", *OUTCOMES, "minutes"):
            told[name] = n(found[name])
            if before[name]:
                change = (found[name] - before[name]) / before[name]
                mark = "▲" if change > 0 else "▼" if change < 0 else "="
                told[f"{name}.change"] = f"{mark} %{n(100 * abs(change))} önceki döneme göre"
        told["deflection"] = share(found["answered"], sum(found[one] for one in OUTCOMES))
        told["accepted"] = share(found["sent"], found["drafts"])
        told["wrong"] = n(
            len({v["turn_id"] for v in self.of("verdicts", "at") if v["kind"] in WRONG})
        )
        firsts = [t["created_at"] for t in self.rows["turns"] if t["outcome"] == "answered"]
        asked = [m["sent_at"] for m in self.rows["messages"] if m["author"] == "customer"]
        waited = (min(firsts) - min(asked)).total_seconds() if firsts else None
        told["first_value"] = lasting(waited)
        waits = self.waits()
        by_ai = [seconds for seconds, author in waits if author == "ai"]
        told["auto_time"] = lasting(median(by_ai) if by_ai else None)
        told["reply_time"] = lasting(median([s for s, _ in waits]) if waits else None)
        return told

    def head(self, begin: datetime) -> Counter[str]:
        found = Counter(turn["outcome"] for turn in self.worked(begin))
        found["messages"] = sum(
            m["author"] == "customer" for m in self.of("messages", "sent_at", begin)
        )
        drafts = Counter(d["status"] for d in self.of("drafts", "resolved_at", begin))
        decided = ("sent", "edited", "rejected", "taken_over", "ignored")
        found["drafts"], found["sent"] = sum(drafts[one] for one in decided), drafts["sent"]
        found["minutes"] = 3 * found["answered"] + 2 * drafts["sent"] + drafts["edited"]
        return found

    def waits(self) -> list[tuple[float, str]]:
        """Seconds from each customer's message to the first answer after it, and whose."""
        answers: dict[str, list[Row]] = defaultdict(list)
        for message in self.rows["messages"]:
            if message["author"] in PEOPLE | {"ai"}:
                answers[message["conversation_id"]].append(message)
        found = []
        for asked in self.of("messages", "sent_at"):
            later = [a for a in answers[asked["conversation_id"]] if a["seq"] > asked["seq"]]
            if asked["author"] == "customer" and later:
                waited = later[0]["sent_at"] - asked["sent_at"]
                found.append((waited.total_seconds(), str(later[0]["author"])))
        return found

    def bars(self, step: str) -> dict[str, str]:
        found: dict[date, Counter[str]] = defaultdict(Counter)
        for turn in self.worked():
            day = turn["created_at"].astimezone(ZONE).date()
            found[day - timedelta(days=day.weekday() if step == "week" else 0)][
                turn["outcome"]
            ] += 1
        told: dict[str, str] = {}
        for day, counts in found.items():
            told |= {f"{step}.{day}.{one}": str(counts[one]) for one in OUTCOMES}
            told[f"{step}.{day}.share"] = share(counts["answered"], counts.total())
        return told

    def cut(self) -> dict[str, list[Matter]]:
        """Every contact's matters in order."""
        found: dict[str, list[Matter]] = defaultdict(list)
        for message in sorted(self.rows["messages"], key=lambda m: m["sent_at"]):
            known = found[message["contact_id"]]
            if not known or message["sent_at"] - known[-1].said[-1]["sent_at"] > DAY:
                known.append(Matter([], []))
            known[-1].said.append(message)
        for turn in self.rows["turns"]:
            begun = [m for m in found[turn["contact_id"]]
                     if m.said[0]["sent_at"] <= turn["created_at"]]  # fmt: skip
            begun[-1].turns.append(turn)
        return found

    def matters(self) -> dict[str, str]:
        found: Counter[str] = Counter()
        for known in self.cut().values():
            for place, matter in enumerate(known):
                if self.begin <= matter.said[0]["sent_at"] < self.end:
                    found["all"] += 1
                    found.update(self.became(matter, known[place + 1 :]))
        closed = found["closed"]
        told = {"matters": f"{found['all']} konudan kapanan {closed} tanesi içinde. Bir konu, bir"
                " müşterinin 24 saat ara vermeden yazdıklarıdır."}  # fmt: skip
        for name in ("verified", "contained", "assisted", "recontact"):
            told[name] = n(found[name]) + (f" · {share(found[name], closed)}" if closed else "")
        return told

    def became(self, matter: Matter, later: list[Matter]) -> list[str]:
        """What became of a matter, by the definitions that the page tells."""
        last, authors = matter.said[-1], {m["author"] for m in matter.said}
        turns = matter.turns
        thanked = bool(turns) and "thanks_goodbye" in turns[-1]["intents"] and any(
            t["resolving"] for t in turns[:-1]
        )  # fmt: skip
        if (last["author"] == "customer" and not thanked) or self.now - last["sent_at"] <= DAY:
            return []
        outcomes = {turn["outcome"] for turn in turns}
        back = any(
            timedelta(0) < other.said[0]["sent_at"] - last["sent_at"] <= 3 * DAY
            and matter.about & other.about
            for other in later
        )
        verdicts = {kind for turn in turns for kind in self.judged[turn["turn_id"]]}
        real = [t for t in turns if not t["intents"] or set(t["intents"]) - SMALL_TALK]
        answered_after = bool(real) and any(
            m["author"] in PEOPLE | {"ai"} and m["sent_at"] >= real[-1]["created_at"]
            for m in matter.said
        )
        resolved = bool(real) and real[-1]["resolving"] and answered_after and not back
        resolved = resolved and not verdicts & WRONG
        told = {
            "closed": True,
            "contained": outcomes & set(OUTCOMES) == {"answered"} and not authors & PEOPLE,
            "assisted": "person_for_ai" in authors,
            "recontact": back,
            "verified": resolved and (thanked or bool(verdicts & RIGHT)),
        }
        return [name for name, yes in told.items() if yes]

    def lists(self) -> dict[str, str]:
        """Reasons, gaps, intents, languages, channels."""
        reasons = Counter(h["reason"] for h in self.of("handovers", "created_at"))
        told = {f"reason.{reason}": str(count) for reason, count in reasons.items()}
        told |= {f"gap.{place}": f"{gap['frequency']}×"
                 for place, gap in enumerate(self.rows["gaps"][:6], 1)}  # fmt: skip
        turns = self.worked()
        for intent, count in Counter(t["intents"][0] for t in turns if t["intents"]).items():
            answered = sum(
                t["outcome"] == "answered" for t in turns if t["intents"][:1] == [intent]
            )
            told |= {f"intent.{intent}": str(count),
                     f"intent.{intent}.share": share(answered, count)}  # fmt: skip
        for part in ("language", "channel"):
            counts = Counter(t[part] for t in turns if t[part])
            told |= {f"{part}.{name}": str(count) for name, count in counts.items()}
        return told

    def cohorts(self) -> dict[str, str]:
        def week(at: datetime) -> date:
            day = at.astimezone(ZONE).date()
            return day - timedelta(days=day.weekday())

        turns = [t for t in self.rows["turns"] if t["outcome"] in OUTCOMES]
        first: dict[str, date] = {}
        for turn in turns:
            begun = week(turn["created_at"])
            first[turn["contact_id"]] = min(begun, first.get(turn["contact_id"], begun))
        told: dict[str, str] = {}
        for start in {w for w in first.values() if w > week(self.now) - timedelta(weeks=8)}:
            told[f"cohort.{start}"] = str(sum(w == start for w in first.values()))
            by_age: dict[int, list[Row]] = defaultdict(list)
            for turn in (t for t in turns if first[t["contact_id"]] == start):
                by_age[(week(turn["created_at"]) - start).days // 7].append(turn)
            for age in range(max(by_age) + 1):
                answered = sum(t["outcome"] == "answered" for t in by_age[age])
                told[f"cohort.{start}.{age}"] = share(answered, len(by_age[age]))
        return told

    def business(self, packs: Sequence[str]) -> dict[str, str]:
        told = {
            f"lead.{status}": str(count)
            for status, count in Counter(x["pipeline_status"] for x in self.rows["leads"]).items()
        }
        if "clinic" in packs:
            asked: dict[str, datetime] = {}
            for turn in self.of("turns", "created_at"):
                if "price_query" in turn["intents"]:
                    asked.setdefault(turn["contact_id"], turn["created_at"])
            leads = [(x["contact_id"], x["created_at"]) for x in self.of("leads", "created_at")]
            over = Counter(a["status"] for a in self.of("appointments", "starts_at"))
            kept, missed = over["completed"], over["no_show"]
            told["price_to_appointment"] = self.funnel(list(asked.items()))
            told["lead_to_appointment"] = self.funnel(leads)
            told["shown_up"] = rate(kept, kept + missed)
            told["no_shows"] = str(missed)
        if "ecommerce" in packs:
            offered = self.of("deflections", "created_at")
            kept_rows = [d for d in offered if d["was_deflected"]]
            told["deflected"] = rate(len(kept_rows), len(offered))
            told["saved"] = f"₺{n(sum(d['saved_revenue'] for d in kept_rows))}"
        return told

    def funnel(self, began: Sequence[tuple[str, datetime]]) -> str:
        booked = sum(
            any(
                a["contact_id"] == contact and a["created_at"] >= at and a["status"] != "cancelled"
                for a in self.rows["appointments"]
            )
            for contact, at in began
        )
        return rate(booked, len(began))


def rate(ended: int, began: int) -> str:
    return f"{ended} / {began}" + (f" · {share(ended, began)}" if began else "")
