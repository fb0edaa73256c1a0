"""What a PDF page draws beside its text: lines, filled boxes, pictures, and which text is invisible.

A table's rules come as strokes, as thin filled boxes, as thin pictures, as boxes round each cell, as rows of
dots. All of them become `Rule`s; a filled box that is not thin becomes a panel.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from parser.document import Box
from parser.readers import pdf_calls
from parser.readers.geometry import Rule

MOST_OBJECTS = 60_000
"""Drawn objects looked at on one page."""

_THIN = 3.0
_DEEPEST_FORM = 6
_MOST_SEGMENTS = 4_000
_INVISIBLE = 3

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


class Frame:
    """The visible part of the page in PDF units, y upwards."""

    def __init__(self, page: Any) -> None:
        box = pdfium.FS_RECTF()
        ok = pdfium.FPDF_GetPageBoundingBox(page, box)
        edges = (box.left, box.bottom, box.right, box.top)
        if not ok or not all(map(math.isfinite, edges)) or box.right <= box.left or box.top <= box.bottom:
            edges = (0.0, 0.0, 595.0, 842.0)
        self.left, self.bottom, self.right, self.top = edges
        self.width = self.right - self.left
        self.height = self.top - self.bottom

    def flip(self, left: float, bottom: float, right: float, top: float) -> Box | None:
        """From PDF coordinates to origin top left; `None` for what is not on the page."""
        box = (left - self.left, self.top - top, right - self.left, self.top - bottom)
        # A comparison with NaN is false: such a box is not on the page either.
        if box[2] >= 0 and box[3] >= 0 and box[0] <= self.width and box[1] <= self.height:
            return box
        return None


class Drawing:
    """The lines, filled boxes and pictures of a page, forms (PDF's word for grouped drawings) opened."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._left = MOST_OBJECTS
        self._longest = 2 * (frame.width + frame.height)
        self.across: list[Rule] = []
        self.down: list[Rule] = []
        self.panels: list[Box] = []
        self.largest_image = 0.0
        self.crowded = False
        self.invisible: frozenset[int] = frozenset()
        self._unseen: set[int] = set()
        # Where PDFium writes its answers.
        self._edges = (ctypes.c_float * 4)()
        self._edges_at = tuple(ctypes.addressof(self._edges) + 4 * place for place in range(4))
        self._mode = (ctypes.c_int * 2)()
        self._mode_at = tuple(ctypes.addressof(self._mode) + 4 * place for place in range(2))

    def collect(self, page: Any) -> None:
        """Look at every object of the page."""
        count = pdfium.FPDFPage_CountObjects(page)
        self.crowded = count > MOST_OBJECTS
        here = pdf_calls.address(page)
        for index in range(min(count, MOST_OBJECTS)):
            self._take(pdf_calls.object_of_page(here, index), _IDENTITY, 0)
        self.invisible = frozenset(self._unseen)

    def _take(self, item: int | None, matrix: Matrix, depth: int) -> None:
        self._left -= 1
        if self._left < 0 or not item:
            self.crowded = self.crowded or self._left < 0
            return
        kind = pdf_calls.kind_of_object(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            if pdf_calls.render_mode_of(item) == _INVISIBLE:
                self._unseen.add(item)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._take_path(item, matrix)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            box = self._bounds(item, matrix)
            if box is not None:
                self._take_filled(box)
                self.largest_image = max(self.largest_image, (box[2] - box[0]) * (box[3] - box[1]))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
            matrix = _inside(item, matrix)
            for index in range(min(pdf_calls.count_objects(item), MOST_OBJECTS)):
                self._take(pdf_calls.object_of_form(item, index), matrix, depth + 1)

    def _bounds(self, item: int, matrix: Matrix) -> Box | None:
        if not pdf_calls.bounds_of(item, *self._edges_at):
            return None
        edges = self._edges[:]
        if matrix is not _IDENTITY:
            one, two = _moved(matrix, edges[0], edges[1]), _moved(matrix, edges[2], edges[3])
            edges = [min(one[0], two[0]), min(one[1], two[1]), max(one[0], two[0]), max(one[1], two[1])]
        box = self._frame.flip(*edges)
        if box is None:
            return None
        return (
            max(box[0], 0.0),
            max(box[1], 0.0),
            min(box[2], self._frame.width),
            min(box[3], self._frame.height),
        )

    def _take_path(self, item: int, matrix: Matrix) -> None:
        self._mode[:] = [0, 0]
        pdf_calls.draw_mode_of(item, *self._mode_at)
        filled, stroked = self._mode
        box = self._bounds(item, matrix) if filled or stroked else None
        if box is None:
            return
        count = pdf_calls.count_segments(item)
        if min(box[2] - box[0], box[3] - box[1]) <= _THIN and count <= 6:
            self._take_filled(box)
        elif stroked:
            self._take_lines(item, matrix, min(count, _MOST_SEGMENTS))
        elif count <= 7:
            self._take_filled(box)
        else:
            self._take_pieces(item, matrix, min(count, _MOST_SEGMENTS))

    def _take_filled(self, box: Box) -> None:
        """A filled box is a line when thin, a panel when not. A dot may be part of a line either way."""
        width, height = box[2] - box[0], box[3] - box[1]
        if height <= _THIN:
            self.across.append(Rule((box[1] + box[3]) / 2, box[0], box[2]))
        if width <= _THIN:
            self.down.append(Rule((box[0] + box[2]) / 2, box[1], box[3]))
        if width > _THIN and height > _THIN:
            self.panels.append(box)

    def _segments(self, item: int, matrix: Matrix, count: int) -> Iterator[tuple[int, float, float, bool]]:
        """Kind, x and y (origin top left), and whether the figure is closed after it."""
        a, b, c, d, e, f = _inside(item, matrix)
        left, top = self._frame.left, self._frame.top
        x, y = ctypes.c_float(), ctypes.c_float()
        x_at, y_at = ctypes.addressof(x), ctypes.addressof(y)
        for index in range(count):
            segment = pdf_calls.segment_of(item, index)
            if not segment or not pdf_calls.point_of(segment, x_at, y_at):
                continue
            kind, across, up = pdf_calls.kind_of_segment(segment), x.value, y.value
            # A figure that is closed where it begins is a point.
            closed = kind != pdfium.FPDF_SEGMENT_MOVETO and bool(pdf_calls.closes(segment))
            yield kind, a * across + c * up + e - left, top - (b * across + d * up + f), closed

    def _take_lines(self, item: int, matrix: Matrix, count: int) -> None:
        start = here = (0.0, 0.0)
        for kind, x, y, closes in self._segments(item, matrix, count):
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                start = (x, y)
            elif kind == pdfium.FPDF_SEGMENT_LINETO:
                self._take_line(here, (x, y))
            here = (x, y)
            if closes:
                self._take_line(here, start)
                here = start

    def _take_pieces(self, item: int, matrix: Matrix, count: int) -> None:
        """A filled path of several closed figures: each one's box by itself."""
        figure: list[tuple[float, float]] = []
        for kind, x, y, _ in self._segments(item, matrix, count):
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                self._take_figure(figure)
                figure = []
            figure.append((x, y))
        self._take_figure(figure)

    def _take_figure(self, figure: list[tuple[float, float]]) -> None:
        if 2 <= len(figure) <= 7:
            xs, ys = zip(*figure, strict=True)
            box = (max(min(xs), 0.0), max(min(ys), 0.0), min(max(xs), 1e5), min(max(ys), 1e5))
            if box[0] <= box[2] and box[1] <= box[3]:
                self._take_filled(box)

    def _take_line(self, one: tuple[float, float], two: tuple[float, float]) -> None:
        width, height = abs(one[0] - two[0]), abs(one[1] - two[1])
        if height <= 1.0 and 1.0 < width < self._longest:
            self.across.append(Rule((one[1] + two[1]) / 2, min(one[0], two[0]), max(one[0], two[0])))
        elif width <= 1.0 and 1.0 < height < self._longest:
            self.down.append(Rule((one[0] + two[0]) / 2, min(one[1], two[1]), max(one[1], two[1])))


def _inside(item: int, outer: Matrix) -> Matrix:
    """The matrix of what an object draws, given the one that the object itself is drawn with."""
    own = pdfium.FS_MATRIX()
    if not pdf_calls.matrix_of_object(item, ctypes.addressof(own)):
        return outer
    return _product((own.a, own.b, own.c, own.d, own.e, own.f), outer)


def _product(inner: Matrix, outer: Matrix) -> Matrix:
    """`inner` first, then `outer`."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def _moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return (a * x + c * y + e, b * x + d * y + f)
