"""Columns of a table without rules in which nothing is printed: only a word of the header tells of them.

Where there are more words than columns, words and columns are paired in order, so that the pairs stand as
close as can be; a word that is left over heads a column of blanks.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from parser.readers.geometry_chunks import Chunk

_MOST_BLANK = 3
_MOST_COLUMNS = 20
_OFF = 0.5
_APART = 0.6

Edges = tuple[float, float]


def blank_columns(words: Sequence[Chunk], columns: Sequence[Edges]) -> list[tuple[int, Edges]]:
    """Where blank columns stand among all (by number), with the edges of their words. `words` are the lowest
    pieces of the header over the values; none are found where their pairing leaves a doubt."""
    ordered = sorted(words, key=lambda word: word.x)
    surplus = len(ordered) - len(columns)
    if not 0 < surplus <= _MOST_BLANK or len(columns) > _MOST_COLUMNS:
        return []
    middles = [(left + right) / 2 for left, right in columns]
    pitches = sorted(two.x - one.x for one, two in pairwise(ordered))
    pitch = pitches[len(pitches) // 2]

    def off(places: tuple[int, ...]) -> list[float]:
        paired = (word.x for place, word in enumerate(ordered) if place not in places)
        return [abs(x - middle) for x, middle in zip(paired, middles, strict=True)]

    left_over = min(combinations(range(len(ordered)), surplus), key=lambda places: sum(off(places)))
    if max(off(left_over)) > _OFF * pitch:
        return []
    alone = all(
        abs(word.x - ordered[place].x) > _APART * pitch
        for place in left_over
        for word in ordered
        if word is not ordered[place]
    )
    return [(place, (ordered[place].left, ordered[place].right)) for place in left_over] if alone else []
