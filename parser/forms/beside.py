"""Tables that a page prints in halves side by side, to save room, and columns that only count rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from parser.document import Cell
from parser.folding import fold
from parser.forms.lines import Line
from parser.numbers import is_unit, looks_like_value, read_number

SERIALS = frozenset({"序号", "行次", "项次", "栏次", "代码", "指标代码", "编号"})
"""Header words of columns that count or code rows."""
_FEWEST = 5


def in_one_column(lines: Sequence[Line], names: Collection[str]) -> list[Line]:
    """The lines with halves below each other where a header prints its first label (one of `names`) again."""
    starts: list[int] = []
    halves: list[list[Line]] = [[]]
    done: list[Line] = []
    for line in lines:
        found = [] if line.loose else [cell.column for cell in line.own if fold(cell.text) in names]
        if found and found != starts:
            done += [one for half in halves for one in half]
            starts, halves = found, [[] for _ in found]
        if len(starts) < 2 or line.loose:
            halves[0].append(line)
            continue
        for half, cells in zip(halves, _parted(line, starts), strict=True):
            if cells:
                half.append(replace(line, cells=cells))
    return [*done, *(one for half in halves for one in half)]


def _parted(line: Line, starts: Sequence[int]) -> Iterator[tuple[Cell, ...]]:
    """The cells of each half, moved to where those of the first one stand."""
    ends = [*starts[1:], max((cell.column for cell in line.cells), default=0) + 1]
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        first = start if place else 0
        yield tuple(
            replace(cell, column=cell.column - start + starts[0]) if place else cell
            for cell in line.cells
            if first <= cell.column < end
        )


def named_serials(line: Line, words: Collection[str] = SERIALS) -> set[int]:
    """The columns that a header line names as serials."""
    return {cell.column for cell in line.own if fold(cell.text) in words}


def told_serials(lines: Sequence[Line], end: int) -> set[int]:
    """Columns left of `end`, behind a label, where row after row has a number in front of another number or
    of a unit: nobody named them, but they can be nothing else."""
    counts: Counter[int] = Counter()
    for line in lines:
        cells = [] if line.loose else line.own
        for place, cell in enumerate(cells):
            if place and cell.column < end and read_number(cell.text).value is not None:
                counts[cell.column] += any(
                    is_unit(one.text) or read_number(one.text).value is not None for one in cells[place + 1 :]
                )
    return {column for column, count in counts.items() if count >= _FEWEST}


def without(line: Line, columns: Collection[int]) -> Line:
    """The line without the numbers and units in these columns."""
    gone = [
        cell
        for cell in line.own
        if cell.column in columns and (looks_like_value(cell.text) or is_unit(cell.text))
    ]
    return replace(line, cells=tuple(cell for cell in line.cells if cell not in gone)) if gone else line
