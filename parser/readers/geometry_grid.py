"""Grids: the characters of a sheet put into the cells of its ruled tables."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from parser.document import Box, Cell, Grid, Locator
from parser.readers.geometry import Glyph, Sheet
from parser.readers.geometry_chunks import is_value
from parser.readers.geometry_idle import without_idle_rows
from parser.readers.geometry_lattice import Lattice, lattices
from parser.readers.geometry_lines import cell_text, fills, lines

RECOGNISED = 0.8
"""Confidence of characters that somebody's OCR put invisibly over a picture."""

UNREAD = 0.3
"""Confidence of a cell in which something is printed that could not be read."""

_NUMERIC = frozenset("0123456789.,-%+/—０１２３４５６７８９．，－／")
_TOUCHING = 0.12
_MOSTLY = 0.4
_MANY = 4
_MOST = 0.75
_OVER = 0.05
_ALIKE = 0.2


def ruled_grids(sheet: Sheet) -> tuple[list[tuple[Box, Grid]], list[Glyph]]:
    """The ruled tables of a sheet, each with its box on the sheet, and the characters outside all of them.

    A table inside a cell of another is a grid of its own; its text is not repeated in that cell. A table
    whose rows are not ruled is left to be read as one without rules.
    """
    left = sheet.glyphs
    runs = _runs_of_numbers(left)
    found = []
    for lattice in lattices(sheet):
        inside, outside = _sorted_into(lattice, left, runs)
        if _is_stacked(lattice, inside) or _is_open(sheet, lattice, inside):
            continue
        left = outside
        if any(inside):
            cells = [
                Cell(
                    row=field.row,
                    column=field.column,
                    text=cell_text(glyphs, field.box),
                    rowspan=field.rowspan,
                    colspan=field.colspan,
                    locator=place(sheet, field.box),
                    confidence=confidence(sheet, glyphs, field.box),
                )
                for field, glyphs in zip(lattice.fields, inside, strict=True)
            ]
            cells = without_idle_rows(cells)
            found.append((lattice.box, Grid(tuple(cells), place(sheet, lattice.box))))
    return found, left


def confidence(sheet: Sheet, glyphs: Sequence[Glyph], box: Box) -> float:
    """How sure the characters of a cell are: as sure as the least sure of them. A cell in which something was
    not read is hardly sure, whatever else it holds."""
    left, top, right, bottom = box
    if any(left < (x1 + x2) / 2 < right and top < (y1 + y2) / 2 < bottom for x1, y1, x2, y2 in sheet.stains):
        return UNREAD
    if sheet.recognised:
        return RECOGNISED
    return min([glyph.confidence for glyph in glyphs], default=1.0)


def place(sheet: Sheet, box: Box) -> Locator:
    """The locator of a box of the sheet."""
    return Locator(page=sheet.number, box=sheet.source_box(box))


def _is_stacked(lattice: Lattice, inside: Sequence[Sequence[Glyph]]) -> bool:
    """Whether numbers stand one below the other, beside others or beside as many labels: no rules part the
    rows. A number that wraps for lack of room is one."""
    values: dict[int, list[int]] = {}
    words: dict[int, list[Sequence[Glyph]]] = {}
    for field, glyphs in zip(lattice.fields, inside, strict=True):
        if field.rowspan > 1 or not glyphs:
            continue
        if 2 * sum(glyph.text in _NUMERIC for glyph in glyphs) < len(glyphs):
            words.setdefault(field.row, []).append(glyphs)
            continue
        tall = max(glyph.top for glyph in glyphs) - min(glyph.top for glyph in glyphs) > 0.8 * glyphs[0].size
        found = lines(glyphs) if tall else []
        wraps = len(found) < _MANY and all(fills(line, field.box) for line in found[:-1])
        apart = not wraps and all(is_value(line.text) for line in found)
        values.setdefault(field.row, []).append(len(found) if apart else 0)
    for row, counts in values.items():
        stacked = [count for count in counts if count > 1]
        # One number that wraps is the exception in its row; rows without rules are stacked in most columns.
        if len(stacked) >= _MOSTLY * len(counts) and (
            len(stacked) > 1 or any(len(lines(glyphs)) >= stacked[0] for glyphs in words.get(row, ()))
        ):
            return True
    return False


