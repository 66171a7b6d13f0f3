"""Cells as people fill them in: money, numbers, phones, dates, times, yes and no.

Every reader takes a cell (text, a number, a date as a spreadsheet holds it) and gives a value with
the guesses it took to get there, or raises BadData with what is wrong in words for the person who
keeps the list.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from invekto.errors import BadData
from invekto.text.normalise import fold

LARGEST = Decimal("9999999999.99")
FREE = frozenset(["ucretsiz", "bedava", "free", "free of charge", "مجاني", "مجانا"])
ASKED = re.compile(r"sorunuz|sorulur|sorun\b|belirlenir|on request|ask|teklif")
"""Words in place of a price that is not published."""
NOTHING = frozenset(["-", "–", "—", "--", "---", "n/a", "yok", "…", "..."])
CURRENCIES = {
    "tl": "TRY", "₺": "TRY", "try": "TRY", "lira": "TRY", "usd": "USD", "$": "USD", "dolar": "USD",
    "eur": "EUR", "€": "EUR", "euro": "EUR", "avro": "EUR", "gbp": "GBP", "£": "GBP",
    "sterlin": "GBP",
}  # fmt: skip
YES = frozenset(
    [
        "evet",
        "var",
        "e",
        "yes",
        "y",
        "true",
        "1",
        "x",
        "+",
        "aktif",
        "acik",
        "geldi",
        "odendi",
        "paid",
        "active",
        "✓",
        "✔",
    ]
)
NO = frozenset(
    [
        "hayir",
        "yok",
        "h",
        "no",
        "n",
        "false",
        "0",
        "-",
        "pasif",
        "kapali",
        "odenmedi",
        "unpaid",
        "passive",
    ]
)
MONTHS = (
    ("ocak", "january", "jan", "oca"), ("subat", "february", "feb", "sub"),
    ("mart", "march", "mar"), ("nisan", "april", "apr", "nis"), ("mayis", "may"),
    ("haziran", "june", "jun", "haz"), ("temmuz", "july", "jul", "tem"),
    ("agustos", "august", "aug", "agu"), ("eylul", "september", "sep", "eyl"),
    ("ekim", "october", "oct", "eki"), ("kasim", "november", "nov", "kas"),
    ("aralik", "december", "dec", "ara"),
)  # fmt: skip
WEEKDAYS = (
    ("pazartesi", "pzt", "pts", "monday", "mon"), ("sali", "sal", "tuesday", "tue"),
    ("carsamba", "car", "crs", "wednesday", "wed"), ("persembe", "per", "prs", "thursday", "thu"),
    ("cuma", "cum", "friday", "fri"), ("cumartesi", "cmt", "cts", "saturday", "sat"),
    ("pazar", "paz", "pzr", "sunday", "sun"),
)  # fmt: skip
WEEK = {
    "hafta ici": (1, 5), "weekdays": (1, 5), "hafta sonu": (6, 7), "weekend": (6, 7),
    "her gun": (1, 7), "every day": (1, 7), "daily": (1, 7),
}  # fmt: skip
EXCEL_EPOCH = date(1899, 12, 30)
SERIALS = (20000, 80000)
"""Numbers that may be a day as Excel counts them: 1954 to 2119."""
Guess = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount or a range; `high` is None for `1.500 TL'den başlayan`."""

    low: Decimal
    high: Decimal | None
    currency: str | None = None
    starts_from: bool = False


@dataclass
class Guesses:
    """What was guessed, each kind once with its first example and how often."""

    found: dict[str, tuple[str, int]] = field(default_factory=dict)

    def note(self, kind: str, example: str) -> None:
        """Count one guess."""
        first, count = self.found.get(kind, (example, 0))
        self.found[kind] = (first, count + 1)


