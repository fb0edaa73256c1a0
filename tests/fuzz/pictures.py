"""Images that reach the recogniser of characters: words and small tables in every mode, shape and container
that a file can have, sound or damaged; and headers that lie (`headers`). Needs Pillow, with its font.

Most of them say that they are narrow strips of paper, because a file that does not is read as an A4 sheet, at
seconds each; one in fifty is a whole sheet.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw

from bench.truthset.archives import zipped
from tests.fuzz.containers import opened
from tests.fuzz.headers import lying
from tests.fuzz.mutation import mutant
from tests.parser.readers.drawn import ofd_file

KINDS: dict[str, tuple[str, ...]] = {
    "PNG": ("1", "L", "P", "LA", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK", "YCbCr"),
    "GIF": ("1", "L", "P", "RGB", "RGBA"),
    "BMP": ("1", "L", "P", "RGB", "RGBA"),
    "TIFF": ("1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "I", "F", "LAB"),
    "WEBP": ("RGB", "RGBA", "L"),
    "PDF": ("1", "L", "P", "RGB", "CMYK"),
}
"""The modes that a container takes."""

PACKINGS = {
    "1": ("group3", "group4", "packbits", "raw"),
    "L": ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "raw"),
    "RGB": ("tiff_lzw", "tiff_adobe_deflate", "jpeg", "raw"),
}
"""How a TIFF packs the dots of a mode."""

SIDES = (1, 2, 7, 8, 31, 199, 200, 233, 400, 640)
_SAYING = {"PNG", "JPEG", "TIFF", "BMP", "PDF"}
"""Containers that say how many dots an inch has."""

_STRIPS = ((64, 1110), (1110, 40), (1110, 48), (1110, 64), (1110, 90), (555, 30), (1180, 130))
_ORIENTATION = 0x0112
_RESOLUTIONS = (0, 1, 72, 200, 300, 2400, 65535)
_TITLE = "某某市公安局2023年政府信息公开工作年度报告"
_INCH_MM = 25.4


def picture(rng: Random) -> bytes:
    """An image file, or a file that shows images; one in three is damaged after it was written."""
    kind, octets = rng.choice(_MAKERS)(rng)
    return mutant(rng, octets, (octets,), kind) if rng.random() < 0.33 else octets


def sheet(rng: Random, size: tuple[int, int]) -> Image.Image:
    """A sheet with a few words and a table, or with what is no writing at all."""
    page = Image.new("L", size, rng.choice((255, 255, 255, 230, 128, 0)))
    pen = ImageDraw.Draw(page)
    ink = 0 if page.getpixel((0, 0)) else 255
    width, height = size
    for _ in range(rng.choice((0, 1, 3, 6))):
        at = rng.randint(-20, width), rng.randint(-20, height)
        word = rng.choice(("2023", "0", "12345", "1 2 3", "annual report", "-", "....", "III|||"))
        pen.text(at, word, fill=ink, font_size=rng.choice((3, 9, 18, 30, 90)))
    if rng.random() < 0.4:
        _table(rng, pen, size, ink)
    for _ in range(rng.choice((0, 0, 3, 9))):
        across, level = rng.random() < 0.5, rng.randint(0, max(width, height))
        ends = (0, level, width, level) if across else (level, 0, level, height)
        pen.line(ends, ink, rng.choice((1, 1, 2, 9)))
    if rng.random() < 0.15:
        # Pillow's own noise is another each time.
        noise = Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))
        page = Image.blend(page, noise, rng.choice((0.1, 0.3, 1)))
    return page.rotate(rng.choice((0, 0, 0, 0, 0, 2, 45, 90, 180)), fillcolor=255)


def _table(rng: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int], ink: int) -> None:
    """Two to four columns of numbers, ruled."""
    columns, rows = rng.randint(2, 4), rng.randint(1, 3)
    wide, high = size[0] // columns, size[1] // rows
    for row in range(rows):
        for column in range(columns):
            left, top = column * wide, row * high
            pen.rectangle((left, top, left + wide, top + high), outline=ink)
            pen.text(
                (left + 9, top + 5), rng.choice(("12", "0", "345")), fill=ink, font_size=min(high, 29) + 1
            )


def _strip(rng: Random) -> tuple[str, bytes]:
    """One frame in one of the modes of its container, with odd marks of how to turn it."""
    kind = rng.choice(tuple(KINDS))
    # A tall one that does not say what an inch is would be read as if it were as wide as a sheet.
    page = _in_mode(sheet(rng, rng.choice(_STRIPS[kind not in _SAYING :])), kind, rng)
    exif = Image.Exif()
    exif[_ORIENTATION] = rng.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 65535))
    more: dict[str, object] = {}
    if kind in ("JPEG", "PNG", "TIFF") and rng.random() < 0.5:
        more = {"exif": exif}
    elif kind == "TIFF" and page.mode in PACKINGS:
        more = {"compression": rng.choice(PACKINGS[page.mode])}
    return _sort(kind), _written([page], kind, _inch(page), **more)


def _odd(rng: Random) -> tuple[str, bytes]:
    """A sheet whose file says nonsense of its size on paper, and so is read at the size of one."""
    kind = rng.choice(tuple(KINDS))
    size = rng.choice((233, 400, 640)), rng.choice((200, 330, 500))
    per_inch = rng.choice(_RESOLUTIONS) or 1 if kind == "PDF" else rng.choice(_RESOLUTIONS)
    return _sort(kind), _written([_in_mode(sheet(rng, size), kind, rng)], kind, per_inch)


def _shaped(rng: Random) -> tuple[str, bytes]:
    """Very long, very thin, or a single dot."""
    size = rng.choice(SIDES), rng.choice((1, 2, 7, 31, 40))
    if rng.random() < 0.3:
        size = rng.choice((1, 8, 31, 40)), rng.choice((3000, 12_000, 30_000))
    if rng.random() < 0.5:
        size = size[1], size[0]
    kind = rng.choice(("PNG", "TIFF", "GIF", "PDF"))
    return _sort(kind), _written([sheet(rng, size)], kind, rng.choice((200, 72)))


def _many(rng: Random) -> tuple[str, bytes]:
    """Frames of a TIFF or an animation, or pages of a PDF, more than are read now and then."""
    kind = rng.choice(("TIFF", "TIFF", "GIF", "WEBP", "PDF"))
    count = rng.choice((2, 2, 3, 70, 400))
    if count > 9 or kind in ("GIF", "WEBP"):
        # These two do not say how long an inch is; what is as thin as this is not looked at.
        frames = [sheet(rng, (220, 4)) if count < 9 else Image.new("L", (220, 4), 255) for _ in range(count)]
    else:
        frames = [sheet(rng, (1110, 48)) for _ in range(count)]
    mode = rng.choice(KINDS[kind])
    return _sort(kind), _written([_in_mode(one, kind, rng, mode) for one in frames], kind, _inch(frames[0]))


def _shown(rng: Random) -> tuple[str, bytes]:
    """A strip in an OFD, in a page of HTML, or several in an archive."""
    kind, octets = _strip(rng)
    if kind == "pdf":
        return kind, octets
    match rng.choice(("ofd", "html", "zip")):
        case "ofd":
            return "ofd", _ofd(rng, octets)
        case "html":
            filled = octets + bytes(max(6_500 - len(octets), 0))
            shown = base64.b64encode(filled).decode()
            page = f'<html><title>{_TITLE}</title><h1>{_TITLE}</h1><img src="data:image/png;base64,{shown}">'
            return "html", page.encode()
        case _:
            # Of several images, those that are too small for a sheet are none.
            first = _written([sheet(rng, (750, 300))], "PNG", 136)
            return "zip", zipped({"年报/1.png": first, "年报/2.png": octets, "年报/3.png": first[:900]})


def _ofd(rng: Random, octets: bytes) -> bytes:
    """A page as large as a strip, and on it an image where it belongs, or anywhere."""
    wide, high = 1110 / 200 * _INCH_MM, 90 / 200 * _INCH_MM
    box = rng.choice(
        (f"0 0 {wide} {high}", f"0 0 {wide} {high}", f"-9 3 {3 * wide} {high / 9}", "0 0 1e9 1e9")
    )
    turned = rng.choice(("", "", f' CTM="0 {wide} {-high} 0 {high} 0"', ' CTM="0 0 0 0 0 0"'))
    media = '<ofd:MultiMedia ID="8" Type="Image"><ofd:MediaFile>Res/0.png</ofd:MediaFile></ofd:MultiMedia>'
    area = f"<ofd:Area><ofd:PhysicalBox>0 0 {wide} {high}</ofd:PhysicalBox></ofd:Area>"
    drawn = f'<ofd:ImageObject ID="9" ResourceID="8" Boundary="{box}"{turned}/>' * rng.choice((1, 1, 3, 99))
    package = opened(ofd_file.package([area + drawn], resources=media))
    assert package is not None
    return package.packed({"Doc_0/Res/0.png": octets})


def _bomb(rng: Random) -> tuple[str, bytes]:
    """Little octets that say they are many dots."""
    size = rng.choice(((10_100, 9_999), (9_000, 9_000), (65_000, 1_500), (60_000, 200), (200, 60_000)))
    kind = rng.choice(("PNG", "TIFF", "PDF"))
    more = {"compression": "group4"} if kind == "TIFF" else {}
    return _sort(kind), _written([Image.new("1", size, 1)], kind, rng.choice((200, 72)), **more)


def _whole(rng: Random) -> tuple[str, bytes]:
    """A sheet of A4 with a table, or full of marks that look like words."""
    kind = rng.choice(("PNG", "JPEG", "TIFF", "PDF"))
    page = Image.new("L", (1000, 1414), 255)
    pen = ImageDraw.Draw(page)
    if rng.random() < 0.5:
        _table(rng, pen, page.size, 0)
    else:
        step = rng.choice((14, 30))
        for top in range(0, 1400, step):
            for left in range(0, 1000, 2 * step):
                pen.text((left, top), rng.choice(("88", "0", "i", "##")), fill=0, font_size=step * 0.7)
    return _sort(kind), _written([page], kind, 121)


def _headers(rng: Random) -> tuple[str, bytes]:
    return "image", lying(rng)


def _in_mode(page: Image.Image, kind: str, rng: Random, mode: str = "") -> Image.Image:
    mode = mode or rng.choice(KINDS[kind])
    if mode == "I;16":
        return page.convert("I").point(lambda level: level * 257).convert("I;16")
    if mode == "LAB":
        page = page.convert("RGB").convert("LAB")
        # It says when it was made.
        page.info.pop("icc_profile", None)
        return page
    return page.convert(mode)


def _inch(page: Image.Image) -> int:
    """Dots an inch with which the longer edge is as short as a sheet of paper can be."""
    return round(max(page.size) / 5.55)


def _sort(kind: str) -> str:
    """The format whose words are used to damage a file of this container."""
    return "pdf" if kind == "PDF" else "image"


def _written(frames: list[Image.Image], kind: str, per_inch: int, **more: object) -> bytes:
    stream = io.BytesIO()
    if kind == "PDF":
        # The same octets on any day.
        more |= {"resolution": per_inch, "creationDate": None, "modDate": None}
    elif kind in _SAYING:
        more["dpi"] = (per_inch, per_inch)
    several = {"save_all": True, "append_images": frames[1:]} if len(frames) > 1 else {}
    frames[0].save(stream, kind, **several, **more)
    return stream.getvalue()


_MAKERS: tuple[Callable[[Random], tuple[str, bytes]], ...] = (
    *(_strip,) * 23, *(_headers,) * 14, *(_shown,) * 5, *(_many,) * 3, *(_shaped,) * 2, _bomb, _odd, _whole,
)  # fmt: skip
"""As often as they stand here, of fifty."""
