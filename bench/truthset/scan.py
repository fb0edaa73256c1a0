"""Scans of made reports: `python -m bench.truthset.scan OUT --count N --seed S [--kind K]`.

The pages of `bench.truthset.pdf` on paper, then what scanners, fax machines and phones do to it: skew, a red
seal over the table, noise, faint or dotted rules, one bit a dot, a page on its side. The same seed gives the
same pages. Needs the extras `images` and `ocr`.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench.truthset import documents
from bench.truthset.documents import Made
from bench.truthset.pdf import draw, paper, some_look
from bench.truthset.scan_habits import IN_SCANNER, ON_PAPER, some_habits
from bench.truthset.scan_paper import Paper

SEED = 77
SOLID = ("solid", "rectangles", "filled", "segments", "double", "sloppy")
ENDINGS = ("pdf", "pdf", "pdf", "jpg", "png", "tif")

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Kind:
    """A sort of scan: its rules, its dots an inch, what is done to the pages, whether the sheets have been
    through an office (`scan_habits`), and whether two pages lie side by side on each."""

    rules: Sequence[str]
    dpi: int = 200
    spoil: str = "scanner"
    worn: bool = False
    paired: bool = False


KINDS = {
    "solid": Kind(SOLID),
    "gray": Kind(("gray",)),
    "dotted": Kind(("dotted",)),
    "hair": Kind(("hair",)),
    "fax": Kind(SOLID, spoil="fax"),
    "photo": Kind(SOLID, dpi=220, spoil="photo"),
    "coarse": Kind(SOLID, dpi=150),
    "turned": Kind(SOLID, spoil="turned"),
    "worn": Kind(SOLID, worn=True),
    "paired": Kind(SOLID, paired=True),
}


def scan(
    seed: int, number: int, kind: str, *, form: str = "2021", ending: str = "", font: Path | None = None
) -> Made:
    """One scanned report of that kind, with its truth. `ending` is one of `ENDINGS` (drawn where empty); a
    report of several pages is a PDF unless the picture format has pages."""
    rng = Random(f"nianbao/scan/{seed}/{number}/{kind}")
    how = KINDS[kind]
    content = documents.report(form, rng, "pdf")
    look = replace(
        some_look(rng, bare=False), rules=rng.choice(how.rules), turned=False, watermark=False, wraps=False
    )
    habits = some_habits(rng) if how.worn else ()
    if "tinted" in habits:
        look = replace(look, shaded=True)
    if how.paired:
        look = replace(look, landscape=False)
    sheet = Paper(paper(look), how.dpi, font)
    draw(content, look, sheet, rng)
    noise = np.random.default_rng(rng.getrandbits(63))
    spoil = partial(_worn, habits) if how.worn else SPOILERS[how.spoil]
    sheets = [np.asarray(page) for page in sheet.pages]
    if how.paired:
        sheets = _side_by_side(sheets)
    pages = [spoil(page, how.dpi, rng, noise) for page in sheets]
    ending = ending or rng.choice(ENDINGS)
    if len(pages) > 1 and ending in {"jpg", "png"}:
        ending = "pdf"
    truth: dict[str, Any] = {
        "id": f"{kind}-{number:04}",
        "source_note": "made",
        **content.truth,
        "kind": form,
        "features": [*content.features, look.rules, *habits],
        "layout": kind,
        "pages": len(pages),
    }
    return Made(truth["id"], ending, _file(pages, ending, how.dpi, rng.randint(60, 85)), truth)


def _side_by_side(pages: Sequence[Picture]) -> list[Picture]:
    """Pages two by two on broad sheets; the last one may be alone."""
    even = [*pages, np.full_like(pages[0], 255)]
    return [np.hstack(even[place : place + 2]) for place in range(0, len(pages), 2)]


def _scanned(page: Picture, dpi: int, rng: Random, noise: np.random.Generator) -> Picture:
    """Colour, seal, skew up to 2.5°, paper, noise."""
    colour = np.repeat(page[:, :, None], 3, axis=2)
    if rng.random() < 0.7:
        _press_seal(colour, dpi, rng)
    colour = _skewed(colour, rng.uniform(-2.5, 2.5))
    return _grained(colour, rng.uniform(235, 252), rng.uniform(2, 6), rng.uniform(0.3, 0.7), noise)


def _worn(habits: Sequence[str], page: Picture, dpi: int, rng: Random, noise: np.random.Generator) -> Picture:
    """A scan of a sheet that has been through an office."""
    colour = np.repeat(page[:, :, None], 3, axis=2)
    for name in habits:
        if name in ON_PAPER:
            ON_PAPER[name](colour, dpi, rng)
    if rng.random() < 0.3:
        _press_seal(colour, dpi, rng)
    colour = np.ascontiguousarray(_skewed(colour, rng.uniform(-2.5, 2.5)))
    for name in habits:
        if name in IN_SCANNER:
            IN_SCANNER[name](colour, dpi, rng)
    return _grained(colour, rng.uniform(235, 252), rng.uniform(2, 6), rng.uniform(0.3, 0.7), noise)


def _turned(page: Picture, dpi: int, rng: Random, noise: np.random.Generator) -> Picture:
    return np.ascontiguousarray(np.rot90(_scanned(page, dpi, rng, noise), rng.choice((1, 2, 3))))


def _faxed(page: Picture, dpi: int, rng: Random, noise: np.random.Generator) -> Picture:
    """Black or white, with specks."""
    blurred = cv2.GaussianBlur(_skewed(page, rng.uniform(-1.5, 1.5)), (0, 0), 0.6)
    grain = noise.normal(0, 12, blurred.shape)
    bits = np.where(blurred + grain > rng.uniform(140, 180), 255, 0).astype(np.uint8)
    specks = noise.random(bits.shape)
    bits[specks < 0.0003] = 0
    bits[specks > 0.9995] = 255
    return bits


def _photographed(page: Picture, dpi: int, rng: Random, noise: np.random.Generator) -> Picture:
    """A sheet on a desk, seen aslant under uneven light."""
    colour = np.repeat(page[:, :, None], 3, axis=2)
    if rng.random() < 0.7:
        _press_seal(colour, dpi, rng)
    height, width = page.shape
    slack = 0.03
    corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    seen = [
        (
            width * (0.06 + 0.88 * x + rng.uniform(-slack, slack)),
            height * (0.06 + 0.88 * y + rng.uniform(-slack, slack)),
        )
        for x, y in corners
    ]
    source = np.array([(x * width, y * height) for x, y in corners], np.float32)
    matrix = cv2.getPerspectiveTransform(source, np.array(seen, np.float32))
    desk = tuple(rng.randint(60, 140) for _ in range(3))
    shot = cv2.warpPerspective(
        colour,
        matrix,
        (width, height),
        flags=cv2.INTER_AREA,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=desk,
    )
    across, down = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    light = 0.82 + rng.uniform(-0.14, 0.14) * across + rng.uniform(-0.14, 0.14) * down
    lit = np.clip(shot * light[:, :, None], 0, 255).astype(np.uint8)
    return _grained(lit, 250, rng.uniform(3, 6), rng.uniform(0.5, 0.9), noise)


SPOILERS: dict[str, Callable[[Picture, int, Random, np.random.Generator], Picture]] = {
    "scanner": _scanned,
    "turned": _turned,
    "fax": _faxed,
    "photo": _photographed,
}


def _press_seal(page: Picture, dpi: int, rng: Random) -> None:
    """A round red seal somewhere on the page, pressed over what is printed."""
    height, width = page.shape[:2]
    radius = round(rng.uniform(55, 62) / 72 * dpi)
    middle = (rng.randint(radius, width - radius), rng.randint(height // 4, height - radius))
    ink = np.zeros((height, width), np.float32)
    cv2.circle(ink, middle, radius, 1.0, round(0.05 * radius), cv2.LINE_AA)
    for point in range(5):
        angles = [np.pi * (0.4 * point - 0.5 + turn) for turn in (0.0, 0.8)]
        ends = [
            (round(middle[0] + 0.3 * radius * np.cos(one)), round(middle[1] + 0.3 * radius * np.sin(one)))
            for one in angles
        ]
        cv2.line(ink, ends[0], ends[1], 1.0, round(0.08 * radius), cv2.LINE_AA)
    for letter in range(14):
        angle = np.pi * (0.8 + 1.4 * letter / 13)
        x = round(middle[0] + 0.78 * radius * np.cos(angle))
        y = round(middle[1] + 0.78 * radius * np.sin(angle))
        half = round(0.07 * radius)
        cv2.rectangle(ink, (x - half, y - half), (x + half, y + half), 1.0, 2)
        cv2.line(ink, (x - half, y), (x + half, y), 1.0, 2)
    colour = np.array([rng.randint(200, 230), rng.randint(30, 70), rng.randint(30, 70)], np.float32) / 255
    strength = rng.uniform(0.7, 1.0) * ink[:, :, None]
    page[:] = (page * (1 - strength * (1 - colour))).astype(np.uint8)


def _skewed(page: Picture, degrees: float) -> Picture:
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    white = (255, 255, 255)
    return np.asarray(
        cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=white), np.uint8
    )


def _grained(
    page: Picture, paper_white: float, grain: float, blur: float, noise: np.random.Generator
) -> Picture:
    soft = cv2.GaussianBlur(page, (0, 0), blur).astype(np.float32) * (paper_white / 255)
    soft += noise.normal(0, grain, page.shape[:2])[:, :, None]
    return np.asarray(np.clip(soft, 0, 255), np.uint8)


def _file(pages: Sequence[Picture], ending: str, dpi: int, quality: int) -> bytes:
    """The pages in one file: JPEG inside, or CCITT group 4 where they have one bit a dot."""
    images = [Image.fromarray(page) for page in pages]
    if pages[0].ndim == 2:
        images = [image.convert("1", dither=Image.Dither.NONE) for image in images]
    octets = io.BytesIO()
    first, *others = images
    more: dict[str, Any] = {} if first.mode == "1" else {"quality": quality}
    if ending == "pdf":
        first.save(octets, "PDF", save_all=True, append_images=others, resolution=dpi, **more)
    elif ending == "tif":
        more["compression"] = "group4" if first.mode == "1" else "jpeg"
        first.save(octets, "TIFF", save_all=True, append_images=others, dpi=(dpi, dpi), **more)
    else:
        kind = {"jpg": "JPEG", "png": "PNG"}[ending]
        first.convert("RGB" if first.mode != "1" else "L").save(octets, kind, quality=quality, dpi=(dpi, dpi))
    return octets.getvalue()


def main() -> None:
    """Fill a folder with scans of every kind, or of one."""
    wanted = argparse.ArgumentParser(description="Write scans of made reports with their truth.")
    wanted.add_argument("folder", type=Path, metavar="OUT")
    wanted.add_argument("--count", type=int, default=10, help="reports of each kind (10)")
    wanted.add_argument("--seed", type=int, default=SEED, help=f"another seed, another set ({SEED})")
    wanted.add_argument("--kind", choices=tuple(KINDS), action="append", help="all unless given")
    wanted.add_argument("--form", default="2021", choices=sorted(set(documents.FORMS)))
    wanted.add_argument("--font", type=Path, help="another font than that of the extra `images`")
    given = wanted.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for kind in given.kind or KINDS:
        for number in range(given.count):
            scan(given.seed, number, kind, form=given.form, font=given.font).write(given.folder)


if __name__ == "__main__":
    main()
