"""Columns of a table without rules in which nothing is printed: only a word of the header tells of them.

Where there are more words than columns, words and columns are paired in order, so that the pairs stand as
close as can be; a word that is left over heads a column of blanks.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from parser.readers.geometry_chunks import Chunk

_FEW_BLANK = 3
_MOST_WORDS = 30
_OFF, _OFF_OF_MANY = 0.5, 0.4
_APART = 0.6

Edges = tuple[float, float]


def blank_columns(words: Sequence[Chunk], columns: Sequence[Edges]) -> list[tuple[int, Edges]]:
    """Where blank columns stand among all (by number), with the edges of their words. `words` are the lowest
    pieces of the header over the values; none are found where their pairing leaves a doubt."""
    ordered = sorted(words, key=lambda word: word.x)
    surplus = len(ordered) - len(columns)
    if surplus <= 0 or not columns or len(ordered) > _MOST_WORDS:
        return []
    pitches = sorted(two.x - one.x for one, two in pairwise(ordered))
    pitch = pitches[len(pitches) // 2]
    # Words and values may be set to one side of the column, or both in its middle.
    sides = (
        ([word.x for word in ordered], [(left + right) / 2 for left, right in columns]),
        ([word.left for word in ordered], [left for left, _ in columns]),
        ([word.right for word in ordered], [right for _, right in columns]),
    )
    farthest, paired = min(_pairs(places, edges) for places, edges in sides)
    if farthest > (_OFF if surplus <= _FEW_BLANK else _OFF_OF_MANY) * pitch:
        return []
    left_over = [place for place in range(len(ordered)) if place not in paired]
    alone = all(
        abs(word.x - ordered[place].x) > _APART * pitch
        for place in left_over
        for word in ordered
        if word is not ordered[place]
    )
    return [(place, (ordered[place].left, ordered[place].right)) for place in left_over] if alone else []


def _pairs(words: Sequence[float], columns: Sequence[float]) -> tuple[float, list[int]]:
    """For each column the word, in the same order, such that the pairs are as close as can be together, and
    how far apart the farthest of them are. There are at least as many words as columns."""
    spare = len(words) - len(columns)
    # best[skipped]: distance and words of the columns so far, when so many words were left out.
    best: list[tuple[float, list[int]]] = [(0.0, []) for _ in range(spare + 1)]
    for number, column in enumerate(columns):
        found: list[tuple[float, list[int]]] = []
        for skipped in range(spare + 1):
            place = number + skipped
            distance, chosen = best[skipped]
            here = distance + abs(words[place] - column), [*chosen, place]
            found.append(min(here, found[-1], key=lambda one: one[0]) if found else here)
        best = found
    paired = best[-1][1]
    return max(abs(words[place] - column) for place, column in zip(paired, columns, strict=True)), paired
