"""A cut run is completed by walking the same path: what it already has is answered by the archive."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response

from crawler.archived import as_response
from crawler.recording import BLOCKED, CAPTURE, Recorder
from errors import CannotRead, Damaged
from storage.archive import place_of, read_reply
from storage.captures import answered_in_run


class AnswerFromArchive:
    """Gives the reply that this run captured before it was cut; only what is missing touches the network."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> AnswerFromArchive:
        recorder = crawler.get_extension(Recorder)
        if recorder is None or not recorder.resumed:
            raise NotConfigured
        return cls(recorder)

    async def process_request(self, request: Request) -> Response | None:
        with self._recorder.database.read() as session:
            capture = answered_in_run(session, self._recorder.run_id, request.url)
        place = place_of(capture) if capture is not None else None
        if capture is None or place is None:
            return None
        try:
            reply = read_reply(self._recorder.folder, place)
        except (CannotRead, Damaged):  # then the site is asked again
            return None
        request.meta[CAPTURE] = capture.id
        request.meta[BLOCKED] = capture.blocked
        return as_response(request.url, reply)
