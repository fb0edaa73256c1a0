"""Walks the sites of a run with Scrapy, in this process, and says what each site fell short of."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings as ScrapySettings
from scrapy.utils.log import log_scrapy_info
from sqlalchemy import select

from config import Settings
from crawler.recording import Recorder, captured
from crawler.run_log import RunLog
from crawler.watching import Watcher
from errors import NianbaoError, NightFailed, NoReportFound, SiteBlocked, SiteSilent
from spiders.loader import spider_class
from spiders.site import SiteProfile
from storage.database import Database
from storage.exchange import Exchange
from storage.models import Capture, Sighting

STOPPED = "shutdown"
"""Scrapy's reason of a crawl that a signal ended."""

LIMIT_REACHED = "closespider_pagecount"
"""Scrapy's reason of a crawl that came to its limit of pages."""


@dataclass(frozen=True, slots=True)
class Walked:
    """How a walk ended: what each site fell short of, and whether a signal ended it. Its log goes on."""

    shortfalls: dict[str, NianbaoError]
    stopped: bool
    log: RunLog


def walk(
    settings: Settings, profiles: list[SiteProfile], run_id: int, *, resumed: bool, watcher: Watcher
) -> Walked:
    """Crawl the sites, all at once and each politely. The log of the run is `<home>/logs/run-N.log`.

    Runs the reactor, so once a process. Raises the error of a recording that stopped, `CannotWrite` where the
    log cannot be opened, and an `OSError` of the machine that kept a crawler from its work.
    """
    process = AsyncCrawlerProcess(_scrapy_settings(run_id, resumed=resumed))
    # Not before: Scrapy sets logging up anew, which closes what is there.
    log = RunLog(settings.home / "logs" / f"run-{run_id}.log")
    log_scrapy_info(process.settings)
    reasons: dict[str, str] = {}
    crawlers: list[Crawler] = []
    watcher.start("crawl", None)
    tasks: list[asyncio.Task[None]] = []
    for profile in profiles:
        crawler = process.create_crawler(spider_class(profile))
        _listen(crawler, profile.domain, reasons, watcher)
        tasks.append(process.crawl(crawler))
        crawlers.append(crawler)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    process.start()
    # Scrapy leaves its own behind, which would swallow a signal that comes after the walk.
    for number, handler in handlers.items():
        signal.signal(number, handler)
    watcher.finish("crawl")
    for task in tasks:
        error = task.exception() if task.done() and not task.cancelled() else None
        if isinstance(error, NianbaoError | OSError):
            raise error
        if error is not None:
            raise NightFailed(problem=f"{type(error).__name__}: {error}") from error
    for crawler in crawlers:
        recorder = crawler.get_extension(Recorder)
        if recorder is not None and recorder.broken is not None:
            raise recorder.broken
    database = Database(settings.database)
    try:
        shortfalls = {
            profile.domain: error
            for profile in profiles
            if (error := _shortfall(database, run_id, profile)) is not None
        }
    finally:
        database.close()
    return Walked(shortfalls, STOPPED in reasons.values(), log)


def _scrapy_settings(run_id: int, *, resumed: bool) -> ScrapySettings:
    scrapy = ScrapySettings()
    scrapy.setmodule("crawler.settings", priority="project")
    # One log for all crawlers: each would open a `LOG_FILE` anew for itself.
    ours = {"NIANBAO_RUN": run_id, "NIANBAO_RESUMED": resumed, "LOG_INSTALL_ROOT_HANDLER": False}
    scrapy.setdict(ours, priority="cmdline")
    return scrapy


def _listen(crawler: Crawler, domain: str, reasons: dict[str, str], watcher: Watcher) -> None:
    noted: set[str] = set()

    def advance(exchange: Exchange) -> None:
        watcher.advance("crawl")
        if exchange.outcome == "partial" and exchange.url not in noted:
            noted.add(exchange.url)
            watcher.note(f"{exchange.url}: only a part is archived ({exchange.problem})")

    def closed(reason: str) -> None:
        reasons[domain] = reason
        if reason == LIMIT_REACHED:
            watcher.note(f"{domain}: the walk ended at the profile's `max_pages`, before the site did")

    crawler.signals.connect(advance, captured, weak=False)
    crawler.signals.connect(closed, signals.spider_closed, weak=False)


def _shortfall(database: Database, run_id: int, profile: SiteProfile) -> NianbaoError | None:
    """Why nothing was learnt of a site, or `None` where its reports were seen."""
    mine = (Capture.run_id == run_id, Capture.site == profile.domain)
    with database.read() as session:
        sighting = select(Sighting.id).where(Sighting.run_id == run_id, Sighting.site == profile.domain)
        if session.scalar(sighting.limit(1)) is not None:
            return None
        complete = session.scalar(
            select(Capture)
            .where(*mine, Capture.status < 400, Capture.role != "robots", Capture.blocked.is_(None))
            .limit(1)
        )
        last = session.scalar(select(Capture).where(*mine).order_by(Capture.id.desc()).limit(1))
    if complete is not None:
        return NoReportFound(site=profile.domain)
    if last is not None and last.blocked:
        return SiteBlocked(site=profile.domain, status=last.status, kind=last.blocked)
    return SiteSilent(site=profile.domain, problem=_why_silent(last))


def _why_silent(last: Capture | None) -> str:
    if last is None:
        return "nothing could be asked"
    return last.problem or f"status {last.status}"
