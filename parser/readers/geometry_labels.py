"""Labels of a table without rules: which pieces of text on the left belong to which row, and to how many.

Labels stand in columns of their own (group, leaf, unit). A label that wraps is several pieces and one block.
A group label stands beside the rows of its group: before the first of them, or in their middle. Where groups
part is told by the numbers of the leaf labels, which begin anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from parser.readers.geometry import enclosing
from parser.readers.geometry_chunks import NUMBERED, Chunk
from parser.readers.geometry_lines import joined

_DIGITS = "一二三四五六七八九"
_WRAP = 1.62
_NEXT_LINE = 1.45
_FULL = 1.4


@dataclass(slots=True, eq=False)
class Block:
    """A label: one piece of text, or several that it wraps into."""

    parts: list[Chunk]
    full: list[bool] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The label in one string."""
        return joined([part.text for part in self.parts], self.full or [True] * len(self.parts))

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.parts[0].top

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.parts[-1].bottom

    @property
    def y(self) -> float:
        """The middle, down."""
        return (self.parts[0].y + self.parts[-1].y) / 2

    @property
    def right(self) -> float:
        """The right edge."""
        return max(part.right for part in self.parts)

    @property
    def size(self) -> float:
        """The em of its characters."""
        return self.parts[0].size

    @property
    def stacked(self) -> bool:
        """Whether it is written downwards, a character at a time."""
        return len(self.parts) > 2 and all(len(part.text) == 1 for part in self.parts)


@dataclass(slots=True, eq=False)
class Row:
    """A row: its height, its values by number of column, its labels by number of text column.

    `labels` holds what stands on the row itself; `groups` the blocks beside it that it shares with others.
    """

    y: float
    values: dict[int, Chunk] = field(default_factory=dict)
    labels: dict[int, Block] = field(default_factory=dict)
    groups: dict[int, Block] = field(default_factory=dict)


def text_columns(parts: Sequence[Chunk]) -> list[float]:
    """Left edges of the columns that texts stand in. Two are two only where they are seen side by side."""
    lefts: list[list[Chunk]] = []
    for part in sorted(parts, key=lambda part: part.left):
        if lefts and part.left - lefts[-1][-1].left < 0.8 * part.size:
            lefts[-1].append(part)
        else:
            lefts.append([part])
    columns: list[list[Chunk]] = []
    for group in lefts:
        if columns and not _side_by_side(columns[-1], group):
            columns[-1].extend(group)
        else:
            columns.append(group)
    return [min(part.left for part in column) for column in columns]


def _side_by_side(ones: Sequence[Chunk], others: Sequence[Chunk]) -> bool:
    """Whether pieces stand side by side, or some wrap for lack of room before the others."""
    start = min(other.left for other in others)
    narrow = sorted((one for one in ones if one.right <= start + 1), key=lambda one: one.y)
    lines = [one for one, two in pairwise(narrow) if two.y - one.y < _WRAP * one.size]
    room = _FULL if len(lines) < 2 else 1.6 * _FULL
    return any(start - one.right < room * one.size for one in lines) or any(
        abs(one.y - other.y) < 1.1 * one.size and one.right <= other.left + 1
        for one in ones
        for other in others
    )


def column_of(part: Chunk, lefts: Sequence[float]) -> int:
    """The number of the text column that a piece begins in."""
    return max((index for index, left in enumerate(lefts) if part.left >= left - 0.5), default=0)


def blocks(
    parts: Sequence[Chunk],
    edge: float,
    parted: Callable[[Chunk, Chunk], bool],
    beside_one: Callable[[Chunk, Chunk], bool],
) -> list[Block]:
    """The labels of one column from top to bottom. `edge` is where its text must wrap for lack of room;
    `parted` tells whether a rule runs between two pieces, `beside_one` whether one row of values is the
    nearest to both."""
    found: list[Block] = []
    for part in sorted(parts, key=lambda part: part.y):
        last = found[-1].parts[-1] if found else None
        if last is not None and _goes_on(last, part, edge, beside_one(last, part)) and not parted(last, part):
            found[-1].parts.append(part)
        else:
            found.append(Block([part]))
    return found


def _goes_on(one: Chunk, two: Chunk, edge: float, beside_one: bool) -> bool:
    """Whether the second piece is the next line of the first."""
    pitch = two.y - one.y
    if len(one.text) == 1 and len(two.text) == 1 and not two.is_value:
        return pitch < 1.45 * one.size and abs(one.x - two.x) < 0.5 * one.size and one.text != two.text
    if pitch > _WRAP * max(one.size, two.size) or pitch < 0.5 * one.size:
        return False
    wraps = edge - one.right < _FULL * one.size or (beside_one and pitch < _NEXT_LINE * one.size)
    return wraps and NUMBERED.match(two.text) is None


