"""One page of a PDF as a `Sheet`: its characters and rules as PDFium sees them, turned upright.

Works on PDFium's C interface, because a call a character is what the time goes into. Coordinates that are no
numbers, or lie off the page, are dropped here, so that nobody downstream meets them.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from functools import cache
from typing import Any

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from parser.document import Box
from parser.readers import pdf_calls
from parser.readers.geometry import Glyph, Sheet, enclosing
from parser.readers.overprints import without_overprints
from parser.readers.pdf_drawing import Drawing, Frame
from parser.readers.strikes import struck
from parser.readers.turning import turn_upright
from parser.readers.watermarks import watermarks

MOST_GLYPHS = 60_000
"""Characters read of one page; a dense page of a report has some 3,000."""

_HYPHEN = 2
_NO_UNICODE = frozenset((*range(9), *range(14, 32), 0xFFFD, 0xFFFE, 0xFFFF)) - {_HYPHEN}

_UNSEEN = frozenset((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
"""Marks without width that editors leave behind; they take nothing from the number they stand in."""

_ADJOINING = 0.1
"""The gap, in em, up to which such a mark stands right behind a character."""

_ASCENT = 0.88
"""The part of the em that is above the line on which Chinese characters stand."""

_DRIFT = 0.7
"""How far, in em, the middle of a character's box may be from that of its em; in vertical writing, which has
no such line, it is further."""

_RADICALS = dict(
    zip(
        "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰⻳",
        "民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙龟",
        strict=True,
    )
)
"""Radicals that some PDF writers put for the characters that look the same (NFKC does not know these)."""

_KANGXI = (0x2F00, 0x2FD5)


def read_page(page: Any, number: int) -> Sheet:
    """The sheet of an open page (`FPDF_PAGE`), with a number that counts from 1."""
    frame = Frame(page)
    sheet = Sheet(number, frame.width, frame.height)
    drawing = Drawing(frame)
    drawing.collect(page)
    text = pdfium.FPDFText_LoadPage(page)
    if text:
        try:
            _read_glyphs(text, frame, sheet, drawing.invisible)
        finally:
            pdfium.FPDFText_ClosePage(text)
    sheet.images = drawing.largest_image / (frame.width * frame.height)
    sheet.across, sheet.down, sheet.panels = drawing.across, drawing.down, drawing.panels
    sheet.crowded = sheet.crowded or drawing.crowded
    turn_upright(sheet)
    _set_aside(sheet, watermarks(sheet.glyphs))
    taken_back = struck(sheet.glyphs, sheet.across)
    sheet.struck = len({glyph.order for glyph in taken_back})
    _set_aside(sheet, taken_back)
    return sheet


def _read_glyphs(text: Any, frame: Frame, sheet: Sheet, invisible: frozenset[int]) -> None:
    """Fill `sheet` with the visible characters, or with the invisible ones where there are no others."""
    visible: list[Glyph] = []
    unseen: list[Glyph] = []
    loose, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    page_left, page_top = frame.left, frame.top
    here, loose_at = pdf_calls.address(text), ctypes.addressof(loose)
    count = pdfium.FPDFText_CountChars(text)
    if count > MOST_GLYPHS:
        sheet.crowded = True
    last = None
    for index in range(min(count, MOST_GLYPHS)):
        code = pdf_calls.unicode_of(here, index)
        letter = _meaning(code) if code > 0x20 else _control(text, index, code)
        if not letter:
            sheet.unmapped += letter is None
            if code in _UNSEEN and visible and visible[-1].order == index - 1:
                _widen(visible[-1], text, index, frame)
            continue
        owner = pdf_calls.text_object_of(here, index)
        # Size and direction are the text object's, of which there are a few dozen on a page.
        if owner is None or owner != last:
            last = owner
            pdfium.FPDFText_GetMatrix(text, index, matrix)
            across, up = matrix.a, matrix.b
            em = pdfium.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
            size, smallest, largest = min(em, 2000.0), 0.4 * em, 3 * em
            straight = em > 0 and not (up and _is_slanted(across, up))
            turn = _turn(across, up) if up or across < 0 else 0
            into = unseen if owner in invisible else visible
            near, far = _above_and_below(text, index, frame, turn, size)
        pdf_calls.loose_box_of(here, index, loose_at)
        left, bottom, right, top = loose.left, loose.bottom, loose.right, loose.top
        width, height = right - left, top - bottom
        if not smallest <= (width if width >= height else height) <= largest:
            # The loose box of vertical writing ignores the text matrix; the ink does not.
            left, bottom, right, top = _ink(text, index)
        # As `Frame.flip` does, without a call and a box for each character.
        left, top, right, bottom = left - page_left, page_top - top, right - page_left, page_top - bottom
        if turn % 2:
            if abs(left + right - near - far) < 2 * _DRIFT * size:
                left, right = near, far
        elif abs(top + bottom - near - far) < 2 * _DRIFT * size:
            top, bottom = near, far
        on_page = right >= 0 and bottom >= 0 and left <= frame.width and top <= frame.height
        if on_page and straight:
            into.append(Glyph(letter, left, top, right, bottom, size, turn, index))
        else:
            sheet.misplaced += letter != " " and not (on_page and em > 0)
            sheet.aside[letter] += 1
    sheet.layer = _layer(text, min(count, MOST_GLYPHS))
    sheet.recognised = bool(unseen) and not any(glyph.text != " " for glyph in visible)
    sheet.glyphs = without_overprints(unseen if sheet.recognised else visible)


def _set_aside(sheet: Sheet, glyphs: list[Glyph]) -> None:
    """Take characters from the sheet."""
    if glyphs:
        left_out = {glyph.order: glyph.text for glyph in glyphs}
        sheet.aside.update(left_out.values())
        sheet.glyphs = [glyph for glyph in sheet.glyphs if glyph.order not in left_out]


def _above_and_below(text: Any, index: int, frame: Frame, turn: int, size: float) -> tuple[float, float]:
    """How far the em reaches beside the line that a character stands on: down the page, or across it where
    writing runs up or down. PDFium's boxes are as high as a font says, or as its tallest letter: fonts that
    are mixed on one line would stand at different heights."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text, index, x, y)
    line = x.value - frame.left if turn % 2 else frame.top - y.value
    if turn in (0, 3):
        return line - _ASCENT * size, line + (1 - _ASCENT) * size
    return line - (1 - _ASCENT) * size, line + _ASCENT * size