def _is_open(sheet: Sheet, lattice: Lattice, inside: Sequence[Sequence[Glyph]]) -> bool:
    """Whether no rule runs down, and one cell holds words in most of the columns that it covers, each apart
    from the next: the rules across tell the columns of some rows only."""
    left, top, right, bottom = lattice.box
    if any(left <= rule.at <= right and rule.start < bottom and top < rule.end for rule in sheet.down):
        return False
    for field, glyphs in zip(lattice.fields, inside, strict=True):
        if field.colspan < _MANY or not glyphs:
            continue
        edges = lattice.xs[field.column : field.column + field.colspan + 1]
        for line in lines(glyphs):
            pieces = [part for part in line.glyphs if part.text != " "]
            starts = [pieces[0], *(two for one, two in pairwise(pieces) if two.left - one.right > two.size)]
            covered = {bisect_right(edges, piece.left + 1) for piece in starts}
            if len(covered) == len(starts) and len(starts) >= max(_MANY, _MOST * field.colspan):
                return True
    return False


def _runs_of_numbers(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Numbers of several digits, which touch.

    A number wider than its cell runs over the rule into the next one; it belongs where its middle is.
    """
    runs: list[list[Glyph]] = []
    last: Glyph | None = None
    for glyph in glyphs:
        if glyph.text not in _NUMERIC or glyph.turn:
            last = None
            continue
        if (
            last is not None
            and abs(glyph.y - last.y) < 0.25 * glyph.size
            and -0.3 < (glyph.left - last.right) / glyph.size < _TOUCHING
        ):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
        last = glyph
    return [run for run in runs if len(run) > 1]


def _middles(lattice: Lattice, runs: Sequence[Sequence[Glyph]]) -> dict[int, tuple[float, float]]:
    """For each character (by `order`) of a number that runs over a rule, the middle of the whole number."""
    find = lattice.locate()
    found: dict[int, tuple[float, float]] = {}
    for run in runs:
        parts: dict[int | None, list[Glyph]] = {}
        for glyph in run:
            parts.setdefault(find(glyph.x, glyph.y), []).append(glyph)
        if len(parts) == 1 or _stand_apart(lattice, parts):
            continue
        middle = (run[0].left + run[-1].right) / 2
        found.update((glyph.order, (middle, run[0].y)) for glyph in run)
    return found


def _stand_apart(lattice: Lattice, parts: dict[int | None, list[Glyph]]) -> bool:
    """Whether the digits in neighbouring cells are a number each, with hardly a gap between: no digit stands
    over a rule, and all are set alike in their cells, in the middle or to one side."""
    before: list[float] = []
    behind: list[float] = []
    for index, part in parts.items():
        if index is None:
            return False
        left, _, right, _ = lattice.fields[index].box
        before.append((part[0].left - left) / part[0].size)
        behind.append((right - part[-1].right) / part[0].size)
    if min(*before, *behind) < -_OVER:
        return False
    return (
        all(abs(one - two) < _ALIKE for one, two in zip(before, behind, strict=True))
        or max(before) - min(before) < _ALIKE
        or max(behind) - min(behind) < _ALIKE
    )


def _sorted_into(
    lattice: Lattice, glyphs: Sequence[Glyph], numbers: Sequence[Sequence[Glyph]]
) -> tuple[list[list[Glyph]], list[Glyph]]:
    """The characters of each field, and those that lie in none."""
    find = lattice.locate()
    runs = _middles(lattice, numbers)
    inside: list[list[Glyph]] = [[] for _ in lattice.fields]
    outside = []
    for glyph in glyphs:
        index = find(*runs.get(glyph.order, (glyph.x, glyph.y)))
        if index is None:
            outside.append(glyph)
        else:
            inside[index].append(glyph)
    return inside, outside
