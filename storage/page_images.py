"""The images of a report page, as a run received them: together they are one copy of the report.

Which images those are is told by the parser's reading of the page (`images`); where their octets lie, by the
captures of the run that saw the page. They are known by one digest, as a payload is, so that a reading is
kept once for the same octets under the same addresses.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urljoin

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from w3lib.url import safe_url_string

from storage.archive import Place, place_of
from storage.models import PAGE_STATUSES, Capture, ReadingRow


@dataclass(frozen=True, slots=True)
class PageImages:
    """A page and its images in their order; without a place where the source has an image no more."""

    page: Place
    images: tuple[tuple[str, Place | None], ...]

    @property
    def url(self) -> str:
        """The page's address."""
        return self.page.url

    @property
    def payload_sha256(self) -> str:
        """What a reading of them is known by: the digest of addresses and payloads."""
        lines = [self.page.payload_sha256]
        lines += [f"{url} {place.payload_sha256 if place else '-'}" for url, place in self.images]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def addresses(page_url: str, record: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses of the images that a reading of a page names, as they are asked for; each once."""
    found = []
    for reference in record.get("images", ()):
        try:
            found.append(safe_url_string(urldefrag(urljoin(page_url, reference.strip())).url))
        except ValueError:  # an address that is none, such as http://[
            continue
    return tuple(dict.fromkeys(found))


def images_of(session: Session, page: Capture, record: Mapping[str, Any]) -> PageImages | None:
    """The images that a page's reading names, from the run that captured the page.

    `None` where it names none, where none was received, and where one was asked for and did not answer: then
    nothing can be said of them now.
    """
    place = place_of(page)
    if place is None:
        return None
    found: list[tuple[str, Place | None]] = []
    for url in addresses(page.url, record):
        capture = image_capture(session, page.run_id, url)
        if capture is not None and silent(capture):
            return None
        shown = capture is not None and capture.status in PAGE_STATUSES
        found.append((url, place_of(capture) if capture is not None and shown else None))
    return PageImages(place, tuple(found)) if any(image for _, image in found) else None


def image_capture(session: Session, run_id: int, url: str) -> Capture | None:
    """The capture of an image in a run; where http only sends on to https, of what stands there."""
    capture = _last(session, run_id, url)
    if capture is not None and capture.status in (301, 302, 307, 308) and url.startswith("http://"):
        return _last(session, run_id, f"https://{url.removeprefix('http://')}") or capture
    return capture


def silent(capture: Capture) -> bool:
    """Whether what came tells nothing of an image: no whole answer, a block page, a server's trouble."""
    if capture.outcome != "complete" or capture.status is None or capture.blocked:
        return True
    return capture.status not in (*PAGE_STATUSES, 301, 302, 307, 308, 400, 404, 410)


def digests(session: Session, page: Capture, parser_version: str) -> Sequence[str]:
    """What a page's readings are known by: its payload, and the page with its images."""
    if page.payload_sha256 is None:
        return ()
    reading = session.get(ReadingRow, (page.payload_sha256, parser_version))
    images = images_of(session, page, reading.record) if reading is not None else None
    return (page.payload_sha256, images.payload_sha256) if images else (page.payload_sha256,)


def _last(session: Session, run_id: int, url: str) -> Capture | None:
    return session.scalar(
        select(Capture)
        .where(Capture.run_id == run_id, Capture.url == url)
        .order_by(Capture.id.desc())
        .limit(1)
        .options(joinedload(Capture.segment))
    )