def text(cell: Any) -> str:
    """A cell as clean text; whole numbers without their `.0`."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.strftime("%d.%m.%Y %H:%M")
    shown = unicodedata.normalize("NFC", str(cell)).replace("\0", "").replace("\xa0", " ")
    return re.sub(r"[ \t]+", " ", shown).strip()


def money(cell: Any, guess: Guess = lambda _: None) -> Amount:
    """`1.250,00 TL`, `₺1,250.00`, `1.500 - 2.000`, `1.500'den başlayan`, 1250.5."""
    if isinstance(cell, bool):
        raise BadData(f"{cell!r} is no amount: write 1.250,00")
    if isinstance(cell, int | float | Decimal):
        return Amount(_checked(Decimal(str(cell)), text(cell)), _checked(Decimal(str(cell)), ""))
    raw = fold(text(cell))
    if raw in FREE:
        return Amount(Decimal(0), Decimal(0))
    currency = next((c for w, c in CURRENCIES.items() if _named(w, raw)), None)
    parts = re.findall(r"\d[\d.,' ]*\d|\d", re.sub(r"(?<=\d)'(?=[a-z])", " ", raw))
    if not parts or len(parts) > 2:
        raise BadData(f"{text(cell)!r} is no amount: write 1.250,00 or 1.250,00 - 1.500,00")
    if re.match(r"\s*[-−(]\s*[₺$€£]?\s*\d", raw):
        raise BadData(f"{text(cell)!r} is negative")
    numbers = [_checked(decimal(part, guess), text(cell)) for part in parts]
    if len(numbers) == 1:
        open_ended = bool(re.search(r"basla|itibaren|from|den |dan |\+", raw))
        return Amount(numbers[0], None if open_ended else numbers[0], currency, open_ended)
    if numbers[0] > numbers[1]:
        raise BadData(f"{text(cell)!r}: the first amount is larger than the second")
    return Amount(numbers[0], numbers[1], currency)


def _named(word: str, raw: str) -> bool:
    if not word.isalpha():
        return word in raw
    return re.search(rf"(?<![a-z]){word}(?![a-z])", raw) is not None


def decimal(raw: str, guess: Guess = lambda _: None) -> Decimal:
    """A number in Turkish or English writing; three digits after a single point are thousands."""
    digits = re.sub(r"[ ']", "", raw)
    last = max(digits.rfind(","), digits.rfind("."))
    if last < 0:
        return Decimal(digits)
    mark, after = digits[last], len(digits) - last - 1
    other = "." if mark == "," else ","
    if other in digits or (digits.count(mark) == 1 and after != 3):
        return Decimal(digits[:last].replace(",", "").replace(".", "") + "." + digits[last + 1 :])
    if digits.count(mark) == 1:
        guess(f"{raw} → {digits.replace(mark, '')}")
    return Decimal(digits.replace(mark, ""))


def _checked(amount: Decimal, shown: str) -> Decimal:
    if not amount.is_finite() or amount < 0:
        raise BadData(f"{shown!r} is negative or no number")
    if amount > LARGEST:
        raise BadData(f"{shown!r} is too large for an amount")
    return amount.quantize(Decimal("0.01"))


def whole(cell: Any) -> int:
    """`12`, `12 adet`, `1.250`, 12.0; never negative."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        number = Decimal(str(cell))
        if not number.is_finite():
            raise BadData(f"{cell!r} is no number")
    else:
        raw = text(cell)
        if fold(raw) in NOTHING:
            return 0
        found = re.fullmatch(r"(-?)\s*(\d[\d.,]*)\s*[^\W\d]*\.?", raw)
        if found is None:
            raise BadData(f"{raw!r} is no whole number: write 12")
        number = decimal(found[2].rstrip(".,")) * (-1 if found[1] else 1)
    if number != int(number):
        raise BadData(f"{text(cell)!r} is no whole number")
    if not 0 <= number <= 2_000_000_000:
        raise BadData(f"{text(cell)!r} is negative or too large")
    return int(number)


def minutes(cell: Any) -> int:
    """`45`, `45 dk`, `1 saat`, `1,5 saat`, `1 saat 15 dk`, `01:30`."""
    if isinstance(cell, time):
        return cell.hour * 60 + cell.minute
    raw = fold(text(cell))
    if clocked := re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", raw):
        return int(clocked[1]) * 60 + int(clocked[2])
    hours = re.search(r"(\d+(?:[.,]\d+)?)\s*(?:saat|sa|hour|hr|h)\b", raw)
    rest = raw[hours.end() :] if hours else raw
    small = re.search(r"(\d+)\s*(?:dk|dakika|min|minutes?|m|')?", rest)
    if hours is None and small is None:
        raise BadData(f"{text(cell)!r} is no duration: write 45 or 45 dk")
    total = Decimal(hours[1].replace(",", ".")) * 60 if hours else Decimal(0)
    total += Decimal(small[1]) if small else 0
    if not 0 < total <= 24 * 60:
        raise BadData(f"{text(cell)!r} is no duration of a visit")
    return int(total)


