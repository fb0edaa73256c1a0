"""Asks whether a page has changed instead of for the page, where the archive has it and its server can tell.

A request carries the ETag and the date of the last whole answer (`If-None-Match`, `If-Modified-Since`;
RFC 9110 §13). To 304, the spider gets the page from the archive, and the walk goes on as if it had come.

What servers say of changes may be wrong. So each page is fetched whole at least every
`NIANBAO_WHOLE_EVERY_NIGHTS` nights; a validator that is then found with another page than before is written
down (`false_validators`), and its address is never asked by one again.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import settings
from crawler.archived import as_response
from crawler.recording import BLOCKED, CAPTURE, REVALIDATES, Recorder
from errors import CannotRead, Damaged
from storage.archive import Place, place_of, read_reply
from storage.exchange import decode_content
from storage.models import Capture, FalseValidator, Run
from storage.revisits import LastWhole, last_whole

logger = logging.getLogger(__name__)

ASKED = "asked"
"""Key of `Request.meta` for what is known of the address; a redirect and a retry copy it."""

WHOLE = "whole"
"""Key of `Request.meta` for an address that must be fetched whole, since its last page cannot be read."""

_IF_NONE_MATCH, _IF_MODIFIED_SINCE = "If-None-Match", "If-Modified-Since"
_EARLY = timedelta(hours=12)
"""Nights do not begin at the same minute; so much earlier counts as the night before."""
_MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an address last answered with, and whether it was asked for changes only."""

    url: str
    last: LastWhole
    conditional: bool


class AskWhetherModified:
    """Downloader middleware, next to the network."""

    def __init__(self, recorder: Recorder, nights: int) -> None:
        """`nights`: a page is fetched whole at least every so many; 1: always."""
        self._recorder = recorder
        self._longest = timedelta(days=nights) - _EARLY if nights > 1 else timedelta(0)
        with recorder.database.read() as session:
            self._distrusted = set(_false_validators(session, recorder.profile.domain))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AskWhetherModified:
        recorder = crawler.get_extension(Recorder)
        if recorder is None or not _was_visited(recorder):
            raise NotConfigured
        return cls(recorder, settings().whole_every_nights)

    def process_request(self, request: Request) -> None:
        if request.meta.pop(ASKED, None) is not None:
            for name in (_IF_NONE_MATCH, _IF_MODIFIED_SINCE):
                request.headers.pop(name, None)
        request.meta.pop(REVALIDATES, None)
        if request.method != "GET":
            return
        with self._recorder.database.read() as session:
            last = last_whole(session, request.url)
        if last is None or last.validator is None:
            return
        conditional = self._may_ask(request, last)
        request.meta[ASKED] = _Asked(request.url, last, conditional)
        if conditional:
            request.meta[REVALIDATES] = last.capture_id
            if last.etag is not None:
                request.headers[_IF_NONE_MATCH] = last.etag.encode("latin-1")
            if last.last_modified is not None:
                request.headers[_IF_MODIFIED_SINCE] = last.last_modified.encode("latin-1")

    async def process_response(self, request: Request, response: Response) -> Response | Request:
        asked: _Asked | None = request.meta.get(ASKED)
        if asked is None or asked.url != request.url:
            return response
        if response.status == 304 and asked.conditional:
            return await self._from_archive(request, asked)
        if response.status == 200 and not request.meta.get(BLOCKED):
            await self._check(request, response, asked)
        return response

    def _may_ask(self, request: Request, last: LastWhole) -> bool:
        age = datetime.now(UTC) - last.captured_at
        # A page from the future was captured by another clock, and says nothing of its age.
        return (
            request.url not in self._distrusted
            and request.meta.get(WHOLE) != request.url
            and timedelta(0) <= age < self._longest
        )

    async def _from_archive(self, request: Request, asked: _Asked) -> Response | Request:
        try:
            reply = await asyncio.to_thread(read_reply, self._recorder.folder, Place.of(asked.last.original))
        except (CannotRead, Damaged) as error:
            logger.warning("not modified, but fetched again: %s", error)
            again = request.replace(dont_filter=True)
            again.meta[WHOLE] = request.url
            return again
        return as_response(request.url, reply)

    async def _check(self, request: Request, response: Response, asked: _Asked) -> None:
        """Whether a whole answer has the validator of the last one, but another page."""
        name, _, value = (asked.last.validator or "").partition(": ")
        if request.url in self._distrusted or response.headers.get(name) != value.encode("latin-1"):
            return
        with self._recorder.database.read() as session:
            now = session.get_one(Capture, request.meta[CAPTURE])
        if now.payload_sha256 == asked.last.original.sha256:
            return
        if await asyncio.to_thread(_say_the_same, self._recorder.folder, now, asked.last):
            return
        logger.warning("%s: %s: %s stood for two pages", request.url, name, value)
        self._distrusted.add(request.url)
        with self._recorder.database.write() as session:
            session.add(
                FalseValidator(
                    site=self._recorder.profile.domain,
                    url=request.url,
                    validator=f"{name}: {value}",
                    earlier_capture_id=asked.last.capture_id,
                    later_capture_id=now.id,
                )
            )


def _was_visited(recorder: Recorder) -> bool:
    """Whether a run before this one asked the site: the first night has nothing to ask about."""
    with recorder.database.read() as session:
        before = session.scalars(select(Run.sites).where(Run.id != recorder.run_id))
        return recorder.resumed or any(recorder.profile.domain in sites for sites in before)


def _false_validators(session: Session, site: str) -> list[str]:
    return list(session.scalars(select(FalseValidator.url).where(FalseValidator.site == site)))


def _say_the_same(folder: Path, now: Capture, last: LastWhole) -> bool:
    """Whether two payloads differ in their compression alone, which a server may do anew for each answer."""
    place = place_of(now)
    assert place is not None, "only a reply with a payload is held against another"
    try:
        one, other = (
            decode_content(read_reply(folder, at), _MOST_BYTES) for at in (place, Place.of(last.original))
        )
    except (CannotRead, Damaged, ValueError):
        return False
    return one == other
