"""A red seal in a scan without colour: gray strokes over and beside the figures of a table."""

from __future__ import annotations

import cv2
import numpy as np

from parser.readers.scan_seal import without_seals


def test_a_gray_seal_goes_and_the_print_under_it_stays() -> None:
    grain = np.random.default_rng(7).normal(0, 4, (700, 900))
    ink = np.full((700, 900), 250, np.uint8)
    cv2.circle(ink, (450, 350), 170, (150,), 9)
    cv2.circle(ink, (450, 350), 40, (150,), -1)
    cv2.putText(ink, "10", (590, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (40,), 3)
    for at in range(60, 700, 60):
        cv2.line(ink, (200, at), (700, at), (40,), 3)
    printed = ink < 60
    page = np.clip(ink + grain, 0, 255).astype(np.uint8)
    clean, veil = without_seals(page)
    beside = cv2.dilate(printed.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert (clean[printed] < 110).all()
    assert (clean[(ink == 150) & ~beside] > 220).all()
    assert veil[350, 620] and veil[350, 450] and not veil[350, 540]


def test_a_gray_box_or_a_black_ring_is_no_seal() -> None:
    page = np.full((700, 900), 250, np.uint8)
    cv2.rectangle(page, (200, 150), (560, 510), (150,), 9)
    cv2.circle(page, (700, 350), 170, (30,), 9)
    clean, veil = without_seals(page)
    assert clean is page
    assert not veil.any()
    # Small print of a coarse scan is gray all over.
    cv2.rectangle(page, (20, 20), (880, 60), (30,), -1)
    for top in range(80, 690, 14):
        cv2.rectangle(page, (20, top), (880, top + 9), (130,), -1)
    assert without_seals(page)[0] is page
