"""Tables with lines between their rows and none between their columns.

Most writers draw a table cell by cell, so a line that looks like one is a row of strokes, each as wide as a
cell. Where every cell has a stroke above and one below of its own, strokes pair up to cells. Where neighbours
share a stroke, columns meet where strokes end at the same place above and below. A line in one stroke tells
nothing of columns; such a table is read as one without rules.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from statistics import median

from parser.document import Box
from parser.readers.geometry import Glyph, Rule
from parser.readers.geometry_lines import lines

_SNAP = 2.2
_DASH = 8.0
_DASH_GAP = 4.5
_INSIDE = 0.15
_TOUCHING = 0.04
_OTHER_SIZE = 0.12
_MOST_LINES = 3
_TALL = 3.4
_FEWEST_LEVELS = 3
_TWICE = 0.2
_MOST_STROKES = 3_000
_NUMERIC = frozenset("0123456789.,-−%+/—０１２３４５６７８９．，－／")
_CHAPTER = re.compile(r"[一二三四五六七八九十]{1,2}\s*[、.．]")


@dataclass(slots=True)
class _Level:
    """The strokes along one line across."""

    at: float
    strokes: list[tuple[float, float]]

    @property
    def start(self) -> float:
        return min(start for start, _ in self.strokes)

    @property
    def end(self) -> float:
        return max(end for _, end in self.strokes)

    def ends_at(self, x: float) -> bool:
        """Whether a stroke begins or ends here."""
        return any(abs(start - x) <= _SNAP or abs(end - x) <= _SNAP for start, end in self.strokes)

    @property
    def is_unparted(self) -> bool:
        """Whether the line is one stroke, which tells nothing of columns."""
        return len(set(self.strokes)) == 1

    def passes(self, x: float) -> bool:
        """Whether a stroke runs on over this place."""
        return any(start + _SNAP < x < end - _SNAP for start, end in self.strokes)


class _Evidence(Enum):
    """What speaks for an upright edge: strokes that end there above and below it; such strokes on one side
    and an unparted line on the other; no more than strokes on one side, or others run over it on both."""

    ENDS = 1
    UNPARTED = 2
    WEAK = 3


@dataclass(slots=True)
class _Wall:
    """An upright edge between two levels (by number)."""

    x: float
    above: int
    below: int
    evidence: _Evidence


def groups_of_rows(across: Sequence[Rule], glyphs: Sequence[Glyph]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines across that touch no upright one, with the upright edges that their strokes tell, as if all had
    been drawn: one pair a table, or one for all where the strokes leave no doubt."""
    levels = _levels(across)
    if len(levels) < _FEWEST_LEVELS or sum(len(level.strokes) for level in levels) > _MOST_STROKES:
        return []
    cells = _cells(levels)
    if cells:
        return [_outlines(cells)]
    left, right = min(level.start for level in levels), max(level.end for level in levels)
    bands = _bands(levels, [glyph for glyph in glyphs if left <= glyph.x <= right and glyph.text != " "])
    sizes = [glyph.size for band in bands for glyph in band]
    walls = list(_walls(levels)) if sizes else []
    if not walls:
        return []
    usual = median(sizes)
    cuts = [
        number for number, band in enumerate(bands) if _is_between_tables(number, band, levels, walls, usual)
    ]
    found = []
    for above, below in pairwise([-1, *cuts, len(bands)]):
        rows = levels[above + 1 : below + 1]
        # Each table by itself: a column of another one may end a hair beside.
        walls = list(_walls(rows))
        own = [wall for wall in walls if _parts(wall, walls, bands[above + 1 : below])]
        if own:
            found.append(
                (
                    [Rule(level.at, start, end) for level in rows for start, end in level.strokes],
                    [Rule(wall.x, rows[wall.above].at, rows[wall.below].at) for wall in own],
                )
            )
    return found


def _levels(across: Iterable[Rule]) -> list[_Level]:
    """Strokes by the line they lie on, from top to bottom; dashes as the strokes that they make."""
    found: list[list[Rule]] = []
    for rule in sorted(across, key=lambda rule: rule.at):
        if found and rule.at - found[-1][0].at <= _SNAP:
            found[-1].append(rule)
        else:
            found.append([rule])
    levels = [_Level(sum(rule.at for rule in rules) / len(rules), _strokes(rules)) for rules in found]
    return [level for level in levels if level.strokes]


def _strokes(rules: list[Rule]) -> list[tuple[float, float]]:
    dashes = sorted((rule.start, rule.end) for rule in rules if rule.end - rule.start < _DASH)
    whole = [(rule.start, rule.end) for rule in rules if rule.end - rule.start >= _DASH]
    run: list[float] = []
    for start, end in dashes:
        if run and start <= run[1] + _DASH_GAP:
            run[1] = max(run[1], end)
            continue
        if run and run[1] - run[0] >= _DASH:
            whole.append((run[0], run[1]))
        run = [start, end]
    if run and run[1] - run[0] >= _DASH:
        whole.append((run[0], run[1]))
    return sorted(whole)


def _cells(levels: Sequence[_Level]) -> list[Box]:
    """The cells of tables in which each has its own stroke above and below; none where strokes are shared."""
    places = _places(levels)
    open_at: dict[tuple[int, int], float] = {}
    cells: list[Box] = []
    total = twice = 0
    for level in levels:
        for (left, right), copies in Counter(
            (_nearest(places, start), _nearest(places, end)) for start, end in level.strokes
        ).items():
            total += 1
            twice += copies == 2
            above = open_at.pop((left, right), None)
            if above is not None:
                cells.append((places[left], above, places[right], level.at))
            opening = copies - (above is not None)
            if opening > 1:
                return []
            if opening:
                open_at[left, right] = level.at
    return cells if not open_at and twice > _TWICE * total else []


