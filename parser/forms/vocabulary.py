"""The vocabulary of the forms, `vocabulary.toml`, as typed objects.

`vocabulary()` is read once. `entries()` lists every figure key with what people need to know about it, for
data dictionaries; the tables' readers use the parts (`rows`, `columns`, `fields`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Term:
    """One label of a form. `number` is its numbering path (`三/(三)/1`), `group` the label of the merged cell
    to its left, `fields` the columns a row of section 二 may have; empty where the form has none."""

    key: str
    label: str
    english: str
    aliases: tuple[str, ...] = ()
    number: str = ""
    group: str = ""
    unit: str | None = None
    article: str | None = None
    forms: tuple[str, ...] = ("2019", "2021")
    fields: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The label and its other wordings."""
        return (self.label, *self.aliases)


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure key and its meaning: labels in two languages, unit, article of the Regulations, forms."""

    key: str
    label_zh: str
    label_en: str
    unit: str | None
    article: str | None
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All labels, a tuple of `Term` a table, in the order of the form."""

    request_rows: tuple[Term, ...]
    request_columns: tuple[Term, ...]
    review_groups: tuple[Term, ...]
    review_results: tuple[Term, ...]
    proactive_rows: tuple[Term, ...]
    proactive_fields: tuple[Term, ...]
    statistics: tuple[Term, ...]
    fujian: tuple[Term, ...]


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that comes with the parser."""
    text = files("parser.forms").joinpath("vocabulary.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return Vocabulary(
        request_rows=_terms(tables["requests"]["row"]),
        request_columns=_terms(tables["requests"]["column"]),
        review_groups=_terms(tables["review_litigation"]["group"]),
        review_results=_terms(tables["review_litigation"]["result"]),
        proactive_rows=_terms(tables["proactive"]["row"]),
        proactive_fields=_terms(tables["proactive"]["field"]),
        statistics=_terms(tables["statistics"]["row"]),
        fujian=_terms(tables["fujian"]["row"]),
    )


def entries() -> Iterator[Entry]:
    """Every figure key that a reading can hold, in the order of the forms."""
    words = vocabulary()
    yield from _proactive(words)
    for row in words.request_rows:
        for column in words.request_columns:
            yield Entry(
                f"requests.{row.key}.{column.key}",
                f"{_path(row)} · {column.label}",
                f"{row.english} · {column.english}",
                "件",
                row.article,
                row.forms,
            )
    for group in words.review_groups:
        for result in words.review_results:
            yield Entry(
                f"review_litigation.{group.key}_{result.key}",
                f"{group.label} · {result.label}",
                f"{group.english}: {result.english}",
                "件",
                group.article,
                group.forms,
            )
    for term in words.statistics:
        yield Entry(f"statistics.{term.key}", term.label, term.english, term.unit, term.article, term.forms)
    for term in words.fujian:
        yield Entry(f"statistics.{term.key}", term.label, term.english, term.unit, term.article, term.forms)
        yield Entry(
            f"statistics.{term.key}.cumulative",
            f"{term.label} · 历年累计",
            f"{term.english}, cumulative",
            term.unit,
            term.article,
            term.forms,
        )


@cache
def entry(key: str) -> Entry | None:
    """The entry of a figure key, or `None` for a key that the vocabulary does not have."""
    return _index().get(key)


@cache
def _index() -> dict[str, Entry]:
    return {one.key: one for one in entries()}


def _proactive(words: Vocabulary) -> Iterator[Entry]:
    fields = {field.key: field for field in words.proactive_fields}
    for row in words.proactive_rows:
        for name in row.fields:
            field = fields[name]
            yield Entry(
                f"proactive.{row.key}.{name}",
                f"{row.label} · {field.label}",
                f"{row.english}: {field.english}",
                field.unit,
                row.article,
                tuple(form for form in field.forms if form in row.forms),
            )


def _path(row: Term) -> str:
    return f"{row.group} · {row.label}" if row.group else row.label


def _terms(tables: list[dict[str, Any]]) -> tuple[Term, ...]:
    return tuple(
        Term(
            key=table.get("key") or table["code"],
            label=table["label"],
            english=table["en"],
            aliases=tuple(table.get("aliases", ())),
            number=table.get("number") or table.get("code", ""),
            group=table.get("group", ""),
            unit=table.get("unit"),
            article=table.get("article"),
            forms=tuple(table.get("forms", ("2019", "2021"))),
            fields=tuple(table.get("fields", ())),
        )
        for table in tables
    )
