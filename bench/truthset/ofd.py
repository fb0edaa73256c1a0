"""OFD (GB/T 33190): the same pages as in the made PDFs, in the XML of the national fixed-layout format."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from random import Random

from bench.truthset.content import Content
from bench.truthset.pdf import TRAITS, draw, paper, some_look
from bench.truthset.pdf_text import width_of

SPACE = "http://www.ofdspec.org/2016"
MILLIMETRES = 25.4 / 72
Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class Habits:
    """How one program writes: `prefix` of its tags; `grouped` steps between characters (`g 3 5`); `joined`
    puts many rules into one path; `scaled` draws in other units behind a matrix; `template` draws the first
    objects of each page in a template; `rooted` locations begin with a slash; `parted` texts are cut."""

    prefix: str = "ofd:"
    grouped: bool = False
    joined: bool = False
    scaled: bool = False
    template: bool = False
    rooted: bool = False
    parted: bool = False


def ofd(content: Content, rng: Random) -> bytes:
    """The report as an OFD file."""
    look = replace(some_look(rng, bare=False), turned=False)
    names = [name for name in vars(Habits()) if name != "prefix"]
    habits = Habits(rng.choice(("ofd:", "ofd:", "")), **{name: rng.random() < 0.35 for name in names})
    content.features += [look.rules, *(name for name in TRAITS if getattr(look, name))]
    content.features += [name for name in names if getattr(habits, name)]
    canvas = Canvas(paper(look), habits, rng)
    draw(content, look, canvas, rng)
    return package(canvas.pages, paper(look), habits)


class Canvas:
    """Takes the orders of a reportlab canvas and writes objects; `pages` has the XML of each page's."""

    def __init__(self, size: tuple[float, float], habits: Habits, rng: Random) -> None:
        self.size = size
        self.habits = habits
        self.rng = rng
        self.pages: list[list[str]] = []
        self._objects: list[str] = []
        self._strokes: list[str] = []
        self._number = 100
        self._letter_size = 12.0
        self._state = _State()
        self._saved: list[_State] = []

    def saveState(self) -> None:  # noqa: N802 - reportlab's names, here and below
        self._saved.append(self._state)

    def restoreState(self) -> None:  # noqa: N802
        self._flush()
        self._state = self._saved.pop()

    def setLineWidth(self, width: float) -> None:  # noqa: N802
        self._state = replace(self._state, width=width)

    def setDash(self, on: float, off: float) -> None:  # noqa: N802
        self._state = replace(self._state, dash=(on, off))

    def setStrokeGray(self, gray: float) -> None:  # noqa: N802
        self._state = replace(self._state, stroke=gray)

    def setFillGray(self, gray: float) -> None:  # noqa: N802
        self._state = replace(self._state, fill=gray)

    def setFont(self, _: str, size: float) -> None:  # noqa: N802
        self._letter_size = size

    def translate(self, x: float, y: float) -> None:
        a, b, c, d, e, f = self._state.matrix
        self._state = replace(self._state, matrix=(a, b, c, d, e + a * x + c * y, f + b * x + d * y))

    def rotate(self, degrees: float) -> None:
        a, b, c, d, e, f = self._state.matrix
        cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        turned = (a * cos + c * sin, b * cos + d * sin, c * cos - a * sin, d * cos - b * sin, e, f)
        self._state = replace(self._state, matrix=turned)

    def drawString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        self._flush()
        size = self._letter_size * MILLIMETRES
        for start, piece in self._parts(text):
            left = x + width_of(text[:start], self._letter_size)
            steps = [width_of(letter, self._letter_size) * MILLIMETRES for letter in piece]
            a, b, c, d, e, f = self._state.matrix
            # OFD counts downwards, so the turn goes the other way round.
            at = (e + a * left + c * y) * MILLIMETRES, (self.size[1] - f - b * left - d * y) * MILLIMETRES
            if (a, b) == (1.0, 0.0):
                box, turn, origin = (at[0], at[1] - 0.86 * size, sum(steps), 1.1 * size), "", 0.86 * size
            else:
                box, turn, origin = (*at, size, size), f' CTM="{_numbers((a, -b, -c, d, 0, 0))}"', 0.0
            delta = f' DeltaX="{self._deltas(steps[:-1])}"' if len(piece) > 1 else ""
            tag = f"{self.habits.prefix}TextCode"
            self._put(
                "TextObject",
                f'Boundary="{_numbers(box)}"{turn} Font="3" Size="{size:.3f}"',
                f'<{tag} X="0" Y="{origin:.3f}"{delta}>{escape(piece, quote=False)}</{tag}>',
            )

    def _parts(self, text: str) -> list[tuple[int, str]]:
        if not self.habits.parted or len(text) < 3 or self.rng.random() < 0.5:
            return [(0, text)]
        at = self.rng.randint(1, len(text) - 1)
        return [(0, text[:at]), (at, text[at:])]

    def _deltas(self, steps: Sequence[float]) -> str:
        words: list[str] = []
        place = 0
        while place < len(steps):
            end = place
            while self.habits.grouped and end < len(steps) and steps[end] == steps[place]:
                end += 1
            many = end - place > 1
            words.append(f"g {end - place} {steps[place]:.3f}" if many else f"{steps[place]:.3f}")
            place = end if many else place + 1
        return " ".join(words)

    def lines(self, lines: Sequence[tuple[float, float, float, float]]) -> None:
        for one in lines:
            self.line(*one)

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self._strokes.append(self._path([(x1, y1), (x2, y2)]))
        if not self.habits.joined:
            self._flush()

    def rect(self, x: float, y: float, width: float, height: float, *, stroke: int, fill: int) -> None:
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        shape = f"{self._path(corners)} C"
        if fill:
            self._flush()
            colour = self._colour("FillColor", self._state.fill)
            self._drawn(shape, 'Fill="true" Stroke="false"', colour)
        if stroke:
            self._strokes.append(shape)
            if not self.habits.joined:
                self._flush()

    def _path(self, points: Sequence[tuple[float, float]]) -> str:
        unit = 10.0 if self.habits.scaled else 1.0
        placed = [
            f"{x * MILLIMETRES * unit:.3f} {(self.size[1] - y) * MILLIMETRES * unit:.3f}" for x, y in points
        ]
        return f"M {' L '.join(placed)}"

    def _flush(self) -> None:
        if not self._strokes:
            return
        unit = 10.0 if self.habits.scaled else 1.0
        width = f'LineWidth="{self._state.width * MILLIMETRES * unit:.3f}"'
        if self._state.dash[0]:
            width += f' DashPattern="{_numbers([one * MILLIMETRES * unit for one in self._state.dash])}"'
        shape, self._strokes = " ".join(self._strokes), []
        self._drawn(shape, width, self._colour("StrokeColor", self._state.stroke))

    def _drawn(self, shape: str, how: str, colour: str) -> None:
        page = _numbers((0, 0, self.size[0] * MILLIMETRES, self.size[1] * MILLIMETRES))
        matrix = ' CTM="0.1 0 0 0.1 0 0"' if self.habits.scaled else ""
        tag = f"{self.habits.prefix}AbbreviatedData"
        self._put("PathObject", f'Boundary="{page}"{matrix} {how}', f"{colour}<{tag}>{shape}</{tag}>")

    def _colour(self, tag: str, gray: float) -> str:
        value = round(255 * gray)
        return f'<{self.habits.prefix}{tag} Value="{value} {value} {value}"/>' if value else ""

    def _put(self, tag: str, attributes: str, inner: str) -> None:
        self._number += 1
        name = f"{self.habits.prefix}{tag}"
        self._objects.append(f'<{name} ID="{self._number}" {attributes}>{inner}</{name}>')

    def showPage(self) -> None:  # noqa: N802
        self._flush()
        self.pages.append(self._objects)
        self._objects, self._state, self._saved = [], _State(), []

    def save(self) -> None:
        """Nothing is left to do."""


