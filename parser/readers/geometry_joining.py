"""Rules put together: those along one line as one, those that touch as one group."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter

from parser.readers.geometry import Rule

SNAP = 2.2
"""How far apart rules may be that are one."""

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
    """Sets of rules that touch within `reach`, directly or through others. Rules that touch nothing are left
    out."""
    down = sorted(down, key=lambda rule: rule.at)
    places = [rule.at for rule in down]
    parent = list(range(len(across) + len(down)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for index, rule in enumerate(across):
        first = bisect_left(places, rule.start - reach)
        last = bisect_right(places, rule.end + reach)
        for other in range(first, last):
            if down[other].start - reach <= rule.at <= down[other].end + reach:
                parent[root(len(across) + other)] = root(index)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for index, rule in enumerate(across):
        groups.setdefault(root(index), ([], []))[0].append(rule)
    for index, rule in enumerate(down):
        groups.setdefault(root(len(across) + index), ([], []))[1].append(rule)
    return [group for group in groups.values() if group[0] and group[1]]
