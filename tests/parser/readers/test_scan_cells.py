"""What is read as one line each in the cells of a scan."""

from __future__ import annotations

import numpy as np

from parser.readers.geometry import Glyph, Rule, Sheet
from parser.readers.scan_cells import pieces_of
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
