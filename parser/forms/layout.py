"""Which value cell of a row belongs to which column of its header.

Rows are laid by order where a row has as many cells as the header has columns, else by place, by the cells
that are not blank, or by the shape of rows already understood. What stays open is a doubt, never a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from parser.document import Cell
from parser.folding import label
from parser.forms.columns import Header
from parser.forms.lines import Line, Parts
from parser.forms.lost import Lost

Slot = Cell | None


@dataclass(frozen=True, slots=True)
class Laid:
    """A row under its header: one slot a column (`None` = no cell there), and what is doubtful about it."""

    slots: tuple[Slot, ...]
    doubt: str | None = None


Shape = tuple[int, int, int]
Agrees = Callable[[Sequence[Slot]], bool | None]
"""Tells whether a layout of a row keeps the sum that the row prints; `None` where it prints none."""

_FEW = 2
_MANY = 3
_MOST_WAYS = 500
_MERGED = "a cell is merged with the row above"
_PULLED = "its label stands left of others like it, and cells in front of it may be lost"


class Layout:
    """Lays the rows of one table under a header, learning from the plain ones how the others are shaped.

    `again` are the headers that the table repeats in other blocks; they tell places there.
    """

    def __init__(
        self, header: Header, rows: Sequence[tuple[Line, Parts]], again: Sequence[Header] = ()
    ) -> None:
        self.header = header
        self._placed = {one.block: one for one in (*again, header) if one.placed and one.alike(header)}
        self._rows = rows
        self._known: dict[Shape, Counter[tuple[int, ...]]] | None = None
        # What all rows of a shape have in common is asked for by each of them.
        self._alike: dict[Shape, list[tuple[Line, Parts]]] = {}
        for line, row in rows:
            self._alike.setdefault(_shape(line, row), []).append((line, row))
        self._lost = Lost(rows, header)
        self._hold: dict[tuple[Shape, bool], bool] = {}
        self._inside: dict[tuple[Shape, int], set[int]] = {}

    @property
    def _shapes(self) -> dict[Shape, Counter[tuple[int, ...]]]:
        """Grid columns of the values in plain rows, by the shape of the row; learned when first asked for."""
        if self._known is None:
            self._known = {}
            for line, row in self._rows:
                plain = self._plain(row.values)
                if plain is not None:
                    places = tuple(cell.column for cell in plain)
                    self._known.setdefault(_shape(line, row), Counter())[places] += 1
        return self._known

    def lay(self, line: Line, row: Parts, agrees: Agrees) -> Laid:
        """The row's cells, one slot a column. `agrees` tells whether a layout keeps the row's own sum (`None`
        where the row has none to keep); it decides only between layouts that are possible."""
        width, count = len(self.header), len(row.values)
        reaching = any(cell.row != line.row for cell in row.values)
        if count == width and self._leads_with_spare(line, row):
            row, count = Parts(row.labels, row.values[1:]), count - 1
        if count == width:
            return Laid(row.values, _MERGED) if reaching else self._by_order(line, row, agrees)
        if reaching:
            # A blank that reaches down too far, over a row that is whole without it.
            own = tuple(cell for cell in row.values if cell.row == line.row or cell.text)
            whole = len(own) == width and all(cell.row == line.row for cell in own)
            return Laid(own if whole else (None,) * width, _MERGED)
        short = f"it has {count} cells for {width} columns"
        if count < width:
            return Laid(self._short(line, row, agrees), short)
        pulled = self._lost.slots(line, row)
        ways = [pulled] if pulled else self._ways(line, row)
        if not ways:
            return Laid((None,) * width, short)
        kept = [way for way in ways if agrees(way) is True] or [way for way in ways if agrees(way) is None]
        best = (kept or ways)[0]
        if not pulled and agrees(best) is not True:
            if self._is_pulled(line, row, best):
                return Laid((None,) * width, _PULLED)
            if self._is_open(line, row, best):
                return Laid((None,) * width, short)
        if any(_content(way) != _content(best) for way in (kept or ways)[1:]):
            return Laid((None,) * width, "its cells can be laid under the columns in more than one way")
        printed = sum(bool(cell.text) for cell in row.values)
        if printed not in (0, width) and not pulled and not self._as_wide(line, row):
            broken, alone = agrees(best) is False, self._alone(line, row)
            if broken and alone:
                return Laid((None,) * width, short)
            if broken or alone:
                return Laid(best, short)
        return Laid(best)

    def _leads_with_spare(self, line: Line, row: Parts) -> bool:
        """Whether the first cell is a blank left of where the columns begin, in a row written like no
        other: it lost a cell elsewhere. (Rows that lost their merged label cells are shifted left too, but
        many at once.)"""
        first, header = row.values[0], self._placed.get(line.block)
        if first.text or header is None:
            return False
        left = first.column + first.colspan <= header.columns[0].start
        if not left or _overlapped(line, row) or self._lost.count(line, row):
            return False
        return self._alone(line, row) and not self._straddles(line, row.values)

    def _is_pulled(self, line: Line, row: Parts, best: Sequence[Slot]) -> bool:
        """Whether the cells may as well belong right behind the label: labels as deep stand further right
        elsewhere, as where a row lost the merged cells in front of it and ends in blanks instead, and no
        row written like it prints a number at the end of the layout, nor many at its beginning."""
        values, width = row.values, len(self.header)
        if all(_content(best)) or not self._lost.gone(line, row) or any(cell.text for cell in values[width:]):
            return False
        if _content(values[:width]) == _content(best):
            return False
        rows = [other.values for _, other in self._alike.get(_shape(line, row), ())]
        first, last = (slot.column if slot else -1 for slot in (best[0], best[-1]))
        printed = [{cell.column for cell in cells if cell.text} for cells in rows]
        return not any(last in one for one in printed) and sum(first in one for one in printed) < _MANY

    def _straddles(self, line: Line, values: Sequence[Cell]) -> bool:
        """Whether a printed cell lies under more than one column: the spans are not to be trusted."""
        header = self._placed.get(line.block)
        return header is not None and any(len(_over(cell, header)) > 1 for cell in values if cell.text)

    def _short(self, line: Line, row: Parts, agrees: Agrees) -> tuple[Slot, ...]:
        """A row with too few cells: which one is missing is told by the row's sum if by anything; a text
        export
        drops blanks at the end of a line; rows without sums go by place."""
        width, values = len(self.header), row.values
        spare = width - len(values)
        behind = (*values, *(None,) * spare)
        if not any(cell.text for cell in values):
            return behind
        gaps = [(*values[:place], *(None,) * spare, *values[place:]) for place in range(len(values) + 1)]
        summed = {_content(way): way for way in _spread(values, width) if agrees(way) is True}
        if len(summed) == 1:
            return next(iter(summed.values()))
        if not self.header.drawn:
            return (None,) * width
        if not self.header.placed:
            return behind if not summed and agrees(behind) is None else (None,) * width
        placed = self._by_place(line, values)
        told = any(agrees(way) is not None for way in gaps)
        return (None,) * width if placed is None or told else placed

    def _is_open(self, line: Line, row: Parts, best: Sequence[Slot]) -> bool:
        """Whether the spare cell of a row that is wider than its header may as well stand elsewhere: no label
        tells where its cells begin."""
        header, width = self._placed.get(line.block), len(self.header)
        if header is None or row.labels or _shape(line, row)[2] <= header.width:
            return False
        windows = (row.values[left : left + width] for left in _fitting(row.values, width))
        return any(_content(window) != _content(best) for window in windows)

    def _as_wide(self, line: Line, row: Parts) -> bool:
        """Whether the header has a blank column at its end too: it is there that the spare cell stands."""
        header = self._placed.get(line.block)
        return header is not None and header.columns[-1].end < header.width == _shape(line, row)[2]

    def _alone(self, line: Line, row: Parts) -> bool:
        """Whether no other row of the table is written like this one: its spare cell may be any of its
        blanks."""
        return len(self._alike.get(_shape(line, row), ())) < _FEW

    def _by_order(self, line: Line, row: Parts, agrees: Agrees) -> Laid:
        """A row with as many cells as columns; only its own sum may show that one of them is a spare."""
        values = row.values
        if not values[0].text and agrees(values) is False:
            for way in self._ways(line, row):
                if agrees(way) is True:
                    return Laid(
                        way, "a blank cell in front was taken for a spare one, because the sum then holds"
                    )
        return Laid(values)

    def _ways(self, line: Line, row: Parts) -> list[tuple[Slot, ...]]:
        """Every way to lay a row that has not the header's number of cells, the most trusted first."""
        values = row.values
        found: list[tuple[Slot, ...]] = []
        printed = tuple(cell for cell in values if cell.text)
        width = len(self.header)
        placed = self._by_place(line, values)
        if len(printed) == width and not self._lie_inside(line, printed):
            return [printed]
        if placed is not None and self._places_hold(line, row):
            return [placed]
        if len(printed) == width:
            found.append(printed)
        for shape in self._shapes.get(_shape(line, row), ()):
            shaped = _by_shape(values, shape)
            if shaped is not None:
                found.append(shaped)
        if not found:
            found.extend(tuple(values[left : left + width]) for left in self._windows(line, row))
        return list(dict.fromkeys(found))

    def _places_hold(self, line: Line, row: Parts) -> bool:
        """Whether every row of this shape that begins as this one does has its printed cells below the
        header's."""
        shape, led = _shape(line, row), _is_led(line)
        if (shape, led) not in self._hold:
            self._hold[shape, led] = all(
                self._by_place(other, parted.values) is not None
                for other, parted in self._sisters(line, row, shape)
                if other.block in self._placed and _is_led(other) == led
            )
        return self._hold[shape, led]

    def _lie_inside(self, line: Line, values: Sequence[Cell]) -> bool:
        """Whether each cell lies below one column, and below nothing beside it."""
        header = self._placed.get(line.block)
        columns = header.columns if header else ()
        return all(
            any(one.start <= cell.column and cell.column + cell.colspan <= one.end for one in columns)
            for cell in values
        )

    def _sisters(self, line: Line, row: Parts, shape: Shape) -> list[tuple[Line, Parts]]:
        """The rows of a shape. Where labels stand right in front of the columns, the depth of their numbers
        makes no difference."""
        last = row.labels[-1] if row.labels else None
        header = self._placed.get(line.block)
        if last is None or header is None or last.column + last.colspan != header.columns[0].start:
            return self._alike.get(shape, [])
        return [
            one
            for (column, _, width), rows in self._alike.items()
            if (column, width) == (shape[0], shape[2])
            for one in rows
        ]

    def _windows(self, line: Line, row: Parts) -> list[int]:
        """Where the columns may begin in a row with spare cells, the rightmost first: every printed cell lies
        inside, in this row and in all rows of its shape."""
        width = len(self.header)
        possible = _fitting(row.values, width)
        shape = _shape(line, row)
        if (shape, len(row.values)) not in self._inside:
            self._inside[shape, len(row.values)] = set[int](range(len(row.values))).intersection(
                *(
                    _fitting(parted.values, width)
                    for _, parted in self._alike.get(shape, ())
                    if len(parted.values) == len(row.values)
                )
            )
        alike = self._inside[shape, len(row.values)]
        places = [left for left in possible if left in alike] or possible
        if len(places) > 1:
            known = self._known_starts(shape) or self._only_start()
            places = [left for left in places if row.values[left].column in known] or places
        if len(places) > 1 and self._straddles(line, row.values):
            # A spare cell right of the header is none of its columns.
            end = self._placed[line.block].columns[-1].end
            places = [left for left in places if row.values[left + width - 1].column < end] or places
        return places

    def _known_starts(self, shape: Shape) -> set[int]:
        """Grid columns at which plain rows begin whose label stands there too, whatever its depth."""
        return {
            places[0]
            for (last, _, width), found in self._shapes.items()
            if (last, width) == (shape[0], shape[2])
            for places in found
        }

    def _only_start(self) -> set[int]:
        """The grid column at which all plain rows begin, where there is but one."""
        starts = self._starts()
        return starts if len(starts) == 1 else set()

    def _starts(self) -> set[int]:
        """The grid columns at which plain rows begin."""
        return {places[0] for found in self._shapes.values() for places in found}

    def _plain(self, values: Sequence[Cell]) -> tuple[Cell, ...] | None:
        """The cells of a row that can be laid in one way only, for its shape to be learned."""
        if len(values) == len(self.header):
            return tuple(values)
        printed = tuple(cell for cell in values if cell.text)
        return printed if len(values) > len(self.header) == len(printed) else None

    def _by_place(self, line: Line, values: Sequence[Cell]) -> tuple[Slot, ...] | None:
        """Cells below the header cells that they overlap; `None` where a printed cell has no such place."""
        header = self._placed.get(line.block)
        if header is None:
            return None
        slots: list[Slot] = [None] * len(header)
        shift = _pushed(line, values, header) if header.columns[0].start in self._starts() else 0
        for cell in values:
            over = _over(cell, header, shift)
            if len(over) == 1 and slots[over[0]] is None:
                slots[over[0]] = cell
            elif len(over) == 1 and (not cell.text or cell.text == _text(slots[over[0]])):
                continue
            elif len(over) == 1 and not _text(slots[over[0]]):
                slots[over[0]] = cell
            elif cell.text:
                return None
        return tuple(slots)


