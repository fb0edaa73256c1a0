"""The tables of the exported dataset and their columns, `columns.toml`, as typed objects.

From them come the files' headers, the schema in `datapackage.json` and the table `columns` that is exported
beside the data; `storage.extracts` fills them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

ColumnType = Literal["string", "integer", "number", "boolean", "date", "datetime", "year"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: name, type of Table Schema, and its title and meaning in English and Chinese."""

    name: str
    type: ColumnType
    required: bool
    title: str
    title_zh: str
    says: str
    says_zh: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns whose values are those of a row's key in another table."""

    columns: tuple[str, ...]
    table: str
    refers_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the key by which its rows are told apart and sorted, its columns in order, its references."""

    name: str
    title: str
    title_zh: str
    says: str
    says_zh: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    refers: tuple[Reference, ...]


@cache
def tables() -> dict[str, Table]:
    """All tables by name, in the order in which they are exported."""
    text = files("storage").joinpath("columns.toml").read_text(encoding="utf-8")
    return {name: _table(name, declared) for name, declared in tomllib.loads(text).items()}


def describe() -> Iterator[tuple[Any, ...]]:
    """The rows of the table `columns`."""
    rows = [
        (
            table.name,
            column.name,
            column.type,
            column.title,
            column.title_zh,
            column.says,
            column.says_zh,
            column.type == "string",
        )
        for table in tables().values()
        for column in table.columns
    ]
    yield from sorted(rows)


def _table(name: str, declared: dict[str, Any]) -> Table:
    return Table(
        name=name,
        title=declared["title"],
        title_zh=declared["title_zh"],
        says=declared["says"],
        says_zh=declared["says_zh"],
        key=tuple(declared["key"]),
        columns=tuple(_column(line) for line in declared["columns"]),
        refers=tuple(
            Reference(tuple(ours), table, tuple(theirs)) for ours, table, theirs in declared["refers"]
        ),
    )


def _column(line: list[Any]) -> Column:
    name, kind, title, title_zh, says, says_zh = line
    return Column(name, kind.removesuffix("!"), kind.endswith("!"), title, title_zh, says, says_zh)
