"""Tables as rows of cells with spans, the way a clerk drew them: whole, cut at pages, with group cells that
span, repeat, stay empty or are not there at all.

A `Table` here is what any writer can draw. `Cell`s of a row follow each other; a position covered by the span
of an earlier cell has no cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from random import Random

from bench.truthset import forms
from bench.truthset.forms import Block, Line, Statistic
from bench.truthset.ink import Ink


@dataclass(frozen=True)
class Cell:
    """One drawn cell; `kind` is `head`, `label` or `value`."""

    text: str
    kind: str = "value"
    rowspan: int = 1
    colspan: int = 1


Row = list[Cell]


@dataclass
class Table:
    """`widths` are relative column widths; the first `heads` rows are the header. `shift` is true where the
    text form of the table may pull labels to the left."""

    rows: list[Row]
    widths: tuple[float, ...]
    heads: int = 0
    name: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def columns(self) -> int:
        return len(self.widths)


def placed(table: Table) -> Iterator[tuple[int, int, Cell]]:
    """Every cell with its row and column, spans taken into account."""
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(table.rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            across = range(column, column + cell.colspan)
            taken.update((number + down, position) for down in range(cell.rowspan) for position in across)
            yield number, column, cell
            column += cell.colspan


def matrix(table: Table, *, repeated: bool = False) -> list[list[str]]:
    """The table as texts, one a position; covered positions are empty, or `repeated` from their cell."""
    texts = [[""] * table.columns for _ in table.rows]
    for row, column, cell in placed(table):
        for down in range(cell.rowspan):
            for right in range(cell.colspan):
                if row + down < len(texts) and column + right < table.columns:
                    first = down == 0 and right == 0
                    texts[row + down][column + right] = cell.text if first or repeated else ""
    return texts


@dataclass(frozen=True)
class Cuts:
    """Where a table is cut by pages: after which data rows; whether the header comes again, what stands in
    the cut group cells (`label` printed again, or empty), and whether the parts are tables of their own."""

    after: tuple[int, ...] = ()
    header_again: bool = True
    label_again: bool = True
    apart: bool = True

    def parts(self, length: int) -> list[tuple[int, int]]:
        edges = [0, *[cut for cut in self.after if 0 < cut < length], length]
        return list(pairwise(edges))


def some_cuts(length: int, rng: Random, *, often: float) -> Cuts:
    """Cuts drawn at random: most tables have none."""
    if rng.random() >= often:
        return Cuts()
    count = rng.choice((1, 1, 2))
    return Cuts(
        tuple(sorted(rng.sample(range(2, length - 1), count))),
        header_again=rng.random() < 0.5,
        label_again=rng.random() < 0.5,
        apart=rng.random() < 0.6,
    )


def requests_table(
    lines: Sequence[Line], texts: dict[str, list[str]], ink: Ink, rng: Random, *, groups: str, cuts: Cuts
) -> list[Table]:
    """The table of requests. `groups` says how the label columns are drawn: `spans` as in the form,
    `blanks` (empty cells instead of spans), `repeated` (the label in every row), `ragged` (no cells at all
    below the first), `outline` (one label column, groups in rows of their own)."""
    labels = {line.key: ink.label(line.leaf, rng) for line in lines}
    heads = _request_heads(ink, rng, 1 if groups == "outline" else 3)
    if groups == "outline":
        rows: list[Row] = []
        for number, line in enumerate(lines):
            before = lines[number - 1] if number else None
            figures = [Cell(text) for text in texts[line.key]]
            rows += _outline(line, before, ink, rng)
            rows.append([Cell(labels[line.key], "label"), *figures])
        return [Table([*heads, *rows], (30, *[7] * 7), 3, "requests")]
    parts = []
    written = {line.group: ink.label(line.group, rng) for line in lines if line.group}
    outcomes = ink.label(forms.OUTCOMES, rng)
    for number, (start, end) in enumerate(cuts.parts(len(lines))):
        part = lines[start:end]
        body: list[Row] = []
        for place, line in enumerate(part):
            row = _request_labels(part, place, labels, written, outcomes, first=number == 0, cuts=cuts)
            row += [Cell(text) for text in texts[line.key]]
            body.append(row)
        shown = heads if number == 0 or cuts.header_again else []
        parts.append(Table([*shown, *body], (8, 12, 26, *[7] * 7), len(shown), "requests"))
    if groups != "spans":
        parts = [_without_spans(part, groups) for part in parts]
    return parts if cuts.apart else [_joined(parts)]


def _request_heads(ink: Ink, rng: Random, label_columns: int) -> list[Row]:
    leaves = [Cell(ink.label(label, rng), "head") for _, label in forms.APPLICANTS[1:-1]]
    first, last = forms.APPLICANTS[0][1], forms.APPLICANTS[-1][1]
    corner = rng.choice((forms.CORNER, forms.CORNER, "", forms.CORNER.strip("（）")))
    return [
        [Cell(corner, "head", 3, label_columns), Cell("申请人情况", "head", 1, 7)],
        [
            Cell(ink.label(first, rng), "head", 2),
            Cell("法人或其他组织", "head", 1, 5),
            Cell(ink.label(last, rng), "head", 2),
        ],
        leaves,
    ]


def _request_labels(
    part: Sequence[Line],
    place: int,
    labels: dict[str, str],
    written: dict[str, str],
    outcomes: str,
    *,
    first: bool,
    cuts: Cuts,
) -> Row:
    """The label cells of one row: 三、 and group cells start where their rows start in this part."""
    line = part[place]
    before = part[place - 1] if place else None
    if not line.outcome:
        return [Cell(labels[line.key], "label", 1, 3)]
    row: Row = []
    if before is None or not before.outcome:
        span = sum(1 for other in part[place:] if other.outcome)
        again = first or before is not None or cuts.label_again
        row.append(Cell(outcomes if again else "", "label", span))
    if line.group is None:
        return [*row, Cell(labels[line.key], "label", 1, 2)]
    if before is None or before.group != line.group:
        span = sum(1 for other in part[place:] if other.group == line.group)
        again = first or before is not None or cuts.label_again
        row.append(Cell(written[line.group] if again else "", "label", span))
    return [*row, Cell(labels[line.key], "label")]


def _outline(line: Line, before: Line | None, ink: Ink, rng: Random) -> list[Row]:
    """Rows of their own for 三、 and for the group of `line`, where they begin."""
    rows: list[Row] = []
    empty = [Cell("") for _ in range(7)]
    if line.outcome and before is not None and not before.outcome:
        rows.append([Cell(ink.label(forms.OUTCOMES, rng), "label"), *empty])
    if line.group and (before is None or before.group != line.group):
        rows.append([Cell(ink.label(line.group, rng), "label"), *empty])
    return rows


def _without_spans(table: Table, groups: str) -> Table:
    """The table with the label columns drawn without row spans."""
    body = Table(table.rows[table.heads :], table.widths)
    rows: list[Row] = [[] for _ in body.rows]
    for number, _, cell in placed(body):
        alone = replace(cell, rowspan=1)
        rows[number].append(alone)
        if groups != "ragged":
            again = alone if groups == "repeated" else replace(alone, text="")
            for below in range(number + 1, min(number + cell.rowspan, len(rows))):
                rows[below].append(again)
    return replace(table, rows=[*table.rows[: table.heads], *rows])


def _joined(parts: list[Table]) -> Table:
    return replace(parts[0], rows=list(chain.from_iterable(part.rows for part in parts)))


def review_table(texts: dict[str, str], ink: Ink, rng: Random) -> Table:
    """The table of reviews and suits: three header rows and one row of fifteen figures."""
    results = [ink.label(label, rng) for _, label in forms.RESULTS]
    heads: list[Row] = [
        [Cell("行政复议", "head", 1, 5), Cell("行政诉讼", "head", 1, 10)],
        [
            *[Cell(label, "head", 2) for label in results],
            Cell("未经复议直接起诉", "head", 1, 5),
            Cell("复议后起诉", "head", 1, 5),
        ],
        [Cell(label, "head") for _ in range(2) for label in results],
    ]
    keys = [f"{group}_{result}" for group, _ in forms.REVIEW_GROUPS for result, _ in forms.RESULTS]
    return Table([*heads, [Cell(texts[key]) for key in keys]], (6.5,) * 15, 3, "review_litigation")


def proactive_tables(
    blocks: Sequence[Block], texts: dict[str, str], ink: Ink, rng: Random, *, apart: bool
) -> list[Table]:
    """Section 二: one table of four columns, or one table a block."""
    tables = []
    for block in blocks:
        spans = [1] * (len(block.heads) - 1)
        spans.append(3 - len(spans))
        rows: list[Row] = [[Cell(ink.label(block.item, rng) if not apart else block.item, "head", 1, 4)]]
        shown = zip(block.heads, spans, strict=True)
        rows.append(
            [Cell("信息内容", "head"), *[Cell(ink.label(head, rng), "head", 1, span) for head, span in shown]]
        )
        for row, label in block.rows:
            cells = [
                Cell(texts[f"{row}.{name}"], "value", 1, span)
                for name, span in zip(block.fields, spans, strict=True)
            ]
            rows.append([Cell(ink.label(label, rng), "label"), *cells])
        tables.append(Table(rows, (26, 22, 22, 22), 0, "proactive"))
    return tables if apart else [_joined(tables)]


def statistics_tables(
    rows: Sequence[Statistic],
    texts: dict[str, tuple[str, ...]],
    ink: Ink,
    rng: Random,
    *,
    heads: Sequence[str],
    notes: bool,
    cuts: Cuts,
    lead: str = "",
    columns: str = "",
) -> list[Table]:
    """A statistics table; `texts` has the figures of each row, one a value column. `lead` other than empty
    replaces the arabic numbering of the lowest rows (`（1）`, `①`); `columns` `numbered` puts 序号 before the
    labels, `unitless` leaves the units out."""
    value_columns = len(heads) - 2
    if columns == "numbered":
        heads = ("序号", *heads)
    elif columns == "unitless":
        heads = (heads[0], *heads[2:])
    parts = []
    for number, (start, end) in enumerate(cuts.parts(len(rows))):
        shown = [[Cell(ink.label(head, rng), "head") for head in heads]]
        body: list[Row] = []
        for row in rows[start:end]:
            label = ink.label(f"{_lead(row, lead)}{row.label}", rng)
            if notes and row.note:
                label += f"（{row.note}）"
            figures = texts.get(row.code, ("",) * value_columns)
            before = [Cell(str(rows.index(row) + 1))] if columns == "numbered" else []
            unit = [] if columns == "unitless" else [Cell(row.unit or "")]
            body.append([*before, Cell(label, "label"), *unit, *[Cell(text) for text in figures]])
        top = shown if number == 0 or cuts.header_again else []
        widths = {"numbered": (6, 46, 8), "unitless": (46,)}.get(columns, (46, 8))
        parts.append(Table([*top, *body], (*widths, *[14] * value_columns), len(top), "statistics"))
    return parts if cuts.apart else [_joined(parts)]


def _lead(row: Statistic, lead: str) -> str:
    last = row.code.rsplit("/", 1)[-1]
    if not lead or "/" not in row.code or not last.isdigit():
        return row.lead
    if lead == "其中":
        return f"其中：{last}." if last == "1" else f"{last}."
    return chr(ord("①") + int(last) - 1) if lead == "①" else f"（{last}）"
