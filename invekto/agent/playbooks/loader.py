"""Reading and checking playbook files: every error names the file and the line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from invekto.agent.notices import NAMES
from invekto.agent.playbooks.render import names_in
from invekto.agent.playbooks.schema import (
    Call,
    Choose,
    Extract,
    Fill,
    Fragment,
    Include,
    Pass,
    Phrases,
    Playbook,
    Propose,
    Say,
    Tell,
)  # fmt: skip
from invekto.contracts.handover import HandOverReason
from invekto.errors import BadData, InvektoError

FRAGMENTS = Path(__file__).parent / "fragments"
ENTITIES = (
    "order_number", "tracking_number", "phone", "email", "date", "time", "size", "colour",
    "quantity", "money", "product", "products", "treatment", "treatments", "city", "courier",
    "return_reason", "person_name", "practitioner", "basket", "basket_change",
    "cheaper_wish", "wait_wish",
)  # fmt: skip
"""Names every playbook may use without filling them: None where the message does not say."""
ALWAYS = (
    "isim", "firma", "selam", "language", "now", "text", "tenant", "contact", "today", "first_turn",
    "sentiment", "answer", "together",
)  # fmt: skip
FINAL = ("reply", "ask", "hand_over", "go on")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast where PyYAML has its C half."""


@dataclass(frozen=True, slots=True)
class LoadedPlaybook:
    """A checked playbook; `version` is the hash of its source."""

    playbook: Playbook
    version: str
    source: str


def load_folder(
    folders: tuple[Path, ...], tools: Mapping[str, Any], intents: set[str] | None = None
) -> dict[str, LoadedPlaybook]:
    """The playbooks of a sector by intent; earlier folders win.

    Args:
        folders: searched in order.
        tools: the toolbox by name, against which calls and arguments are checked.
        intents: the known ones; others are an error.

    Raises:
        BadData: with file and line.
    """
    found: dict[str, LoadedPlaybook] = {}
    for folder in reversed(folders):
        for path in sorted(folder.glob("*.yaml")):
            loaded = parse(path.read_text(encoding="utf-8"), str(path), tools, intents)
            found[loaded.playbook.intent] = loaded
    return found


def parse(
    source: str, name: str, tools: Mapping[str, Any], intents: set[str] | None = None
) -> LoadedPlaybook:
    """One playbook from its text.

    Raises:
        BadData: with file and line.
    """
    written, node = _validated(Playbook, source, name)
    playbook, places, shared = _expanded(written, name, node)
    for place, problem in _problems(playbook, tools, intents):
        line = _line(node, _written_place(place, places))
        raise BadData(f"{name}:{line}: {problem}", file=name, line=line)
    digest = hashlib.sha256("\n".join([source, *shared]).encode()).hexdigest()[:16]
    return LoadedPlaybook(playbook, digest, source)


M = TypeVar("M", bound=BaseModel)


def _validated(model: type[M], source: str, name: str) -> tuple[M, yaml.Node]:
    try:
        reader = LOADER(source)
        node = reader.get_single_node()
        raw = reader.construct_document(node) if node is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise BadData(f"{name}:{line}: not valid YAML: {error}", file=name, line=line) from error
    if not isinstance(raw, dict) or node is None:
        raise BadData(f"{name}:1: a playbook is a mapping with intent, risk and steps", file=name)
    try:
        return model.model_validate(raw), node
    except ValidationError as error:
        first = error.errors()[0]
        line = _line(node, first["loc"])
        where = ".".join(str(part) for part in first["loc"])
        raise BadData(
            f"{name}:{line}: {where}: {first['msg']}", file=name, line=line, field=where
        ) from error


