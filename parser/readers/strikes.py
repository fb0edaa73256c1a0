"""Characters with a line through them: text that an author took back, where tracked changes are printed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from parser.readers.geometry import Glyph, Rule

_HIGHEST = 0.42
_LOWEST = 0.75
_SLACK = 0.25
_LONGEST = 300.0
_TALLEST = 40.0
_MOST_RULES = 4_000
_MOST = 0.2


def struck(glyphs: Sequence[Glyph], across: Sequence[Rule]) -> list[Glyph]:
    """Upright characters that a rule runs through, from the left edge of the first to the right edge of the
    last: a rule of a table does not end with the text. None where they are a good part of the page, which is
    then a drawing."""
    short = [rule for rule in across if rule.end - rule.start < _LONGEST]
    if len(short) > _MOST_RULES:
        return []
    ordered = sorted((glyph for glyph in glyphs if not glyph.turn), key=_top) if short else []
    tops = [glyph.top for glyph in ordered]
    found: list[Glyph] = []
    for rule in short:
        own = [
            glyph
            for glyph in ordered[bisect_left(tops, rule.at - _TALLEST) : bisect_right(tops, rule.at)]
            if _runs_through(rule, glyph)
        ]
        if own:
            slack = _SLACK * own[0].size
            left, right = min(glyph.left for glyph in own), max(glyph.right for glyph in own)
            if abs(left - rule.start) < slack and abs(right - rule.end) < slack:
                found += [glyph for glyph in own if glyph.text != " "]
    return found if len(found) < _MOST * len(ordered) else []


def _top(glyph: Glyph) -> float:
    return glyph.top


def _runs_through(rule: Rule, glyph: Glyph) -> bool:
    height = glyph.bottom - glyph.top
    return (
        glyph.top + _HIGHEST * height < rule.at < glyph.top + _LOWEST * height
        and rule.start - _SLACK * glyph.size < glyph.left
        and glyph.right < rule.end + _SLACK * glyph.size
    )
