"""How a record (of a parsed file or of the archive) is shown to people: head, figures, findings, doubts."""

from __future__ import annotations

from typing import Any

from cli import screen
from cli.language import Words
from parser.forms.vocabulary import entry


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
    tables: dict[str, list[dict[str, Any]]] = {}
    for figure in figures:
        tables.setdefault(figure["key"].partition(".")[0], []).append(figure)
    for name, members in tables.items():
        screen.section(words("reading.table", table=words.term("table", name), count=len(members)))
        screen.table(
            words.heads("key", "figure", "printed", "unit", "remark"),
            [
                (
                    figure["key"],
                    label(figure["key"], words),
                    figure["printed"],
                    figure["unit"],
                    figure["remark"],
                )
                for figure in members
            ],
        )


def _findings(findings: list[dict[str, Any]], words: Words) -> None:
    screen.section(words("reading.findings", count=len(findings)))
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
    screen.section(words("reading.doubts", count=len(doubts)))
    if doubts:
        screen.table(
            words.heads("doubt", "where", "message"),
            [(words.term("doubt", doubt["kind"]), doubt["where"], doubt["message"]) for doubt in doubts],
        )
