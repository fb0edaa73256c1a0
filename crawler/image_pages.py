"""In a worker: a report page whose report is shown as images is read with them, as one document."""

from __future__ import annotations

from pathlib import Path

from parser import Reading
from parser.reading import MAX_PAYLOAD, parse_images
from storage.archive import Place, read_reply
from storage.exchange import decode_content
from storage.page_images import PageImages


def read_images(folder: Path, task: PageImages) -> Reading:
    """What the parser makes of a page's images. Raises what reading from the archive raises."""
    page = _octets(folder, task.page) or b""
    return parse_images(page, [(url, _octets(folder, place)) for url, place in task.images])


def _octets(folder: Path, place: Place | None) -> bytes | None:
    """The octets of an image; `None` where there are none, or none that its content coding gives out."""
    if place is None:
        return None
    reply = read_reply(folder, place)
    try:
        return bytes(decode_content(reply, MAX_PAYLOAD))
    except ValueError:  # the reading then says that this image is not there to be read
        return None
