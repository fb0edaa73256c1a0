"""Writes each exchange to the archive before anything downstream sees it."""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response

from config import settings
from crawler import garbage
from crawler.addon import BYTES_PER_MB, user_agent
from crawler.groups import GroupCommit, Kept
from crawler.politeness import turn
from crawler.wire import Tape, WireHandler
from errors import CannotWrite, NianbaoError
from spiders.site import SiteProfile
from storage import runs
from storage.archive import Archive
from storage.database import Database
from storage.exchange import Exchange, Outcome, Purpose
from storage.home import NIGHT_LOCK, hold
from storage.models import Site
from storage.spool import Octets, Spool

logger = logging.getLogger(__name__)

captured = object()
"""Signal: an exchange is in the archive. Arguments: `exchange`, `kept`."""

CAPTURE = "capture"
"""Key of `Request.meta` under which a reply's capture id travels on."""

BLOCKED = "blocked"
"""Key of `Request.meta` under which the kind of block page travels on."""

REVALIDATES = "revalidates"
"""Key of `Request.meta` for the capture whose ETag or date the request carries."""

PURPOSE = "purpose"
"""Key of `Request.meta` under which the spider says why it asks."""


_RUN_STATES = {"finished": "done", "closespider_pagecount": "done", "shutdown": "interrupted"}
"""What becomes of a run of `scrapy crawl`, by Scrapy's reason for its end."""


class Recorder:
    """Holds the archive of one crawler open from its start to its end; the run is made if none is given.

    `broken` is the error that stopped the recording: nothing is fetched that cannot be kept.
    """

    def __init__(self, crawler: Crawler) -> None:
        operator = settings()
        self._crawler = crawler
        self._lock = ExitStack()
        if not crawler.settings.getint("NIANBAO_RUN"):
            # `scrapy crawl`: two walks at once would ask a host twice as fast as it is asked for.
            self._lock.enter_context(hold(operator.home, NIGHT_LOCK, operator.database))
        self.folder = operator.archive_dir
        self.database = Database(operator.database)
        self.profile: SiteProfile = crawler.spidercls.profile  # type: ignore[attr-defined]
        self.broken: NianbaoError | None = None
        self.run_id = crawler.settings.getint("NIANBAO_RUN")
        self.resumed = crawler.settings.getbool("NIANBAO_RESUMED")
        self._own_run = not self.run_id
        self._litter = garbage.Litter()
        with self.database.write() as session:
            if self._own_run:
                run = runs.begin(session, "scrapy", [self.profile.domain], datetime.now(UTC))
                self.run_id, self.resumed = run.id, run.resumed > 0
            session.merge(
                Site(
                    domain=self.profile.domain,
                    name=self.profile.name,
                    site_id_code=self.profile.site_id_code,
                )
            )
        self._archive = Archive(
            self.folder,
            self.database,
            run_id=self.run_id,
            site=self.profile.domain,
            segment_bytes=int(operator.segment_mb * BYTES_PER_MB),
            info={
                "software": f"Nianbao/{version('nianbao')} Scrapy/{version('scrapy')}",
                "format": "WARC File Format 1.1",
                "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
                "robots": "obeyed",
                "http-header-user-agent": user_agent(operator),
                "operator": operator.contact,
                "isPartOf": self.profile.domain,
            },
        )

        self.commit = GroupCommit(self._archive)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Recorder:
        recorder = cls(crawler)
        crawler.signals.connect(garbage.settle, signals.spider_opened)
        crawler.signals.connect(recorder.close, signals.spider_closed)
        return recorder

    async def keep(self, exchange: Exchange, purpose: Purpose) -> Kept:
        """Archive an exchange; returns when it is on disk and in the index."""
        self._litter.add(len(exchange.response))
        try:
            kept = await self.commit.keep(exchange, purpose)
        except NianbaoError as error:
            self._break(error)
            raise
        except Exception as error:
            # Broad: whatever hinders the recording, nothing may be fetched past it.
            problem = f"{type(error).__name__}: {error}"
            broken = CannotWrite(path=self.folder, problem=problem)
            self._break(broken)
            raise broken from error
        self._crawler.signals.send_catch_log(captured, exchange=exchange, kept=kept)
        return kept

    def close(self, spider: Spider, reason: str) -> None:
        try:
            self.commit.close()
            self._archive.close()
            if self._own_run:
                state = "failed" if self.broken is not None else _RUN_STATES.get(reason, "failed")
                with self.database.write() as session:
                    runs.finish(session, self.run_id, state, {"ended": reason}, datetime.now(UTC))
        except NianbaoError as error:
            self._break(error)
        finally:
            self.database.close()
            self._lock.close()

    def _break(self, error: NianbaoError) -> None:
        if self.broken is None:
            self.broken = error
            logger.error("recording stopped: %s", error)
            if self._crawler.engine is not None and self._crawler.engine.running:
                self._closing = asyncio.ensure_future(
                    self._crawler.engine.close_spider_async(reason="cannot_record")
                )