def _spread(values: Sequence[Cell], width: int) -> Iterator[tuple[Slot, ...]]:
    """Every way to spread the cells of a row over more columns, in their order; none where there are too many
    for one of them to be told from the others."""
    if comb(width, len(values)) > _MOST_WAYS:
        return
    for taken in combinations(range(width), len(values)):
        slots: list[Slot] = [None] * width
        for place, cell in zip(taken, values, strict=True):
            slots[place] = cell
        yield tuple(slots)


def _pushed(line: Line, values: Sequence[Cell], header: Header) -> int:
    """By how many columns a span that is too long pushed the whole row to the right: its label ends below the
    first column, and no value is missing."""
    first = values[0].column if values else 0
    left = header.columns[0].start
    if first <= left or len(values) < len(header) or values[0].row != line.row:
        return 0
    return first - left if any(cell.text and cell.column + cell.colspan == first for cell in line.own) else 0


def _overlapped(line: Line, row: Parts) -> bool:
    """Whether a label of the row lies over one that reaches down from above: a span is wrong, and it is
    that which pulled the row to the left."""
    above = [cell for cell in line.cells if cell.row != line.row]
    return any(
        cell.column < other.column + other.colspan and other.column < cell.column + cell.colspan
        for cell in row.labels
        if cell.row == line.row
        for other in above
    )


