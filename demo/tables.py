"""The tables of a report as rows of cells with spans, before anyone decides on HTML or PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from demo.forms import (
    CORNER,
    ORGANISATIONS,
    PROACTIVE_BLOCKS,
    REQUEST_ROWS,
    RESULTS,
    REVIEW_GROUPS,
    REVIEW_RESULTS,
    STATISTICS_HEADER,
    STATISTICS_ROWS,
    RequestRow,
)
from demo.report import Labels, Report


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `number` cells hold a figure; `indent` is the depth of a label in its column."""

    text: str
    colspan: int = 1
    rowspan: int = 1
    number: bool = False
    indent: int = 0


Rows = list[list[Cell]]


def dressed(label: str, labels: Labels) -> str:
    """A label in one of the spellings met in the wild; they differ in blanks and brackets, never in words."""
    if labels == "spaced":
        head, dot, tail = label.partition(".")
        spaced = f"{head}. {tail}" if dot and head.isdigit() else label
        return spaced.replace("计1", "计 1 ")
    if labels == "half":
        return label.replace("（", "(").replace("）", ")").replace("“", '"').replace("”", '"')
    return label


def proactive(report: Report) -> Rows:
    """Section 二: one table of four blocks, each with a header of its own."""
    rows: Rows = []
    for block in PROACTIVE_BLOCKS:
        width = 3 // len(block.fields)
        rows.append([Cell(dressed(block.article, report.dress.labels), colspan=4)])
        rows.append([Cell("信息内容"), *(Cell(text, colspan=width) for text in block.header)])
        for key, label in block.rows:
            figures = (f"proactive.{key}.{field}" for field in block.fields)
            rows.append(
                [Cell(label), *(Cell(report.cell(name), colspan=width, number=True) for name in figures)]
            )
    return rows


def requests_header(labels: Labels) -> Rows:
    """The three header rows of section 三."""
    return [
        [Cell(dressed(CORNER, labels), colspan=3, rowspan=3), Cell("申请人情况", colspan=7)],
        [Cell("自然人", rowspan=2), Cell("法人或其他组织", colspan=5), Cell("总计", rowspan=2)],
        [Cell(name) for name in ORGANISATIONS],
    ]


def requests_body(report: Report, rows: Sequence[RequestRow] = REQUEST_ROWS) -> Rows:
    """The data rows of section 三, or a run of them: the vertical cells span what the run holds."""
    labels = report.dress.labels
    body: Rows = []
    for outcome, part in groupby(rows, key=lambda row: row.outcome):
        members = list(part)
        if not outcome:
            body += [[Cell(row.label, colspan=3), *_numbers(report, row)] for row in members]
            continue
        start = len(body)
        for group, run in groupby(members, key=lambda row: row.group):
            inside = list(run)
            for position, row in enumerate(inside):
                line = [Cell(dressed(row.label, labels), colspan=1 if group else 2), *_numbers(report, row)]
                if group and position == 0:
                    line.insert(0, Cell(dressed(group, labels), rowspan=len(inside)))
                body.append(line)
        body[start].insert(0, Cell(RESULTS, rowspan=len(members)))
    return body


def _numbers(report: Report, row: RequestRow) -> list[Cell]:
    prefix = f"requests.{row.key}."
    return [Cell(report.cell(key), number=True) for key in report.figures if key.startswith(prefix)]


def review_litigation(report: Report) -> Rows:
    """Section 四: fifteen numbers below a header tree."""
    results = [label for _, label in REVIEW_RESULTS]
    review, direct, after = (label for _, label in REVIEW_GROUPS)
    keys = [
        f"review_litigation.{group}_{result}" for group, _ in REVIEW_GROUPS for result, _ in REVIEW_RESULTS
    ]
    return [
        [Cell(review, colspan=5), Cell("行政诉讼", colspan=10)],
        [*(Cell(label, rowspan=2) for label in results), Cell(direct, colspan=5), Cell(after, colspan=5)],
        [Cell(label) for label in results * 2],
        [Cell(report.cell(key), number=True) for key in keys],
    ]


def statistics(report: Report) -> Rows:
    """The statistics table of 2014–2018; its header may come again where a printed page once broke."""
    header = [Cell(text) for text in STATISTICS_HEADER]
    rows: Rows = [header]
    for position, row in enumerate(STATISTICS_ROWS):
        if report.dress.repeat_header and position in {19, 45}:
            rows.append(header)
        rows.append(
            [
                Cell(dressed(row.label, report.dress.labels), indent=row.indent),
                Cell(row.unit or ""),
                Cell(report.cell(f"statistics.{row.code}") if row.unit else "", number=True),
            ]
        )
    return rows
