"""One page of an OFD file (GB/T 33190) as a `Sheet`: its characters and rules in PDF points.

OFD counts in millimetres from the top left corner. A character stands where `DeltaX` and `DeltaY` put it; its
width is known only by what comes next, since the fonts need not be in the file.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Box
from parser.readers.geometry import Glyph, Rule, Sheet
from parser.readers.ofd_pictures import Picture

MOST_OBJECTS = 60_000
"""Work that one page may take: objects, and more for long texts and paths."""

MOST_GLYPHS = 60_000
"""Characters looked at on one page."""

POINTS = 72 / 25.4
"""PDF points a millimetre."""

Matrix = tuple[float, float, float, float, float, float]

_NUMBER = re.compile(r"-?(?:\d{1,9}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE]-?\d{1,2})?")
_PATH = re.compile(rf"([SMLQBAC])|({_NUMBER.pattern})")
_COUNTS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
_THIN = 3.0
_SLANT = 0.12
_BESIDE = 0.3
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""Marks that nobody sees: soft hyphens, places to break or not to break."""
_DEEPEST = 10
_ASCENT = 0.86
_FARTHEST = 1e5
_LONGEST_PATH = 200_000
_MOST_GROUNDS = 100

Unit = Callable[[str], Element | None]
"""Gives the content of a composite unit by its number in the resources."""


