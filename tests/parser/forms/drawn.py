"""Tables drawn as HTML from rows of text, for tests of one table alone."""

from __future__ import annotations

from collections.abc import Sequence

from parser import Reading, parse
from parser.report import Report
from tests.parser.made.content import make
from tests.parser.made.drawing import Habits
from tests.parser.made.tables import Rows as Spans
from tests.parser.made.tables import requests_table, review_table

Rows = list[Sequence[object]]
"""Rows of a table to draw: texts, or (text, rowspan, colspan)."""

TITLE = "云溪市公安局2023年政府信息公开工作年度报告"


def table(rows: Sequence[Sequence[object]]) -> str:
    """A table element; a cell is a text, or (text, rowspan, colspan)."""
    lines = []
    for row in rows:
        cells = []
        for cell in row:
            text, down, wide = cell if isinstance(cell, tuple) else (cell, 1, 1)
            cells.append(f'<td rowspan="{down}" colspan="{wide}">{text}</td>')
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(lines)}</table>"


def read(*tables: str) -> Report:
    """The report of a page with these tables."""
    reading = page(*tables)
    assert reading.report is not None, reading.reason
    return reading.report


def page(*tables: str) -> Reading:
    """The reading of a page with these tables, each in a paragraph's distance from the next."""
    body = "<p>以下是本年的表格，供公众查阅，如有疑问请与本机关联系。</p>".join(("", *tables))
    return parse(f"<html><body><h1>{TITLE}</h1>{body}</body></html>".encode())


def values(report: Report, prefix: str) -> dict[str, object]:
    """Figures below a prefix, by the rest of their key."""
    return {
        figure.key.removeprefix(f"{prefix}."): None if figure.value is None else float(figure.value)
        for figure in report.figures
        if figure.key.startswith(f"{prefix}.")
    }


def doubts(report: Report) -> set[str]:
    """Kinds of doubts, without those about tables that a test does not draw."""
    return {doubt.kind for doubt in report.doubts} - {"missing_table"}


def full_requests(seed: int = 11) -> Spans:
    """A whole table of section 三 with a known content."""
    return requests_table(make(seed, "2021"), Habits())


def full_review(seed: int = 11) -> Spans:
    """A whole table of section 四."""
    return review_table(make(seed, "2021"), Habits())
