"""Tables without upright rules: their columns are where the numbers stand one below the other.

Rows come from the numbers, labels from the text on their left, header words from the text above. Lines that
run across keep labels apart. Nothing is made up: what is not in a cell stays in the running text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from parser.document import Box, Cell, Grid
from parser.readers.geometry import Glyph, Rule, Sheet, enclosing
from parser.readers.geometry_blanks import blank_columns
from parser.readers.geometry_chunks import (
    NUMBERED,
    Chunk,
    chunks,
    is_value,
    rows_of,
    with_remarks,
    without_serials,
    without_words,
)
from parser.readers.geometry_columns import Totals, columns_of
from parser.readers.geometry_continuation import Bare
from parser.readers.geometry_cuts import (
    split_at_numbering,
    split_at_odd_gaps,
    split_at_walls,
    split_before_values,
    split_over_columns,
    walls,
)
from parser.readers.geometry_grid import confidence, place
from parser.readers.geometry_heads import header, is_title, leaves, without_copies
from parser.readers.geometry_labels import Block, Row, attach, blocks, box_of, column_of, text_columns
from parser.readers.geometry_regions import Lines, head_at_end, is_sentence, regions, sections

_WRAP = 1.62
_MOST_PARTS = 3_000
_LAST_LINES = 3
_TOTALS = frozenset(("总计", "合计", "总", "计"))
_WIDE = 4


def has_columns(texts: Sequence[str]) -> bool:
    """Whether lines of text can hold the rows of a table: a value ends one of several words or stands apart
    from another, or has a line of its own, between others or more than once."""
    lone = 0
    for number, text in enumerate(texts):
        words = text.split(" ")
        values = [is_value(word) for word in words]
        if len(words) > 1 and (values[-1] or sum(values) > 1):
            return True
        if values[0] and len(words) == 1:
            lone += 1
            if 0 < number < len(texts) - 1:
                return True
    return lone > 1


def ends_in_words(texts: Sequence[str]) -> bool:
    """Whether the last lines of a page can be the header of a table: several words, and no sentence."""
    return any(" " in text and not is_sentence(text) for text in texts[-_LAST_LINES:])


def bare_grids(
    sheet: Sheet, glyphs: Sequence[Glyph], above: Bare | None = None
) -> tuple[list[Bare], list[Glyph]]:
    """Tables among characters that stand in no ruled table, and the characters that are left. `above` is the
    table that ends the page before."""
    parts = split_before_values(split_at_numbering(with_remarks(chunks(glyphs))))
    without_serials(parts)
    without_words(parts)
    if len(parts) > _MOST_PARTS:
        return [], list(glyphs)
    found: list[Bare] = []
    used: set[int] = set()
    rows = rows_of(parts)
    for region in regions(rows, sheet.height):
        for head, body in sections(_in_columns(region)):
            totals = found[-1].totals if found else above.totals if above else None
            table = _Table(sheet, head, body, totals)
            if table.columns:
                found.append(table.bare())
                used |= {glyph.order for part in table.used for glyph in part.glyphs}
    left_alone = head_at_end(
        [[part for part in row if part.glyphs[0].order not in used] for row in rows], sheet.height
    )
    if left_alone:
        found.append(_words_alone(sheet, left_alone, found[-1].totals if found else None))
        used |= {glyph.order for row in left_alone for part in row for glyph in part.glyphs}
    return found, [glyph for glyph in glyphs if glyph.order not in used]


def _in_columns(region: Lines) -> Lines:
    """The rows, with words cut at the edges at which others begin."""
    edges = walls([part for row in region for part in row if not part.is_value])
    return [
        [piece for part in row for piece in ([part] if part.is_value else split_at_walls(part, edges))]
        for row in region
    ]


def _words_alone(sheet: Sheet, rows: Lines, above: Totals | None) -> Bare:
    """A header that a page cut parted from its table: its words, each over its column. `above` is known of a
    table above it."""
    titles = [row[0] for row in rows if len(row) == 1 and _stands_alone(row[0], rows)]
    words = [part for row in rows for part in row if part not in titles]
    columns: list[list[Chunk]] = []
    for part in sorted(words, key=lambda part: part.left):
        if columns and part.left < max(other.right for other in columns[-1]):
            columns[-1].append(part)
        else:
            columns.append([part])
    edges = [box_of(Block(column)) for column in columns]
    middles = [(left + right) / 2 for left, _, right, _ in edges]
    fullest = max(rows, key=len)
    if len(middles) < len(fullest):
        middles = [part.x for part in fullest]
    cells = [
        Cell(number, 0, title.text, colspan=len(middles), locator=place(sheet, title.box))
        for number, title in enumerate(titles)
    ]
    for number, line in enumerate(header(rows_of(words), middles, 0), len(titles)):
        for word in line:
            span = word.last - word.first + 1
            locator = place(sheet, box_of(word.block))
            cells.append(Cell(number, word.first, word.block.text, colspan=span, locator=locator))
    box = enclosing(part.box for row in rows for part in row)
    totals = _place_of_totals(rows, (middles[0] + middles[-1]) / 2, above)
    return Bare(box, Grid(tuple(cells), place(sheet, box)), [], 0, headed=True, totals=totals)


def _place_of_totals(head: Lines, middle: float, above: Totals | None) -> Totals | None:
    """In which column totals stand, where a header with columns on both sides of `middle` says so; with all
    that is known of the same table `above`."""
    places = [part.x for row in head for part in row if part.text.replace(" ", "") in _TOTALS]
    if not places:
        return None
    place = "last" if places[0] > middle else "first"
    return above if above and above.place == place else Totals(place)


def _stands_alone(part: Chunk, rows: Lines) -> bool:
    """Whether a piece of text has a line of the page to itself, with nothing half a line above or below."""
    return not any(
        abs(other.y - part.y) < _WRAP / 2 * part.size for row in rows for other in row if other is not part
    )


@dataclass(slots=True)
class _Table:
    """One table with its columns: value columns by their edges, text columns by their left edges."""

    sheet: Sheet
    head: Lines
    body: Lines
    above: Totals | None = None
    columns: list[tuple[float, float]] = field(default_factory=list)
    lefts: list[float] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    used: list[Chunk] = field(default_factory=list)
    shifted: bool = False
    totals: Totals | None = None

    def __post_init__(self) -> None:
        values = [part for row in self.body for part in row if part.is_value]
        if not values:
            return
        lines = rows_of(values)
        self.totals = self._place_of_totals(lines)
        found = columns_of(lines, self.totals)
        if found is None:
            return
        self.columns, self.shifted = found.edges, found.shifted
        self.rows = [Row(min(part.y for part in row.values()), values=row) for row in found.rows]
        texts = [
            part
            for row in self.body
            for part in row
            if not part.is_value and part.right < self._start(part) + part.size
        ]
        if len(self.columns) >= _WIDE:
            self.head = [[piece for part in row for piece in split_at_odd_gaps(part)] for row in self.head]
        self.lefts = text_columns(texts)
        self._add_blank_columns(max((part.right for part in texts), default=-1.0))
        middles = self._middles()
        self.head = without_copies(self.head)
        lefts = sorted(part.left for row in self.head for part in row)
        self.head = [
            row
            if is_title(row, self.head)
            else [piece for part in row for piece in split_over_columns(part, middles, lefts)]
            for row in self.head
        ]
        start = self.columns[0][0]
        columns: list[list[Block]] = []
        for number in range(len(self.lefts)):
            own = [part for part in texts if column_of(part, self.lefts) == number]
            columns.append(self._blocks(own, number, start))
        attach(self.rows, columns)
        self.used = [*values, *texts, *(part for row in self.head for part in row)]

    def _place_of_totals(self, lines: Lines) -> Totals | None:
        """In which column totals stand, as far as a header says so: the table's own, or the one above it."""
        fullest = max(lines, key=lambda row: (len(row), row[0].left))
        # With fewer words than columns, it is what a page cut left of a header.
        words = max((len(row) for row in self.head), default=0)
        cut = words < 2 or words < len(fullest)
        found = _place_of_totals(self.head, (fullest[0].x + fullest[-1].x) / 2, self.above)
        return found or (self.above if cut else None)

    def _totals_here(self) -> Totals | None:
        """What a next page needs to know about totals."""
        if self.totals is None:
            return None
        width = len(self.columns)
        place = 0 if self.totals.place == "first" else width - 1
        others = [index for index in range(width) if index != place]
        blank = any(list(row.values) == others for row in self.rows)
        known = self.totals.width == width and self.totals.blank
        return Totals(self.totals.place, width, blank or known)

    def _add_blank_columns(self, edge: float) -> None:
        """Columns that a word of the header names, and in which nothing is printed. Labels end at `edge`."""
        if self.shifted or len(self.columns) < _WIDE:
            return
        words = leaves(self.head, min(edge, self.columns[0][0]))
        for blank, edges in blank_columns(words, self.columns):
            self.columns.insert(blank, edges)
            for line in self.rows:
                line.values = {index + (index >= blank): value for index, value in line.values.items()}

    def _middles(self) -> list[float]:
        """The middle of every column, across."""
        ends = [*self.lefts[1:], self.columns[0][0]]
        texts = [(left + end) / 2 for left, end in zip(self.lefts, ends, strict=True)] if self.lefts else []
        return [*texts, *((left + right) / 2 for left, right in self.columns)]

    def _start(self, text: Chunk) -> float:
        """Where values begin at the height of a text."""
        if not self.shifted:
            return self.columns[0][0]
        return min(part.left for part in self._beside(text).values.values())

    def _beside(self, text: Chunk) -> Row:
        """The row that is nearest to a text."""
        return min(self.rows, key=lambda row: abs(row.y - text.y))

    def _blocks(self, parts: Sequence[Chunk], number: int, start: float) -> list[Block]:
        """Labels of one column; those that run on under the next column wrap at another edge."""
        next_left = self.lefts[number + 1] if number + 1 < len(self.lefts) else start
        wide = [part for part in parts if part.right >= next_left]
        narrow, tails = _without_tails([part for part in parts if part.right < next_left], wide)
        found: list[Block] = []
        for own in (narrow, [*wide, *tails]):
            edge = max((part.right for part in own), default=start)
            found += blocks(own, edge, self._parted, self._beside_one)
        return sorted(found, key=lambda block: block.y)

    def _beside_one(self, one: Chunk, two: Chunk) -> bool:
        """Whether one row is the nearest to two pieces of text."""
        return self._beside(one) is self._beside(two)

    def _parted(self, one: Chunk, two: Chunk) -> bool:
        """Whether a line runs between two pieces of text."""
        return any(_runs_between(rule, one, two) for rule in self.sheet.across)

    def bare(self) -> Bare:
        """The table, with what a next page needs to go on with it."""
        box = enclosing(part.box for part in self.used)
        columns = [] if self.shifted else self.columns
        headed = any(len(row) > 1 for row in self.head)
        return Bare(box, self.grid(), columns, len(self.lefts), headed, self._totals_here())

    def grid(self) -> Grid:
        """The cells, header first."""
        lines = header(self.head, self._middles(), len(self.lefts))
        cells = [
            self._cell((number, word.first), word.block, (1, word.last - word.first + 1))
            for number, line in enumerate(lines)
            for word in line
        ]
        for number, row in enumerate(self.rows):
            cells += self._label_cells(len(lines), number)
            for index, (left, right) in enumerate(self.columns, len(self.lefts)):
                blank = (left, row.y - 5, right, row.y + 5)
                value = row.values.get(index - len(self.lefts), blank)
                cells.append(self._cell((len(lines) + number, index), value))
        return Grid(tuple(cells), place(self.sheet, enclosing(part.box for part in self.used)))

    def _label_cells(self, above: int, number: int) -> Iterator[Cell]:
        """The label cells that begin in a row; `above` counts the rows of the header."""
        row = self.rows[number]
        column, count = 0, len(self.lefts)
        while column < count:
            group, wide = row.groups.get(column), 1
            if group is not None:
                before = self.rows[number - 1].groups.get(column) if number else None
                if before is not group:
                    span = sum(other.groups.get(column) is group for other in self.rows)
                    yield self._cell((above + number, column), group, (span, 1))
            elif (block := row.labels.get(column)) is not None:
                while column + wide < count and column + wide not in row.labels | row.groups:
                    wide += 1
                yield self._cell((above + number, column), block, (1, wide))
            else:
                box = (self.lefts[column], row.y - 5, self.lefts[column] + 5, row.y + 5)
                yield self._cell((above + number, column), box)
            column += wide

    def _cell(self, at: tuple[int, int], what: Block | Chunk | Box, spans: tuple[int, int] = (1, 1)) -> Cell:
        """The cell of a label or a value, or an empty one with its place."""
        if isinstance(what, tuple):
            return Cell(*at, "", *spans, place(self.sheet, what), confidence=confidence(self.sheet, (), what))
        parts = what.parts if isinstance(what, Block) else [what]
        box = enclosing(part.box for part in parts)
        sure = confidence(self.sheet, [glyph for part in parts for glyph in part.glyphs], box)
        return Cell(*at, what.text, *spans, place(self.sheet, box), confidence=sure)


def _without_tails(parts: Sequence[Chunk], wide: Sequence[Chunk]) -> tuple[list[Chunk], list[Chunk]]:
    """Short pieces apart from those that are of one label with a wide one: its next line, or the line before
    one that begins no label."""
    tails = [part for part in parts if any(_of_one_label(part, one) for one in wide)]
    return [part for part in parts if part not in tails], tails


def _of_one_label(part: Chunk, wide: Chunk) -> bool:
    below = part.y - wide.y
    if abs(part.left - wide.left) >= 0.5 * part.size or abs(below) >= _WRAP * part.size:
        return False
    return below > 0 or (below < 0 and NUMBERED.match(wide.text) is None)


def _runs_between(rule: Rule, one: Chunk, two: Chunk) -> bool:
    return one.y < rule.at < two.y and rule.start < two.x < rule.end