_TWISTED_FAILURE = re.compile(r"\[?<twisted\.python\.failure\.Failure (?:[\w.]+: )?([^<>]*)>\]?")
_HEAD_ALLOWANCE = BYTES_PER_MB
"""Octets that a reply may have beside its body, which may be chunked."""


@dataclass(frozen=True, slots=True)
class _Ending:
    """How an exchange ended: its outcome, why in words, and the WARC reason where it was cut."""

    outcome: Outcome
    problem: str | None = None
    truncated: str | None = None


class RecordingHandler(WireHandler):
    """Downloads, archives, and only then lets Scrapy have the reply (or the failure)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        recorder = crawler.get_extension(Recorder)
        assert recorder is not None, "the recorder is an extension of every crawler here"
        self._recorder = recorder
        self._max_body = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        if self.contract_problem:
            logger.warning("captures will be reconstructed: %s", self.contract_problem)

    async def download_request(self, request: Request) -> Response:
        async with turn(request.url):
            with self._recorder.commit.under_way():
                return await self._exchange_and_keep(request)

    async def _exchange_and_keep(self, request: Request) -> Response:
        if self._recorder.broken is not None:
            raise IgnoreRequest(f"not fetched, since nothing can be recorded: {self._recorder.broken}")
        limit = self._max_body + self._max_body // 8 + _HEAD_ALLOWANCE
        tape = Tape(Spool(self._recorder.folder), limit)
        started = datetime.now(UTC)
        purpose = purpose_of(request)
        try:
            response = await self.fetch(request, tape)
        except Exception as error:
            # Broad: whatever ends an exchange, what came of it belongs in the archive; it is raised on.
            exchange = self._exchange(request, started, tape, self._ending(error, tape))
            await self._recorder.keep(exchange, purpose)
            raise
        exchange = self._exchange(request, started, tape, _Ending("complete"), response)
        kept = await self._recorder.keep(exchange, purpose)
        request.meta[CAPTURE] = kept.capture_id
        request.meta[BLOCKED] = kept.blocked
        return response

    def _ending(self, error: Exception, tape: Tape) -> _Ending:
        outcome: Outcome = "partial" if len(tape.received) else "failed"
        told = _TWISTED_FAILURE.sub(r"\1", " ".join(str(error).split()))
        problem = f"{type(error).__name__}: {told[:300]}"
        if tape.problem is not None:
            return _Ending(outcome, f"cut there: {tape.problem}", "unspecified")
        if tape.full or isinstance(error, DownloadCancelledError):
            limit = self._max_body / BYTES_PER_MB
            return _Ending(outcome, f"larger than the limit of {limit:g} MiB, cut there", "length")
        if isinstance(error, DownloadTimeoutError):
            return _Ending(outcome, problem, "time")
        if isinstance(error, ResponseDataLossError):
            return _Ending(outcome, problem, "disconnect")
        return _Ending(outcome, problem, "unspecified" if len(tape.received) else None)

    def _exchange(
        self,
        request: Request,
        started: datetime,
        tape: Tape,
        ending: _Ending,
        response: Response | None = None,
    ) -> Exchange:
        sent: bytes = bytes(tape.sent)
        received: Octets = tape.received.octets()
        if self.contract_problem:
            sent, received = _reconstruct_request(request), _reconstruct_response(response)
        proxy = request.meta.get("proxy")
        notes = {"tls": tape.tls or ""}
        if proxy:
            notes["proxy"] = str(proxy).rpartition("@")[2]
        return Exchange(
            url=request.url,
            method=request.method,
            captured_at=started,
            request=sent,
            response=received,
            outcome=ending.outcome,
            # Through a proxy the peer is the proxy, and the server's address is not known.
            ip_address=None if proxy else tape.peer,
            problem=ending.problem,
            truncated=ending.truncated,
            reconstructed=self.contract_problem is not None,
            notes=notes,
        )


def purpose_of(request: Request) -> Purpose:
    """Why this request is made: as the spider said, or as its middleware made it."""
    before = request.meta.get("redirect_urls")
    said = request.meta.get(PURPOSE)
    if said is None and (before or [request.url])[0].endswith("/robots.txt"):
        said = {"role": "robots", "followed": "the site's rules for robots"}
    said = said or {}
    role, followed = said.get("role", "other"), said.get("followed", "asked for directly")
    referrer = said.get("referrer")
    if before:
        followed, referrer = f"redirected from {before[-1]}; {followed}", before[-1]
    return Purpose(role, followed, referrer, request.meta.get(REVALIDATES))


def _reconstruct_request(request: Request) -> bytes:
    return _message(f"{request.method} {request.url} HTTP/1.1", request.headers)


def _reconstruct_response(response: Response | None) -> bytes:
    if response is None:
        return b""
    headers = response.headers.copy()
    headers.pop("Transfer-Encoding", None)
    return _message(f"HTTP/1.1 {response.status} ", headers) + response.body


def _message(first: str, headers: Headers) -> bytes:
    lines = [first.encode(), *filter(None, [headers.to_string()]), b"", b""]
    return b"\r\n".join(lines)
