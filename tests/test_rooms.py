"""Who imports whom: rooms downwards only, and no two modules each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BELOW = {
    "cli": {"crawler", "spiders", "storage", "parser", "web", "config", "errors"},
    "crawler": {"spiders", "storage", "parser", "config", "errors"},
    "spiders": {"storage", "parser", "config", "errors"},
    "web": {"storage", "logs", "config", "errors"},
    "storage": {"config", "errors"},
    "parser": set(),
    "scheduler": {"storage", "logs", "config", "errors"},
    "logs": set(),
    "config": {"errors"},
    "errors": set(),
}
"""What each room may import, besides itself (docs/architecture.md)."""


def _modules() -> dict[str, Path]:
    """The modules of the program by name, a package as its `__init__`."""
    found = {}
    for room in BELOW:
        for path in (ROOT / room).rglob("*.py") if (ROOT / room).is_dir() else (ROOT / f"{room}.py",):
            found[".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")] = path
    return found


def _imported(path: Path, modules: dict[str, Path]) -> Iterator[str]:
    """Modules of ours that a module imports, wherever in it; not those that only its types need."""
    waiting: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module in modules:
            members = [f"{node.module}.{one.name}" for one in node.names]
            yield from (member if member in modules else node.module for member in members)
        waiting += ast.iter_child_nodes(node)


def test_rooms_import_downwards_and_nothing_in_a_circle() -> None:
    modules = _modules()
    assert len(modules) > 200
    imports = {name: {*_imported(path, modules)} - {name} for name, path in modules.items()}
    upwards = [
        f"{name} imports {other}"
        for name, others in imports.items()
        for other in others
        if (room := name.partition(".")[0]) != (its := other.partition(".")[0]) and its not in BELOW[room]
    ]
    assert upwards == []
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as circle:
        pytest.fail(f"these import each other: {' → '.join(circle.args[1])}")