def _nearest(places: Sequence[float], x: float) -> int:
    after = bisect_right(places, x)
    return min(
        range(max(0, after - 1), min(after + 1, len(places))), key=lambda index: abs(places[index] - x)
    )


def _outlines(cells: Iterable[Box]) -> tuple[list[Rule], list[Rule]]:
    across, down = [], []
    for left, top, right, bottom in cells:
        across += [Rule(top, left, right), Rule(bottom, left, right)]
        down += [Rule(left, top, bottom), Rule(right, top, bottom)]
    return across, down


def _walls(levels: Sequence[_Level]) -> Iterator[_Wall]:
    """Stretches between two lines, one below the other, on one or both of which strokes end at a place."""
    for x in _places(levels):
        ends = [level.ends_at(x) for level in levels]
        passes = [level.passes(x) for level in levels]
        touching = [number for number in range(len(levels)) if ends[number] or passes[number]]
        for above, below in pairwise(touching):
            if ends[above] and ends[below]:
                doubtful = passes[above] and passes[below]
                yield _Wall(x, above, below, _Evidence.WEAK if doubtful else _Evidence.ENDS)
            elif ends[above] or ends[below]:
                other = levels[below if ends[above] else above]
                yield _Wall(x, above, below, _Evidence.UNPARTED if other.is_unparted else _Evidence.WEAK)


def _places(levels: Sequence[_Level]) -> list[float]:
    """Where strokes end, from left to right."""
    groups: list[list[float]] = []
    for place in sorted(place for level in levels for stroke in level.strokes for place in stroke):
        if groups and place - groups[-1][0] <= _SNAP:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [sum(group) / len(group) for group in groups]


def _bands(levels: Sequence[_Level], glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """The characters in each band between two neighbouring lines."""
    inside: list[list[Glyph]] = [[] for _ in range(len(levels) - 1)]
    edges = [level.at for level in levels]
    for glyph in glyphs:
        band = bisect_right(edges, glyph.y) - 1
        if 0 <= band < len(inside):
            inside[band].append(glyph)
    return inside


def _runs_over(glyphs: Sequence[Glyph], x: float, *, numbers: bool) -> bool:
    """Whether words, or also `numbers`, go on over a place. (Long numbers run over the edges of cells.)"""
    before: list[Glyph] = []
    behind: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text in _NUMERIC and not numbers:
            continue
        slack = _INSIDE * glyph.size
        if glyph.left < x - slack and glyph.right > x + slack:
            return True
        if -slack <= x - glyph.right < glyph.size:
            before.append(glyph)
        elif -slack <= glyph.left - x < glyph.size:
            behind.append(glyph)
    return any(
        abs(one.y - two.y) < 2 * _INSIDE * one.size and two.left - one.right < _TOUCHING * one.size
        for one in before
        for two in behind
    )


def _parts(wall: _Wall, walls: Sequence[_Wall], bands: Sequence[Sequence[Glyph]]) -> bool:
    """Whether an edge may be there: nothing runs over it, and text stands on both sides where the evidence is
    weak."""
    glyphs = [glyph for band in bands[wall.above : wall.below] for glyph in band]
    if _runs_over(glyphs, wall.x, numbers=wall.evidence is not _Evidence.ENDS):
        return False
    if wall.evidence is _Evidence.ENDS:
        return True
    beside = [other.x for other in walls if other.above < wall.below and wall.above < other.below]
    if wall.evidence is _Evidence.UNPARTED:
        # A title over all columns is the only text of its row.
        return not any(_runs_over(glyphs, x, numbers=True) for x in beside) or _stand_beside(
            glyphs, wall.x, beside
        )
    return _stand_beside(glyphs, wall.x, beside)


def _stand_beside(glyphs: Sequence[Glyph], x: float, places: Sequence[float]) -> bool:
    """Whether there is text on both sides of `x`, each nearer to it than the next of `places`."""
    left = max((place for place in places if place < x - _SNAP), default=-math.inf)
    right = min((place for place in places if place > x + _SNAP), default=math.inf)
    return any(left < glyph.x < x for glyph in glyphs) and any(x < glyph.x < right for glyph in glyphs)


def _is_between_tables(
    number: int, glyphs: Sequence[Glyph], levels: Sequence[_Level], walls: Sequence[_Wall], usual: float
) -> bool:
    """Whether a band between two lines is the distance between two tables, or from a line that is no table's:
    empty, or prose or a heading in it."""
    above, below = levels[number], levels[number + 1]
    left, right = min(above.start, below.start) + _SNAP, max(above.end, below.end) - _SNAP
    inner = [wall for wall in walls if wall.above <= number < wall.below and left < wall.x < right]
    crossed = any(_runs_over(glyphs, wall.x, numbers=False) for wall in inner)
    sure = any(wall.evidence is _Evidence.ENDS or _stand_beside(glyphs, wall.x, ()) for wall in inner)
    if sure and not crossed:
        return False
    alike = abs(above.start - below.start) <= _SNAP and abs(above.end - below.end) <= _SNAP
    if not glyphs or not (sure or alike):
        return not sure
    text = lines(glyphs)
    return (
        len(text) > _MOST_LINES
        or below.at - above.at > (_TALL + len(text) - 1) * text[0].size
        or (len(text) < _MOST_LINES and any(abs(one.size - usual) > _OTHER_SIZE * usual for one in text))
        or _CHAPTER.match(text[0].text) is not None
    )
