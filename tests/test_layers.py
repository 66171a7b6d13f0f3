"""Imports run downward only, and the house keeps its other promises about code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "invekto"

ROWS = (
    ("cli",),
    ("demo",),
    ("server",),
    ("evals",),
    ("intake",),
    ("agent",),
    ("tools",),
    ("knowledge",),
    ("llm",),
    ("guardrails", "channels", "connectors"),
    ("records",),
    ("db",),
    ("contracts", "text", "settings", "errors", "tracing"),
)
"""From top to bottom: a room imports rooms of lower rows only."""
LAYERS = {room: -row for row, rooms in enumerate(ROWS) for room in rooms}
BESIDE_EACH_OTHER = {"contracts", "text", "settings", "errors", "tracing"}
"""Rooms of the lowest row may import each other; cycles are forbidden all the same."""
WITHOUT_DATABASE = {"guardrails", "channels", "connectors"}
"""Values in, values out: they import neither records nor db."""
HOME_OF_SQL = {"db", "records", "knowledge", "evals"}  # evals measures against raw SQL
BANNED_NAMES = {
    f"{word}{ending}"
    for word in ("util", "common", "helper", "manager", "service")
    for ending in ("", "s")
}
NEVER_IMPORTED = {"litellm", "fitz", "pymupdf", "iyzipay"}
LONGEST_FILE = 400  # lines


@dataclass(frozen=True)
class Import:
    """One import statement: where it stands and what it names."""

    file: Path
    line: int
    module: str
    name: str
    at_start: bool
    """Whether it runs when the file is imported."""

    def __str__(self) -> str:
        where = f"{self.file.relative_to(PACKAGE.parent)}:{self.line}"
        return f"{where} imports {self.module} {self.name}".rstrip()


@cache
def _sources() -> tuple[Path, ...]:
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), str(file))


@cache
def _imports(file: Path) -> tuple[Import, ...]:
    return tuple(_walk(file, _tree(file), at_start=True))


def _walk(file: Path, node: ast.AST, *, at_start: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(file, child.lineno, alias.name, "", at_start)
        elif isinstance(child, ast.ImportFrom) and child.module:
            for alias in child.names:
                module = _source_of(child.module, alias.name)
                yield Import(file, child.lineno, module, alias.name, at_start)
        else:
            inside = at_start and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _walk(file, child, at_start=inside and not _for_types_only(child))


def _source_of(module: str, name: str) -> str:
    """The module that `from module import name` loads last."""
    path = PACKAGE.parent.joinpath(*module.split("."), name)
    return f"{module}.{name}" if path.is_dir() or path.with_suffix(".py").exists() else module


def _for_types_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _room(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _target(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "invekto" and len(parts) > 1 else None


def complaint(room: str, target: str) -> str | None:
    """Why `room` may not import `target`, or None if it may."""
    if target not in LAYERS:
        return f"{target} has no layer: add it to the table in ARCHITECTURE.md and here"
    if room == target:
        return None
    if room in WITHOUT_DATABASE and target in {"records", "db"}:
        return f"{room} has no database"
    if LAYERS[target] > LAYERS[room]:
        return f"{target} is above {room}"
    if LAYERS[target] == LAYERS[room] and not {room, target} <= BESIDE_EACH_OTHER:
        return f"{target} is beside {room}"
    return None


def test_imports_run_downward_only() -> None:
    found = [
        f"{statement}: {said}"
        for file in _sources()
        if _room(file) != "__init__"
        for statement in _imports(file)
        if (target := _target(statement.module)) and (said := complaint(_room(file), target))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("room", "target", "allowed"),
    [
        ("server", "records", True),
        ("records", "server", False),
        ("channels", "connectors", False),
        ("channels", "db", False),
        ("guardrails", "text", True),
        ("text", "errors", True),
        ("agent", "agent", True),
        ("agent", "attic", False),
    ],
)
def test_the_rule_itself(room: str, target: str, allowed: bool) -> None:
    assert (complaint(room, target) is None) is allowed


def test_every_room_has_a_layer() -> None:
    rooms = {_room(file) for file in _sources()} - {"__init__", "__main__"}
    assert rooms <= set(LAYERS)


def test_modules_do_not_import_each_other_in_circles() -> None:
    names = {file: _module_name(file) for file in _sources()}
    known = set(names.values())
    graph = {
        name: {
            statement.module
            for statement in _imports(file)
            if statement.at_start and statement.module in known and statement.module != name
        }
        for file, name in names.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"import cycle: {' → '.join(error.args[1])}")


def _module_name(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_sql_stays_at_home() -> None:
    found = [
        str(statement)
        for file in _sources()
        if _room(file) not in HOME_OF_SQL
        for statement in _imports(file)
        if statement.module.split(".")[0] in {"psycopg", "psycopg_pool", "sqlalchemy"}
        and statement.name != "AsyncConnection"  # the type of a `conn` that is handed on
    ]
    assert found == []


def test_the_environment_is_read_in_settings_only() -> None:
    found = [
        f"{file.relative_to(PACKAGE.parent)}:{line}"
        for file in _sources()
        if file != PACKAGE / "settings.py"
        for line in _environment_reads(_tree(file))
    ]
    assert found == []


def _environment_reads(tree: ast.Module) -> set[int]:
    """Lines that read the environment; setting a variable for a library is no reading."""
    named: dict[ast.expr, int] = {
        node: node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv"}
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            named.pop(node.value, None)
        if isinstance(node, ast.Attribute) and node.attr == "setdefault":
            named.pop(node.value, None)
    return set(named.values())


OF_THE_WHOLE_PROCESS = {
    "csv.field_size_limit", "locale.setlocale", "socket.setdefaulttimeout", "random.seed",
    "os.chdir", "os.umask",
}  # fmt: skip


def test_no_room_changes_a_setting_of_the_whole_process() -> None:
    """What one room sets would hold for all others, and for tests in the order they run in."""
    found = [
        f"{file.relative_to(PACKAGE.parent)}:{node.lineno}"
        for file in _sources()
        for node in ast.walk(_tree(file))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in OF_THE_WHOLE_PROCESS
    ]
    assert found == []


def test_no_vague_names() -> None:
    found = [
        str(path.relative_to(PACKAGE.parent))
        for path in _sources()
        if BANNED_NAMES & {part.removesuffix(".py") for part in path.parts}
    ]
    assert found == []


def test_files_stay_small() -> None:
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in _sources()}
    assert {
        str(file.relative_to(PACKAGE.parent)): length
        for file, length in lengths.items()
        if length > LONGEST_FILE
    } == {}


def test_guardrails_ai_has_one_importer_and_some_packages_none() -> None:
    importers: set[str] = set()
    for file in _sources():
        for statement in _imports(file):
            top = statement.module.split(".")[0]
            assert top not in NEVER_IMPORTED, str(statement)
            if top == "guardrails":
                importers.add(file.name)
    assert len(importers) <= 1
