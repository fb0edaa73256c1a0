"""How two texts differ: by chapter, by sentence, and within a sentence by word and character.

Chinese puts no spaces between words, so within a sentence every Chinese character stands for itself, while a
number or a Latin word stays whole (`[-12-]{+15+}`, not `1[-2-]{+5+}`). The marks are plain text and survive
every terminal, file and mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

GONE, CAME = ("[-", "-]"), ("{+", "+}")
"""What encloses words that are gone, and words that came."""

_SENTENCE = re.compile(r"[^。！？；!?;\n]*(?:[。！？；!?;]+[”’」』）)]*|\n|$)")
_WORD = re.compile(r"\d+(?:[.,]\d+)*%?|[A-Za-z]+|\s+|.", re.DOTALL)
_ALIKE = 0.5
"""Sentences less alike than this are one that went and one that came."""
_LONGEST = 4_000
"""Words of a sentence, beyond which it is only said that it differs: the comparison is quadratic."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A sentence that changed, came (`old` is `None`) or went (`new` is `None`); `marked` shows it."""

    old: str | None
    new: str | None
    marked: str


@dataclass(frozen=True, slots=True)
class ChapterEdit:
    """A chapter that changed, came (`old` is `None`) or went (`new` is `None`): headings and sentences."""

    old: str | None
    new: str | None
    heading: str
    """with marks where it changed"""
    edits: tuple[Edit, ...]


def chapters(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[ChapterEdit]:
    """The chapters (`heading`, `text`) that are not as they were, in the order of the text."""
    found = []
    for was, now in _pairs([one["heading"] for one in old], [one["heading"] for one in new]):
        before, after = (old[was] if was is not None else None), (new[now] if now is not None else None)
        headings = (before["heading"] if before else None), (after["heading"] if after else None)
        changed = tuple(edits(before["text"] if before else "", after["text"] if after else ""))
        if changed or headings[0] != headings[1]:
            found.append(ChapterEdit(*headings, marked(*headings), changed))
    return found


def edits(old: str, new: str) -> Iterator[Edit]:
    """The sentences that are not as they were."""
    before, after = sentences(old), sentences(new)
    for was, now in _pairs(before, after):
        one = before[was] if was is not None else None
        other = after[now] if now is not None else None
        if one == other:
            continue
        if one is None or other is None or _likeness(one, other) >= _ALIKE:
            yield Edit(one, other, marked(one, other))
        else:
            yield Edit(one, None, marked(one, None))
            yield Edit(None, other, marked(None, other))


def sentences(text: str) -> list[str]:
    """The text's sentences without blanks around them; a line's end ends one too."""
    return [found for match in _SENTENCE.finditer(text) if (found := match[0].strip())]


def marked(old: str | None, new: str | None) -> str:
    """One text with what went and what came enclosed in marks."""
    before, after = _words(old), _words(new)
    if len(before) > _LONGEST or len(after) > _LONGEST:
        return _enclosed(before, GONE) + _enclosed(after, CAME)
    shown = []
    for kind, start, end, into, until in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            shown += before[start:end]
        else:
            shown += [_enclosed(before[start:end], GONE), _enclosed(after[into:until], CAME)]
    return "".join(shown)


def _enclosed(words: Sequence[str], marks: tuple[str, str]) -> str:
    return f"{marks[0]}{''.join(words)}{marks[1]}" if words else ""


def _words(text: str | None) -> list[str]:
    return _WORD.findall(text or "")


def _likeness(one: str, other: str) -> float:
    before, after = _words(one), _words(other)
    if len(before) > _LONGEST or len(after) > _LONGEST:
        return 0.0
    return SequenceMatcher(None, before, after, autojunk=False).ratio()


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Positions that belong together; what was replaced is paired in order, the rest stands alone."""
    for _, start, end, into, until in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        both = min(end - start, until - into)
        yield from ((start + step, into + step) for step in range(both))
        yield from ((position, None) for position in range(start + both, end))
        yield from ((None, position) for position in range(into + both, until))
