"""Lone signs told by their shape, specks taken away, signs that the model leaves out."""

from __future__ import annotations

import numpy as np
import pytest

from bench.truthset.scan_paper import Paper
from parser.readers.ocr import Gray, recognise
from parser.readers.scan_cells import Piece
from parser.readers.scan_gaps import with_left_out
from parser.readers.scan_ink import printed
from parser.readers.scan_specks import without_specks
from parser.readers.scan_strokes import stroke


def _printed(text: str, size: float) -> Gray:
    paper = Paper((len(text) * size + 40.0, 40.0), 200)
    paper.setFont("", size)
    paper.drawString(20, 12, text)
    paper.showPage()
    return np.minimum(np.asarray(paper.pages[0], np.uint8), 250)


def _alone(sign: str, size: float) -> Piece:
    page = _printed(sign, size)
    rows, columns = (np.flatnonzero((page < 170).any(axis=axis)) for axis in (1, 0))
    ink = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    em = size * 200 / 72 * 0.92
    return Piece(page, ink, (0, 0, page.shape[1], page.shape[0]), celled=True, em=em)


@pytest.mark.parametrize("size", [7.5, 10.5, 14.0])
def test_a_dash_and_a_slash_are_told_by_their_shape_and_digits_left_to_the_model(size: float) -> None:
    told = {
        sign: "".join(letter.text for letter in stroke(_alone(sign, size), narrow=sign != "—"))
        for sign in "-/1270.—"
    }
    assert told == {"-": "-", "/": "/", "1": "", "2": "", "7": "", "0": "", ".": "", "—": "—"}


def test_what_is_wider_than_a_sign_is_a_stroke_only_where_it_is_one_flat_line() -> None:
    told = [
        "".join(letter.text for letter in stroke(_alone(text, 9), narrow=False)) for text in ("——", "…", "12")
    ]
    assert told == ["—", "", ""]


def test_a_speck_goes_and_the_point_of_a_number_stays() -> None:
    page = _printed("3.2", 7.5)
    whole = page.copy()
    page[10, 40] = 0
    page[60, 20:22] = 120
    without_specks(page, 190)
    assert (page >= 245)[:15].all()
    assert (page[60, 18:24] >= 245).all()
    assert (page[20:100, 50:90] == whole[20:100, 50:90]).all()


def test_the_faint_point_of_a_tiny_figure_stays_where_digits_make_room_for_it() -> None:
    page = np.full((40, 90), 250, np.uint8)
    digits = [10, 17, 28, 35]
    for left in digits:
        page[12:22, left : left + 5] = 60
    # Three dots after the second digit, and as much ink between digits that leave no room, and above.
    page[20:22, 24] = page[21, 25] = 150
    page[20:22, 65] = page[21, 66] = page[5:7, 24] = page[6, 25] = 150
    without_specks(page, 190)
    assert (page[20:22, 24] == 150).all(), "89.00 is not 8900"
    assert (page[:, 60:] >= 245).all()
    assert (page[:9] >= 245).all()


def test_the_bed_of_the_scanner_is_gone_in_a_pale_copy_too() -> None:
    page = np.full((800, 600), 210, np.uint8)
    page[:, :25] = 115
    page[100:700:20, 100:500] = 115
    level = printed(page)
    assert level[:, :25].min() > 240
    assert level[100, 100:500].max() < 80


def test_the_zero_of_a_year_in_words_is_not_left_out() -> None:
    line = _printed("石桥镇人民政府二〇二四年年度报告", 16)
    (letters,) = with_left_out([line], recognise([line]))
    assert "".join(letter.text for letter in letters) == "石桥镇人民政府二〇二四年年度报告"
