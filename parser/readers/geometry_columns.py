"""Columns of values in a table without rules: which values stand one below the other.

Values of one column overlap, whatever their alignment. Where numbers are so wide that they reach under their
neighbours, the edge on which they are set tells the columns apart; where one is set aside by a blank or a
character without width, it belongs to the column beside it. Rows whose label cells were left out stand
further left than others: their values are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from parser.numbers import read_number
from parser.readers.geometry_chunks import Chunk

_ASIDE = 0.45
_ASIDE_ALONE = 1.5
_MOSTLY = 0.8
_FEWEST_SHIFTED = 3

Placed = list[dict[int, Chunk]]
"""For each row, its values by number of column."""

_ALIGNMENTS: tuple[Callable[[Chunk], float], ...] = (
    lambda value: value.left,
    lambda value: value.x,
    lambda value: value.right,
)


@dataclass(frozen=True, slots=True)
class Columns:
    """`edges` are left and right of each column, `rows` the values in them; `shifted` is true where rows
    begin at different places, so that only the order of their values counts."""

    edges: list[tuple[float, float]]
    rows: Placed
    shifted: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """In which column totals stand: the `first` or the `last` one, where a header says so. `width` is the
    number of columns, and `blank` true, where the page before tells them: rows there lack their total."""

    place: str
    width: int = 0
    blank: bool = False

    def lacking(self, row: Sequence[Chunk]) -> dict[int, Chunk]:
        """A row without its total, by columns."""
        return dict(enumerate(row, 1 if self.place == "first" else 0))


def columns_of(rows: Sequence[Sequence[Chunk]], totals: Totals | None = None) -> Columns | None:
    """The columns of rows of values, each row from left to right; `None` where values are in no columns."""
    number_of = {value: number for number, row in enumerate(rows) for value in row}
    columns: list[list[Chunk]] = []
    for column in _overlapping([value for row in rows for value in row]):
        apart = _apart(column, number_of)
        if apart is None:
            return None
        columns += apart
    most = max(len(row) for row in rows)
    if totals and totals.blank and most == totals.width - 1 >= _FEWEST_SHIFTED:
        return _without_totals(rows, totals)
    if len(columns) > most:
        columns = _without_asides(columns, rows, number_of, most)
    if len(columns) > most >= _FEWEST_SHIFTED and _begin_apart(rows, columns):
        return _shifted(rows, most, totals)
    placed: Placed = [{} for _ in rows]
    for index, column in enumerate(columns):
        for value in column:
            placed[number_of[value]][index] = value
    return Columns([_edges(column) for column in columns], placed)


def _edges(column: Sequence[Chunk]) -> tuple[float, float]:
    return min(one.left for one in column), max(one.right for one in column)


def _overlapping(values: Sequence[Chunk]) -> list[list[Chunk]]:
    columns: list[list[Chunk]] = []
    right = 0.0
    for value in sorted(values, key=lambda value: value.left):
        if columns and value.left < right:
            columns[-1].append(value)
            right = max(right, value.right)
        else:
            columns.append([value])
            right = value.right
    return columns


def _apart(column: list[Chunk], number_of: dict[Chunk, int]) -> list[list[Chunk]] | None:
    """The columns that overlapping values are of: one where no row has two of them, else as many as the
    fullest row has, by the alignment that fits best."""
    of_rows: dict[int, list[Chunk]] = {}
    for value in column:
        of_rows.setdefault(number_of[value], []).append(value)
    most = max(len(row) for row in of_rows.values())
    if most == 1:
        return [column]
    fullest = [sorted(row, key=lambda value: value.left) for row in of_rows.values() if len(row) == most]
    best: tuple[float, list[list[Chunk]]] | None = None
    for place in _ALIGNMENTS:
        anchors = [sorted(map(place, own))[len(own) // 2] for own in zip(*fullest, strict=True)]
        found: list[list[Chunk]] = [[] for _ in anchors]
        error = 0.0
        for value in column:
            index = min(range(most), key=lambda index: abs(anchors[index] - place(value)))
            error += abs(anchors[index] - place(value))
            found[index].append(value)
        single = all(len({number_of[value] for value in own}) == len(own) for own in found)
        if single and (best is None or error < best[0]):
            best = (error, found)
    return best[1] if best else None


def _without_asides(
    columns: list[list[Chunk]], rows: Sequence[Sequence[Chunk]], number_of: dict[Chunk, int], most: int
) -> list[list[Chunk]]:
    """The columns, where two that lie close and share no row are one."""
    fullest = max(rows, key=len)
    steps = sorted(two.x - one.x for one, two in pairwise(fullest))
    pitch = steps[len(steps) // 2] if steps else 0.0
    found = list(columns)
    while len(found) > most:
        close = []
        for index, (one, two) in enumerate(pairwise(found)):
            left, right = _edges(one), _edges(two)
            away = (sum(right) - sum(left)) / 2
            near = away < _ASIDE * pitch or right[0] - left[1] < _ASIDE_ALONE * two[0].size > pitch
            if near and not {number_of[value] for value in one} & {number_of[value] for value in two}:
                close.append((away, index))
        if not close:
            break
        index = min(close)[1]
        found[index : index + 2] = [found[index] + found[index + 1]]
    return found


def _begin_apart(rows: Sequence[Sequence[Chunk]], columns: Sequence[Sequence[Chunk]]) -> bool:
    """Whether nearly all rows are runs of values without a gap, which begin in different columns and do not
    reach over all."""
    index_of = {value: index for index, column in enumerate(columns) for value in column}
    runs = [row for row in rows if index_of[row[-1]] - index_of[row[0]] == len(row) - 1]
    starts = {index_of[row[0]] for row in runs}
    return len(runs) >= _MOSTLY * len(rows) and len(starts) > 1


def _without_totals(rows: Sequence[Sequence[Chunk]], totals: Totals) -> Columns | None:
    """Columns by the order of values, on a page where no row has its total."""
    if any(len(row) != totals.width - 1 for row in rows) or _summed(rows, totals):
        return None
    edges = [_edges(column) for column in zip(*rows, strict=True)]
    left, right = edges[0][0], edges[-1][1]
    edges.insert(*((0, (left, left)) if totals.place == "first" else (len(edges), (right, right))))
    return Columns(edges, [totals.lacking(row) for row in rows], shifted=True)


def _summed(rows: Sequence[Sequence[Chunk]], totals: Totals) -> bool:
    """Whether rows that are one value short print their total all the same, so that they lack another one."""
    told = []
    for row in rows:
        values = [read_number(part.text).value or 0 for part in row]
        total = values[0 if totals.place == "first" else -1]
        if any(values):
            told.append(2 * total == sum(values))
    return told.count(True) > told.count(False)


def _shifted(rows: Sequence[Sequence[Chunk]], most: int, totals: Totals | None) -> Columns | None:
    """Columns by the order of values. A row with fewer values stands as a full one does, or lacks its total
    as most rows do (nobody worked them out); `None` where nothing tells which value a row lacks."""
    full = [row for row in rows if len(row) == most]
    short = [row for row in rows if len(row) == most - 1]
    known = totals is not None and totals.blank and totals.width == most
    shown = totals is not None and any(_lacks_total(row, other, totals) for row in short for other in full)
    lacking = (known or shown or len(short) > len(full)) and not (totals and _summed(short, totals))
    furthest = max(full, key=lambda row: row[0].left)
    unshifted = [row for row in full if abs(row[0].x - furthest[0].x) < furthest[0].size]
    placed: Placed = []
    for row in rows:
        like = next((other for other in full if _within(row, other)), None)
        if len(row) == most:
            placed.append(dict(enumerate(row)))
        elif totals and len(row) == most - 1 and lacking:
            placed.append(totals.lacking(row))
        elif like is None:
            return None
        else:
            placed.append({_nearest(value, like): value for value in row})
    return Columns([_edges(column) for column in zip(*unshifted, strict=True)], placed, shifted=True)


def _lacks_total(row: Sequence[Chunk], full: Sequence[Chunk], totals: Totals) -> bool:
    """Whether a row stands under a full one in all columns but that of the total."""
    return _within(row, full) and [_nearest(value, full) for value in row] == list(totals.lacking(row))


def _within(row: Sequence[Chunk], full: Sequence[Chunk]) -> bool:
    return len({_nearest(value, full) for value in row}) == len(row) and all(
        value.left < full[_nearest(value, full)].right and value.right > full[_nearest(value, full)].left
        for value in row
    )


def _nearest(value: Chunk, row: Sequence[Chunk]) -> int:
    return min(range(len(row)), key=lambda index: abs(row[index].x - value.x))
