"""From pieces of a scanned page to characters with places, and how sure each of them is.

A short piece in a cell is read twice, from pictures of another size; where the readings differ, neither is
trusted. Nothing is corrected by what a table should say.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from parser.document import Box
from parser.readers.geometry import Glyph
from parser.readers.geometry_lines import is_cjk
from parser.readers.ocr import Gray, Letter, recognise
from parser.readers.scan_bars import Barred
from parser.readers.scan_cells import Piece
from parser.readers.scan_gaps import with_left_out
from parser.readers.scan_lines import Area
from parser.readers.scan_strokes import stroke

DISPUTED = 0.5
"""Confidence of characters of which two readings differ."""

_POINT = 200 / 72
_SHORT = 7.0
_SINGLE = 0.5
_DARK = 170
_CLOSE, _APART = 0.08, 0.3
_INK_OF_EM = 0.78
_ALIKE = 1.12
_LOOKALIKES = str.maketrans("OoQD〇○lI|丨", "0000001111")
_VALUE = re.compile(r"[\d.,，．:：/+\-—–－%％件宗元万个条OoQD〇○lI|丨\s]+")
_LOW_SIGNS = frozenset(".,，．:：- ")
_LEANS = 0.2
_SURELY = 0.25
_UPRIGHT = 0.12
_STROKES = frozenset("一-—–－_~﹣―‐ー")


def stand_ins(lines: Sequence[Area]) -> list[Glyph]:
    """Glyphs that only say where text is, for whoever must know before it is read."""
    found: list[Glyph] = []
    for left, top, right, bottom in lines:
        size = max((bottom - top) / _POINT, 1.0)
        for x in range(left, right, max(bottom - top, 1)):
            end = min(x + bottom - top, right)
            found.append(
                Glyph("口", x / _POINT, top / _POINT, end / _POINT, bottom / _POINT, size, order=len(found))
            )
    return found


def glyphs_of(pieces: Sequence[Piece]) -> tuple[list[Glyph], list[Box]]:
    """The characters of all pieces, and the places of pieces in which none was recognised (points)."""
    alone = [_is_alone(piece) for piece in pieces]
    read = [stroke(piece, narrow=_is_narrow(piece)) if piece.celled else [] for piece in pieces]
    rest = [index for index, letters in enumerate(read) if not letters]
    _read(pieces, alone, rest, read)
    read = with_left_out([piece.picture for piece in pieces], read)
    read = [_or_rule(letters, piece) for piece, letters in zip(pieces, read, strict=True)]
    sizes = _sizes(pieces, read)
    glyphs: list[Glyph] = []
    for piece, letters, size in zip(pieces, read, sizes, strict=True):
        _place(piece, letters, size, glyphs)
    unread = [piece.ink for piece, letters in zip(pieces, read, strict=True) if not _spelled(letters)]
    stains = [
        (left / _POINT, top / _POINT, right / _POINT, bottom / _POINT) for left, top, right, bottom in unread
    ]
    return glyphs, stains


def _is_alone(piece: Piece) -> bool:
    """Whether a piece is a single sign in a cell."""
    if not _is_narrow(piece):
        return False
    dark = (piece.picture < _DARK).any(axis=0).astype(np.int8)
    return int((np.diff(dark, prepend=0) > 0).sum()) == 1


def _is_narrow(piece: Piece) -> bool:
    """Whether a piece stands in a cell and has hardly room for two signs."""
    left, _, right, _ = piece.ink
    return piece.celled and right - left <= _SINGLE * (piece.shown[3] - piece.shown[1])


def _thrice(picture: Gray, room: float = _CLOSE) -> Gray:
    """A single sign three times in a row, with so much of its height beside it: the model knows lines, and
    takes a lone 0 for anything round."""
    height, width = picture.shape
    dark = np.flatnonzero((picture < _DARK).any(axis=0))
    if not len(dark):
        return picture
    margin = max(round(room * height), 2)
    first, last = max(int(dark[0]) - margin, 0), min(int(dark[-1]) + 1 + margin, width)
    return np.hstack([picture[:, :first], *[picture[:, first:last]] * 3, picture[:, last:]])


def _once(letters: Sequence[Letter]) -> list[Letter]:
    """One of three equal parts; where they differ, the first one, and it is not trusted."""
    count = len(letters) // 3
    texts = [letter.text.translate(_LOOKALIKES) for letter in letters]
    parts = [letters[count * part : count * part + count] for part in range(3)]
    if count and len(letters) % 3 == 0 and texts[:count] * 3 == texts:
        best = min(parts, key=lambda part: min(letter.confidence for letter in part))
        return [replace(letter, middle=(place + 0.5) / count) for place, letter in enumerate(best)]
    few = letters[: max(count, 1)]
    return [
        replace(letter, confidence=min(letter.confidence, DISPUTED), middle=(place + 0.5) / len(few))
        for place, letter in enumerate(few)
    ]


def _read(
    pieces: Sequence[Piece], alone: Sequence[bool], wanted: Sequence[int], read: list[list[Letter]]
) -> None:
    """Read the wanted pieces. What is short and in a cell is read twice; differences take the trust away."""
    shown = {
        index: _thrice(pieces[index].picture) if alone[index] else pieces[index].picture for index in wanted
    }
    for index, letters in zip(wanted, recognise(list(shown.values())), strict=True):
        read[index] = _once(letters) if alone[index] else letters
    # Three close signs may look like one: 111 like 王.
    strange = [index for index in wanted if alone[index] and not _is_value(read[index])]
    wide = [_thrice(pieces[index].picture, _APART) for index in strange]
    for index, picture, letters in zip(strange, wide, recognise(wide), strict=True):
        if letters and _is_value(letters):
            shown[index], read[index] = picture, _once(letters)
    # A 1 of rough dots may look like 王 as well; seen smaller, it is read, and not trusted.
    strange = [index for index in strange if not _is_value(read[index])]
    small = [_smaller(_thrice(pieces[index].picture)) for index in strange]
    for index, picture, letters in zip(strange, small, recognise(small), strict=True):
        if letters and _is_value(letters):
            shown[index] = picture
            read[index] = [replace(one, confidence=min(one.confidence, DISPUTED)) for one in _once(letters)]
    short = [
        index
        for index in wanted
        if pieces[index].celled
        and shown[index].shape[1] < _SHORT * shown[index].shape[0]
        and _is_value(read[index])
    ]
    again = recognise([_smaller(shown[index]) for index in short])
    for index, found in zip(short, again, strict=True):
        first = _meant(read[index], pieces[index])
        other = _meant(_once(found) if alone[index] else found, pieces[index])
        if _spelled(first) != _spelled(other):
            first = [replace(one, confidence=min(one.confidence, DISPUTED)) for one in first]
        read[index] = _slash_or_one(first, pieces[index])


def _or_rule(letters: Sequence[Letter], piece: Piece) -> list[Letter]:
    """A figure with a `1` where a rule may stand; the two look alike, and such a `1` is not trusted. Where
    signs are joined, one of them may be a rule."""
    joined = piece.celled and sum(letter.text not in _LOW_SIGNS for letter in letters) > piece.signs
    where = piece.barred | piece.upright if joined else piece.barred
    if where is Barred.NOWHERE or not letters or not _is_value(letters):
        return list(letters)
    doubtful = set(range(len(letters))) if Barred.WITHIN in where else set()
    doubtful |= {0} if Barred.FIRST in where else set()
    doubtful |= {len(letters) - 1} if Barred.LAST in where else set()
    return [
        replace(letter, confidence=min(letter.confidence, DISPUTED))
        if place in doubtful and (letter.text.translate(_LOOKALIKES) == "1" or Barred.WITHIN in where)
        else letter
        for place, letter in enumerate(letters)
    ]


def _slash_or_one(letters: Sequence[Letter], piece: Piece) -> list[Letter]:
    """A lone `1` that leans to the right is a slash, which means nothing to report. The model takes one for
    the other and is sure of it; a stroke that leans a little is neither for certain."""
    if _spelled(letters) != "1":
        return list(letters)
    lean = _lean(piece)
    text = "/" if lean > _LEANS else "1"
    most = DISPUTED if _UPRIGHT < lean < _SURELY else 1.0
    return [replace(letter, text=text, confidence=min(letter.confidence, most)) for letter in letters]


def _lean(piece: Piece) -> float:
    """By how many dots a row of ink moves to the right from one row to the next above it. The top, with the
    flag of a 1, and the bottom, with its foot, are left out."""
    ink = np.clip(_DARK - piece.picture.astype(np.float64), 0, None)
    rows = np.flatnonzero(ink.sum(axis=1) > 0)
    if len(rows) < 2:
        return 0.0
    first, last = rows[0], rows[-1] + 1
    cut = (last - first) // 5
    stem = ink[first + 2 * cut : last - cut]
    weight = stem.sum(axis=1)
    held = np.flatnonzero(weight > 0)
    if len(held) < 3:
        return 0.0
    middles = stem[held] @ np.arange(stem.shape[1]) / weight[held]
    return -float(np.polyfit(held, middles, 1)[0])


def _spelled(letters: Sequence[Letter]) -> str:
    """What two readings must agree in."""
    return "".join(letter.text for letter in letters).replace("，", ",").replace(" ", "")


def _is_value(letters: Sequence[Letter]) -> bool:
    text = "".join(letter.text for letter in letters)
    return not text or _VALUE.fullmatch(text) is not None or set(text) <= _STROKES


def _meant(letters: Sequence[Letter], piece: Piece) -> list[Letter]:
    """Digits for the letters that look like them, and a stroke for a flat line."""
    text = "".join(letter.text for letter in letters)
    if piece.low and text and set(text) <= _STROKES:
        return [replace(letter, text="-" if len(text) == 1 else "—") for letter in letters[:1]]
    return [replace(letter, text=letter.text.translate(_LOOKALIKES)) for letter in letters]


def _smaller(picture: Gray) -> Gray:
    """The same picture with a wider margin, so that the model sees the letters at another size."""
    height, _width = picture.shape
    more, along = max(round(0.1 * height), 2), max(round(0.15 * height), 2)
    wide = cv2.copyMakeBorder(picture, more, more, along, along, cv2.BORDER_CONSTANT, value=(250, 250, 250))
    return np.asarray(wide, np.uint8)


def _sizes(pieces: Sequence[Piece], read: Sequence[Sequence[Letter]]) -> list[float]:
    """The height of an em of each piece in points; sizes that nearly agree are one."""
    raw = [_em(piece, letters) / _POINT for piece, letters in zip(pieces, read, strict=True)]
    order = sorted(range(len(raw)), key=lambda index: raw[index])
    sizes = [0.0] * len(raw)
    group: list[int] = []
    for index in [*order, None]:
        if group and (index is None or raw[index] > _ALIKE * raw[group[0]]):
            shared = raw[group[len(group) // 2]]
            for one in group:
                sizes[one] = shared
            group = []
        if index is not None:
            group.append(index)
    return sizes


def _em(piece: Piece, letters: Sequence[Letter]) -> float:
    """Height of an em in dots: the step from one Chinese character to the next, or what the ink tells."""
    wide = piece.shown[2] - piece.shown[0]
    steps = sorted(
        (two.middle - one.middle) * wide
        for one, two in itertools.pairwise(letters)
        if is_cjk(one.text) and is_cjk(two.text)
    )
    ink = (piece.ink[3] - piece.ink[1]) / _INK_OF_EM
    if len(steps) >= 4:
        return min(steps[len(steps) // 2], 1.6 * ink)
    if any(is_cjk(letter.text) for letter in letters):
        return ink * _INK_OF_EM / 0.92
    return ink


def _place(piece: Piece, letters: Sequence[Letter], size: float, glyphs: list[Glyph]) -> None:
    """Characters side by side over the ink of their piece, each as wide as its neighbours leave it."""
    letters = [letter for letter in letters if not letter.text.isspace()]
    if not letters:
        return
    left, top, right, bottom = piece.ink
    shown = piece.shown[2] - piece.shown[0]
    middles = [min(max(piece.shown[0] + letter.middle * shown, left), right) for letter in letters]
    edges = [left, *((one + two) / 2 for one, two in itertools.pairwise(middles)), right]
    em = size * _POINT
    for letter, start, end, middle in zip(letters, edges, edges[1:], middles, strict=False):
        # A gap between words is no part of a character.
        first, last = max(start, middle - 0.75 * em), min(end, middle + 0.75 * em)
        glyphs.append(
            Glyph(
                letter.text,
                first / _POINT,
                top / _POINT,
                max(last, first + 1) / _POINT,
                bottom / _POINT,
                max(size, 1.0),
                order=len(glyphs),
                confidence=letter.confidence,
            )
        )
