"""What stands on a page, before anyone knows what it means: characters, rules, filled panels.

One vocabulary for every format that places things by coordinates (PDF today; OFD and scans bring the same
shapes). A `Sheet` is one page turned so that its text reads from left to right: x grows to the right, y grows
*downwards*, the unit is the PDF point (1/72 inch), the origin is the top left corner of the upright page.
`Sheet.source_box` leads back to the page as the file draws it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from parser.document import Box, record


@dataclass(slots=True, eq=False)
class Glyph:
    """One printed character with the box of its advance (its ink, where the writing is vertical).

    `size` is the height of an em. `turn` is the direction in which the writing runs, in quarter turns
    clockwise against the sheet (0 for nearly everything). `order` is its place in the content stream.
    `confidence` is less than 1 where it was recognised in a picture.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    turn: int = 0
    order: int = 0
    confidence: float = 1.0

    @property
    def x(self) -> float:
        """The middle, across."""
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        """The middle, down."""
        return (self.top + self.bottom) / 2


@record
class Rule:
    """A straight line along an axis: at `at` from `start` to `end` (x for a horizontal one, y otherwise)."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Sheet:
    """One upright page. `turn` says by how many quarter turns clockwise the file's page was turned to get
    here; `width` and `height` are those of the upright page; `number` counts from 1.

    `images` is the largest share of the page that one picture covers (0 to 1). `unmapped` counts characters
    that have no Unicode meaning in the file, `misplaced` those that lie off the page. `layer` counts the
    characters of the page's text layer, found without their places; `aside` those of them that were left
    out: off the page, a watermark, or, `struck` of them, with a line through them. `recognised` is true where
    all text is drawn invisibly (over a scan), `crowded` where there was more than is looked at. `stains` are
    places of a scan where something is printed that was not read. `beside` is the page that follows on the
    same page of the file, where that shows two.
    """

    number: int
    width: float
    height: float
    turn: int = 0
    glyphs: list[Glyph] = field(default_factory=list)
    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)
    panels: list[Box] = field(default_factory=list)
    images: float = 0.0
    unmapped: int = 0
    misplaced: int = 0
    layer: Counter[str] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)
    recognised: bool = False
    crowded: bool = False
    struck: int = 0
    stains: list[Box] = field(default_factory=list)
    beside: Sheet | None = None

    def source_box(self, box: Box) -> Box:
        """A box of this sheet on the page as the file draws it (origin top left, unrotated)."""
        return turned(box, -self.turn, self.width, self.height)


def turned(box: Box, turns: int, width: float, height: float) -> Box:
    """`box` after its page of `width` by `height` was turned by `turns` quarters clockwise."""
    left, top, right, bottom = box
    match turns % 4:
        case 1:
            return (height - bottom, left, height - top, right)
        case 2:
            return (width - right, height - bottom, width - left, height - top)
        case 3:
            return (top, width - right, bottom, width - left)
        case _:
            return box


def enclosing(boxes: Iterable[Box]) -> Box:
    """The smallest box around all of them. There must be at least one."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))
