"""Pages of an OFD file that are pictures: the images are put where the page has them, and what is then to be
seen is recognised, as a scanned page of a PDF is. Needs the extra `ocr`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parser.document import Box, Unreadable
from parser.readers.geometry import Sheet
from parser.readers.scan_pages import recognised, scale_of

if TYPE_CHECKING:
    from parser.readers.scan import ScannedSheet

MOST_PICTURES = 64
"""Images put together for one page; programs of scanners cut a page into stripes."""

MOST_DOTS = 100_000_000
"""Dots of all images of one page."""

_LARGEST_SHARE = 9.0
"""What is drawn so many times as large as the page is no scan of it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image on a page: its box in points, by how many quarters it is turned clockwise, and its number in
    the resources."""

    box: Box
    turn: int
    resource: str


def recognised_page(
    sheet: Sheet, pictures: Sequence[Picture], octets: Callable[[str], bytes]
) -> ScannedSheet | None:
    """The sheet read from its pictures; `octets` gives those of a resource, or raises `Unreadable`. `None`
    where not one of them can be decoded."""
    import numpy as np  # noqa: PLC0415 - of the extra `ocr`, like the modules below
    from PIL import Image  # noqa: PLC0415

    from parser.readers.image import first_picture  # noqa: PLC0415

    scale = scale_of(sheet.width, sheet.height, 72.0)
    page = Image.new(
        "RGB", (max(round(sheet.width * scale), 1), max(round(sheet.height * scale), 1)), "white"
    )
    left_dots = MOST_DOTS
    drawn = 0
    for one in pictures[:MOST_PICTURES]:
        left, top, right, bottom = (edge * scale for edge in one.box)
        wide, high = round(right - left), round(bottom - top)
        if wide < 1 or high < 1 or wide * high > _LARGEST_SHARE * page.width * page.height:
            continue
        try:
            picture = first_picture(octets(one.resource))
        except Unreadable:
            continue
        left_dots -= picture.width * picture.height
        if left_dots < 0:
            break
        picture = picture.rotate(-90 * one.turn, expand=True) if one.turn else picture
        how = Image.Resampling.BOX if picture.width > wide else Image.Resampling.BICUBIC
        page.paste(picture.resize((wide, high), how), (round(left), round(top)))
        drawn += 1
    if not drawn:
        return None
    return recognised(np.asarray(page, np.uint8), sheet.number, 1 / scale)