def _expanded(
    playbook: Playbook, name: str, node: yaml.Node
) -> tuple[Playbook, list[int], list[str]]:
    """The playbook with its includes put in, for each step the place it was written at, and the
    sources of what was included."""
    steps: list[Any] = []
    places: list[int] = []
    asks: dict[str, Phrases] = {}
    shared: list[str] = []
    for number, step in enumerate(playbook.steps):
        if not isinstance(step, Include):
            steps.append(step)
            places.append(number)
            continue
        fragment, source = _fragment(step, f"{name}:{_line(node, ('steps', number))}")
        steps.extend(fragment.steps)
        places.extend([number] * len(fragment.steps))
        asks |= fragment.asks
        shared.append(source)
    whole = playbook.model_copy(update={"steps": tuple(steps), "asks": asks | playbook.asks})
    return whole, places, shared


def _fragment(step: Include, where: str) -> tuple[Fragment, str]:
    path = FRAGMENTS / f"{step.include}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in FRAGMENTS.glob("*.yaml")))
        raise BadData(f"{where}: includes {step.include!r}, which is none of {known}")
    source = path.read_text(encoding="utf-8")
    defaults = (yaml.load(source, Loader=LOADER) or {}).get("defaults", {})  # noqa: S506
    unknown = set(step.values) - set(defaults)
    if unknown:
        raise BadData(f"{where}: {step.include} has no ${', $'.join(sorted(unknown))}")
    filled = Template(source).safe_substitute(defaults | step.values)
    return _validated(Fragment, filled, str(path))[0], filled


def _written_place(place: tuple[Any, ...], places: list[int]) -> tuple[Any, ...]:
    if len(place) > 1 and place[0] == "steps":
        return ("steps", places[place[1]], *place[2:])
    return place


