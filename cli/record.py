"""How a record (of a parsed file or of the archive) is shown to people: head, figures, findings, doubts."""

from __future__ import annotations

from typing import Any

from cli import screen
from cli.language import Words
from parser.forms.vocabulary import Term, entry, vocabulary


def show_record(record: dict[str, Any], words: Words, *, url: str | None = None) -> None:
    """Print a record, `Report.as_dict()` in shape."""
    head = (
        ("title", record["title"]),
        ("agency", record["agency"]),
        ("year", record["year"]),
        ("form", words.term("form", record["form"])),
        ("published", record["published"]),
        ("url", url),
    )
    screen.pairs([(words(f"head.{name}"), value) for name, value in head if value is not None])
    _figures(record["figures"], words)
    _findings(record["findings"], words)
    _doubts(record["doubts"], words)


def label(key: str, words: Words) -> str:
    """What a figure key means; the key itself where the vocabulary does not have it."""
    known = entry(key)
    if known is None:
        return key
    return known.label_zh if words.language == "zh" else known.label_en


def _figures(figures: list[dict[str, Any]], words: Words) -> None:
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for figure in figures:
        tables.setdefault(figure["key"].partition(".")[0], {})[figure["key"]] = figure
    for name, members in tables.items():
        screen.section(words("record.table", table=words.term("table", name), count=len(members)))
        _list(_matrix(name, members, words), words)


def _matrix(table: str, figures: dict[str, dict[str, Any]], words: Words) -> list[dict[str, Any]]:
    """The table as the form draws it, where it draws rows and columns; gives the figures that fit nowhere."""
    forms = vocabulary()
    rest = dict(figures)
    if table == "requests":
        rows, columns, joint = forms.request_rows, forms.request_columns, "."
    elif table == "review_litigation":
        rows, columns, joint = forms.review_groups, forms.review_results, "_"
    else:
        return list(rest.values())
    lines: list[list[object]] = []
    for row in rows:
        cells = [rest.pop(f"{table}.{row.key}{joint}{column.key}", None) for column in columns]
        if any(cells):
            lines.append([_name(row, words), *(cell and _shown(cell) for cell in cells)])
    screen.table(["", *(_name(column, words) for column in columns)], lines)
    return list(rest.values())


def _shown(figure: dict[str, Any]) -> str:
    """What is printed, and behind it what a person set instead."""
    printed = str(figure["printed"])
    return f"{printed} ⇒ {figure['value']}" if figure.get("override") else printed


def _name(term: Term, words: Words) -> str:
    return term.label if words.language == "zh" else term.english


def _list(figures: list[dict[str, Any]], words: Words) -> None:
    if not figures:
        return
    screen.table(
        words.heads("key", "figure", "printed", "unit"),
        [(figure["key"], label(figure["key"], words), _shown(figure), figure["unit"]) for figure in figures],
    )


def _findings(findings: list[dict[str, Any]], words: Words) -> None:
    screen.section(words("record.findings", count=len(findings)))
    if findings:
        screen.table(
            words.heads("rule", "where", "expected", "found", "severity"),
            [
                (
                    words.term("rule", finding["rule"]),
                    finding["where"],
                    finding["expected"],
                    finding["found"],
                    words.term("severity", finding["severity"]),
                )
                for finding in findings
            ],
        )


def _doubts(doubts: list[dict[str, Any]], words: Words) -> None:
    screen.section(words("record.doubts", count=len(doubts)))
    if doubts:
        screen.table(
            words.heads("doubt", "where", "message"),
            [(words.term("doubt", doubt["kind"]), doubt["where"], doubt["message"]) for doubt in doubts],
        )
