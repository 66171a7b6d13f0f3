"""Past messages from a file: CSV as Excel writes it, a JSON list, or JSON Lines.

One row is one message: when, from whom, what; and, as far as known, which conversation, the
customer's phone and name, the agent, the channel, whether a patient has given consent, and
whether a person found our draft right. `columns.yaml` lists the headings that are understood in
Turkish and English. JSON may also nest: `[{"conversation": …, "phone": …, "messages": [{"at": …,
"from": …, "text": …}]}]`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from invekto.contracts.messages import MAX_TEXT
from invekto.errors import BadData
from invekto.text.decoding import decoded
from invekto.text.delimited import delimited
from invekto.text.fold import fold

LARGEST = 50_000_000  # bytes
PARTED = timedelta(days=3)
"""Without a conversation's id: one phone's messages this far apart belong to two of them."""
YEARS = range(2000, 2100)
DAY_FIRST = (
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d.%m.%Y",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastMessage:
    """`author` is customer, person or system."""

    at: datetime
    author: str
    text: str
    agent: str | None = None
    verdict: bool | None = None
    """Whether a person found our draft for this message right, where somebody has judged."""


@dataclass(frozen=True, slots=True)
class PastConversation:
    """One customer's, in order of time. Without a phone nothing of theirs is looked up."""

    key: str
    phone: str | None
    name: str | None
    channel: str
    consent: bool
    messages: tuple[PastMessage, ...]


@dataclass
class Past:
    """What a file holds; `problems` name the rows that were left out."""

    conversations: list[PastConversation] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)


Row = dict[str, Any]


def read_past(name: str, data: bytes, zone: ZoneInfo) -> Past:
    """The conversations of a file.

    Args:
        zone: of moments that name none.

    Raises:
        BadData: it cannot be read, lacks a column that is needed, or holds no good message.
    """
    if len(data) > LARGEST:
        raise BadData(f"{name} is larger than {LARGEST // 1_000_000} MB: split it")
    text = decoded(data).text
    rows = _json_rows(name, text) if text.lstrip()[:1] in ("[", "{") else _csv_rows(name, data)
    past = Past()
    found: dict[str, list[tuple[Row, PastMessage]]] = {}
    for number, row in rows:
        try:
            message = _message(row, zone)
        except ValueError as error:
            past.problems.append({"file": name, "line": number, "problem": str(error)})
            continue
        found.setdefault(_key(row), []).append((row, message))
    if not found:
        raise BadData(f"{name} holds no usable message: {past.problems[:1] or 'it is empty'}")
    for key, members in found.items():
        past.conversations += _conversations(key, members)
    return past


def _csv_rows(name: str, data: bytes) -> Iterator[tuple[int, Row]]:
    fields: list[str | None] | None = None
    for line, cells in delimited(data, name=name).rows():
        if fields is None:
            fields = [_field(cell) for cell in cells]
            _complete(name, fields, cells)
        elif any(cell.strip() for cell in cells):
            yield line, _row(fields, cells)


def _row(fields: Sequence[str | None], cells: Sequence[Any]) -> Row:
    return {f: cell for f, cell in zip(fields, cells, strict=False) if f is not None}


def _complete(name: str, fields: Sequence[str | None], headings: Sequence[str]) -> None:
    lacking = [one for one in ("at", "author", "text") if one not in fields]
    if lacking:
        told = [f"{one} ({', '.join(_words()['columns'][one][:6])} …)" for one in lacking]
        raise BadData(
            f"{name} lacks a column for {' and for '.join(told)};"
            f" its headings are: {', '.join(headings)[:200]}",
            file=name,
        )


def _json_rows(name: str, text: str) -> Iterator[tuple[int, Row]]:
    try:
        told = json.loads(text)
        listed = list(enumerate(told if isinstance(told, list) else [told], 1))
    except RecursionError as error:
        raise BadData(f"{name} is nested too deeply to be a list of messages") from error
    except json.JSONDecodeError:
        listed = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    for number, entry in listed:
        yield from _json_row(name, number, entry)


