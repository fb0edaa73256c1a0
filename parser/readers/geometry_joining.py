"""Rules put together: those along one line as one, those that touch as one group."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter

from parser.readers.geometry import Rule

SNAP = 2.2
"""How far apart rules may be that are one."""

Span = tuple[float, float, float]
"""A line along an axis: where it lies, starts and ends."""

TOUCH = 3.0
"""How near the ends of rules must be to meet."""

_NEARLY = 5.5
_DASH_GAP = 4.5
_SHORTEST = 5.0


def joined_rules(rules: Iterable[Rule]) -> list[Rule]:
    """Rules along one line that touch or nearly do, as one; what stays shorter than a cell is dropped."""
    joined: list[Rule] = []
    for level in _levels(sorted(rules, key=attrgetter("at"))):
        at = sum(rule.at for rule in level) / len(level)
        level.sort(key=attrgetter("start"))
        start, end = level[0].start, level[0].end
        for rule in level[1:]:
            if rule.start <= end + _DASH_GAP:
                end = max(end, rule.end)
            else:
                joined.append(Rule(at, start, end))
                start, end = rule.start, rule.end
        joined.append(Rule(at, start, end))
    return [rule for rule in joined if rule.end - rule.start >= _SHORTEST]


def _levels(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules at nearly the same position, together."""
    levels: list[list[Rule]] = []
    for rule in rules:
        level = levels[-1] if levels else None
        if level and rule.at - level[-1].at <= SNAP / 2 and rule.at - level[0].at <= SNAP:
            level.append(rule)
        else:
            levels.append([rule])
    return levels


def touching(across: list[Rule], down: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Sets of rules that touch; and of those that touch none, the ones that nearly do, for corners of cells
    may be rounded."""
    found = _groups(across, down, TOUCH)
    used = {id(rule) for group in found for rules in group for rule in rules}
    left_across, left_down = ([rule for rule in rules if id(rule) not in used] for rules in (across, down))
    return [*found, *_groups(left_across, left_down, _NEARLY)]


def _groups(across: list[Rule], down: list[Rule], reach: float) -> list[tuple[list[Rule], list[Rule]]]:
    """Sets of rules that touch within `reach`. Rules that touch nothing are left out."""
    down = sorted(down, key=attrgetter("at"))
    spans = [[(rule.at, rule.start, rule.end) for rule in rules] for rules in (across, down)]
    return [
        ([across[index] for index in rows], [down[index] for index in columns])
        for rows, columns in connected(spans[0], spans[1], reach)
        if rows and columns
    ]


def connected(
    across: Sequence[Span], down: Sequence[Span], reach: float
) -> list[tuple[list[int], list[int]]]:
    """Lines that touch within `reach`, directly or through others: the places in `across` and in `down` of
    those of each set. Lines along the same axis touch only through others; one that touches nothing is a set.
    """
    ordered = sorted(range(len(down)), key=lambda place: down[place][0])
    levels = [down[place][0] for place in ordered]
    parent = list(range(len(across) + len(down)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for row, (at, start, end) in enumerate(across):
        for place in ordered[bisect_left(levels, start - reach) : bisect_right(levels, end + reach)]:
            if down[place][1] - reach <= at <= down[place][2] + reach:
                parent[root(len(across) + place)] = root(row)
    sets: dict[int, tuple[list[int], list[int]]] = {}
    for row in range(len(across)):
        sets.setdefault(root(row), ([], []))[0].append(row)
    for column in range(len(down)):
        sets.setdefault(root(len(across) + column), ([], []))[1].append(column)
    return list(sets.values())
