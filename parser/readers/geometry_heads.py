"""Headers of tables without upright rules: which columns each word stands over.

A row with as many words as there are columns needs no measuring. Words over several columns stand in their
middle: the spans are those that put every word of the row there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from parser.readers.geometry_chunks import NUMBERED, Chunk
from parser.readers.geometry_labels import Block

_WRAP = 1.62
_STACKED = 3.0
_HALF_LINE = 0.9
_OFF_CENTRE = 0.6
_FEWEST_COPIED = 4


@dataclass(slots=True, eq=False)
class Word:
    """A header cell: a label over the columns from `first` to `last`."""

    first: int
    last: int
    block: Block

    @property
    def left(self) -> float:
        """The left edge."""
        return min(part.left for part in self.block.parts)

    def meets(self, other: Word) -> bool:
        """Whether the two stand over a column that is the same."""
        return self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class _Columns:
    """The middles of all columns, of which the first `labels` hold labels."""

    middles: Sequence[float]
    labels: int

    @property
    def pitch(self) -> float:
        """How far columns of values are from each other; infinite where there is but one."""
        steps = sorted(two - one for one, two in pairwise(self.middles[self.labels :]))
        return steps[len(steps) // 2] if steps else math.inf


def header(rows: Sequence[Sequence[Chunk]], middles: Sequence[float], labels: int) -> list[list[Word]]:
    """Header cells, a list a row; the last row is the one next to the values.

    `middles` are those of all columns, of which the first `labels` hold labels.
    """
    words: list[Word] = []
    titles: list[Word] = []
    columns = _Columns(middles, labels)
    for row in rows:
        if is_title(row, rows):
            titles.append(Word(*_covered(row[0], middles), Block([row[0]])))
            continue
        # As many words as columns stand over them one by one, however they are aligned.
        alone = len(row) == len(middles)
        spans = [(place, place) if alone else _covered(part, middles) for place, part in enumerate(row)]
        above = [_above(part, span, words, columns) for part, span in zip(row, spans, strict=True)]
        for part, (first, last), word in zip(row, spans, above, strict=True):
            if word is None:
                words.append(Word(first, last, Block([part])))
            else:
                word.block.parts.append(part)
                word.first, word.last = min(word.first, first), max(word.last, last)
    words += titles
    _one_by_one(words, len(middles), labels)
    lowest: list[Word] = []
    for word in sorted(words, key=lambda word: -word.block.y):
        if not any(word.meets(other) for other in lowest):
            lowest.append(word)
    lines: list[list[Word]] = []
    for word in sorted((word for word in words if word not in lowest), key=lambda word: word.block.y):
        line = lines[-1] if lines else None
        if line and word.block.y - line[0].block.y < 0.6 * word.block.size and not _met(line, word):
            line.append(word)
        else:
            lines.append([word])
    lowest.sort(key=lambda word: word.first)
    _widen(lines, _Leaves([word for word in lowest if word.first >= labels], middles, labels))
    return [*lines, lowest] if lowest else lines


def _above(part: Chunk, span: tuple[int, int], words: Sequence[Word], columns: _Columns) -> Word | None:
    """The word of which a piece over these columns is the next line."""
    for word in words:
        stacked = len(part.text) == len(word.block.text) == 1 and word.left < part.x < word.block.right
        near = part.y - word.block.parts[-1].y < (_STACKED if stacked else _WRAP) * part.size
        if near and (stacked or _goes_on(word, part, span, columns)):
            return word
    return None


def is_title(row: Sequence[Chunk], rows: Sequence[Sequence[Chunk]]) -> bool:
    """Whether a row of a header is a line over the whole table, such as 第二十条第（一）项."""
    return (
        len(row) == 1
        and NUMBERED.match(row[0].text) is not None
        and all(other is row or abs(other[0].y - row[0].y) > _HALF_LINE * row[0].size for other in rows)
    )


def leaves(rows: Sequence[Sequence[Chunk]], start: float) -> list[Chunk]:
    """The pieces of a header that have no other one below them, without the words over labels: those that
    begin left of `start`, and their next lines."""
    parts = sorted((part for row in rows for part in row), key=lambda part: part.y)
    beside: list[Chunk] = []
    for part in parts:
        if part.left <= start or any(_is_above(other, part, _WRAP) for other in beside):
            beside.append(part)
    return [part for part in parts if part not in beside and not any(_is_above(part, two) for two in parts)]


def _is_above(one: Chunk, two: Chunk, reach: float = math.inf) -> bool:
    """Whether the second piece stands under the first, no further down than so many em."""
    below = 0.6 * one.size < two.y - one.y < reach * one.size
    return below and two.left < one.right and one.left < two.right


def without_copies(rows: Sequence[Sequence[Chunk]]) -> list[list[Chunk]]:
    """The rows of a header, once: where a page cut a header, what is left of it and the whole stand one below
    the other. A copy is told by its words, all at about one distance from the same words (what is left of a
    cell of several rows has its word in another place)."""
    parts = [part for row in rows for part in row]
    pairs = [(one, two) for one in parts for two in parts if _same(one, two) and len(one.text) > 1]
    steps = [two.y - one.y for one, two in pairs]
    if not steps:
        return [list(row) for row in rows]
    step = max(steps, key=lambda step: sum(abs(step - other) < 1 for other in steps))
    pairs = [(one, two) for one in parts for two in parts if _same(one, two, step)]
    if len(pairs) < _FEWEST_COPIED:
        return [list(row) for row in rows]
    uppers, lowers = {one for one, _ in pairs}, {two for _, two in pairs}
    below = {part for part in parts if part.y > min(two.y for two in lowers) - 1}
    above = {part for part in parts if part.y < max(one.y for one in uppers) + 1}
    copy = lowers if below <= lowers else uppers if above <= uppers else set[Chunk]()
    left = [[part for part in row if part not in copy] for row in rows]
    return [row for row in left if row]


def _same(one: Chunk, two: Chunk, step: float | None = None) -> bool:
    """Whether the second piece is the first once more, further down (by `step`, where it is given)."""
    if one.text != two.text or abs(one.left - two.left) > 1:
        return False
    return two.y - one.y > one.size if step is None else abs(two.y - one.y - step) < _WRAP * one.size


def _one_by_one(words: Sequence[Word], columns: int, labels: int) -> None:
    """Where as many words have no other word below them as there are columns (of values, or of all), each
    stands over one, however words and values are aligned. Captions, which have a line above all columns to
    themselves, do not count."""
    leaves = [
        word
        for word in words
        if not any(
            other.block.y - word.block.y > 0.6 * word.block.size
            and other.left < word.block.right
            and other.block.right > word.left
            for other in words
        )
    ]
    for found in (leaves[_captions(leaves) :], leaves):
        found.sort(key=lambda word: word.left)
        values_alone = len(found) == columns - labels and all(word.last >= labels for word in found)
        if len(found) == columns or values_alone:
            for place, word in enumerate(found, labels if values_alone else 0):
                word.first = word.last = place
            break


def _captions(words: list[Word]) -> int:
    """How many words, from the top, have a line above all others to themselves; the words get sorted."""
    words.sort(key=lambda word: word.block.bottom)
    count = 0
    for word, *below in (words[place:] for place in range(len(words) - 1)):
        if min(other.block.top for other in below) < word.block.bottom:
            break
        count += 1
    return count


def _goes_on(word: Word, part: Chunk, spans: tuple[int, int], columns: _Columns) -> bool:
    """Whether a piece over these columns, right below a word, is its next line."""
    first, last = spans
    away = max(part.left - word.block.right, word.left - part.right)
    if away > part.size or part.y - word.block.parts[-1].y < _HALF_LINE * part.size:
        return False
    labels = columns.labels
    if (word.first, word.last) == (first, last):
        # A word that is wider than its column stands over several, and others stand below it.
        return first < last or first < labels or word.block.right - word.left < columns.pitch
    over_labels = word.first < labels and first < labels and word.first <= last and first <= word.last
    return over_labels and len(word.block.parts[-1].text) > 6


def _covered(part: Chunk, middles: Sequence[float]) -> tuple[int, int]:
    """The columns whose middle a piece stands over, or else the nearest one."""
    inside = [index for index, middle in enumerate(middles) if part.left - 2 <= middle <= part.right + 2]
    if not inside:
        inside = [min(range(len(middles)), key=lambda index: abs(middles[index] - part.x))]
    return inside[0], inside[-1]


def _met(line: Sequence[Word], word: Word) -> bool:
    return any(word.meets(other) for other in line)


@dataclass(slots=True)
class _Leaves:
    """The words next to the values, one a column, by whose places the words above them are measured."""

    words: Sequence[Word]
    middles: Sequence[float]
    labels: int

    @property
    def count(self) -> int:
        """How many value columns there are."""
        return len(self.middles) - self.labels

    @property
    def whole(self) -> bool:
        """Whether every value column has a word of its own."""
        return [word.first for word in self.words] == list(range(self.labels, len(self.middles)))

    def edges(self) -> list[float]:
        """Where columns meet: half way between the middles of their words."""
        middles = list(self.middles[self.labels :])
        if self.whole:
            middles = [_centre(word) for word in self.words]
        inner = [(one + two) / 2 for one, two in pairwise(middles)]
        return [2 * middles[0] - inner[0], *inner, 2 * middles[-1] - inner[-1]]


Spans = list[int]
"""Starts of the spans of a row of words, and the end of the last."""


def _widen(lines: Sequence[list[Word]], leaves: _Leaves) -> None:
    """Spread the words of the upper rows over the columns that they stand for.

    Words are set in the middle of their columns or at the left of the first; which of the two is true of the
    header is told by what covers more columns, and then by what fits better.
    """
    rows = [line for line in lines if line and all(word.first >= leaves.labels for word in line)]
    if leaves.count < 3 or not rows:
        return
    for row in rows:
        row.sort(key=lambda word: word.block.parts[0].left)
    edges = leaves.edges()
    centred = [_centred(row, edges) for row in rows]
    at_left = [_at_left(row, leaves) for row in rows]
    best = max(centred, at_left, key=lambda found: _worth([spans for spans, _ in found], found))
    for row, (spans, _) in zip(rows, best, strict=True):
        for word, (start, end) in zip(row, pairwise(spans), strict=False):
            word.first, word.last = leaves.labels + start, leaves.labels + end - 1


def _worth(spans: Sequence[Spans], found: Sequence[tuple[Spans, float]]) -> tuple[int, float]:
    return sum(one[-1] - one[0] for one in spans if one), -sum(error for _, error in found)


def _centre(word: Word) -> float:
    return (word.left + word.block.right) / 2


def _centred(row: Sequence[Word], edges: Sequence[float]) -> tuple[Spans, float]:
    """Spans in whose middle the words stand, and by how much they miss it. Of several ways, the one that
    covers most columns, and reaches the last one."""
    slack = _OFF_CENTRE * row[0].block.size
    best: tuple[int, bool, float, Spans] = (0, False, 0.0, [])
    for first in range(len(edges) - 1):
        spans, error = [first], 0.0
        for word in row:
            ends = range(spans[-1] + 1, len(edges))
            off = {end: abs((edges[spans[-1]] + edges[end]) / 2 - _centre(word)) for end in ends}
            end = min(off, key=off.__getitem__, default=0)
            if not off or off[end] > slack:
                break
            spans.append(end)
            error += off[end]
        else:
            best = max(best, (spans[-1] - first, spans[-1] == len(edges) - 1, -error, spans))
    return best[3], -best[2]


def _at_left(row: Sequence[Word], leaves: _Leaves) -> tuple[Spans, float]:
    """Spans that begin with the column whose word begins where the word of the row begins."""
    if not leaves.whole:
        return [], 0.0
    starts = [word.left for word in leaves.words]
    spans: Spans = []
    error = 0.0
    for word in row:
        left = word.block.parts[0].left
        nearest = min(range(len(starts)), key=lambda index: abs(starts[index] - left))
        if abs(starts[nearest] - left) > 0.3 * word.block.size or (spans and nearest <= spans[-1]):
            return [], 0.0
        spans.append(nearest)
        error += abs(starts[nearest] - left)
    return [*spans, len(starts)], error