@dataclass(frozen=True)
class _State:
    width: float = 1.0
    dash: tuple[float, float] = (0.0, 0.0)
    stroke: float = 0.0
    fill: float = 0.0
    matrix: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _numbers(values: Sequence[float]) -> str:
    return " ".join(f"{value:.4g}" if abs(value) < 1 else f"{value:.3f}" for value in values)


def package(pages: Sequence[Sequence[str]], size: tuple[float, float], habits: Habits) -> bytes:
    """An OFD file with these objects on its pages; `size` is theirs, in points."""
    root = "/" if habits.rooted else ""
    box = _numbers((0, 0, size[0] * MILLIMETRES, size[1] * MILLIMETRES))
    apart = [2 if habits.template and len(page) > 4 else 0 for page in pages]
    listed = "".join(
        f'<ofd:Page ID="{number + 10}" BaseLoc="{_location(root, f"Pages/Page_{number}/Content.xml")}"/>'
        for number in range(len(pages))
    )
    templates = "".join(
        f'<ofd:TemplatePage ID="{number + 5000}" '
        f'BaseLoc="{_location(root, f"Tpls/Tpl_{number}/Content.xml")}"/>'
        for number, count in enumerate(apart)
        if count
    )
    parts = {
        "OFD.xml": _tag(
            "OFD",
            "<ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo>"
            f"<ofd:DocRoot>{root}Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>",
            ' Version="1.0" DocType="OFD"',
        ),
        "Doc_0/Document.xml": _tag(
            "Document",
            f"<ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>{box}</ofd:PhysicalBox></ofd:PageArea>"
            f"<ofd:PublicRes>{_location(root, 'PublicRes.xml')}</ofd:PublicRes>{templates}</ofd:CommonData>"
            f"<ofd:Pages>{listed}</ofd:Pages>",
        ),
        "Doc_0/PublicRes.xml": _tag(
            "Res", '<ofd:Fonts><ofd:Font ID="3" FontName="宋体" FamilyName="宋体"/></ofd:Fonts>'
        ),
    }
    for number, (page, count) in enumerate(zip(pages, apart, strict=True)):
        if count:
            parts[f"Doc_0/Tpls/Tpl_{number}/Content.xml"] = _layer(page[:count], habits, "")
        behind = f'<ofd:Template TemplateID="{number + 5000}" ZOrder="Background"/>' if count else ""
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = _layer(page[count:], habits, behind)
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, f'<?xml version="1.0" encoding="UTF-8"?>{text}', zipfile.ZIP_DEFLATED)
    return octets.getvalue()


def _location(root: str, path: str) -> str:
    return f"{root}Doc_0/{path}" if root else path


def _tag(name: str, inner: str, more: str = "") -> str:
    return f'<ofd:{name} xmlns:ofd="{SPACE}"{more}>{inner}</ofd:{name}>'


def _layer(objects: Sequence[str], habits: Habits, behind: str) -> str:
    tag = f"{habits.prefix}Layer"
    space = "" if habits.prefix else f' xmlns="{SPACE}"'
    layer = f'<{tag}{space} ID="1" Type="Body">{"".join(objects)}</{tag}>'
    return _tag("Page", f"{behind}<ofd:Content>{layer}</ofd:Content>")
