"""Tables of a text that has every cell on a line of its own, as programs leave them that take the text out of
a page and nothing else. Rows are told by their ends: the values behind a label, up to the next words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from parser.document import Cell, Grid, Locator
from parser.numbers import is_unit, read_number

_NUMBERED = re.compile(
    r"(?:[（(][一二三四五六七八九十]{1,2}[）)]|[一二三四五六七八九十]{1,2}[、.．]|\d{1,2}\s*[.、．])"
)
_ITEM = re.compile(r"第?二十条第?.{1,3}项")
_NAMES = frozenset({"信息内容", "统计指标", "指标名称", "指标", "项目"})
"""The first word of a header whose other words stand over a column each."""
_SENTENCE = re.compile(r"[。；！？]")
_ASIDE = re.compile(r"[(（][^()（）]*[)）]")
_LONGEST = 60
_MOST_WORDS = 40
"""Words between the values of two rows, when a header of three rows stands there."""
_FEWEST_VALUES = 10

Token = tuple[int, str]
"""A line, counted from 0, and its text."""


@dataclass(frozen=True, slots=True)
class Stacked:
    """A table, and its lines, counted from 0."""

    grid: Grid
    lines: tuple[int, ...]


@dataclass(slots=True)
class _Rows:
    """The rows of one table, as they are put together."""

    cells: list[Cell] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    _row: int = 0
    _width: int = 0

    def head(self, words: Sequence[Token]) -> None:
        """The words between two rows that are no labels: an item of Article 20, a header."""
        names = [place for place, (_, text) in enumerate(words) if text in _NAMES]
        first = names[-1] if names else 0
        for token in words[:first]:
            self.add([token])
        rest = words[first:]
        while rest and _ITEM.match(rest[0][1]):
            self.add(rest[:1])
            rest = rest[1:]
        if rest:
            self.add(rest)
            self._width = len(rest) if names else 0

    def add(self, tokens: Sequence[Token]) -> None:
        """One row; where values are missing, nobody can tell which, and they are one cell."""
        values = [place for place, (_, text) in enumerate(tokens) if _is_value(text)]
        texts, wide = [text for _, text in tokens], 1
        if values and len(tokens) < self._width:
            first = values[0]
            texts, wide = [*texts[:first], " ".join(texts[first:])], self._width - first
        for column, text in enumerate(texts):
            last = column == len(texts) - 1
            locator = Locator(line=tokens[column][0] + 1, column=1)
            self.cells.append(Cell(self._row, column, text, colspan=wide if last else 1, locator=locator))
        self.lines += [line for line, _ in tokens]
        self._row += 1

    def stacked(self) -> Iterator[Stacked]:
        if any(_is_value(cell.text) for cell in self.cells):
            yield Stacked(Grid(tuple(self.cells), self.cells[0].locator), tuple(self.lines))


def stacked_tables(lines: Sequence[str]) -> Iterator[Stacked]:
    """The tables among the lines, from top to bottom."""
    tokens = [(place, line.strip()) for place, line in enumerate(lines) if line.strip()]
    if sum(_is_value(text) for _, text in tokens) < _FEWEST_VALUES:
        return
    table = _Rows()
    words: list[Token] = []
    for valued, group in groupby(tokens, key=lambda token: _is_value(token[1])):
        run = list(group)
        if not valued:
            words = run
            continue
        before, head, labels = _parted(words)
        if before or not words:
            yield from table.stacked()
            table = _Rows()
        if len(run) < 2 and not labels:
            continue
        table.head(head)
        *groups, own = labels or [[]]
        for label in groups:
            table.add(label)
        table.add([*own, *run])
        words = []
    yield from table.stacked()


def _parted(words: Sequence[Token]) -> tuple[list[Token], list[Token], list[list[Token]]]:
    """Words in front of values: what is no part of the table, the header, and the labels, the row's own with
    its unit last."""
    rest = list(words)
    unit = [rest.pop()] if rest and is_unit(rest[-1][1]) else []
    labels: list[list[Token]] = []
    while rest and _NUMBERED.match(rest[-1][1]) and not _is_sentence(rest[-1][1]):
        labels.insert(0, [rest.pop()])
    if (
        not labels
        and rest
        and [text for _, text in rest].count(rest[-1][1]) == 1
        and not _is_sentence(rest[-1][1])
    ):
        labels.append([rest.pop()])
    head: list[Token] = []
    while (
        rest
        and len(head) < _MOST_WORDS
        and not _NUMBERED.match(rest[-1][1])
        and not _is_sentence(rest[-1][1])
    ):
        head.insert(0, rest.pop())
    if labels:
        labels[-1] += unit
    return rest, head, labels


def _is_sentence(text: str) -> bool:
    words = _ASIDE.sub("", text).removeprefix("其中：")
    return len(text) > _LONGEST or "：" in words or _SENTENCE.search(words) is not None


def _is_value(text: str) -> bool:
    return read_number(text).understood