@dataclass(slots=True)
class PageReader:
    """Puts what a page, its templates and their composite units draw on one sheet."""

    sheet: Sheet
    unit: Unit
    left: int = MOST_OBJECTS
    order: int = 0
    pictures: list[Picture] = field(default_factory=list)
    unseen: list[Glyph] = field(default_factory=list)
    """Characters that are drawn invisibly, as somebody's recognition of a picture is."""
    white: list[Glyph] = field(default_factory=list)
    """Characters in white; what is not on ground of a colour nobody sees."""
    grounds: list[Box] = field(default_factory=list)
    """Areas that are filled with a colour."""

    def take(self, content: Element, matrix: Matrix = _IDENTITY, depth: int = 0) -> None:
        """Look at every object below an element: layers, blocks, texts, paths, pictures."""
        for item in content:
            tag = name(item)
            if item.get("Visible") == "false" or tag in ("Annotations", "Actions"):
                continue
            self._spend(1)
            if self.left < 0:
                self.sheet.crowded = True
                return
            if tag == "TextObject":
                seen = len(self.sheet.glyphs)
                self._text(item, _placed(item, matrix))
                if _is_unseen(item):
                    self.unseen += self.sheet.glyphs[seen:]
                    self.sheet.layer.subtract(glyph.text for glyph in self.sheet.glyphs[seen:])
                    del self.sheet.glyphs[seen:]
                elif _is_white(item):
                    self.white += self.sheet.glyphs[seen:]
            elif tag == "PathObject":
                self._path(item, _placed(item, matrix))
            elif tag == "ImageObject":
                self._picture(item, matrix)
            elif tag == "CompositeObject" and depth < _DEEPEST:
                unit = self.unit(item.get("ResourceID", ""))
                if unit is not None:
                    self.take(unit, _placed(item, matrix), depth + 1)
            elif tag in ("Layer", "PageBlock", "Content") and depth < _DEEPEST:
                self.take(item, matrix, depth + 1)

    def finish(self) -> None:
        """Take white characters on white paper from the sheet, when all is drawn."""
        on_paper = [
            glyph
            for glyph in self.white
            if not any(box[0] <= glyph.x <= box[2] and box[1] <= glyph.y <= box[3] for box in self.grounds)
        ]
        if on_paper:
            orders = {glyph.order for glyph in on_paper}
            self.sheet.glyphs = [glyph for glyph in self.sheet.glyphs if glyph.order not in orders]
            self.sheet.layer.subtract(glyph.text for glyph in on_paper)

    def _spend(self, work: int) -> None:
        """Count work, so that a unit or a template drawn again and again has an end."""
        self.left -= work

    def _text(self, item: Element, matrix: Matrix) -> None:
        if _is_slanted(matrix):
            return
        size = _float(item.get("Size"), 0.0)
        stretch = _float(item.get("HScale"), 1.0) or 1.0
        turn = (_turn(matrix) + int(_float(item.get("CharDirection"), 0.0)) // 90) % 4
        em = size * math.hypot(matrix[2], matrix[3]) * POINTS
        x = y = 0.0
        for code in item:
            if name(code) != "TextCode":
                continue
            # A program that lays out its XML breaks lines where no character stands.
            text = code.text or ""
            text = text.strip(" \t\r\n") if "\n" in text else text
            self._spend(len(text) // 2)
            if len(text) > MOST_GLYPHS:
                self.sheet.crowded = True
                text = text[:MOST_GLYPHS]
            x, y = _float(code.get("X"), x), _float(code.get("Y"), y)
            across = _deltas(code.get("DeltaX", ""), len(text))
            down = _deltas(code.get("DeltaY", ""), len(text))
            here_x, here_y = x, y
            for place, letter in enumerate(text):
                own = size * stretch * (1.0 if _is_wide(letter) else 0.5)
                # Without a step the pen moves by the character's width, and not at all when it goes down.
                step = across[place] if place < len(across) else (0.0 if place < len(down) else own)
                width = min(own, step) if step > 0 else own
                if letter in _UNSEEN:
                    width = step if place < len(across) else size * stretch
                self._letter(letter, (here_x, here_y, width, size), matrix, em, turn)
                here_x += step
                here_y += down[place] if place < len(down) else 0.0

    def _letter(
        self, letter: str, place: tuple[float, float, float, float], matrix: Matrix, em: float, turn: int
    ) -> None:
        """Put a character on the sheet; `place` is its origin on the baseline, width and size."""
        x, y, width, size = place
        meant = _meant(letter)
        if letter in _UNSEEN:
            self._widen(_box(matrix, (x, y - _ASCENT * size), (x + width, y + (1 - _ASCENT) * size)))
            return
        if not meant:
            self.sheet.unmapped += letter == "\ufffd" or 0xE000 <= ord(letter) < 0xF900
            return
        box = _box(matrix, (x, y - _ASCENT * size), (x + width, y + (1 - _ASCENT) * size))
        sheet = self.sheet
        outside = box is None or box[2] < 0 or box[3] < 0 or box[0] > sheet.width or box[1] > sheet.height
        if meant != " ":
            sheet.layer[meant] += 1
        if outside or not em > 0:
            sheet.misplaced += meant != " "
            return
        assert box is not None
        if len(sheet.glyphs) >= MOST_GLYPHS:
            sheet.crowded = True
            return
        self.order += 1
        sheet.glyphs.append(Glyph(meant, *box, min(em, 2000.0), turn, self.order))

    def _widen(self, mark: Box | None) -> None:
        """Give the last character the space of an unseen mark right behind it: some fonts have one for marks
        without width, and what it parts is one word all the same."""
        last = self.sheet.glyphs[-1] if self.sheet.glyphs else None
        if last is None or mark is None or last.order != self.order or last.turn:
            return
        if abs(mark[0] - last.right) < _BESIDE * last.size and abs(mark[1] - last.top) < last.size:
            last.right = max(last.right, mark[2])

    def _path(self, item: Element, matrix: Matrix) -> None:
        data = next((part.text or "" for part in item if name(part) == "AbbreviatedData"), "")
        self._spend(len(data) // 40)
        fill = item.get("Fill") == "true"
        stroke = item.get("Stroke") != "false"
        for figure in _figures(data[:_LONGEST_PATH]):
            points = [point for one in figure if (point := _moved(matrix, one)) is not None]
            if len(points) < 2:
                continue
            xs, ys = zip(*points, strict=True)
            box = (min(xs), min(ys), max(xs), max(ys))
            thin = min(box[2] - box[0], box[3] - box[1]) <= _THIN
            if thin and (fill or len(points) == 2):
                self._filled(box)
            elif stroke:
                for one, two in pairwise(points):
                    self._line(one, two)
            elif fill and len(points) <= 7:
                self._filled(box)
            if fill and not thin and not _is_white(item) and len(self.grounds) < _MOST_GROUNDS:
                self.grounds.append(box)

    def _filled(self, box: Box) -> None:
        """A filled box is a line when thin, a panel when not."""
        width, height = box[2] - box[0], box[3] - box[1]
        if height <= _THIN:
            self.sheet.across.append(Rule((box[1] + box[3]) / 2, box[0], box[2]))
        if width <= _THIN:
            self.sheet.down.append(Rule((box[0] + box[2]) / 2, box[1], box[3]))
        if width > _THIN and height > _THIN:
            self.sheet.panels.append(box)

    def _line(self, one: tuple[float, float], two: tuple[float, float]) -> None:
        width, height = abs(one[0] - two[0]), abs(one[1] - two[1])
        if height <= 1.0 < width:
            self.sheet.across.append(Rule((one[1] + two[1]) / 2, min(one[0], two[0]), max(one[0], two[0])))
        elif width <= 1.0 < height:
            self.sheet.down.append(Rule((one[0] + two[0]) / 2, min(one[1], two[1]), max(one[1], two[1])))

    def _picture(self, item: Element, matrix: Matrix) -> None:
        edges = _floats(item.get("Boundary", ""))
        if len(edges) == 4:
            box = _box(matrix, (edges[0], edges[1]), (edges[0] + edges[2], edges[1] + edges[3]))
            if box is not None:
                own = _floats(item.get("CTM", ""))
                turn = _turn((own[0], own[1], own[2], own[3], 0, 0)) if len(own) == 6 else 0
                self.pictures.append(Picture(box, turn, item.get("ResourceID", "")))
                share = (box[2] - box[0]) * (box[3] - box[1]) / (self.sheet.width * self.sheet.height)
                self.sheet.images = max(self.sheet.images, min(share, 1.0))


def _is_unseen(item: Element) -> bool:
    """Whether a text is drawn without ink."""
    if item.get("Alpha") == "0" or (item.get("Fill") == "false" and item.get("Stroke") != "true"):
        return True
    return any(name(part) == "FillColor" and part.get("Alpha") == "0" for part in item)


def _is_white(item: Element) -> bool:
    """Whether what fills an object is as white as paper."""
    color = next((part for part in item if name(part) == "FillColor"), None)
    value = (color.get("Value") or "") if color is not None else ""
    return value.split() == ["255"] * 3 or value.lower().split() == ["#ff"] * 3


def name(element: Element) -> str:
    """A tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def page_size(text: str) -> tuple[float, float]:
    """Width and height in points of a `PhysicalBox`; A4 where it makes no sense."""
    edges = _floats(text)
    if len(edges) == 4 and 10 <= edges[2] <= 5000 and 10 <= edges[3] <= 5000:
        return edges[2] * POINTS, edges[3] * POINTS
    return 210 * POINTS, 297 * POINTS


def _placed(item: Element, outer: Matrix) -> Matrix:
    """From an object's own space to the page: its matrix, then the corner of its boundary."""
    own = _floats(item.get("CTM", ""))
    inner = (own[0], own[1], own[2], own[3], own[4], own[5]) if len(own) == 6 else _IDENTITY
    corner = _floats(item.get("Boundary", ""))
    if len(corner) >= 2:
        inner = (*inner[:4], inner[4] + corner[0], inner[5] + corner[1])
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (
        a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s,
        e * p + f * r + t, e * q + f * s + u,
    )  # fmt: skip


def _moved(matrix: Matrix, point: tuple[float, float]) -> tuple[float, float] | None:
    """A point on the page in points, `None` for what is no place."""
    a, b, c, d, e, f = matrix
    x = (a * point[0] + c * point[1] + e) * POINTS
    y = (b * point[0] + d * point[1] + f) * POINTS
    # A comparison with NaN is false.
    return (x, y) if abs(x) < _FARTHEST and abs(y) < _FARTHEST else None


def _box(matrix: Matrix, one: tuple[float, float], two: tuple[float, float]) -> Box | None:
    corners = [_moved(matrix, corner) for corner in (one, two, (one[0], two[1]), (two[0], one[1]))]
    found = [corner for corner in corners if corner is not None]
    if len(found) < 4:
        return None
    xs, ys = zip(*found, strict=True)
    return (min(xs), min(ys), max(xs), max(ys))


def _turn(matrix: Matrix) -> int:
    """Quarter turns clockwise of the writing."""
    a, b = matrix[:2]
    if abs(b) <= abs(a):
        return 0 if a >= 0 else 2
    return 1 if b > 0 else 3


def _is_slanted(matrix: Matrix) -> bool:
    """Whether writing runs neither across nor up or down: a watermark or a stamp, no part of the report."""
    a, b = abs(matrix[0]), abs(matrix[1])
    return min(a, b) > _SLANT * max(a, b)


def _deltas(text: str, most: int) -> list[float]:
    """The steps between characters; `g 3 5` stands for three times 5."""
    words = iter(text.split()[: 4 * most + 4])
    steps: list[float] = []
    for word in words:
        if word == "g":
            times, step = _float(next(words, None), 0.0), _float(next(words, None), 0.0)
            steps.extend([step] * int(max(0.0, min(times, most))))
        else:
            steps.append(_float(word, 0.0))
        if len(steps) >= most:
            break
    return steps[:most]


def _figures(data: str) -> Iterator[list[tuple[float, float]]]:
    """The corners of each figure of a path, closed ones with the first corner again; of curves the ends."""
    figure: list[tuple[float, float]] = []
    for command, numbers in _commands(data):
        if command == "C":
            if figure:
                figure.append(figure[0])
        elif len(numbers) >= _COUNTS[command]:
            if command in "SM":
                if figure:
                    yield figure
                figure = []
            figure.append((numbers[-2], numbers[-1]))
    if figure:
        yield figure


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    command, numbers = "", list[float]()
    for found in _PATH.finditer(data):
        if found.group(1):
            if command:
                yield command, numbers
            command, numbers = found.group(1), []
        elif len(numbers) < _COUNTS.get(command, 0):
            numbers.append(float(found.group(2)))
    if command:
        yield command, numbers


def _meant(letter: str) -> str:
    """The character as it is meant; `""` where it has no meaning of its own."""
    code = ord(letter)
    if letter in " \t\r\n\xa0\u3000":
        return " "
    if code < 0x20 or code == 0xFFFD or 0xD800 <= code < 0xF900:
        return ""
    return unicodedata.normalize("NFKC", letter) if 0x2F00 <= code <= 0x2FD5 else letter


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WFA"


def _floats(text: str) -> list[float]:
    return [_float(word, math.nan) for word in text.split()[:16]]


def _float(text: str | None, otherwise: float) -> float:
    return float(text) if text and _NUMBER.fullmatch(text.strip()) else otherwise
