"""Images as a `Document`: each image, or each frame of a TIFF, is a page; needs the extra `ocr`.

Several images of one report are its pages in their order. Boxes of locators are in dots of the image as it is
shown (a camera's mark to turn it is followed).
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from parser.document import Document, State, Unreadable
from parser.readers.geometry_flow import blocks, flows_of, set_furniture_aside
from parser.readers.scan_pages import MOST_SCANNED, WANTING, can_read, recognised, scale_of

if TYPE_CHECKING:
    from parser.readers.scan import ScannedSheet

LARGEST = 100_000_000
"""Dots of one image; an A3 sheet at 600 dots an inch has seventy million."""

MOST_SCANS = 200
"""Scans of a JPEG: each goes over all its dots again, and a progressive one has a dozen."""

_SCAN = b"\xff\xda"
_KINDS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
_LEAST = 200
_CUT = f"Only the first {MOST_SCANNED} pages were read."
_LEAST_OF_SEVERAL = 300
"""Dots of the shorter edge of an image among others: a sheet of which less is seen cannot be read."""
_WIDEST = 2.5
"""Breadth of a page over its height; what is wider is a banner."""


def read(payload: bytes) -> Document:
    """The document of an image file. Raises `Unreadable`: `image_only` (the extra is missing), `too_large`,
    `damaged`, `empty`."""
    return read_all([("", payload)])[0]


def read_all(files: Sequence[tuple[str, bytes]]) -> tuple[Document, tuple[tuple[str, int], ...]]:
    """One document of several image files (name, octets), which are its pages in this order; and of which
    file each page is, and which page of it.

    Of several, those that cannot be a page are left out: silently where the image is a banner or smaller
    than a sheet, else with a note. Raises like `read`.
    """
    if not can_read():
        raise Unreadable(State.IMAGE_ONLY, f"The file is an image without text; {WANTING}.")
    sheets: list[ScannedSheet] = []
    origins: list[tuple[str, int]] = []
    notes: list[str] = []
    failures: list[Unreadable] = []
    for name, payload in files:
        before = len(sheets)
        if _CUT in notes:
            break
        try:
            if len(files) > 1 and not _may_be_page(payload):
                continue
            for page, (picture, unit) in enumerate(pictures(payload), 1):
                if len(sheets) == MOST_SCANNED:
                    notes.append(_CUT)
                    break
                sheets.append(_recognised(picture, before + page, unit))
                origins.append((name, page))
        except Unreadable as failure:
            if len(files) == 1:
                raise
            failures.append(failure)
            notes.append(f"The image “{name}” was not read: {failure.reason}")
    if not sheets and failures:
        raise failures[0]
    if not any(glyph.text != " " for sheet in sheets for glyph in sheet.glyphs):
        raise Unreadable(State.EMPTY, "No character is to be seen in the image.")
    flows = flows_of(sheets)
    set_furniture_aside(flows)
    return Document("image", tuple(blocks(flows)), pages=len(sheets), notes=tuple(notes)), tuple(origins)


def _may_be_page(payload: bytes) -> bool:
    """Whether an image among others has the size and shape of a sheet, or of a strip of several. One that
    cannot be opened may be one."""
    from PIL import Image  # noqa: PLC0415 - of the extra `ocr`

    try:
        width, height = Image.open(io.BytesIO(payload), formats=_KINDS).size
    except Exception:  # noqa: BLE001 - what is wrong with it is told where it is decoded
        return True
    return min(width, height) >= _LEAST_OF_SEVERAL and width <= _WIDEST * height


def pictures(payload: bytes) -> Iterator[tuple[Any, float]]:
    """The image of a file, or each frame of a TIFF, as a picture in memory at the size at which it is read,
    and how many dots of the file one of its dots is; of more frames than are read, one more. Raises
    `Unreadable`."""
    with _opened(payload) as image:
        # The further frames of a GIF are an animation, those of a photograph its depth or what a screen adds.
        for frame in range(MOST_SCANNED + 1 if image.format == "TIFF" else 1):
            try:
                # The number of frames is not asked for: to count a hundred thousand takes minutes.
                image.seek(frame)
            except EOFError:
                return
            _check(image.size)
            yield _fitted(_upright(image))


def first_picture(payload: bytes) -> Any:
    """The first frame of an image file at its own size, in gray or colour on white. Raises `Unreadable`."""
    with _opened(payload) as image:
        return _plain(_upright(image))


@contextmanager
def _opened(payload: bytes) -> Iterator[Any]:
    """An image file whose first frame has no more dots than are read. What goes wrong with it, while it is
    open too, is raised as `Unreadable`."""
    from PIL import Image  # noqa: PLC0415 - of the extra `ocr`

    with warnings.catch_warnings():
        # What a library thinks of odd but readable metadata is of no use to anybody here.
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(payload), formats=_KINDS)
            _check_dots(image.size)
            if image.format == "JPEG" and payload.count(_SCAN) > MOST_SCANS:
                raise Unreadable(State.TOO_LARGE, f"The image has more than {MOST_SCANS} scans.")
            yield image
        except (Unreadable, MemoryError):
            raise
        except Image.DecompressionBombError as error:
            raise _too_large() from error
        except Exception as error:
            raise Unreadable(State.DAMAGED, "The image is damaged: it cannot be decoded.") from error


def _upright(image: Any) -> Any:
    """The frame turned as the camera marked it."""
    from PIL import ImageOps  # noqa: PLC0415

    return ImageOps.exif_transpose(image)


def _recognised(picture: Any, number: int, unit: float) -> ScannedSheet:
    import numpy as np  # noqa: PLC0415 - of the extra `ocr`

    return recognised(np.asarray(picture, np.uint8), number, unit)


def _check_dots(size: tuple[int, int]) -> None:
    if size[0] * size[1] > LARGEST:
        raise _too_large()


def _check(size: tuple[int, int]) -> None:
    _check_dots(size)
    if min(size) < 8 or max(size) < _LEAST:
        raise Unreadable(State.EMPTY, "The image is too small to show a page.")


def _too_large() -> Unreadable:
    return Unreadable(State.TOO_LARGE, f"The image has more than {LARGEST} dots; so large ones are not read.")


def _fitted(image: Any) -> tuple[Any, float]:
    """The image in gray or colour on white, at the size at which pages are read."""
    from PIL import Image  # noqa: PLC0415

    per_inch = image.info.get("dpi", (0, 0))
    scale = scale_of(image.width, image.height, float(per_inch[0]) if isinstance(per_inch, tuple) else 0.0)
    image = _plain(image)
    size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
    how = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    return image.resize(size, how), 1 / scale


def _plain(image: Any) -> Any:
    """The image in gray or colour on white."""
    from PIL import Image  # noqa: PLC0415

    if image.mode in ("RGBA", "LA", "PA", "P", "La", "RGBa"):
        clear = image.convert("RGBA")
        image = Image.new("RGB", clear.size, "white")
        image.paste(clear, mask=clear.getchannel("A"))
    elif image.mode.startswith("I") or image.mode == "F":
        image = (
            image.point(lambda level: level / 256).convert("L")
            if image.mode.startswith("I;16")
            else image.convert("L")
        )
    elif image.mode in ("1", "L"):
        image = image.convert("L")
    else:
        image = image.convert("RGB")
    return image
