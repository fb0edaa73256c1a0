"""Which row or column of a form a printed label means, with a score.

A label that is the form's own, or a known wording of it, is taken as it is; where the same words stand in
two places of the form (被依法纠错数), number, group and order tell which. Everything else is compared by
likeness, so that a slip of the pen (其他法律行政止公开) still finds its row; a label that is like two rows
is a doubt, a label that is like none is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from parser.folding import Label, label
from parser.forms.vocabulary import Term

CERTAIN = 0.8
"""Likeness of the words from which number and order need not agree."""
POSSIBLE = 0.5
"""Likeness below which a label is unknown whatever its number says."""
_TOO_SHORT = 3
"""Words of fewer characters are alike only when they are the same: 合计 is no slip of the pen for 小计."""
MARGIN = 0.08
"""A second best that comes nearer than this makes the match a doubt."""
_WORD = 2
"""Strange characters side by side that make another word of a label: a slip of the pen changes one."""


@dataclass(frozen=True, slots=True)
class Match:
    """A label's term, its position in the form, the score (1.0 = the form's own words), and what is doubtful
    about it: a second term that was nearly as good, or a word that the term does not have."""

    term: Term
    index: int
    score: float
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    level: int
    number: str
    of_which: bool
    group: str


class Lexicon:
    """The terms of one table, prepared for matching."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = tuple(terms)
        self._names = tuple(
            tuple(dict.fromkeys(label(name).stem for name in term.names)) for term in self.terms
        )
        self._places = tuple(_place(term) for term in self.terms)
        self._groups = frozenset(place.group for place in self._places if place.group)
        self._exact: dict[str, list[int]] = {}
        for index, names in enumerate(self._names):
            for name in names:
                self._exact.setdefault(name, []).append(index)
        self.knows = lru_cache(maxsize=16384)(self._knows)
        self._likeness = lru_cache(maxsize=4096)(self._compare)
        self._matches = lru_cache(maxsize=16384)(self._match)

    def _knows(self, text: str) -> bool:
        """Whether the label is exactly one of the form's, in any of its wordings."""
        parts = label(text)
        return parts.stem in self._exact or parts.bare in self._exact

    def numbers(self, text: str) -> bool:
        """Whether the form has these very words under this very number."""
        parts = label(text)
        places = self._exact.get(parts.stem) or self._exact.get(parts.bare) or ()
        return any(self._numbered_alike(index, parts) for index in places)

    def match(self, text: str, groups: Sequence[str] = (), after: int = -1) -> Match | None:
        """The term that the label means. `groups` are the labels of the merged cells to its left, `after` the
        position of the row before."""
        return self._matches(text, tuple(groups), after)

    def _match(self, text: str, groups: tuple[str, ...], after: int) -> Match | None:
        parts = label(text)
        if not parts.stem:
            return None
        context = frozenset(stem for stem in (label(group).bare for group in groups) if stem)
        exact = self._exact.get(parts.stem) or self._exact.get(parts.bare)
        if exact:
            index = max(exact, key=lambda one: self._agreement(one, parts, context, after))
            return Match(self.terms[index], index, 1.0)
        return self._nearest(parts, context, after)

    def _nearest(self, parts: Label, context: frozenset[str], after: int) -> Match | None:
        ranked = sorted(
            (
                (words + self._agreement(index, parts, context, after), words, index)
                for index, words in self._likeness(parts.stem, parts.bare)
            ),
            reverse=True,
        )
        if not ranked:
            return None
        best, words, index = ranked[0]
        agrees = self._numbered_alike(index, parts) and (
            index == after + 1 or bool(self._places[index].group and self._places[index].group in context)
        )
        if words < CERTAIN and not (words >= POSSIBLE and agrees):
            return None
        strange = min(
            (_strange_word(one, name) for one in (parts.stem, parts.bare) for name in self._names[index]),
            key=len,
        )
        others = max((likeness for _, likeness, other in ranked if other != index), default=0.0)
        if strange and not (agrees and words - others >= MARGIN):
            # The word is what tells this label from its neighbours (政务抖音 beside 政务微博 and 政务微信).
            return None
        term = self.terms[index]
        rival = next((self.terms[other] for score, _, other in ranked[1:2] if best - score < MARGIN), None)
        if rival:
            return Match(term, index, words, f"it may also be {rival.label}")
        return Match(term, index, words, f"{term.label} has no “{strange}”" if strange else None)

    def _compare(self, stem: str, bare: str) -> tuple[tuple[int, float], ...]:
        """Position and likeness of every term that is not hopeless."""
        likely = []
        for index, names in enumerate(self._names):
            words = max(_likeness(one, name) for one in {stem, bare} for name in names)
            if words >= POSSIBLE:
                likely.append((index, words))
        return tuple(likely)

    def _agreement(self, index: int, parts: Label, context: frozenset[str], after: int) -> float:
        """How well number, group and order fit, between about -0.4 and 0.4."""
        place = self._places[index]
        fit = 0.0
        if parts.level:
            fit += 0.1 if self._numbered_alike(index, parts) else -0.1
        elif parts.of_which and place.of_which:
            fit += 0.1
        others = context & self._groups
        if place.group and place.group in context:
            fit += 0.1
        elif others and place.group and place.group not in context:
            fit -= 0.15
        if index == after + 1:
            fit += 0.1
        elif index > after:
            fit += 0.05
        return fit

    def _numbered_alike(self, index: int, parts: Label) -> bool:
        place = self._places[index]
        return parts.level > 0 and (place.level, place.number) == (parts.level, parts.number)


@lru_cache(maxsize=32768)
def _likeness(one: str, other: str) -> float:
    """Likeness of two folded labels between 0 and 1, and 0 for all that is less than `POSSIBLE`. Words that
    are all found, in order, in a longer label count as an abbreviation of it when they are at least half of
    it."""
    if one == other:
        return 1.0
    if min(len(one), len(other)) < _TOO_SHORT:
        return 0.0
    if not one or not other or len(one) > 3 * len(other) or len(other) > 3 * len(one):
        return 0.0
    # Characters in common bound the likeness from above, and are found in a fraction of the time.
    if 2 * sum([letter in other for letter in one]) < POSSIBLE * (len(one) + len(other)):
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _strange_word(printed: str, name: str) -> str:
    """The longest run of printed characters that stands where the name has none or others, when it is long
    enough to be a word of its own; else nothing."""
    pieces = SequenceMatcher(None, name, printed, autojunk=False).get_opcodes()
    runs = (printed[start:end] for kind, _, _, start, end in pieces if kind in {"replace", "insert"})
    longest = max(runs, key=len, default="")
    return longest if len(longest) >= _WORD else ""


def _place(term: Term) -> _Place:
    step = term.number.rpartition("/")[2]
    parts = label(term.label)
    group = label(term.group).bare if term.group else ""
    if step.startswith("("):
        return _Place(2, step.strip("()"), parts.of_which, group)
    if step.isdigit():
        return _Place(3, step, parts.of_which, group)
    if step.startswith("其中"):
        return _Place(0, step, True, group)
    return _Place(1 if step else 0, step, parts.of_which, group)
