"""Images that reach the recogniser of characters: small sheets with words and rules, in every mode, shape and
container that a file can have, sound or damaged. Needs Pillow; the words are drawn with its own font."""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw

from tests.fuzz.mutation import mutant

KINDS: dict[str, tuple[str, ...]] = {
    "PNG": ("1", "L", "P", "LA", "RGB", "RGBA", "I;16", "I"),
    "JPEG": ("L", "RGB", "CMYK", "YCbCr"),
    "GIF": ("1", "L", "P", "RGB", "RGBA"),
    "BMP": ("1", "L", "P", "RGB", "RGBA"),
    "TIFF": ("1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "I", "F", "LAB"),
    "WEBP": ("RGB", "RGBA", "L"),
}
"""The modes that a container takes."""

SIDES = (1, 2, 7, 8, 31, 199, 200, 233, 400, 640)
_ORIENTATION = 0x0112
_RESOLUTIONS = (0, 1, 72, 200, 200, 200, 300, 2400, 65535)


def picture(rng: Random) -> bytes:
    """An image file; one in three is damaged after it was written."""
    octets = rng.choice(_MAKERS)(rng)
    return mutant(rng, octets, (octets,), "image") if rng.random() < 0.33 else octets


def sheet(rng: Random, size: tuple[int, int]) -> Image.Image:
    """A sheet with a few words and a table, or with what is no writing at all."""
    page = Image.new("L", size, rng.choice((255, 255, 255, 230, 128, 0)))
    pen = ImageDraw.Draw(page)
    ink = 0 if page.getpixel((0, 0)) else 255
    width, height = size
    for _ in range(rng.choice((0, 1, 4, 12))):
        at = rng.randint(-20, width), rng.randint(-20, height)
        word = rng.choice(("2023", "0", "12345", "1 2 3", "annual report", "-", "....", "III|||"))
        pen.text(at, word, fill=ink, font_size=rng.choice((3, 9, 18, 30, 90)))
    for _ in range(rng.choice((0, 0, 3, 9))):
        across, level = rng.random() < 0.5, rng.randint(0, max(width, height))
        ends = (0, level, width, level) if across else (level, 0, level, height)
        pen.line(ends, ink, rng.choice((1, 1, 2, 9)))
    if rng.random() < 0.15:
        page = Image.blend(page, Image.effect_noise(size, rng.choice((20, 90, 250))), rng.choice((0.3, 1)))
    return page.rotate(rng.choice((0, 0, 0, 2, 45, 90, 180)), fillcolor=255)


def _one(rng: Random) -> bytes:
    """One frame in one of the modes of its container, with odd marks of size and of how to turn it."""
    kind = rng.choice(tuple(KINDS))
    page = _in_mode(sheet(rng, (rng.choice((233, 400, 640)), rng.choice((200, 330, 500)))), kind, rng)
    exif = Image.Exif()
    exif[_ORIENTATION] = rng.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 65535))
    more = {"exif": exif} if kind in ("JPEG", "PNG", "WEBP", "TIFF") and rng.random() < 0.5 else {}
    return _written([page], kind, rng, **more)


def _shaped(rng: Random) -> bytes:
    """Very long, very thin, or a single dot."""
    size = rng.choice(SIDES), rng.choice(SIDES)
    if rng.random() < 0.5:
        size = rng.choice((1, 8, 40, 200)), rng.choice((3000, 12_000, 30_000))
    if rng.random() < 0.5:
        size = size[1], size[0]
    kind = rng.choice(("PNG", "TIFF", "GIF"))
    return _written([sheet(rng, size)], kind, rng)


def _many(rng: Random) -> bytes:
    """Frames of a TIFF or an animation, more than are read now and then."""
    kind = rng.choice(("TIFF", "GIF", "WEBP"))
    count = rng.choice((2, 2, 3, 3, 70))
    side = 240 if count < 9 else 200
    blank = Image.new("L", (side, 200), 255)
    frames = [sheet(rng, blank.size) if count < 9 else blank for _ in range(count)]
    return _written([_in_mode(frame, kind, rng) for frame in frames], kind, rng)


def _bomb(rng: Random) -> bytes:
    """Little octets that say they are many dots."""
    size = rng.choice(((30_000, 30_000), (9_000, 9_000), (65_000, 1_500), (60_000, 200), (200, 60_000)))
    kind = rng.choice(("PNG", "TIFF"))
    more = {"compression": "group4"} if kind == "TIFF" else {}
    return _written([Image.new("1", size, 1)], kind, rng, **more)


def _crowded(rng: Random) -> bytes:
    """A page full of marks that look like words."""
    page = Image.new("L", (1000, 1400), 255)
    pen = ImageDraw.Draw(page)
    step = rng.choice((14, 30))
    for top in range(0, 1400, step):
        for left in range(0, 1000, 2 * step):
            pen.text((left, top), rng.choice(("88", "0", "i", "##")), fill=0, font_size=step * 0.7)
    return _written([page], "PNG", rng)


def _in_mode(page: Image.Image, kind: str, rng: Random) -> Image.Image:
    mode = rng.choice(KINDS[kind])
    if mode == "I;16":
        return page.convert("I").point(lambda level: level * 257).convert("I;16")
    if mode == "LAB":
        return page.convert("RGB").convert("LAB")
    return page.convert(mode)


def _written(frames: list[Image.Image], kind: str, rng: Random, **more: object) -> bytes:
    stream = io.BytesIO()
    per_inch = rng.choice(_RESOLUTIONS)
    dpi = {"dpi": (per_inch, rng.choice((per_inch, 1)))} if kind in ("PNG", "JPEG", "TIFF", "BMP") else {}
    several = {"save_all": True, "append_images": frames[1:]} if len(frames) > 1 else {}
    frames[0].save(stream, kind, **dpi, **several, **more)
    return stream.getvalue()


_MAKERS: tuple[Callable[[Random], bytes], ...] = (
    *(_one, _one, _one, _one, _shaped, _shaped, _many, _bomb, _crowded),
)
