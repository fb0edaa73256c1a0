"""Signs that the model for lines leaves out, as it does with the 〇 of 二〇二四: what has ink between two
characters further apart than the others is read by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from parser.readers.geometry_lines import is_cjk
from parser.readers.ocr import Gray, Letter, recognise

_DARK = 170
_FEWEST = 4
_APART = 1.6
_WIDEST = 2.6
_INKED = 0.5
_ROUND = frozenset("0OoQD〇○口日")
_SPECKS = frozenset(".,:;'`·。")
_NUMERALS = frozenset("〇零一二三四五六七八九十")


def with_left_out(pictures: Sequence[Gray], read: Sequence[list[Letter]]) -> list[list[Letter]]:
    """The letters of each picture, with those that were left out between two Chinese ones."""
    gaps: list[tuple[int, int, Gray]] = []
    for number, (picture, letters) in enumerate(zip(pictures, read, strict=True)):
        gaps += [(number, after, part) for after, part in _gaps(picture, letters)]
    found = [list(letters) for letters in read]
    parts = recognise([np.hstack([part] * 3) for _, _, part in gaps])
    for (number, after, _), letters in reversed(list(zip(gaps, parts, strict=True))):
        before, behind = read[number][after : after + 2]
        text = _meant("".join(letter.text for letter in letters), before.text + behind.text)
        if text:
            sure = min(letter.confidence for letter in letters)
            middle = (before.middle + behind.middle) / 2
            found[number].insert(after + 1, replace(before, text=text, confidence=sure, middle=middle))
    return found


def _meant(thrice: str, beside: str) -> str:
    """The sign that was read, shown three times in a row; nothing where that makes no sense."""
    signs = [sign for sign in thrice if sign not in _SPECKS]
    if len(signs) == 3 and set(signs) <= _ROUND:
        return "〇" if set(beside) & _NUMERALS else ""
    return signs[0] if len(signs) == 3 and len(set(signs)) == 1 and is_cjk(signs[0]) else ""


def _gaps(picture: Gray, letters: Sequence[Letter]) -> list[tuple[int, Gray]]:
    """Where a letter seems to be missing: after which one, and the part of the picture."""
    width = picture.shape[1]
    steps = [
        (two.middle - one.middle) * width
        for one, two in pairwise(letters)
        if is_cjk(one.text) and is_cjk(two.text)
    ]
    if len(steps) < _FEWEST:
        return []
    usual = float(np.median(steps))
    found = []
    for after, (one, two) in enumerate(pairwise(letters)):
        step = (two.middle - one.middle) * width
        if not (is_cjk(one.text) and is_cjk(two.text) and _APART * usual < step < _WIDEST * usual):
            continue
        start, end = round(one.middle * width + usual / 2), round(two.middle * width - usual / 2)
        part = picture[:, max(start - 2, 0) : end + 2]
        columns = (part < _DARK).any(axis=0)
        if columns.mean() > _INKED:
            found.append((after, part))
    return found
