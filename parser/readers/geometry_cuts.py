"""Chunks cut where cells meet: what stands close behind another piece of text may be of the next column.

Gaps alone do not tell cells from words; edges at which other pieces begin do.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise

from parser.readers.geometry import Glyph
from parser.readers.geometry_chunks import GAP_OF_NUMBERS, NOTHING, NUMBERED, Chunk, chunk_of, is_value

_GAP_OF_COLUMNS = 0.08
_GAP_OF_LABELS = 0.15
_GAP_OF_CELLS = 0.6
_TOUCHING = 0.12
_NARROW = 9


def walls(parts: Sequence[Chunk]) -> list[float]:
    """Left edges that several pieces of text share."""
    lefts = sorted(part.left for part in parts)
    return [left for left in lefts if sum(abs(other - left) < 1 for other in lefts) > 2]


def split_at_walls(chunk: Chunk, walls: Sequence[float]) -> list[Chunk]:
    """The chunk, cut where a character begins at one of `walls` (x positions) after a gap: the label of the
    next column, close behind."""

    def parted(one: Glyph, two: Glyph) -> bool:
        near = any(abs(two.left - wall) < 1.5 for wall in walls)
        return near and two.left - one.right > _GAP_OF_LABELS * two.size

    return _split(chunk, parted)


def split_at_numbering(parts: Sequence[Chunk]) -> list[Chunk]:
    """All chunks; words cut where a label begins close behind another one: at an edge where two labels with
    numbers begin, or a label with a number and a further piece of text; or after a few characters and a gap
    as wide as between cells."""
    words = [part for part in parts if not part.is_value]
    lefts = sorted(part.left for part in words)
    starts = [start for part in words for start in _numbered_starts(part)]
    edges = sorted([*(part.left for part in words if NUMBERED.match(part.text)), *starts])
    behind = {
        start
        for part in words
        for start in _numbered_starts(part, _GAP_OF_CELLS)
        if start - part.left < _NARROW * part.size
    }

    def parted(one: Glyph, two: Glyph) -> bool:
        if two.left - one.right <= _GAP_OF_LABELS * two.size:
            return False
        if two.left in behind or _count_at(edges, two.left) > 1:
            return True
        return two.left in starts and _count_at(lefts, two.left) > 0

    return [piece for part in parts for piece in ([part] if part.is_value else _split(part, parted))]


def _numbered_starts(part: Chunk, least: float = _GAP_OF_LABELS) -> list[float]:
    """Where, behind a gap within the chunk of at `least` so many em, a text begins that has a number."""
    return [
        two.left
        for place, (one, two) in enumerate(pairwise(part.glyphs), 1)
        if two.left - one.right > least * two.size
        and NUMBERED.match("".join(glyph.text for glyph in part.glyphs[place : place + 5]))
    ]


def split_before_values(parts: Sequence[Chunk]) -> list[Chunk]:
    """All chunks; cut where a value begins close behind words, at an edge where other values begin, and where
    only a blank is between values that stand in columns with others."""
    values = [part for part in parts if part.is_value]
    lefts = sorted(part.left for part in values)
    rights = sorted(part.right for part in values)
    middles = sorted(part.x for part in values)
    found: list[Chunk] = []
    for part in parts:
        cut = 0 if part.is_value else _start_of_value(part, lefts)
        pieces = [chunk_of(part.glyphs[:cut]), chunk_of(part.glyphs[cut:])] if cut else [part]
        if not part.is_value and not cut and " " in part.text:
            apart = _split(part, lambda one, two: one.text == " " != two.text)
            places = [((lefts, one.left), (rights, one.right), (middles, one.x)) for one in apart]
            aligned = [any(_count_at(edges, at) for edges, at in place) for place in places]
            if all(aligned) and all(piece.is_value for piece in apart):
                pieces = apart
        found += pieces
    return found


def _start_of_value(part: Chunk, edges: Sequence[float]) -> int:
    """The place of the character with which a value at the end of words begins; 0 where there is none."""
    printed = [place for place, glyph in enumerate(part.glyphs) if glyph.text != " "]
    for before, place in reversed(list(pairwise(printed))):
        one, two = part.glyphs[before], part.glyphs[place]
        if not (two.text.isdigit() or two.text in NOTHING or two.text in ".．,，"):
            return 0
        if two.left - one.right > _GAP_OF_LABELS * two.size and _count_at(edges, two.left) > 1:
            return place if is_value("".join(glyph.text for glyph in part.glyphs[place:])) else 0
    return 0


def split_at_odd_gaps(chunk: Chunk) -> list[Chunk]:
    """The words of a header, cut where one gap is as wide as between cells while other characters touch. In a
    word that is set wide (总 计), all gaps are alike."""
    gaps = [(two.left - one.right) / two.size for one, two in pairwise(chunk.glyphs)]
    if not any(gap < _TOUCHING for gap in gaps) or all(gap < _GAP_OF_CELLS for gap in gaps):
        return [chunk]

    def parted(one: Glyph, two: Glyph) -> bool:
        return " " not in (one.text, two.text) and two.left - one.right >= _GAP_OF_CELLS * two.size

    return _split(chunk, parted)


def split_over_columns(chunk: Chunk, middles: Sequence[float], lefts: Sequence[float]) -> list[Chunk]:
    """The chunk, cut at gaps where it stands over several columns (given by their middles), or where other
    lines of a header begin (`lefts`, sorted)."""
    several = sum(chunk.left <= middle <= chunk.right for middle in middles) > 1

    def parted(one: Glyph, two: Glyph) -> bool:
        gap = (two.left - one.right) / two.size
        if " " in (one.text, two.text):
            # A blank behind a word reaches into the room between it and the next.
            return one.text == " " and several and gap > GAP_OF_NUMBERS
        if gap < _GAP_OF_COLUMNS:
            return False
        if gap > _GAP_OF_LABELS and _count_at(lefts, two.left) > 1:
            return True
        return _nearest(middles, one.x) != _nearest(middles, two.x) or (several and gap > GAP_OF_NUMBERS)

    return _split(chunk, parted)


def _nearest(middles: Sequence[float], x: float) -> int:
    return min(range(len(middles)), key=lambda index: abs(middles[index] - x))


def _count_at(edges: Sequence[float], place: float) -> int:
    """How many of the sorted edges are at a place."""
    return bisect_left(edges, place + 1) - bisect_left(edges, place - 1)


def _split(chunk: Chunk, parted: Callable[[Glyph, Glyph], bool]) -> list[Chunk]:
    cuts = [
        place for place in range(1, len(chunk.glyphs)) if parted(chunk.glyphs[place - 1], chunk.glyphs[place])
    ]
    if not cuts:
        return [chunk]
    edges = [0, *cuts, len(chunk.glyphs)]
    runs = [chunk.glyphs[start:end] for start, end in pairwise(edges)]
    return [chunk_of(run) for run in runs if any(glyph.text != " " for glyph in run)]