def _widen(glyph: Glyph, text: Any, index: int, frame: Frame) -> None:
    """Give a character the space of an unseen mark right behind it: some fonts have one for marks without
    width, and what it parts is one word all the same. A mark further on belongs to the next cell."""
    loose = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(text, index, loose)
    mark = frame.flip(loose.left, loose.bottom, loose.right, loose.top)
    if mark is None:
        return
    box = (glyph.left, glyph.top, glyph.right, glyph.bottom)
    whole = enclosing((box, mark))
    across, down = (max(box[axis], mark[axis]) - min(box[axis + 2], mark[axis + 2]) for axis in (0, 1))
    along, beside = (down, across) if glyph.turn % 2 else (across, down)
    adjoins = along < _ADJOINING * glyph.size and beside < -0.5 * glyph.size
    if adjoins and max(whole[2] - whole[0], whole[3] - whole[1]) < 2.2 * glyph.size:
        glyph.left, glyph.top, glyph.right, glyph.bottom = whole


def _control(text: Any, index: int, code: int) -> str | None:
    """What a control character or a blank at a place means, as `_meaning` tells it; nothing where PDFium put
    it in."""
    if pdfium.FPDFText_IsGenerated(text, index):
        return ""
    if code == _HYPHEN and not pdfium.FPDFText_IsHyphen(text, index):
        return None
    return _meaning(code)


@cache
def _meaning(code: int) -> str | None:
    """The character of a place in the text layer; `""` for what prints nothing, `None` for what has no
    Unicode meaning."""
    return None if code in _NO_UNICODE else _letter(code)


@cache
def _letter(code: int) -> str:
    """The character as it is meant; `""` for control characters and halves of surrogate pairs."""
    if code == _HYPHEN:
        return "-"
    if code in (0x20, 0x09, 0xA0, 0x3000, 0x0A, 0x0D):
        return " "
    if code < 0x20 or 0xD800 <= code < 0xE000 or code > 0x10FFFF or code in _UNSEEN:
        return ""
    letter = chr(code)
    if _KANGXI[0] <= code <= _KANGXI[1]:
        return unicodedata.normalize("NFKC", letter)
    return _RADICALS.get(letter, letter)


def _ink(text: Any, index: int) -> Box:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text, index, left, right, bottom, top)
    return (left.value, bottom.value, right.value, top.value)


def _layer(text: Any, count: int) -> Counter[str]:
    """The printed characters as PDFium spells the page, found without a look at any box."""
    buffer = (ctypes.c_ushort * (count + 1))()
    pdfium.FPDFText_GetText(text, 0, count, buffer)
    found = Counter[str]()
    for code, times in Counter(buffer[:]).items():
        if code and (letter := _letter(code)) not in ("", " "):
            found[letter] += times
    return found


def _is_slanted(a: float, b: float) -> bool:
    """Whether writing runs neither across nor up or down: a watermark or a stamp."""
    return min(abs(a), abs(b)) > 0.12 * max(abs(a), abs(b))


def _turn(a: float, b: float) -> int:
    """Quarter turns clockwise of a text matrix (as seen; PDF angles run the other way)."""
    if abs(b) <= abs(a):
        return 0 if a >= 0 else 2
    return 3 if b > 0 else 1
