"""What must hold of a number found by a pattern before it counts as somebody's."""

from __future__ import annotations

import re
from collections.abc import Callable

from invekto.guardrails.checksums import IBAN_LENGTHS, is_card, is_iban, is_tckn, is_vkn

AREA_CODES = frozenset(
    [
        "212",
        "216",
        "222",
        "224",
        "226",
        "228",
        "232",
        "236",
        "242",
        "246",
        "248",
        "252",
        "256",
        "258",
        "262",
        "264",
        "266",
        "272",
        "274",
        "276",
        "282",
        "284",
        "286",
        "288",
        "312",
        "318",
        "322",
        "324",
        "326",
        "328",
        "332",
        "338",
        "342",
        "344",
        "346",
        "348",
        "352",
        "354",
        "356",
        "358",
        "362",
        "364",
        "366",
        "368",
        "370",
        "372",
        "374",
        "376",
        "378",
        "380",
        "382",
        "384",
        "386",
        "388",
        "392",
        "412",
        "414",
        "416",
        "422",
        "424",
        "426",
        "428",
        "432",
        "434",
        "436",
        "438",
        "442",
        "446",
        "452",
        "454",
        "456",
        "458",
        "462",
        "464",
        "466",
        "472",
        "474",
        "476",
        "478",
        "482",
        "484",
        "486",
        "488",
    ]
)
_DATE = re.compile(
    r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}|(?:19|20)\d{2}[./-]\d{2}[./-]\d{2}"
)
_NOT_DIGITS = re.compile(r"\D")


def digits(text: str) -> str:
    """Only the digits."""
    return _NOT_DIGITS.sub("", text)


def national(number: str) -> str:
    """A Turkish number's ten digits, whatever stands before them."""
    plain = digits(number)
    for prefix in ("0090", "90", "0"):
        if len(plain) - len(prefix) == 10 and plain.startswith(prefix):
            return plain[len(prefix) :]
    if len(plain) == 13 and plain.startswith("900"):
        return plain[3:]
    if len(plain) == 15 and plain.startswith("00900"):
        return plain[5:]
    return plain


def _tr_mobile(match: str) -> bool:
    ten = national(match)
    return len(ten) == 10 and ten[0] == "5" and len(set(ten)) > 1 and not _DATE.search(match)


def _tr_landline(match: str) -> bool:
    ten = national(match)
    if len(ten) != 10 or _DATE.search(match):
        return False
    return ten[:3] in AREA_CODES or (ten[0] == "8" and match.lstrip("( ").startswith(("+", "00")))


def _phone(match: str) -> bool:
    """A number with its country code, of a length that country has."""
    import phonenumbers

    plain = digits(match)
    if match.startswith("00"):
        plain = plain[2:]
    elif "+" not in match[:2]:
        return False
    try:
        number = phonenumbers.parse(f"+{plain}")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number) or 10 <= len(plain) <= 13


def _plate(match: str) -> bool:
    letters = re.sub(r"[^a-z]", "", match)
    length = len(digits(match)) - 2
    return {1: (4, 5), 2: (3, 4), 3: (2, 3)}[len(letters)][0] <= length + (len(letters) == 1)


def _email(match: str) -> bool:
    return len(match) <= 254 and ".." not in match


def _foreign_tax(match: str) -> bool:
    return 8 <= len(digits(match)) <= 15


CHECKS: dict[str, Callable[[str], bool]] = {
    "tckn": lambda match: is_tckn(digits(match)),
    "vkn": lambda match: is_vkn(digits(match)),
    "card": lambda match: is_card(digits(match)),
    "tr_mobile": _tr_mobile,
    "tr_landline": _tr_landline,
    "phone": _phone,
    "email": _email,
    "plate": _plate,
    "foreign_tax": _foreign_tax,
    "has_digits": lambda match: sum(c.isdecimal() for c in match) >= 4,
}


def walk_iban(folded: str, start: int) -> int | None:
    """The end of an IBAN that starts at `start`, blanks, dots and hyphens between its characters
    allowed; None where there is none."""
    length = IBAN_LENGTHS.get(folded[start : start + 2])
    if length is None:
        return None
    compact: list[str] = []
    at = start
    gap = 0
    while at < len(folded) and len(compact) < length:
        char = folded[at]
        if char.isascii() and char.isalnum():
            compact.append(char)
            gap = 0
        elif char in " .-\n\t\u00a0" and gap < 2:
            gap += 1
        else:
            return None
        at += 1
    after = folded[at : at + 1]
    if len(compact) != length or (after.isascii() and after.isalnum() and after.isdigit()):
        return None
    return at if is_iban("".join(compact)) else None