def _line(node: yaml.Node, place: tuple[Any, ...]) -> int:
    """The line of the deepest part of `place` that the file has."""
    for part in place:
        if isinstance(node, yaml.MappingNode):
            inner = next((v for k, v in node.value if k.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            inner = node.value[part] if part < len(node.value) else None
        else:
            inner = None
        if inner is None:
            continue  # a tag of the union, or a field that is missing
        node = inner
    return int(node.start_mark.line) + 1


def _problems(
    playbook: Playbook, tools: Mapping[str, Any], intents: set[str] | None
) -> Iterator[tuple[tuple[Any, ...], str]]:
    if intents is not None and playbook.intent not in intents:
        yield ("intent",), f"unknown intent {playbook.intent!r}: not in the sector's taxonomy"
    for kind, mistaken in playbook.claims.items():
        if kind not in ENTITIES:
            yield ("claims",), f"unknown kind of entity {kind!r}"
        for name in set(mistaken) - {"*"} - (intents if intents is not None else set(mistaken)):
            yield ("claims", kind), f"unknown intent {name!r}: not in the sector's taxonomy"
    for reply, offered in playbook.offers.items():
        if reply not in playbook.replies:
            yield ("offers", reply), f"offers {reply!r}, which is not under replies"
        if intents is not None and offered not in intents:
            yield ("offers", reply), f"unknown intent {offered!r}: not in the sector's taxonomy"
    known = set(ENTITIES) | set(ALWAYS)
    for number, step in enumerate(playbook.steps):
        for field, problem in _step_problems(step, playbook, tools, known):
            yield ("steps", number, *field.split(".")), problem
        known |= made_by(step)
    for group in ("asks", "replies"):
        phrases: Mapping[str, Phrases] = getattr(playbook, group)
        for key, phrase in phrases.items():
            yield from _phrase_problems(phrase, (group, key), known | {"options"})
    last = playbook.steps[-1] if playbook.steps else None
    if not isinstance(last, Say | Pass | Tell) or last.when is not None:
        yield ("steps",), "the last step must be a reply, a hand_over or a notice, unconditional"


def made_by(step: Any) -> set[str]:
    """The names a step provides to those after it."""
    if isinstance(step, Fill):
        return {step.fill}
    if isinstance(step, Choose):
        return {step.choose, f"{step.choose}_key"}
    if isinstance(step, Call | Propose | Extract):
        return {step.into, "refusal"}
    return set()


def _step_problems(
    step: Any, playbook: Playbook, tools: Mapping[str, Any], known: set[str]
) -> Iterator[tuple[str, str]]:
    if step.when is not None:
        yield from _unknown("when", step.when, known)
    if isinstance(step, Call | Propose):
        yield from _tool_problems(step, tools)
        for name, expression in step.args.items():
            yield from _unknown(f"args.{name}", expression, known)
        for target in step.refused.values():
            yield from _target_problems("refused", target, playbook)
    if isinstance(step, Fill) and step.ask is not None and step.ask not in playbook.asks:
        yield "ask", f"asks {step.ask!r}, which is not under asks"
    if isinstance(step, Fill) and step.skip is not None:
        yield from _unknown("skip", step.skip, known | {"value"})
    if isinstance(step, Fill) and step.unsure is not None:
        yield from _unknown("unsure", step.unsure, known)
    if isinstance(step, Choose):
        if step.ask not in playbook.asks:
            yield "ask", f"asks {step.ask!r}, which is not under asks"
        yield from _unknown("from", step.options, known)
        yield from _unknown("key", step.key, known | {"option"})
        if step.match is not None:
            yield from _unknown("match", step.match, known | {"option"})
        for _, problem in _phrase_problems(step.label, (), known | {"option"}):
            yield "label", problem
        yield from _target_problems("none", step.none, playbook)
    if isinstance(step, Extract):
        yield from _unknown("extract", step.extract, known)
        yield from _target_problems("otherwise", step.otherwise, playbook)
    if isinstance(step, Pass | Tell) and step.notice not in (None, *NAMES):
        yield "notice", f"unknown notice {step.notice!r}: one of {', '.join(NAMES)}"
    if isinstance(step, Say) and step.reply not in playbook.replies:
        yield "reply", f"replies {step.reply!r}, which is not under replies"
    if isinstance(step, Pass) and step.draft is not None and step.draft not in playbook.replies:
        yield "draft", f"drafts {step.draft!r}, which is not under replies"


def _tool_problems(step: Call | Propose, tools: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name = step.call if isinstance(step, Call) else step.propose
    field = "call" if isinstance(step, Call) else "propose"
    tool = tools.get(name)
    if tool is None:
        yield field, f"unknown tool {name!r}"
        return
    if (tool.effect == "read") != isinstance(step, Call):
        use = "call" if tool.effect == "read" else "propose"
        yield field, f"tool {name!r} is a {tool.effect.value}: use {use}"
    for argument in step.args:
        if argument not in tool.args.model_fields:
            yield f"args.{argument}", f"tool {name!r} has no argument {argument!r}"
    for argument, info in tool.args.model_fields.items():
        if info.is_required() and argument not in step.args:
            yield "args", f"tool {name!r} needs the argument {argument!r}"


def _target_problems(field: str, target: str, playbook: Playbook) -> Iterator[tuple[str, str]]:
    verb, _, rest = target.partition(" ")
    if target == "go on":
        return
    if verb == "reply" and rest in playbook.replies:
        return
    if verb == "ask" and rest in playbook.asks:
        return
    if verb == "hand_over" and rest in {r.value for r in HandOverReason}:
        return
    yield field, f"{target!r} leads nowhere: use one of {', '.join(FINAL)} with a name that exists"


def _phrase_problems(
    phrase: Phrases, place: tuple[Any, ...], known: set[str]
) -> Iterator[tuple[tuple[Any, ...], str]]:
    for language in ("tr", "en", "ar"):
        wording = getattr(phrase, language)
        for text in [wording] if isinstance(wording, str) else wording.values():
            for _, problem in _unknown(language, text, known, expression=False):
                yield (*place, language), problem


def _unknown(
    field: str, source: str, known: set[str], *, expression: bool = True
) -> Iterator[tuple[str, str]]:
    try:
        missing = names_in(source, expression=expression) - known
    except InvektoError as error:
        yield field, error.message
        return
    if missing:
        yield field, f"{source[:60]!r} uses {', '.join(sorted(missing))}, which nothing provides"
