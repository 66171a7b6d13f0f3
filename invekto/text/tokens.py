"""Folded text cut into words, numbers and signs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_TOKEN = re.compile(
    r"(?P<digits>\d+)(?P<tail>'?[^\W\d_]+)?|(?P<word>[^\W\d_]+(?:'[^\W\d_]*)?)|(?P<sign>\S)"
)
_ARABIZI = re.compile(r"(?P<word>[a-z]+\d[a-z\d]*|[379][a-z]+\d*[a-z]*)(?![a-z])")


LONGEST_WORD = 60
"""Longer runs of letters are no words: nothing looks into them."""


@dataclass(frozen=True, slots=True)
class Token:
    """`text[begin:finish]` of the folded text. A number has `digits` and the letters that follow
    it without a blank as `tail` (15'inde → 15, inde); a word or sign has neither."""

    text: str
    begin: int
    finish: int
    digits: str = ""
    tail: str = ""
    glued: bool = False

    @property
    def is_word(self) -> bool:
        return not self.digits and self.text[:1].isalpha()


def split_tails(tokens: list[Token]) -> list[Token]:
    """The same tokens, the letters glued to a number as tokens of their own: 15k → 15, k."""
    out: list[Token] = []
    for token in tokens:
        if not token.tail:
            out.append(token)
            continue
        end = token.begin + len(token.digits)
        out.append(replace(token, text=token.digits, finish=end, tail=""))
        out.append(Token(token.tail, token.finish - len(token.tail), token.finish, glued=True))
    return out


def tokenise(text: str, *, arabizi: bool = False) -> list[Token]:
    """The tokens of folded text; with `arabizi` digits may stand for letters inside words."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        match = (_ARABIZI.match(text, at) if arabizi else None) or _TOKEN.match(text, at)
        if match is None:
            at += 1
            continue
        tokens.append(_token(match, glued=at > 0 and text[at - 1] != " "))
        at = match.end()
    return tokens


def _token(match: re.Match[str], *, glued: bool) -> Token:
    found = match.groupdict()
    tail = (found.get("tail") or "").lstrip("'")
    return Token(match.group(), match.start(), match.end(), found.get("digits") or "", tail, glued)
