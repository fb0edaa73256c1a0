"""What is read as one line each in the cells of a scan."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from parser.readers.geometry import Glyph, Rule, Sheet
from parser.readers.scan_bars import Barred
from parser.readers.scan_cells import pieces_of
from parser.readers.scan_letters import glyphs_of
from parser.readers.scan_lines import Area

POINT = 200 / 72


def _sheet() -> Sheet:
    """One row of two cells, 200 dots wide and 90 high each."""
    edges = [at / POINT for at in (20, 220, 420)]
    top, bottom = 20 / POINT, 110 / POINT
    sheet = Sheet(1, 440 / POINT, 130 / POINT)
    sheet.across = [Rule(at, edges[0], edges[-1]) for at in (top, bottom)]
    sheet.down = [Rule(at, top, bottom) for at in edges]
    sheet.glyphs = [Glyph("口", x / POINT, 50 / POINT, (x + 20) / POINT, 70 / POINT, 8) for x in (60, 260)]
    return sheet


def test_two_lines_that_the_detector_took_for_one_are_read_one_by_one() -> None:
    page = np.full((130, 440), 250, np.uint8)
    for left, top in ((40, 40), (70, 40), (40, 68), (70, 68), (260, 50), (290, 50)):
        page[top : top + 22, left : left + 20] = 20
    # A 三 has white between its strokes, and is one line.
    for top in (50, 59, 68):
        page[top : top + 4, 320:340] = 20
    # Most lines of a table are found one by one, which tells how high one is.
    lines: list[Area] = [(40, 40, 90, 90), (260, 50, 310, 72), (320, 50, 340, 72)]
    none = np.zeros(page.shape, bool)
    found = sorted(piece.ink for piece in pieces_of(_sheet(), page, none, lines, 190))
    assert found == [(40, 40, 90, 62), (40, 68, 90, 90), (260, 50, 340, 72)]


def test_a_bracket_at_the_edge_of_a_cell_is_a_part_of_its_line() -> None:
    page = np.full((130, 440), 250, np.uint8)
    page[50:72, 30:60] = page[50:72, 23:25] = 20
    # What is left of the rule is none.
    page[22:108, 218:219] = 60
    none = np.zeros(page.shape, bool)
    (piece,) = pieces_of(_sheet(), page, none, [(30, 50, 60, 72)], 190)
    assert piece.ink == (23, 50, 60, 72)


def _figure(text: str, right: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_], Area]:
    """A page with a figure that ends at `right`, the dots of the rules that were found, and its line."""
    page = np.full((130, 440), 250, np.uint8)
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.9, 2)
    cv2.putText(page, text, (right - width, 75), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (20,), 2, cv2.LINE_AA)
    rules = np.zeros(page.shape, bool)
    for at in (20, 110):
        rules[at - 1 : at + 2, 20:421] = True
    for at in (20, 220, 420):
        rules[20:111, at - 1 : at + 2] = True
    page[rules] = 20
    return page, rules, (right - width, 75 - height, right, 75)


@pytest.mark.parametrize("lean", [0, 2])
def test_the_second_line_of_a_double_rule_is_no_digit(lean: int) -> None:
    page, rules, line = _figure("203", 208)
    # The rule was found a few dots off, and its inner line stands in the cell on the left.
    for y in range(20, 111):
        x = 212 - lean * (y - 20) // 90
        page[y, x : x + 3] = 60
    (piece,) = pieces_of(_sheet(), page, rules, [line], 190)
    assert (piece.ink[2] <= 208, piece.barred) == (True, Barred.NOWHERE)
    glyphs, _ = glyphs_of([piece])
    assert "".join(glyph.text for glyph in glyphs) == "203"
    assert min(glyph.confidence for glyph in glyphs) > 0.5


@pytest.mark.parametrize("left", [210, 205])
def test_what_may_be_a_piece_of_a_rule_is_not_trusted_as_a_one(left: int) -> None:
    page, rules, line = _figure("203", 204)
    # It stands by itself, or touches the last digit.
    page[52:76, left : left + 3] = 40
    (piece,) = pieces_of(_sheet(), page, rules, [line], 190)
    glyphs, _ = glyphs_of([piece])
    # The model is sure of it.
    assert "".join(glyph.text for glyph in glyphs) == "2031"
    assert [glyph.confidence > 0.5 for glyph in glyphs] == [True, True, True, False]
    # A 1 with its flag needs no doubt.
    page, rules, line = _figure("2031", 204)
    (piece,) = pieces_of(_sheet(), page, rules, [line], 190)
    assert piece.barred is Barred.NOWHERE


def test_a_figure_with_a_rule_in_its_middle_is_not_trusted() -> None:
    page, rules, line = _figure("203", 90)
    page[20:111, 100:103] = 60
    cv2.putText(page, "58", (112, 75), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (20,), 2, cv2.LINE_AA)
    (piece,) = pieces_of(_sheet(), page, rules, [(line[0], line[1], 150, line[3])], 190)
    assert Barred.WITHIN in piece.barred
    glyphs, _ = glyphs_of([piece])
    assert max(glyph.confidence for glyph in glyphs) <= 0.5