def _json_row(name: str, number: int, entry: Any) -> Iterator[tuple[int, Row]]:
    if isinstance(entry, str):
        try:
            entry = json.loads(entry)
        except (json.JSONDecodeError, RecursionError):
            entry = None
    if not isinstance(entry, dict):
        yield number, {}
        return
    nested = next((entry[k] for k in entry if _plain(k) in ("messages", "mesajlar")), None)
    shared = {f: v for k, v in entry.items() if (f := _field(str(k))) is not None}
    if not isinstance(nested, list):
        yield number, shared
        return
    shared.setdefault("conversation", f"{name}:{number}")
    for one in nested:
        own = one if isinstance(one, dict) else {}
        yield number, shared | {f: v for k, v in own.items() if (f := _field(str(k))) is not None}


def _message(row: Row, zone: ZoneInfo) -> PastMessage:
    """Raises ValueError, saying what is wrong with the row."""
    author = _author(str(row.get("author") or ""))
    text = _clean(row.get("text"))[:MAX_TEXT]
    verdict = _plain(str(row.get("verdict") or ""))
    return PastMessage(
        at=_moment(str(row.get("at") or ""), zone),
        author=author,
        text=text,
        agent=_clean(row.get("agent")) or None,
        verdict=True if verdict in _words()["right"] else (
            False if verdict in _words()["wrong"] else None
        ),
    )  # fmt: skip


def _author(said: str) -> str:
    plain = _plain(said)
    for author, words in _words()["authors"].items():
        if plain in words:
            return str(author)
    raise ValueError(f"{said!r} says neither customer nor agent (müşteri, temsilci …)")


def _moment(said: str, zone: ZoneInfo) -> datetime:
    said = said.strip()
    if re.fullmatch(r"\d{10}(\d{3})?(\.\d+)?", said, re.ASCII):
        said = datetime.fromtimestamp(float(said[:10]), UTC).isoformat()
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        moment = _day_first(said)
    if moment.year not in YEARS:
        raise ValueError(f"{said!r} is not of this time")
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _day_first(said: str) -> datetime:
    for form in DAY_FIRST:
        try:
            return datetime.strptime(said, form)
        except ValueError:
            continue
    raise ValueError(f"{said!r} is no moment: write 2026-11-25 14:30 or 25.11.2026 14:30")


def _key(row: Row) -> str:
    told = row.get("conversation")
    if told not in (None, ""):
        return _clean(told)
    return f"phone:{_phone(row.get('phone')) or _clean(row.get('name')) or '?'}"


def _conversations(
    key: str, members: Sequence[tuple[Row, PastMessage]]
) -> Iterator[PastConversation]:
    ordered = sorted(members, key=lambda pair: pair[1].at)
    parts: list[list[tuple[Row, PastMessage]]] = []
    for pair in ordered:
        begins = not parts or (
            key.startswith("phone:") and pair[1].at - parts[-1][-1][1].at > PARTED
        )
        if begins:
            parts.append([])
        parts[-1].append(pair)
    for number, part in enumerate(parts, 1):
        rows = [row for row, _ in part]
        yield PastConversation(
            key=key if len(parts) == 1 else f"{key}#{number}",
            phone=next((p for row in rows if (p := _phone(row.get("phone")))), None),
            name=next((name for row in rows if (name := _clean(row.get("name"))[:200])), None),
            channel=next((_plain(str(r["channel"])) for r in rows if r.get("channel")), "whatsapp"),
            consent=any(_plain(str(r.get("consent", ""))) in _words()["consent"] for r in rows),
            messages=tuple(message for _, message in part),
        )


def _phone(said: Any) -> str | None:
    """+905321112233 from what people write; None where it is none."""
    digits = re.sub(r"\D", "", str(said or ""))
    if len(digits) == 11 and digits.startswith("05"):
        digits = "9" + digits
    elif len(digits) == 10 and digits.startswith("5"):
        digits = "90" + digits
    digits = digits.removeprefix("00")
    return f"+{digits}" if 8 <= len(digits) <= 15 else None


def _clean(said: Any) -> str:
    """Without what no database stores."""
    if said is None:
        return ""
    return str(said).replace("\x00", "").encode("utf-8", "ignore").decode().strip()


def _field(heading: str) -> str | None:
    plain = _plain(heading)
    return next((str(f) for f, words in _words()["columns"].items() if plain in words), None)


def _plain(said: str) -> str:
    return re.sub(r"[^a-z0-9\u0600-\u06ff]+", " ", fold(said)).strip()


@cache
def _words() -> dict[str, Any]:
    text = files("invekto.evals.replay").joinpath("columns.yaml").read_text("utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    return words
