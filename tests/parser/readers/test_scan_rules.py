"""Rules of a scanned table that text hides, that are faint, or that are none; how a page lies."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from parser.readers.scan_desk import without_desk
from parser.readers.scan_rules import rules
from parser.readers.scan_segments import settled
from parser.readers.scan_straight import bend_of, level_by, skew_of
from parser.readers.scan_upright import hidden

Picture = NDArray[np.uint8]

LEVELS = (50, 100, 150, 200)
UPRIGHTS = (40, 160, 280, 400)
ACROSS = [(float(at), 40, 400) for at in LEVELS]
DOWN = [(float(at), 50, 200) for at in UPRIGHTS]


def _page(*, dark: int, dotted: bool) -> Picture:
    """Three rows of three cells with grain; dots of three on a pitch of eight where the rules are dotted."""
    grain = np.random.default_rng(7).normal(0, 3, (250, 440))
    page = np.clip(250 + grain, 0, 255).astype(np.uint8)
    along = np.arange(440) % 8 < 3 if dotted else np.ones(440, bool)
    for at in LEVELS:
        page[at : at + 2, 40:402][:, along[40:402]] = dark
    for at in UPRIGHTS:
        page[50:202, at : at + 2][along[50:202]] = dark
    return page


def _cover(page: Picture) -> NDArray[np.bool_]:
    cover = np.zeros(page.shape, bool)
    for at in LEVELS:
        cover[at : at + 2, 40:402] = True
    for at in UPRIGHTS:
        cover[50:202, at : at + 2] = True
    return cover


def _pieces(lines: list[tuple[float, int, int]], near: float) -> list[tuple[int, int]]:
    return sorted((round(start, -1), round(end, -1)) for at, start, end in lines if abs(at - near) < 4)


@pytest.mark.parametrize(
    ("dark", "dotted"), [(0, False), (190, False), (60, True)], ids=["black", "gray", "dots"]
)
def test_a_lost_piece_is_found_and_one_of_letters_is_none(dark: int, dotted: bool) -> None:
    page = _page(dark=dark, dotted=dotted)
    # The left edges of letters, one below the other in two rows, which looked like a rule.
    page[65:85, 200:203] = page[115:135, 200:203] = 20
    lost = [(float(at), start, end) for at, start, end in DOWN if at != 160]
    lost += [(160.0, 50, 100), (160.0, 150, 200), (200.0, 50, 150)]
    across = [(float(at), start, end) for at, start, end in ACROSS if at != 150] + [(150.0, 40, 280)]
    none = np.zeros(page.shape, bool)
    level, upright, cover = settled(page, (across, lost), (), (_cover(page), none), 22)
    assert _pieces(upright, 160) == [(50, 100), (100, 150), (150, 200)]
    assert _pieces(upright, 201) == []
    assert _pieces(level, 150) == [(40, 160), (160, 280), (280, 400)]
    assert not cover[65:85, 200:203].any()


def test_merged_cells_stay_merged_whatever_is_written_in_them() -> None:
    page = _page(dark=0, dotted=False)
    # The middle cell of the second row goes on to the right; letters stand where the rule would be.
    page[104:148, 270:300] = 250
    page[112:138, 279:282] = 20
    down = [line for line in DOWN if line[0] != 280] + [(280.0, 50, 100), (280.0, 150, 200)]
    _, upright, _ = settled(page, (ACROSS, down), (), (_cover(page), np.zeros(page.shape, bool)), 22)
    assert _pieces(upright, 280) == [(50, 100), (150, 200)]


def test_under_a_seal_a_rule_is_taken_for_what_it_was() -> None:
    page = _page(dark=190, dotted=False)
    stamp = np.zeros(page.shape, bool)
    stamp[108:130, 150:175] = True
    page[stamp] = 250
    _, upright, _ = settled(page, (ACROSS, DOWN), (), (_cover(page), stamp), 22)
    assert (100, 150) in _pieces(upright, 160)


def test_an_upright_rule_that_text_hides_is_found_between_two_rules_across() -> None:
    page = _page(dark=0, dotted=False)
    # Words run over the rule in every row, so that nothing of it stands alone.
    for top in LEVELS[:-1]:
        for left in range(120, 200, 16):
            page[top + 20 : top + 34, left : left + 12] = 30
    blank = np.zeros(page.shape, bool)
    for at in LEVELS:
        blank[at : at + 2, 40:402] = True
    known = [line for line in DOWN if line[0] != 160]
    found = [line for line, _ in hidden(page, ACROSS, known, blank, 22)]
    assert [
        (round(start, -1), round(end, -1)) for _, start, end in sorted(found, key=lambda one: one[1])
    ] == [
        (50, 100),
        (100, 150),
        (150, 200),
    ]
    assert all(abs(at - 160.5) <= 2 for at, _, _ in found)
    # Where there is none, nothing is found.
    page[52:200, 156:166] = 250
    page[70:84, 156:166] = 30
    assert hidden(page, ACROSS, known, blank, 22) == []


def test_strokes_of_letters_that_fill_a_tight_row_are_no_rule() -> None:
    page = _page(dark=0, dotted=False)
    # The last stroke of 制 above that of 罚, from rule to rule but for two gaps, was taken for a hidden rule.
    page[54:73, 220:223] = page[77:97, 220:223] = 20
    guess = (221.0, 50, 100)
    _, upright, _ = settled(
        page, (ACROSS, [*DOWN, guess]), [guess], (_cover(page), np.zeros(page.shape, bool)), 22
    )
    assert _pieces(upright, 221) == []
    # A rule there, however hidden, is one.
    page[50:100, 220:223] = 20
    _, upright, _ = settled(
        page, (ACROSS, [*DOWN, guess]), [guess], (_cover(page), np.zeros(page.shape, bool)), 22
    )
    assert _pieces(upright, 221) == [(50, 100)]


def test_a_low_row_that_the_page_cut_off_keeps_its_sides() -> None:
    page = _page(dark=0, dotted=False)
    # What is left of the table is its last row, and the lower part of the row before.
    page[:112] = 250
    _, upright, _ = rules(page, (), (), np.zeros(page.shape, bool))
    for at in UPRIGHTS:
        assert _pieces(upright, at) == [(110, 150), (150, 200)]


def test_what_a_sheet_lies_on_is_no_part_of_it() -> None:
    grain = np.random.default_rng(7).normal(0, 4, (800, 600))
    corners = np.array([[60, 80], [520, 50], [550, 740], [90, 730]], np.int32)
    paper = cv2.fillPoly(np.zeros((800, 600), np.uint8), [corners], (1,)) > 0
    # The desk is as light at one side as the paper is in the shadow at the other.
    light = np.linspace(0.6, 1.0, 600)[None, :]
    photo = (np.where(paper, 235, 135) * light + grain).clip(0, 255).astype(np.uint8)
    photo[300:306, 150:450] = photo[300:600, 150:156] = 20
    sheet = without_desk(photo, photo)
    assert (sheet[~paper] == 250).all()
    assert (sheet[110:700, 130:500] == photo[110:700, 130:500]).all()
    scan = np.where(paper, photo, 235).astype(np.uint8)
    assert without_desk(scan, scan) is scan


@pytest.mark.parametrize("degrees", [-2.4, -0.3, 0.0, 1.7])
@pytest.mark.parametrize("turns", [0, 1])
def test_how_far_a_page_is_aslant_is_told_by_its_lines(degrees: float, turns: int) -> None:
    page = np.full((1100, 800), 250, np.uint8)
    for row, top in enumerate(range(100, 1000, 30)):
        for left in range(100, 700 - 130 * (row % 3 == 2), 20):
            cv2.rectangle(page, (left, top), (left + 12, top + 14), (40,), -1)
    grain = np.random.default_rng(3).normal(0, 5, page.shape)
    crooked = np.clip(level_by(page, degrees, 250.0) + grain, 0, 255).astype(np.uint8)
    assert skew_of(np.ascontiguousarray(np.rot90(crooked, turns))) == pytest.approx(-degrees, abs=0.2)


def test_a_photo_keeps_its_upright_lines_though_they_do_not_stand_square_to_the_level_ones() -> None:
    noise = np.random.default_rng(5)
    lines = [(200.0, 300.0 + 4 * n, 1500.0, 230.0 + 4 * n + float(noise.normal(0, 1))) for n in range(400)]
    # A few long edges and many short pieces of rules, all leaning the same way.
    lines += [(1568.0 - 60 * n, 2200.0, 1593.0 - 60 * n, 100.0) for n in range(3)]
    for n in range(18):
        top, off = 1560.0, float(noise.normal(0, 0.5))
        lines.append((300.0 + 60 * n, top + 100, 301.2 + 60 * n + off, top))
    bend = bend_of(1654, 2339, lines)
    x, _ = bend.source(np.full(2, 800.0), np.array([300.0, 2000.0]))
    assert (x[0] - x[1]) / 1700 == pytest.approx(0.012, abs=0.002)
