"""Yes or no to something that was proposed."""

from __future__ import annotations

from invekto.agent.intents.dialogue.options import OTHER, picks
from invekto.agent.intents.dialogue.reading import Reading
from invekto.contracts.understanding import DialogueAnswer

LONGEST = 8
"""Words of a plain yes or no; a longer message must begin with one."""
_FIRST_WORDS = 2
_AND_THEN = ("peki", "طيب", "tayeb")
"""A yes by itself, "and what about" before something else."""


def read_confirmation(reading: Reading, options: tuple[str, ...] = ()) -> DialogueAnswer:
    """`options[0]` is what was proposed, the others are alternatives to it."""
    if reading.has("agree_first"):
        return DialogueAnswer("yes")
    picked = picks(reading, options) if len(options) > 1 and not reading.has("all") else []
    if len(picked) == 1:
        return DialogueAnswer("option", picked[0]) if picked[0] else DialogueAnswer("yes")
    if reading.has("undecided") or "?" in reading.text or _asks(reading):
        return OTHER
    agreed, refused = reading.where("agree"), reading.where("refuse")
    nearest = min((s[0] for s in (agreed, refused) if s), default=None)
    if nearest is None or (len(reading.words) > LONGEST and nearest >= _FIRST_WORDS):
        return OTHER
    return DialogueAnswer("no" if refused else "yes")


def _asks(reading: Reading) -> bool:
    """A question that a yes or no at the beginning does not answer first: "peki ağrır mı", "ok kaç
    para" have only heard, "peki fiyat" asks without a question."""
    answer = min((s for n in ("agree", "refuse") if (s := reading.where(n))), default=None)
    heard = reading.where("heard")
    only_heard = answer is not None and heard is not None and heard[0] == answer[0]
    if reading.where("question") is not None:
        return answer is None or answer[0] > 0 or only_heard
    rest = reading.part(1, len(reading.words))
    return only_heard and reading.words[0] in _AND_THEN and not _decides(rest)


def _decides(rest: Reading) -> bool:
    """Nothing more is said, or a yes again, a no, or thanks."""
    return not rest.words or any(rest.has(n) for n in ("agree", "refuse", "courtesy"))
