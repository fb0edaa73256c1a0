"""Ruled tables: from the lines on a sheet to the cells that they enclose.

Lines that touch form one lattice. Its distinct positions cut it into unit fields; fields with no line between
them are one cell. What is drawn in the wild differs from that picture in these ways, all handled here: a
border drawn as one rectangle a cell, twice, dashed, or as dots; lines that end a little short or long; an
outer edge that is not drawn at all (printers drop it where a page is cut).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from parser.document import Box, record
from parser.readers.geometry import Glyph, Rule, Sheet
from parser.readers.geometry_joining import SNAP, TOUCH, joined_rules, touching
from parser.readers.geometry_rows import groups_of_rows

MOST_RULES = 4_000
"""More lines than this on one sheet are a drawing; it is then read without rules."""

_SNAP_SPREAD = 4.0
_SLIVER = 6.0
_SHADED_ROWS = 3
_SHADED = 0.6
_END_OF_PAGE = 0.85
_COVERED = 0.6
_MOST_FIELDS = 40_000


@record
class Field:
    """A cell of a lattice: its place and spans, and its box on the sheet."""

    row: int
    column: int
    rowspan: int
    colspan: int
    box: Box


@dataclass(frozen=True, slots=True)
class Lattice:
    """A ruled table: column edges from left to right, row edges from top to bottom, and the cells between."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    fields: tuple[Field, ...]

    @property
    def box(self) -> Box:
        """The outer edges."""
        return (self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def locate(self) -> Callable[[float, float], int | None]:
        """A function from a point to the index of the field it lies in."""
        owner: dict[tuple[int, int], int] = {}
        for index, field in enumerate(self.fields):
            for row in range(field.row, field.row + field.rowspan):
                for column in range(field.column, field.column + field.colspan):
                    owner[row, column] = index

        def find(x: float, y: float) -> int | None:
            return owner.get((bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1))

        return find


def lattices(sheet: Sheet) -> list[Lattice]:
    """The ruled tables of a sheet that have at least two columns, from the innermost to the outermost.

    Tables whose cells are told apart by shading alone are found too, where no line runs.
    """
    ruled = _from_rules(sheet.across, sheet.down, sheet)
    covered = [lattice.box for lattice in ruled]
    shaded = [panel for panel in sheet.panels if not any(_overlap(panel, box) for box in covered)]
    if len(shaded) >= 4:
        across, down = _edges_of(shaded, sheet.height)
        found = _from_rules(across, down, sheet)
        ruled += [lattice for lattice in found if _is_whole(lattice, shaded, sheet)]
    return sorted(ruled, key=lambda lattice: _area(lattice.box))


def _is_whole(lattice: Lattice, panels: Sequence[Box], sheet: Sheet) -> bool:
    """Whether shading makes out a table, not only its header or every other row. (At the end of a page, a
    header may be all that is left of one.)"""
    left, top, right, bottom = lattice.box
    inside = [glyph for glyph in sheet.glyphs if left < glyph.x < right and top < glyph.y < bottom]
    if len(lattice.ys) <= _SHADED_ROWS:
        return False
    if bottom <= _END_OF_PAGE * sheet.height and not any(glyph.text.isdigit() for glyph in inside):
        return False
    find = lattice.locate()
    lived_in = {find(glyph.x, glyph.y) for glyph in inside if glyph.text != " "} - {None}
    boxes = [lattice.fields[index].box for index in lived_in if index is not None]
    return all(any(_fills(panel, box) for panel in panels) for box in boxes)


def _fills(panel: Box, box: Box) -> bool:
    """Whether a panel is as large as a cell, or nearly."""
    width = min(panel[2], box[2]) - max(panel[0], box[0])
    height = min(panel[3], box[3]) - max(panel[1], box[1])
    return width > 0 and height > 0 and width * height > _SHADED * _area(box)


def _from_rules(strokes: Sequence[Rule], upright: Sequence[Rule], sheet: Sheet) -> list[Lattice]:
    across, down = joined_rules(strokes), joined_rules(upright)
    if len(across) + len(down) > MOST_RULES:
        sheet.crowded = True
        return []
    found = []
    taken: list[Rule] = []
    for horizontal, vertical in touching(across, down):
        lattice = _lattice(horizontal, vertical, sheet.glyphs)
        if lattice is not None:
            found.append(lattice)
            taken += horizontal
    if len(taken) < len(across):
        edges = [(rule.at, rule.start, rule.end) for rule in taken]
        left = [rule for rule in strokes if not any(_lies_on(rule, *edge) for edge in edges)]
        for strokes_across, edges_down in groups_of_rows(left, sheet.glyphs):
            for group in touching(joined_rules(strokes_across), joined_rules(edges_down)):
                lattice = _lattice(*group, sheet.glyphs)
                if lattice is not None:
                    found.append(lattice)
    return found


def _lies_on(rule: Rule, at: float, start: float, end: float) -> bool:
    """Whether a rule is a part of the one at `at`."""
    return abs(rule.at - at) <= SNAP and start - TOUCH <= rule.start and rule.end <= end + TOUCH


def _lattice(across: list[Rule], down: list[Rule], glyphs: Sequence[Glyph]) -> Lattice | None:
    down = down + _missing_edges(down, across)
    across = across + _missing_edges(across, down)
    xs = _positions(rule.at for rule in down)
    ys = _positions(rule.at for rule in across)
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 1 or rows < 1 or columns * rows > _MOST_FIELDS:
        return None
    beside = _drawn(down, xs, ys)
    below = _drawn(across, ys, xs)
    regions, outside = _regions(rows, columns, beside, below)
    thin, flat = _slivers(xs), _slivers(ys)
    # Most tables have neither open nor tiny fields, so that nobody needs to know where text stands.
    inhabited = _inhabited(xs, ys, glyphs) if outside or thin or flat else set[tuple[int, int]]()
    places = [
        rectangle
        for number, region in regions.items()
        if number not in outside or region & inhabited
        for rectangle in _rectangles(region)
    ]
    lived_in = [(place, bool(_units(place) & inhabited)) for place in places] if thin or flat else []
    xs, column_of = _merged(xs, thin, [(place[1], place[3]) for place, lived in lived_in if lived])
    ys, row_of = _merged(ys, flat, [(place[0], place[2]) for place, lived in lived_in if lived])
    places = [
        (row, column, row_of[top + height] - row, column_of[left + width] - column)
        for top, left, height, width in places
        if (row := row_of[top]) < row_of[top + height]
        and (column := column_of[left]) < column_of[left + width]
    ]
    if len({place[1] for place in places}) < 2:
        return None
    fields = tuple(
        Field(row, column, rowspan, colspan, (xs[column], ys[row], xs[column + colspan], ys[row + rowspan]))
        for row, column, rowspan, colspan in sorted(places)
    )
    return Lattice(tuple(xs), tuple(ys), fields)


def _units(place: tuple[int, int, int, int]) -> set[tuple[int, int]]:
    row, column, rowspan, colspan = place
    return {(r, c) for r in range(row, row + rowspan) for c in range(column, column + colspan)}


def _slivers(edges: list[float]) -> set[int]:
    """The rows or columns that may be only the space between borders."""
    return {index for index in range(len(edges) - 1) if edges[index + 1] - edges[index] < _SLIVER}


def _merged(
    edges: list[float], slivers: set[int], lived_in: Iterable[tuple[int, int]]
) -> tuple[list[float], list[int]]:
    """Edges without the slivers, and for each former edge the place among them. `lived_in` are start and span
    of the cells with text: where one has no other room, its slivers stay."""
    for start, span in lived_in:
        within = set(range(start, start + span))
        if within <= slivers:
            slivers -= within
    if not slivers:
        return edges, list(range(len(edges)))
    groups: list[list[float]] = [[edges[0]]]
    place_of = [0]
    for index, edge in enumerate(edges[1:]):
        if index in slivers:
            groups[-1].append(edge)
        else:
            groups.append([edge])
        place_of.append(len(groups) - 1)
    return [(group[0] + group[-1]) / 2 for group in groups], place_of


def _missing_edges(rules: list[Rule], crossing: list[Rule]) -> list[Rule]:
    """Outer edges that are not drawn: most crossing rules run past the last rule and end together."""
    found = []
    places = [rule.at for rule in rules]
    for outermost, ends, sign in (
        (min(places), [rule.start for rule in crossing], -1),
        (max(places), [rule.end for rule in crossing], 1),
    ):
        beyond = [end for end in ends if (end - outermost) * sign > 2 * TOUCH]
        if not beyond:
            continue
        edge = sorted(beyond)[len(beyond) // 2]
        together = [rule for rule, end in zip(crossing, ends, strict=True) if abs(end - edge) <= TOUCH]
        if len(together) >= max(2, 0.6 * len(beyond)):
            levels = [rule.at for rule in together]
            found.append(Rule(edge, min(levels), max(levels)))
    return found


def _positions(places: Iterable[float]) -> list[float]:
    """Distinct positions in order; those of one double line or of two neighbouring boxes are one."""
    groups: list[list[float]] = []
    for place in sorted(places):
        if groups and place - groups[-1][-1] <= SNAP and place - groups[-1][0] <= _SNAP_SPREAD:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [(group[0] + group[-1]) / 2 for group in groups]


def _drawn(rules: list[Rule], places: list[float], steps: list[float]) -> set[tuple[int, int]]:
    """(place, step) for every stretch between two steps where a rule is drawn at that place."""
    covered: dict[tuple[int, int], float] = {}
    for rule in rules:
        place = min(bisect_left(places, rule.at), len(places) - 1)
        if place and rule.at - places[place - 1] <= abs(places[place] - rule.at):
            place -= 1
        first = max(bisect_right(steps, rule.start) - 1, 0)
        for step in range(first, len(steps) - 1):
            if steps[step] >= rule.end:
                break
            length = min(rule.end, steps[step + 1]) - max(rule.start, steps[step])
            covered[place, step] = covered.get((place, step), 0.0) + max(length, 0.0)
    return {
        (place, step)
        for (place, step), length in covered.items()
        if length >= _COVERED * (steps[step + 1] - steps[step])
    }


def _regions(
    rows: int, columns: int, beside: set[tuple[int, int]], below: set[tuple[int, int]]
) -> tuple[dict[int, set[tuple[int, int]]], set[int]]:
    """Unit fields joined where no rule parts them, and the numbers of the regions that are open outwards."""
    parent: dict[int, int] = {index: index for index in range(-1, rows * columns)}

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    def join(one: int, two: int) -> None:
        parent[root(one)] = root(two)

    open_fields = []
    for row in range(rows):
        for column in range(columns):
            here = row * columns + column
            if column + 1 < columns and (column + 1, row) not in beside:
                join(here, here + 1)
            if row + 1 < rows and (row + 1, column) not in below:
                join(here, here + columns)
            if (
                (column == 0 and (0, row) not in beside)
                or (column + 1 == columns and (columns, row) not in beside)
                or (row == 0 and (0, column) not in below)
                or (row + 1 == rows and (rows, column) not in below)
            ):
                open_fields.append(here)
    regions: dict[int, set[tuple[int, int]]] = {}
    for row in range(rows):
        for column in range(columns):
            regions.setdefault(root(row * columns + column), set()).add((row, column))
    return regions, {root(here) for here in open_fields}


def _inhabited(xs: list[float], ys: list[float], glyphs: Sequence[Glyph]) -> set[tuple[int, int]]:
    """The unit fields in which a character stands."""
    places = ((glyph.x, glyph.y) for glyph in glyphs if glyph.text != " ")
    return {
        (bisect_right(ys, y) - 1, bisect_right(xs, x) - 1)
        for x, y in places
        if xs[0] <= x < xs[-1] and ys[0] <= y < ys[-1]
    }


def _rectangles(region: set[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """The region as (row, column, rowspan, colspan): one, unless its outline has inward corners."""
    if len(region) == 1:
        return [(*next(iter(region)), 1, 1)]
    runs: list[tuple[int, int, int]] = []
    for row, column in sorted(region):
        if runs and runs[-1][0] == row and runs[-1][2] == column:
            runs[-1] = (row, runs[-1][1], column + 1)
        else:
            runs.append((row, column, column + 1))
    found: dict[tuple[int, int], list[int]] = {}
    rectangles = []
    for row, start, end in runs:
        current = found.get((start, end))
        if current is not None and current[0] + current[1] == row:
            current[1] += 1
        else:
            current = [row, 1]
            found[start, end] = current
            rectangles.append((current, start, end))
    return [(rows[0], start, rows[1], end - start) for rows, start, end in rectangles]


def _edges_of(panels: Sequence[Box], height: float) -> tuple[list[Rule], list[Rule]]:
    """The edges of filled boxes that may be cells."""
    across, down = [], []
    for left, top, right, bottom in panels:
        if 8 <= bottom - top <= height / 2 and right - left >= 12:
            across += [Rule(top, left, right), Rule(bottom, left, right)]
            down += [Rule(left, top, bottom), Rule(right, top, bottom)]
    return across, down


def _overlap(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