def phone(cell: Any, guess: Guess = lambda _: None) -> str:
    """E.164. Numbers without a country are Turkish, and said to be guessed."""
    raw = text(cell)
    if re.search(r"\d[eE]\+?\d", raw):
        raise BadData(f"{raw!r}: Excel has rounded this number; format the column as text")
    digits = "".join(str(unicodedata.digit(c)) for c in raw if c.isdigit())
    abroad = raw.lstrip("('\" ").startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00")
    if abroad or (digits.startswith("90") and len(digits) == 12):
        made = f"+{digits}"
    elif len(digits) in (10, 11) and digits[-10] in "2345":
        made = f"+90{digits[-10:]}"
        guess(f"{raw} → {made}")
    else:
        raise BadData(f"{raw!r} is no phone number: write 0532 111 22 33 or +49 …")
    if not re.fullmatch(r"\+[1-9]\d{6,14}", made) or (made[:3] == "+90" and len(made) != 13):
        raise BadData(f"{raw!r} is no phone number: digits are missing or too many")
    return made


def day(cell: Any, guess: Guess = lambda _: None) -> date:
    """`25.11.2026`, `25/11/26`, `2026-11-25`, `25 Kasım 2026`, a date cell, Excel's day number."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    raw = fold(text(cell))
    if re.fullmatch(r"\d{5}(\.\d+)?", raw) and SERIALS[0] <= float(raw) <= SERIALS[1]:
        made = EXCEL_EPOCH + timedelta(days=int(float(raw)))
        guess(f"{raw} → {made:%d.%m.%Y}")
        return made
    raw = re.split(r"[ t]\d{1,2}[:.]\d{2}(?!\d*[./-])", raw)[0].strip(" ,")
    try:
        return _day(raw, guess)
    except ValueError:
        raise BadData(f"{text(cell)!r} is no date: write 25.11.2026") from None


def _day(raw: str, guess: Guess) -> date:
    if found := re.match(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", raw):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := re.match(r"(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4}|\d{2})(?!\d)", raw):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        year += 2000 if year < 100 else 0
        if second > 12 >= first:
            guess(f"{raw} → {second:02}.{first:02}.{year}")
            return date(year, first, second)
        return date(year, second, first)
    words = re.findall(r"[a-z]+|\d+", raw)
    months = [n for w in words for n, names in enumerate(MONTHS, 1) if w in names]
    numbers = [int(w) for w in words if w.isdigit()]
    if len(months) == 1 and len(numbers) == 2:
        return date(max(numbers), months[0], min(numbers))
    raise ValueError(raw)


def clock(cell: Any) -> time:
    """`14:30`, `14.30`, `14`, `2:30 PM`, a time cell, Excel's part of a day."""
    if isinstance(cell, datetime):
        return cell.time().replace(second=0, microsecond=0)
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0)
    if isinstance(cell, float) and 0 <= cell < 1:
        total = round(cell * 24 * 60)
        return time(total // 60 % 24, total % 60)
    raw = fold(text(cell)).removeprefix("saat ").strip()
    found = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?(?:[:.]\d{2})?\s*(am|pm)?", raw)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if found and found[3]:
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    if hour > 23 or minute > 59:
        raise BadData(f"{text(cell)!r} is no time of day: write 14:30")
    return time(hour, minute)


def has_clock(cell: Any) -> bool:
    """Whether a date cell tells the time too."""
    if isinstance(cell, datetime):
        return cell.time() != time(0)
    return bool(re.search(r"[ tT]\d{1,2}[:.]\d{2}(?!\d*[./-]\d)", text(cell)))


def clock_within(cell: Any) -> time:
    """The time in a date cell such as `25.11.2026 14:30`."""
    if isinstance(cell, datetime):
        return cell.time().replace(second=0, microsecond=0)
    found = re.search(r"[ tT](\d{1,2}[:.]\d{2})(?!\d*[./-]\d)", text(cell))
    return clock(found[1] if found else cell)


def flag(cell: Any) -> bool:
    """Evet, hayır, var, yok, yes, no, 1, 0, x."""
    raw = fold(text(cell))
    if raw in YES or raw in NO:
        return raw in YES
    raise BadData(f"{text(cell)!r} is neither yes nor no: write evet or hayır")


def listed(cell: Any, marks: str = ",;|/\n") -> list[str]:
    """Parts of a cell, in order, each once."""
    parts = re.split(f"[{re.escape(marks)}]", text(cell))
    return list(dict.fromkeys(p.strip() for p in parts if p.strip()))


HOUR = r"(\d{1,2}(?:[:.]\d{2})?)"
SPAN = re.compile(
    rf"\s*(.*?)[\s:]*{HOUR}\s*[-–—]\s*{HOUR}"
    rf"(?:[\s,(]*(?:öğle(?:n)?\s*(?:arası|tatili)?|ara|mola|lunch|break)[\s:]*"
    rf"{HOUR}\s*[-–—]\s*{HOUR}\s*\)?)?\s*",
    re.IGNORECASE,
)


def weekdays(cell: Any) -> list[int]:
    """`Pazartesi-Cuma`, `Pzt, Çar`, `hafta içi`; 1 is Monday."""
    days: set[int] = set()
    for part in listed(cell, ",;|/\n&+"):
        for piece in re.split(r"\s+ve\s+|\s+and\s+", fold(part)):
            days |= set(_days(piece.strip(), part))
    if not days:
        raise BadData("no weekday is named: write Pazartesi or Pzt-Cum")
    return sorted(days)


def openings(cell: Any) -> list[tuple[list[int], time, time]]:
    """`Pzt-Cum 09:00-18:00; Cumartesi 10:00-14:00` as weekdays with opening and closing. Days
    without hours belong to those after them (`Salı, Perşembe 10-17`); a break (`öğle arası
    12.30-13.30`) parts the day."""
    found: list[tuple[list[int], time, time]] = []
    days = ""
    for part in re.split(r"[;\n|]|,(?=\s*[^\W\d])", text(cell)):
        if not part.strip():
            continue
        if not any(char.isdigit() for char in part):
            days += f"{part.strip()},"
            continue
        told = SPAN.fullmatch(part)
        if told is None:
            raise BadData(f"{part.strip()!r} is no opening: write Pzt-Cum 09:00-18:00")
        found += _parted(weekdays(days + told[1]), told)
        days = ""
    if days:
        raise BadData(f"{days.strip(',')!r} is no opening: write Pzt-Cum 09:00-18:00")
    return found


def _parted(days: list[int], told: re.Match[str]) -> list[tuple[list[int], time, time]]:
    begin, end = clock(told[2]), clock(told[3])
    if told[4] is None:
        return [(days, begin, end)]
    away, back = clock(told[4]), clock(told[5])
    if not begin < away < back < end:
        raise BadData(f"the break {told[4]}-{told[5]} is not within {told[2]}-{told[3]}")
    return [(days, begin, away), (days, back, end)]


def _days(piece: str, shown: str) -> Iterable[int]:
    if piece in WEEK:
        first, last = WEEK[piece]
        return range(first, last + 1)
    ends = [_weekday(name.strip(" ."), shown) for name in re.split(r"\s*[-–]\s*", piece)]
    if len(ends) == 1 or ends[0] == ends[-1]:
        return ends[:1]
    span = (ends[-1] - ends[0]) % 7
    return [(ends[0] + n - 1) % 7 + 1 for n in range(span + 1)]


def _weekday(name: str, shown: str) -> int:
    for number, names in enumerate(WEEKDAYS, 1):
        if name in names:
            return number
    raise BadData(f"{shown!r} is no weekday: write Pazartesi or Pzt-Cum")


def slug(raw: str) -> str:
    """An id made of a name: `Diş taşı temizliği` → `dis-tasi-temizligi`."""
    made = re.sub(r"[^a-z0-9]+", "-", fold(raw)).strip("-")
    if not made:
        made = "x" + raw.encode().hex()[:24]
    return made[:60]
