"""Tables without upright rules: their columns are where the numbers stand one below the other.

Rows come from the numbers, labels from the text on their left, header words from the text above. Lines that
run across keep labels apart. Nothing is made up: what is not in a cell stays in the running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from parser.document import Box, Cell, Grid
from parser.readers.geometry import Glyph, Rule, Sheet, enclosing
from parser.readers.geometry_chunks import Chunk, chunks, rows_of, split_at_walls, split_over_columns
from parser.readers.geometry_grid import RECOGNISED, place
from parser.readers.geometry_labels import Block, Row, attach, blocks, box_of, column_of, text_columns, walls

_CHAPTER = re.compile(r"[一二三四五六七八九十]{1,2}\s*[、.．]")
_PROSE = 26
_FAR = 9.0
_CUT = 0.14
_WRAP = 1.62
_MOST_PARTS = 3_000


def bare_grids(sheet: Sheet, glyphs: Sequence[Glyph]) -> tuple[list[tuple[Box, Grid]], list[Glyph]]:
    """Tables among characters that stand in no ruled table, and the characters that are left."""
    parts = chunks(glyphs)
    if sum(part.is_value for part in parts) < 2 or len(parts) > _MOST_PARTS:
        return [], list(glyphs)
    found: list[tuple[Box, Grid]] = []
    used: set[int] = set()
    for region in _regions(rows_of(parts), sheet.height):
        for head, body in _sections(region):
            table = _Table(sheet, head, body)
            if table.columns:
                found.append((enclosing(part.box for part in table.used), table.grid()))
                used |= {glyph.order for part in table.used for glyph in part.glyphs}
    return found, [glyph for glyph in glyphs if glyph.order not in used]


Lines = list[list[Chunk]]


def _regions(rows: Lines, height: float) -> Iterator[Lines]:
    """Stretches of rows that hold a table: rows with values, what stands between, header words above.

    A single row with values is a table under a header, or where a page cut leaves it alone.
    """
    data = [index for index in range(len(rows)) if _is_data(rows, index)]
    groups: list[list[int]] = []
    for index in data:
        if groups and _belongs(rows, groups[-1][-1], index):
            groups[-1].append(index)
        else:
            groups.append([index])
    free = 0
    for group in groups:
        first = _first_of_head(rows, group[0], free)
        values = sum(part.is_value for part in rows[group[0]])
        at_cut = not _CUT * height < rows[group[0]][0].y < (1 - _CUT) * height
        if len(group) == 1 and not at_cut and (values < 2 or (values == 2 and first == group[0])):
            continue
        free = _last_of_tail(rows, group[-1]) + 1
        yield rows[first:free]


def _is_data(rows: Lines, index: int) -> bool:
    """Whether a row has values that stand apart: two of them, or one with a label before it."""
    row = rows[index]
    values = [part for part in row if part.is_value]
    if not values or any(len(part.text) > _PROSE and part.right > values[0].right for part in row):
        return False
    if len(values) > 1:
        return True
    value = values[0]
    near = [
        part
        for other in rows[max(0, index - 2) : index + 3]
        for part in other
        if not part.is_value and abs(part.y - value.y) < 1.9 * value.size and _alike(part, value)
    ]
    return any(part.right < value.left - 0.4 * value.size for part in near) and not any(
        part.left < value.right and part.right > value.left
        for part in near
        if abs(part.y - value.y) < value.size
    )


def _alike(one: Chunk, two: Chunk) -> bool:
    return abs(one.size - two.size) < 0.15 * max(one.size, two.size)


def _belongs(rows: Lines, above: int, below: int) -> bool:
    """Whether two rows with values are of one table, given what stands between."""
    one, two = _value_of(rows[above]), _value_of(rows[below])
    if not _alike(one, two) or two.y - one.y > _FAR * max(one.size, 8.0):
        return False
    return not any(_is_barrier(row, one) for row in rows[above + 1 : below])


def _value_of(row: list[Chunk]) -> Chunk:
    return next(part for part in row if part.is_value)


def _is_barrier(row: list[Chunk], value: Chunk) -> bool:
    """Whether a row between can be no part of a table: prose, or text of another size."""
    return any(not _alike(part, value) and len(part.text) > 1 for part in row) or any(
        len(part.text) > _PROSE and part.right > value.left for part in row
    )


def _first_of_head(rows: Lines, index: int, free: int) -> int:
    """The row with which the header above a first row of values begins."""
    value = _value_of(rows[index])
    left = min(part.left for part in rows[index])
    first = index
    while first > free:
        row = rows[first - 1]
        gap = rows[first][0].top - row[0].bottom
        if gap > 2.2 * value.size or _is_barrier(row, value):
            break
        if len(row) == 1 and (_is_chapter(row[0], rows[first]) or row[0].text[-1] in "。；"):
            break
        if len(row) == 1 and len(row[0].text) > _PROSE and row[0].left <= left + value.size:
            break
        first -= 1
    return first


def _is_chapter(part: Chunk, below: list[Chunk]) -> bool:
    """Whether a lone piece of text is a heading of the report, not the first line of a label."""
    wraps = len(part.text) < 10 and _continues([part], below)
    return _CHAPTER.match(part.text) is not None and not wraps and abs(part.left - below[0].left) > 1


def _last_of_tail(rows: Lines, index: int) -> int:
    """The last row of a table: label lines that wrap below its last values."""
    value = _value_of(rows[index])
    last = index
    while last + 1 < len(rows):
        row = rows[last + 1]
        pitch = row[0].y - rows[last][0].y
        if (
            pitch > _WRAP * value.size
            or _is_barrier(row, value)
            or any(part.right > value.left for part in row)
        ):
            break
        last += 1
    return last


def _sections(region: Lines) -> Iterator[tuple[Lines, Lines]]:
    """Header rows and the rows below them, for each part of the region that has columns of its own."""
    data = [index for index, row in enumerate(region) if any(part.is_value for part in row)]
    kept = [index for index in data if _is_data(region, index)]
    starts: list[tuple[int, int]] = []
    for above, below in pairwise([-1, *kept]):
        near = [region[index] for index in (above, below) if index >= 0]
        head = [index for index in range(above + 1, below) if _is_head(region[index], near)]
        if above < 0:
            starts.append((0, head[-1] + 1 if head else _before_label(region, below)))
        elif head:
            first = head[0]
            while first - 1 > above and not _continues(region[first - 2], region[first - 1]):
                first -= 1
            starts.append((first, head[-1] + 1))
    for (first, body), after in zip(starts, [*(start for start, _ in starts[1:]), len(region)], strict=True):
        yield region[first:body], region[body:after]


def _is_head(row: list[Chunk], near: Sequence[list[Chunk]]) -> bool:
    """Whether a row holds words right of where the labels of the next rows of values begin."""
    values = [part for other in near for part in other if part.is_value]
    start = min(value.left for value in values)
    labels = [part for other in near for part in other if not part.is_value and part.left < start]
    edge = max((part.left + 1.5 * part.size for part in labels), default=start - values[0].size)
    return any(
        part.left > edge and not part.is_value and not any(_is_beside(part, label) for label in labels)
        for part in row
    )


def _is_beside(part: Chunk, label: Chunk) -> bool:
    """Whether a piece of text may be a line of the same label."""
    close = abs(part.y - label.y) < _WRAP * part.size
    return close and part.left < label.right and label.left < part.right


def _before_label(region: Lines, index: int) -> int:
    """Where the first row of values begins when nothing stands over its columns: with its own label."""
    first = index
    while first > 0 and region[first][0].y - region[first - 1][0].y < _WRAP * region[first][0].size:
        first -= 1
    return first


def _continues(above: list[Chunk], row: list[Chunk]) -> bool:
    """Whether a row of label pieces is the wrapped end of the row above."""
    return row[0].y - above[0].y < _WRAP * row[0].size and abs(row[0].left - above[0].left) < row[0].size


@dataclass(slots=True)
class _Table:
    """One table with its columns: value columns by their edges, text columns by their left edges."""

    sheet: Sheet
    head: Lines
    body: Lines
    columns: list[tuple[float, float]] = field(default_factory=list)
    lefts: list[float] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    used: list[Chunk] = field(default_factory=list)

    def __post_init__(self) -> None:
        values = [part for row in self.body for part in row if part.is_value]
        if not values:
            return
        self.columns = _value_columns(values)
        while len(self.columns) > 1 and _is_serial(values, self.columns[0]):
            end = self.columns.pop(0)[1]
            for part in values:
                part.is_value = part.left > end
            values = [part for part in values if part.is_value]
        start = self.columns[0][0]
        texts = [
            part for row in self.body for part in row if not part.is_value and part.right < start + part.size
        ]
        edges = walls(texts)
        texts = [piece for part in texts for piece in split_at_walls(part, edges)]
        self.lefts = text_columns(texts)
        middles = self._middles()
        self.head = [
            [piece for part in row for piece in split_over_columns(part, middles)] for row in self.head
        ]
        for row in rows_of(values):
            self.rows.append(Row(row[0].y, values={self._column(part): part for part in row}))
        columns: list[list[Block]] = []
        for number in range(len(self.lefts)):
            own = [part for part in texts if column_of(part, self.lefts) == number]
            columns.append(self._blocks(own, number, start))
        attach(self.rows, columns)
        self.used = [*values, *texts, *(part for row in self.head for part in row)]

    def _middles(self) -> list[float]:
        """The middle of every column, across."""
        ends = [*self.lefts[1:], self.columns[0][0]]
        texts = [(left + end) / 2 for left, end in zip(self.lefts, ends, strict=True)] if self.lefts else []
        return [*texts, *((left + right) / 2 for left, right in self.columns)]

    def _column(self, value: Chunk) -> int:
        return min(
            range(len(self.columns)),
            key=lambda index: abs(value.x - (self.columns[index][0] + self.columns[index][1]) / 2),
        )

    def _blocks(self, parts: Sequence[Chunk], number: int, start: float) -> list[Block]:
        """Labels of one column; those that run on under the next column wrap at another edge."""
        next_left = self.lefts[number + 1] if number + 1 < len(self.lefts) else start
        narrow = max((part.right for part in parts if part.right < next_left), default=next_left)
        wide = max((part.right for part in parts), default=start)
        found: list[Block] = []
        for inside, edge in ((True, narrow), (False, wide)):
            own = [part for part in parts if (part.right < next_left) == inside]
            if inside and wide > next_left:
                # The last line of a label that runs under the next column may be short.
                own, tails = _without_tails(own, [part for part in parts if part.right >= next_left])
                found_wide = blocks([*tails, *(p for p in parts if p.right >= next_left)], wide, self._parted)
                found = [*blocks(own, edge, self._parted), *found_wide]
                return sorted(found, key=lambda block: block.y)
            found += blocks(own, edge, self._parted)
        return sorted(found, key=lambda block: block.y)

    def _parted(self, one: Chunk, two: Chunk) -> bool:
        """Whether a line runs between two pieces of text."""
        return any(_runs_between(rule, one, two) for rule in self.sheet.across)

    def grid(self) -> Grid:
        """The cells, header first."""
        cells: list[Cell] = []
        count = len(self.lefts)
        lines = self._head_lines()
        for number, line in enumerate(lines):
            for first, last, block in line:
                cells.append(self._cell(number, first, block.text, box_of(block), last - first + 1, 1))
        begun: set[tuple[int, int]] = set()
        for number, row in enumerate(self.rows, len(lines)):
            top, bottom = row.y - 5, row.y + 5
            column = 0
            while column < count:
                group = row.groups.get(column)
                if group is not None:
                    if (id(group), column) not in begun:
                        begun.add((id(group), column))
                        span = sum(other.groups.get(column) is group for other in self.rows)
                        cells.append(self._cell(number, column, group.text, box_of(group), 1, span))
                    column += 1
                    continue
                block = row.labels.get(column)
                taken = row.labels | row.groups
                wide = 1
                while block is not None and column + wide < count and column + wide not in taken:
                    wide += 1
                box = box_of(block) if block else (self.lefts[column], top, self.lefts[column] + 5, bottom)
                cells.append(self._cell(number, column, block.text if block else "", box, wide, 1))
                column += wide
            for index, (left, right) in enumerate(self.columns):
                value = row.values.get(index)
                box = value.box if value else (left, top, right, bottom)
                cells.append(self._cell(number, count + index, value.text if value else "", box, 1, 1))
        whole = enclosing(part.box for part in self.used)
        return Grid(tuple(cells), place(self.sheet, whole))

    def _cell(self, row: int, column: int, text: str, box: Box, wide: int, high: int) -> Cell:
        confidence = RECOGNISED if self.sheet.recognised else 1.0
        return Cell(row, column, text, high, wide, place(self.sheet, box), confidence=confidence)

    def _head_lines(self) -> list[list[tuple[int, int, Block]]]:
        """Header cells as (first column, last column, label), a list a row; the last is next to the values."""
        words: list[tuple[int, int, Block]] = []
        for row in self.head:
            for place_in_row, part in enumerate(row):
                # As many words as columns stand over them one by one, however they are aligned.
                complete = len(row) == len(self.lefts) + len(self.columns)
                first, last = (place_in_row, place_in_row) if complete else self._covered(part)
                for index, (start, end, block) in enumerate(words):
                    close = part.y - block.parts[-1].y < _WRAP * part.size
                    if close and (
                        (start, end) == (first, last) or self._goes_on(block, start, first, end, last)
                    ):
                        block.parts.append(part)
                        words[index] = (min(start, first), max(end, last), block)
                        break
                else:
                    words.append((first, last, Block([part])))
        lowest: list[tuple[int, int, Block]] = []
        for word in sorted(words, key=lambda word: -word[2].y):
            if not any(word[0] <= other[1] and other[0] <= word[1] for other in lowest):
                lowest.append(word)
        upper = [word for word in words if word not in lowest]
        lines: list[list[tuple[int, int, Block]]] = []
        for word in sorted(upper, key=lambda word: word[2].y):
            line = lines[-1] if lines else None
            if line and word[2].y - line[0][2].y < 0.6 * word[2].size and not _meet(line, word):
                line.append(word)
            else:
                lines.append([word])
        return [*lines, lowest] if lowest else lines

    def _goes_on(self, block: Block, start: int, first: int, end: int, last: int) -> bool:
        """Whether a piece goes on with a label of the header that stands over the label columns."""
        count = len(self.lefts)
        return (
            end < count and last < count and start <= last and first <= end and len(block.parts[-1].text) > 6
        )

    def _covered(self, part: Chunk) -> tuple[int, int]:
        """The columns that a header word stands over."""
        middles = self._middles()
        inside = [index for index, middle in enumerate(middles) if part.left - 2 <= middle <= part.right + 2]
        if not inside:
            inside = [min(range(len(middles)), key=lambda index: abs(middles[index] - part.x))]
        return inside[0], inside[-1]


def _is_serial(values: Sequence[Chunk], column: tuple[float, float]) -> bool:
    """Whether a column of values counts its rows: 1, 2, 3 …"""
    texts = [part.text for part in sorted(values, key=lambda part: part.y) if part.left <= column[1]]
    numbers = [int(text) for text in texts if text.isdecimal()]
    counts_up = all(two == one + 1 for one, two in pairwise(numbers))
    return counts_up and len(numbers) == len(texts) > 2


def _meet(line: Sequence[tuple[int, int, Block]], word: tuple[int, int, Block]) -> bool:
    return any(word[0] <= other[1] and other[0] <= word[1] for other in line)


def _without_tails(parts: Sequence[Chunk], wide: Sequence[Chunk]) -> tuple[list[Chunk], list[Chunk]]:
    """Short pieces apart from those that are the next line of a wide one right above them."""
    tails = [
        part
        for part in parts
        if any(
            0 < part.y - one.y < _WRAP * part.size and abs(part.left - one.left) < 0.5 * part.size
            for one in wide
        )
    ]
    return [part for part in parts if part not in tails], tails


def _runs_between(rule: Rule, one: Chunk, two: Chunk) -> bool:
    return one.y < rule.at < two.y and rule.start < two.x < rule.end


def _value_columns(values: Sequence[Chunk]) -> list[tuple[float, float]]:
    """Left and right edges of the columns of values. Values of one column overlap, whatever their alignment;
    where that would put two values of one row into one column, the fullest row decides."""
    columns: list[list[Chunk]] = []
    for value in sorted(values, key=lambda value: value.left):
        if columns and value.left < max(other.right for other in columns[-1]):
            columns[-1].append(value)
        else:
            columns.append([value])
    fullest = max(rows_of(values), key=len)
    if len(columns) < len(fullest):
        columns = [[value] for value in fullest]
    return [(min(one.left for one in column), max(one.right for one in column)) for column in columns]
