"""Characters that a page prints twice, a hair apart, to look bold."""

from __future__ import annotations

from bisect import bisect_left, insort

from parser.readers.geometry import Glyph


def without_overprints(glyphs: list[Glyph]) -> list[Glyph]:
    """Boldness made by printing a character twice, a hair apart, is one character."""
    kept: list[Glyph] = []
    places: dict[str, list[tuple[float, float, float]]] = {}
    for glyph in glyphs:
        text, left, top = glyph.text, glyph.left, glyph.top
        if text != " ":
            others = places.setdefault(text, [])
            if _has_twin(others, left, top, 0.2 * glyph.size):
                continue
            insort(others, (left + top, left, top))
        kept.append(glyph)
    return kept


def _has_twin(places: list[tuple[float, float, float]], left: float, top: float, slack: float) -> bool:
    """Whether the same letter stands at nearly the same place. `places` are sorted by the sum of left and
    top, which differs little between twins, and much between nearly all others."""
    total, reach = left + top, 2.5 * slack
    for index in range(bisect_left(places, (total - reach,)), len(places)):
        other, x, y = places[index]
        if other > total + reach:
            return False
        if abs(x - left) < slack and abs(y - top) < slack:
            return True
    return False