def _over(cell: Cell, header: Header, shift: int = 0) -> list[int]:
    """The columns below which a cell lies."""
    start = cell.column - shift
    return [
        place
        for place, column in enumerate(header.columns)
        if column.start < start + cell.colspan and start < column.end
    ]


def _text(slot: Slot) -> str:
    return slot.text if slot else ""


def _content(way: Sequence[Slot]) -> tuple[str, ...]:
    return tuple(_text(slot) for slot in way)


def _shape(line: Line, row: Parts) -> Shape:
    """Rows that a text export wrote alike: where the innermost label stands, the depth of its number, and how
    wide the row is."""
    last = row.labels[-1].column if row.labels else -1
    return last, label(row.name).level, max((cell.column + cell.colspan for cell in line.own), default=0)


def _is_led(line: Line) -> bool:
    """Whether a row begins with a blank, as one does that kept the cells of the merged labels in front."""
    return bool(line.own) and not line.own[0].text


def _by_shape(values: Sequence[Cell], shape: Sequence[int]) -> tuple[Slot, ...] | None:
    """The cells at the columns where rows of this shape have theirs; `None` when one is missing there, or a
    printed one is left."""
    at = {cell.column: cell for cell in values}
    if any(column not in at for column in shape):
        return None
    slots = tuple(at[column] for column in shape)
    used = {cell.column for cell in slots if cell is not None}
    return None if any(cell.text and cell.column not in used for cell in values) else slots


def _fitting(values: Sequence[Cell], width: int) -> list[int]:
    """Places from which `width` cells hold every printed one, the rightmost first."""
    printed = [place for place, cell in enumerate(values) if cell.text] or [len(values), -1]
    lowest = max(printed[-1] - width + 1, 0)
    return [*range(min(len(values) - width, printed[0]), lowest - 1, -1)]
