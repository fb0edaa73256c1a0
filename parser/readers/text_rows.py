"""Rows of tables in a text that parts their cells by blanks and keeps no columns: a page copied as text.

What tells such a row is its end: one number behind the other, with a label in front or without. Lines of
words above rows are their header. A blank cell leaves no trace in such a text; a row with fewer cells than
its header gets what it has as one cell, which nobody takes for a column's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from parser.numbers import is_unit, read_number

MOST_LINES = 20_000

_WORD = re.compile(r"[^ \t\u3000\xa0\u2002\u2003]+")
_SENTENCE = re.compile(r"[。；，！？：:;!?]")
_ASIDE = re.compile(r"[(（][^()（）]*[)）]")
_NUMBERED = re.compile(r"(?:[（(][一二三四五六七八九十]{1,2}[）)]|\d{1,2}\s*[.、．])\S*")
_LONGEST = 80
_LONGEST_WORD = 40
_FEWEST_ROWS = 3
_NEAR = 6
"""Lines, at most, from one row to the next of the same table."""
_LABEL_LINES = 3
_MANY = 4
"""Values behind one label, or without one, that are a row wherever they stand."""


@dataclass(frozen=True, slots=True)
class Row:
    """Character (from 1) and text of each cell, and how many of them are values. The last one reaches over
    `wide` columns."""

    cells: tuple[tuple[int, str], ...]
    values: int = 0
    wide: int = 1


def rows_of(lines: Sequence[str]) -> dict[int, Row]:
    """The rows among the lines, by the line's number (from 0); none among more lines than a report has."""
    if len(lines) > MOST_LINES:
        return {}
    read = {place: row for place, line in enumerate(lines) if (row := _row(line)) is not None}
    found: dict[int, Row] = {}
    for place, row in read.items():
        near = sum(1 for other in range(place - _NEAR, place + _NEAR + 1) if other in read)
        if near >= _FEWEST_ROWS or row.values >= _MANY:
            found[place] = row
    for place in sorted(found, reverse=True):
        above = _before_label(lines, place)
        while above not in found and (head := _head(lines[above]) if above >= 0 else None):
            found[above] = head
            above -= 1
    return dict(_guarded(lines, found))


def _before_label(lines: Sequence[str], place: int) -> int:
    """The line above a row, or above the lines of the row's own label."""
    above = place - 1
    while above >= max(0, place - _LABEL_LINES) and len(_WORD.findall(lines[above])) == 1:
        above -= 1
    return above


def _row(line: str) -> Row | None:
    """A line that ends in values, behind a label that is no sentence or alone."""
    words = [(word.start(), word.group()) for word in _WORD.finditer(line)]
    if not words or len(line) > _LONGEST + 8 * len(words):
        return None
    first = len(words)
    while first and (_is_value(words[first - 1][1]) or is_unit(words[first - 1][1])):
        first -= 1
    values = words[first:]
    told = sum(_is_value(word) for _, word in values)
    if not told or (first == 0 and told < _MANY):
        return None
    labels = list(_labels(line, words[:first]))
    if any(_is_sentence(text) for _, text in labels):
        return None
    return Row(tuple((start + 1, text) for start, text in (*labels, *values)), told)


def _labels(line: str, words: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The words in front of the values as labels: blanks part them where the next one has a number."""
    starts = [start for place, (start, word) in enumerate(words) if not place or _NUMBERED.match(word)]
    last = words[-1] if words else (0, "")
    end = last[0] + len(last[1])
    for start, stop in zip(starts, [*starts[1:], end], strict=False):
        yield start, line[start:stop].strip()


def _head(line: str) -> Row | None:
    """A line of words that may stand over columns."""
    words = [(word.start(), word.group()) for word in _WORD.finditer(line)]
    if len(words) < 2 or any(_is_value(word) for _, word in words):
        return None
    if any(len(word) > _LONGEST_WORD or _SENTENCE.search(_ASIDE.sub("", word)) for _, word in words):
        return None
    return Row(tuple((start + 1, word) for start, word in words))


def _guarded(lines: Sequence[str], found: dict[int, Row]) -> Iterator[tuple[int, Row]]:
    """The rows, those with fewer cells than the header right above them as they can be told."""
    width = 0
    for place in sorted(found):
        row = found[place]
        if not row.values:
            width = len(row.cells)
        elif len(row.cells) < width:
            first = next(number for number, (_, word) in enumerate(row.cells) if _is_value(word))
            start = row.cells[first][0]
            text = lines[place][start - 1 :].strip()
            yield place, Row((*row.cells[:first], (start, text)), row.values, width - first)
            continue
        yield place, row


def _is_sentence(text: str) -> bool:
    """Whether a text is too much for a label; one of the statistics table begins with 其中：."""
    words = _ASIDE.sub("", text).removeprefix("其中：").removeprefix("其中:")
    return len(text) > _LONGEST or _SENTENCE.search(words) is not None


def _is_value(word: str) -> bool:
    return read_number(word).understood
