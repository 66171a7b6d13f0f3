"""The one typed state of a turn: every stop of the graph adds to it and hands it on."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from invekto.agent.intents.dialogue.amending import Good
from invekto.contracts.action import ProposedAction
from invekto.contracts.evidence import Cell, Mode, Path
from invekto.contracts.guard import GuardResult
from invekto.contracts.handover import HandOver, HandOverReason
from invekto.contracts.passages import Passage
from invekto.contracts.understanding import Understanding
from invekto.records.conversations import Contact, Conversation, Message
from invekto.tools.contract import TenantView

WISH = "wish"
"""The slot of a playbook that a reply before it offered to begin."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question that waits for the customer. `options` are what "ikincisi" may point at."""

    slot: str
    kind: str
    options: tuple[dict[str, Any], ...] = ()
    tries: int = 1

    @property
    def is_offer(self) -> bool:
        """Whether a customer may pass over it: it is no question that something waits for."""
        return self.slot == WISH


@dataclass(frozen=True, slots=True)
class Task:
    """A request in work: its intent and what was gathered for it so far."""

    intent: str
    slots: dict[str, Any] = field(default_factory=dict)
    asked: Asked | None = None
    reminded: bool = False
    """Whether its question was put again beside an answer to something else: once is enough."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What the conversation remembers between turns: the task in work, and one the customer
    left for another subject and may come back to."""

    task: Task | None = None
    parked: Task | None = None
    unclear: int = 0
    """Turns in a row that were not understood."""
    notices: tuple[str, ...] = ()
    """Notices sent already, so that none is sent twice in a row."""
    named: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By kind, the products or treatments last spoken of: what "fiyatı ne" is about."""
    goods: tuple[Good, ...] = ()
    """What was priced or looked up, and how many: what "2 olsun" changes."""
    named_ago: int = 0
    """Turns since then."""


@dataclass(frozen=True, slots=True)
class TurnInput:
    """All a turn starts from, rebuilt from the conversation's rows."""

    turn_id: str
    tenant: TenantView
    contact: Contact
    conversation: Conversation
    messages: tuple[Message, ...]
    history: tuple[Message, ...]
    dialogue: Dialogue
    now: datetime
    shadow: bool = False
    """Replay and evaluation: nothing may be written or sent."""

    @property
    def text(self) -> str:
        """The unanswered messages as one: people send three for one thought."""
        return "\n".join(m.text for m in self.messages if m.text.strip())

    @property
    def first_seq(self) -> int:
        """Number of the first message this turn answers."""
        return self.messages[0].seq

    @property
    def last_seq(self) -> int:
        """Number of the last message this turn answers."""
        return self.messages[-1].seq

    @property
    def newest_seq(self) -> int:
        """Number of the customer's last message when the turn began; a later one makes it stale."""
        return max(self.last_seq, self.conversation.last_inbound_seq)

    @property
    def rest_waits(self) -> bool:
        """Whether more waited than one turn takes: the next turn takes them."""
        return self.last_seq < self.newest_seq


@dataclass(frozen=True, slots=True)
class TaskResult:
    """What a playbook came to: a reply, a question, or a hand-over."""

    intent: str
    probability: float
    kind: str
    """reply, ask, hand_over, or notice (a fixed text alone)."""
    texts: dict[str, str]
    """The reply or question in the three tones; empty where there is nothing to say."""
    facts: tuple[str, ...] = ()
    approved: tuple[str, ...] = ()
    """Sentences of the playbook without a variable in them: the tenant's own, approved words."""
    actions: tuple[ProposedAction, ...] = ()
    cards: tuple[dict[str, Any], ...] = ()
    passages: tuple[Passage, ...] = ()
    asked: Asked | None = None
    follow: str | None = None
    """The intent that a yes to what the reply offers would be a request for."""
    slots: dict[str, Any] = field(default_factory=dict)
    reason: HandOverReason | None = None
    notice: str | None = None
    mark: str | None = None
    """opted_out: what the contact no longer allows."""
    path: Path = Path.PLAYBOOK
    risk: str = "low"
    version: str = ""
    """Hash of the playbook that made it."""
    tools: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    """What the playbook did, for the why view."""
    repeated: bool = False
    """A question of ours put again beside an answer to something else."""
    named: dict[str, str] = field(default_factory=dict)
    """By kind, the product or treatment it is about."""
    proven: tuple[str, ...] = ()
    """Order numbers for which a second factor was accepted: remembered by the conversation."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The composed reply, before and after the rails, in the tenant's tone and the others."""

    text: str
    tones: dict[str, str]
    facts: tuple[str, ...]
    actions: tuple[ProposedAction, ...]
    passages: tuple[Passage, ...]
    path: Path
    resolving: bool
    source: str = "template"
    citation: str = ""
    """Where it was read, put under the text after the rails."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Suggest, send or hand over, with the evidence it rests on."""

    mode: Mode
    cells: tuple[Cell, ...] = ()
    confidence: float = 0.0
    why: dict[str, Any] = field(default_factory=dict)
    audit: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """Time spent at one node."""

    node: str
    milliseconds: float


ADDING = frozenset({"notices", "stops", "model_calls"})
"""Fields that grow from stop to stop; all others are replaced."""


@dataclass
class TurnState:
    """Handed from stop to stop; a stop returns only the fields it adds."""

    turn: TurnInput
    processed: bool = True
    """False where the gate let nothing be processed."""
    text: str = ""
    """What is understood: the turn's text, or an earlier message now consented to."""
    understanding: Understanding | None = None
    flagged: tuple[str, ...] = ()
    """Kinds of manipulation suspected in the message."""
    passages: tuple[Passage, ...] = ()
    results: tuple[TaskResult, ...] = ()
    dialogue: Dialogue | None = None
    """What to remember after this turn; None keeps what was remembered."""
    draft: Draft | None = None
    guard: GuardResult | None = None
    decision: Decision | None = None
    handover: HandOver | None = None
    notices: Annotated[tuple[str, ...], operator.add] = ()
    contact_changes: dict[str, Any] = field(default_factory=dict)
    stops: Annotated[tuple[Stop, ...], operator.add] = ()
    model_calls: Annotated[tuple[dict[str, Any], ...], operator.add] = ()

    @property
    def asked_for(self) -> tuple[TaskResult, ...]:
        """What this turn is about: without a question put again, which was let through before."""
        return tuple(r for r in self.results if not r.repeated) or self.results
