"""Lone signs in the cells of a scan: a slash is no 1, and a 1 no slash."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from bench.truthset.scan_paper import Paper
from parser.document import Grid
from parser.readers import image

SIGNS = (("/", "1", "7"), ("1", "/", "11"))


@pytest.mark.parametrize("degrees", [0.0, 2.0, -2.0])
def test_a_slash_is_no_one(degrees: float) -> None:
    paper = Paper((420.0, 220.0), 200)
    paper.setLineWidth(0.5)
    paper.setFont("", 12)
    paper.drawString(20, 180, "二、主动公开政府信息情况")
    paper.setFont("", 9)
    for row in range(3):
        paper.line(20, 150 - 20 * row, 320, 150 - 20 * row)
    for column in range(4):
        paper.line(20 + 100 * column, 150, 20 + 100 * column, 110)
    for row, signs in enumerate(SIGNS):
        for column, sign in enumerate(signs):
            paper.drawString(65 + 100 * column, 137 - 20 * row, sign)
    paper.showPage()
    page = np.asarray(paper.pages[0])
    matrix = cv2.getRotationMatrix2D((page.shape[1] / 2, page.shape[0] / 2), degrees, 1.0)
    page = np.asarray(cv2.warpAffine(page, matrix, page.shape[::-1], borderValue=(255,)), np.uint8)
    octets = io.BytesIO()
    Image.fromarray(page).save(octets, "PNG", dpi=(200, 200))
    (grid,) = (block for block in image.read(octets.getvalue()).blocks if isinstance(block, Grid))
    assert [tuple(cell.text for cell in row) for _, row in grid.by_row()] == list(SIGNS)
