"""Check digits of numbers that name a person, an account or a company."""

from __future__ import annotations

IBAN_LENGTHS = {
    "ad": 24, "ae": 23, "al": 28, "at": 20, "az": 28, "ba": 20, "be": 16, "bg": 22, "bh": 22,
    "ch": 21, "cy": 28, "cz": 24, "de": 22, "dk": 18, "ee": 20, "eg": 29, "es": 24, "fi": 18,
    "fr": 27, "gb": 22, "ge": 22, "gi": 23, "gr": 27, "hr": 21, "hu": 28, "ie": 22, "il": 23,
    "iq": 23, "is": 26, "it": 27, "jo": 30, "kw": 30, "kz": 20, "lb": 28, "li": 21, "lt": 20,
    "lu": 20, "lv": 21, "ly": 25, "mc": 27, "md": 24, "me": 22, "mk": 19, "mt": 31, "nl": 18,
    "no": 15, "om": 23, "pk": 24, "pl": 28, "ps": 29, "pt": 25, "qa": 29, "ro": 24, "rs": 22,
    "ru": 33, "sa": 24, "sd": 18, "se": 24, "si": 19, "sk": 24, "sm": 27, "tn": 24, "tr": 26,
    "ua": 29, "xk": 20,
}  # fmt: skip


def is_tckn(digits: str) -> bool:
    """Turkish identity number: 11 digits, the tenth and eleventh computed from the others."""
    if len(digits) != 11 or digits[0] == "0" or not digits.isdecimal():
        return False
    d = [int(c) for c in digits]
    tenth = (7 * sum(d[0:9:2]) - sum(d[1:8:2])) % 10
    return d[9] == tenth and d[10] == sum(d[:10]) % 10


def is_vkn(digits: str) -> bool:
    """Turkish tax number of a company: 10 digits, the last computed."""
    if len(digits) != 10 or not digits.isdecimal() or len(set(digits)) == 1:
        return False
    total = 0
    for place, char in enumerate(digits[:9]):
        shifted = (int(char) + 9 - place) % 10
        power = shifted * 2 ** (9 - place) % 9
        total += 9 if shifted and not power else power
    return int(digits[9]) == (10 - total % 10) % 10


def is_iban(letters: str) -> bool:
    """ISO 13616: country, length and the remainder of 97. `letters` without blanks, any case."""
    compact = letters.lower()
    if IBAN_LENGTHS.get(compact[:2]) != len(compact) or not compact[2:4].isdecimal():
        return False
    if not (compact.isascii() and compact.isalnum()):
        return False
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


def is_card(digits: str) -> bool:
    """Luhn's sum and the prefix and length of a card network, Troy included."""
    if not digits.isdecimal() or not _network(digits):
        return False
    total = 0
    for place, char in enumerate(reversed(digits)):
        digit = int(char) * (1 + place % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0 and len(set(digits)) > 1


def _network(digits: str) -> bool:
    length = len(digits)
    if digits[0] == "4":
        return length in {13, 16, 19}
    if digits[:2] in {"34", "37"}:
        return length == 15
    if digits[:2] in {"36", "38", "39"} or digits[:3] in {f"30{n}" for n in range(6)}:
        return length == 14
    if length == 16 and ("51" <= digits[:2] <= "55" or "2221" <= digits[:4] <= "2720"):
        return True
    if digits[:4] == "9792" or digits[:2] in {"62", "65"} or digits[:4] == "6011":
        return length in {16, 17, 18, 19}
    return digits[:2] in {"35", "50", "56", "57", "58", "63", "67"} and length in {16, 18, 19}
