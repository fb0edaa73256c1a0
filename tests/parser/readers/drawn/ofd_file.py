"""A made report as an OFD file: placed characters and drawn lines, in millimetres."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from tests.parser.made.tables import Rows
from tests.parser.readers.drawn.reports import Made

SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
WIDTH, HEIGHT = 210.0, 297.0
_MARGIN = 20.0
_SIZE = 3.2
_LEADING = 4.2


@dataclass
class _Pages:
    """Pages while they are drawn; `y` is how far the last one is filled."""

    dice: random.Random
    boxes: bool
    grouped: bool
    pages: list[list[str]] = field(default_factory=lambda: [[]])
    y: float = _MARGIN
    number: int = 100

    def put(self, xml: str) -> None:
        self.number += 1
        self.pages[-1].append(xml.replace("ID=''", f'ID="{self.number}"'))

    def room(self, height: float) -> None:
        if self.y + height > HEIGHT - _MARGIN:
            self.pages.append([])
            self.y = _MARGIN

    def text(self, x: float, y: float, text: str, size: float = _SIZE) -> None:
        """A line of text whose top left corner is (x, y)."""
        steps = [size if ord(letter) > 0x2000 else size / 2 for letter in text]
        width = sum(steps)
        self.put(
            f'<ofd:TextObject ID=\'\' Boundary="{x:.3f} {y:.3f} {width:.3f} {size * 1.1:.3f}" Font="3" '
            f'Size="{size}"><ofd:TextCode X="0" Y="{size * 0.86:.3f}" DeltaX="{self._deltas(steps[:-1])}">'
            f"{escape(text)}</ofd:TextCode></ofd:TextObject>"
        )

    def _deltas(self, steps: Sequence[float]) -> str:
        if not self.grouped:
            return " ".join(f"{step:.3f}" for step in steps)
        words, place = [], 0
        while place < len(steps):
            run = place
            while run < len(steps) and steps[run] == steps[place]:
                run += 1
            step = f"{steps[place]:.3f}"
            words.append(f"g {run - place} {step}" if run - place > 1 else step)
            place = run
        return " ".join(words)

    def line(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """A rule: a stroke, or a thin filled box."""
        left, top, wide, high = min(x, to_x), min(y, to_y), abs(x - to_x), abs(y - to_y)
        boundary = f"{left - 0.2:.3f} {top - 0.2:.3f} {wide + 0.4:.3f} {high + 0.4:.3f}"
        if self.boxes:
            far, low = f"{wide + 0.3:.3f}", f"{high + 0.3:.3f}"
            data = f"M 0.1 0.1 L {far} 0.1 L {far} {low} L 0.1 {low} C"
            paint = 'Fill="true" Stroke="false"'
        else:
            data = f"M 0.2 0.2 L {wide + 0.2:.3f} {high + 0.2:.3f}"
            paint = 'LineWidth="0.25"'
        self.put(
            f"<ofd:PathObject ID='' Boundary=\"{boundary}\" {paint}>"
            f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
        )


def file(made: Made, seed: int) -> bytes:
    """The report; how rules and steps are written varies with the seed."""
    dice = random.Random(seed)
    pages = _Pages(dice, boxes=dice.random() < 0.4, grouped=dice.random() < 0.6)
    for block in made.blocks:
        if isinstance(block, str):
            _paragraph(pages, block)
        else:
            _table(pages, block)
    return package(["".join(page) for page in pages.pages])


def _paragraph(pages: _Pages, text: str) -> None:
    size = 5.0 if pages.y == _MARGIN and len(pages.pages) == 1 else 4.0
    across = int((WIDTH - 2 * _MARGIN) / size)
    for start in range(0, len(text), across):
        pages.room(size * 1.6)
        pages.text(_MARGIN, pages.y, text[start : start + across], size)
        pages.y += size * 1.6
    pages.y += 2


def _table(pages: _Pages, rows: Rows) -> None:
    width = max(sum(across for _, _, across in row) for row in rows)
    step = (WIDTH - 2 * _MARGIN) / width
    placed = _placed(rows)
    heights = [7.0] * len(rows)
    for row, _, text, down, across in placed:
        letters = max(int((across * step - 1.5) / _SIZE), 1)
        needed = -(-len(text) // letters) * _LEADING + 2
        while sum(heights[row : row + down]) < needed:
            heights[row + down - 1] += _LEADING
    total = sum(heights)
    pages.room(total if total < HEIGHT - 2 * _MARGIN else 60)
    start = 0
    while start < len(rows):
        end, height = start, 0.0
        while end < len(rows) and pages.y + height + heights[end] <= HEIGHT - _MARGIN:
            height += heights[end]
            end += 1
        end = max(end, start + 1)
        _part(pages, placed, heights, step, (start, end))
        start = end
        if start < len(rows):
            pages.pages.append([])
            pages.y = _MARGIN
    pages.y += 4


Placed = list[tuple[int, int, str, int, int]]


def _placed(rows: Rows) -> Placed:
    """Cells with their row and column."""
    taken: set[tuple[int, int]] = set()
    placed: Placed = []
    for number, row in enumerate(rows):
        column = 0
        for text, down, across in row:
            while (number, column) in taken:
                column += 1
            taken |= {(number + r, column + c) for r in range(down) for c in range(across)}
            placed.append((number, column, text, down, across))
            column += across
    return placed


def _part(pages: _Pages, placed: Placed, heights: list[float], step: float, rows: tuple[int, int]) -> None:
    """The rows from the first to before the second, each cell with its own border."""
    start, end = rows
    tops = {start: pages.y}
    for row in range(start, end):
        tops[row + 1] = tops[row] + heights[row]
    for row, column, text, down, across in placed:
        first, last = max(row, start), min(row + down, end)
        if first >= last:
            continue
        left, right = _MARGIN + column * step, _MARGIN + (column + across) * step
        top, bottom = tops[first], tops[last]
        for line in ((left, top, right, top), (left, bottom, right, bottom), (left, top, left, bottom),
                     (right, top, right, bottom)):  # fmt: skip
            pages.line(*line)
        if row >= start:
            letters = max(int((across * step - 1.5) / _SIZE), 1)
            # Numbers are narrow: twice as many fit.
            letters = 2 * letters if text.isascii() else letters
            pieces = [text[at : at + letters] for at in range(0, len(text), letters)]
            for number, piece in enumerate(pieces):
                if piece.strip():
                    pages.text(left + 0.8, top + 1.2 + number * _LEADING, piece)
    pages.y = tops[end]


def package(pages: list[str], template: str = "", resources: str = "") -> bytes:
    """An OFD file of these pages: the XML of each one's layer. `template` is drawn behind every page."""
    parts = {
        "OFD.xml": f'<ofd:OFD {SPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1'
        "</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {SPACE}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 "
        f"{WIDTH} {HEIGHT}</ofd:PhysicalBox></ofd:PageArea><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"
        '<ofd:TemplatePage ID="2" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData><ofd:Pages>'
        + "".join(
            f'<ofd:Page ID="{number + 10}" BaseLoc="Pages/Page_{number}/Content.xml"/>'
            for number in range(len(pages))
        )
        + "</ofd:Pages></ofd:Document>",
        "Doc_0/DocumentRes.xml": f"<ofd:Res {SPACE}>{resources}</ofd:Res>",
        "Doc_0/Tpls/Tpl_0/Content.xml": _content(template),
    }
    for number, page in enumerate(pages):
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = _content(
            page, '<ofd:Template TemplateID="2" ZOrder="Background"/>'
        )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{xml}')
    return stream.getvalue()


def _content(layer: str, head: str = "") -> str:
    return (
        f'<ofd:Page {SPACE}>{head}<ofd:Content><ofd:Layer ID="1" Type="Body">{layer}</ofd:Layer>'
        "</ofd:Content></ofd:Page>"
    )
