"""The shape of a playbook file. Every value under `args`, `when` and `from` is an expression over
what is known (slots, entities, tool results); every reply is a template in three languages."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator

from invekto.contracts.handover import HandOverReason, Priority

LANGUAGES = ("tr", "en", "ar")
TONES = ("formal", "short", "friendly")

Wording = str | dict[Literal["formal", "short", "friendly"], str]
"""One wording for all tones, or one each."""


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Phrases(Model):
    """A text in all three languages."""

    tr: Wording
    en: Wording
    ar: Wording

    @field_validator("tr", "en", "ar")
    @classmethod
    def _all_tones(cls, wording: Wording) -> Wording:
        if isinstance(wording, dict) and set(wording) != set(TONES):
            raise ValueError(f"give one wording, or one for each of {', '.join(TONES)}")
        return wording

    def wording(self, language: str, tone: str) -> str:
        """The template for a language and tone."""
        chosen: Wording = getattr(self, language if language in LANGUAGES else "en")
        return chosen if isinstance(chosen, str) else chosen[tone]  # type: ignore[index]


class Fill(Model):
    """Get a slot: remembered, from the message's entities, or asked for."""

    fill: str
    entity: tuple[str, ...] = ()
    """Entity kinds that give the value, best first. Empty: the answer's own words are it."""
    kind: Literal[
        "order_number",
        "phone",
        "date",
        "time",
        "size",
        "colour",
        "quantity",
        "product",
        "treatment",
        "name",
        "reason",
        "proof",
        "text",
        "yes_no",
        "email",
    ] = "text"
    ask: str | None = None
    """Name of a question under `asks`; without one the slot stays empty."""
    skip: str | None = None
    """Expression over `value`: true for one that is named and not meant."""
    unsure: str | None = None
    """Expression for the value where the customer does not know or have what was asked; without
    one, or where it gives none, the question is put again."""
    later: bool = False
    """Ask only when a later step's refusal leads here (`refused: {identity: ask factor}`)."""
    when: str | None = None


class Call(Model):
    """Run a read tool."""

    call: str
    args: dict[str, str] = Field(default_factory=dict)
    into: str = Field(alias="as")
    when: str | None = None
    refused: dict[str, str] = Field(default_factory=dict)
    """By reason of the refusal (`other` for the rest): `reply X`, `ask X`, `hand_over X` or
    `go on`."""


class Choose(Model):
    """Settle on one of several: the only one, the one named, or the one the customer picks."""

    choose: str
    options: str = Field(alias="from")
    key: str
    """Expression over `option` that identifies it, for instance `option.number`."""
    label: Phrases
    """How an option is listed, over `option`."""
    ask: str
    match: str | None = None
    """Expression over `option`: true for the one the message names."""
    none: str = "hand_over no_source"
    confirm: bool = False
    """Ask even where there is only one option: a time nobody named is not booked unasked."""
    when: str | None = None


class Propose(Model):
    """Validate a write; it is done only after the decision."""

    propose: str
    args: dict[str, str] = Field(default_factory=dict)
    into: str = Field(default="action", alias="as")
    when: str | None = None
    refused: dict[str, str] = Field(default_factory=dict)


class Extract(Model):
    """Answer from the tenant's knowledge, word for word and cited."""

    extract: str = "text"
    into: str = Field(default="extract", alias="as")
    least: float = 0.0
    """Answerability (0 to 1) from which an extract is taken: more than search asks for, where
    something else would answer too."""
    own_language: bool = False
    """Only what is written in the customer's language."""
    when: str | None = None
    otherwise: str = "hand_over no_source"


class Say(Model):
    """End with a reply."""

    reply: str
    when: str | None = None


class Pass(Model):
    """End with a person; `draft` is a reply suggested to them, `notice` a fixed text sent now."""

    hand_over: HandOverReason
    draft: str | None = None
    notice: str | None = None
    when: str | None = None


class Tell(Model):
    """End with a fixed notice alone, sent at once; `mark` changes what the contact allows."""

    notice: str
    mark: Literal["opted_out"] | None = None
    when: str | None = None


class Include(Model):
    """Steps and asks that several playbooks share, from `fragments/`; `with` fills its $names."""

    include: str
    values: dict[str, str] = Field(default_factory=dict, alias="with")


STEP_KINDS = {
    "include": Include,
    "fill": Fill,
    "call": Call,
    "choose": Choose,
    "propose": Propose,
    "extract": Extract,
    "reply": Say,
    "hand_over": Pass,
    "notice": Tell,
}


def _kind(step: Any) -> str | None:
    if isinstance(step, dict):
        return next((k for k in STEP_KINDS if k in step), None)
    return next((k for k, model in STEP_KINDS.items() if isinstance(step, model)), None)


Step = Annotated[
    Annotated[Include, Tag("include")]
    | Annotated[Fill, Tag("fill")]
    | Annotated[Call, Tag("call")]
    | Annotated[Choose, Tag("choose")]
    | Annotated[Propose, Tag("propose")]
    | Annotated[Extract, Tag("extract")]
    | Annotated[Say, Tag("reply")]
    | Annotated[Pass, Tag("hand_over")]
    | Annotated[Tell, Tag("notice")],
    Discriminator(
        _kind,
        custom_error_type="unknown_step",
        custom_error_message="a step starts with one of " + ", ".join(STEP_KINDS),
    ),
]


class Fragment(Model):
    """A shared part: `defaults` are the values of its $names where an include gives none."""

    defaults: dict[str, str] = Field(default_factory=dict)
    steps: tuple[Step, ...]
    asks: dict[str, Phrases] = Field(default_factory=dict)


class Playbook(Model):
    """One intent's way from request to reply."""

    intent: str
    risk: Literal["low", "medium", "high"]
    resolving: bool = True
    """False for small talk that resolves nothing."""
    covers: tuple[str, ...] = ()
    """Intents that its replies answer too: asked for in one message they are one request."""
    claims: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Kinds of entities that are a request for this intent whatever else was understood, each
    with the intents it is mistaken for (`*`: any)."""
    offers: dict[str, str] = Field(default_factory=dict)
    """By reply, the intent whose playbook answers to a yes or no to what that reply offers, as
    its slot `wish`."""
    named_alone: tuple[str, ...] = ()
    """Kinds of things whose bare name, said unasked, is a request for this intent."""
    priority: Priority = Priority.NORMAL
    team: str = "support"
    next_step: dict[str, str] = Field(default_factory=dict)
    """What a person should do after a hand-over, by language."""
    tools: tuple[str, ...] = ()
    """Tools the model may use for this intent besides those in the steps."""
    steps: tuple[Step, ...]
    asks: dict[str, Phrases] = Field(default_factory=dict)
    replies: dict[str, Phrases] = Field(default_factory=dict)