def attach(rows: list[Row], columns: Sequence[Sequence[Block]]) -> None:
    """Give every block its row or rows; blocks beside no row become rows of their own."""
    loose: dict[int, list[Block]] = {}
    for number, column in enumerate(columns):
        for block in column:
            for piece, row in _rows_of(block, rows):
                if row is None:
                    loose.setdefault(number, []).append(piece)
                else:
                    _add(row, number, piece)
    last = len(columns) - 1
    for number in range(last, -1, -1):
        own = [block for block in loose.get(number, []) if not _joins(block, rows, number)]
        deeper = [row for row in rows if any(other > number for other in row.labels | row.groups)]
        shared = [row for row in deeper if number not in row.labels]
        if number < last and len(shared) > 1:
            groups = [*own, *(row.labels.pop(number) for row in deeper if number in row.labels)]
            own = _share(sorted(groups, key=lambda block: block.y), rows, number)
        for block in own:
            rows.append(Row(block.y, labels={number: block}))
            rows.sort(key=lambda row: row.y)


def _rows_of(block: Block, rows: Sequence[Row]) -> list[tuple[Block, Row | None]]:
    """The block with the row at its height; taken apart where it stands beside several."""
    slack = 0.45 * block.size
    beside = [row for row in rows if block.top - slack / 3 < row.y < block.bottom + slack / 3]
    if len(beside) > 1 and not block.stacked and len(block.parts) > 1:
        apart: dict[int, list[Chunk]] = {}
        for part in block.parts:
            nearest = min(range(len(beside)), key=lambda index: abs(beside[index].y - part.y))
            apart.setdefault(nearest, []).append(part)
        return [(Block(parts), beside[index]) for index, parts in apart.items()]
    if block.stacked or not beside:
        return [(block, None)]
    return [(block, min(beside, key=lambda row: abs(row.y - block.y)))]


def _joins(block: Block, rows: Sequence[Row], number: int) -> bool:
    """Put a block into the row that labels right of it have made at its height, if there is one."""
    for row in rows:
        if abs(row.y - block.y) < 0.45 * block.size and not block.stacked and number not in row.labels:
            row.labels[number] = block
            return True
    return False


def _add(row: Row, number: int, block: Block) -> None:
    if number in row.labels:
        known = row.labels[number]
        row.labels[number] = Block(sorted([*known.parts, *block.parts], key=lambda part: part.y))
    else:
        row.labels[number] = block


def _share(groups: Sequence[Block], rows: Sequence[Row], number: int) -> list[Block]:
    """Give group labels to all rows of their group; the labels that stand beside none are left."""
    left = list(groups)
    for run in _runs(rows, number):
        top, bottom = run[0].y - 0.8 * left_size(groups), run[-1].y + 0.8 * left_size(groups)
        inside = [block for block in left if top <= block.y <= bottom]
        if inside:
            whole = Block([part for block in inside for part in block.parts])
            for row in run:
                row.groups[number] = whole
            left = [block for block in left if block not in inside]
    return left


def left_size(blocks: Sequence[Block]) -> float:
    """The em of labels."""
    return max((block.size for block in blocks), default=8.0)


def _runs(rows: Sequence[Row], number: int) -> list[list[Row]]:
    """Rows that one group label can stand beside: none of its own, numbers of deeper labels that go up."""
    runs: list[list[Row]] = []
    before: tuple[int, int] | None = None
    for row in rows:
        deeper = [other for other in row.labels | row.groups if other > number]
        if not deeper or number in row.labels:
            before = None
            continue
        first = min(deeper)
        shown = row.labels.get(first) or row.groups[first]
        count = _count(shown.text)
        if before is None or (count <= before[0] and id(shown) != before[1]):
            runs.append([])
        runs[-1].append(row)
        before = (count, id(shown))
    return runs


def _count(label: str) -> int:
    """The number in front of a label; 1000 where it has none, so that labels without numbers go on."""
    found = NUMBERED.match(label)
    if found is None or found.group(1) is None:
        return 1000
    numeral = found.group(1)
    if numeral.isdecimal():
        return int(numeral)
    tens, _, ones = numeral.rpartition("十")
    if "十" not in numeral:
        return _DIGITS.index(numeral[0]) + 1
    return 10 * (_DIGITS.index(tens) + 1 if tens else 1) + (_DIGITS.index(ones) + 1 if ones else 0)


def box_of(block: Block) -> tuple[float, float, float, float]:
    """The edges of all pieces."""
    return enclosing(part.box for part in block.parts)
