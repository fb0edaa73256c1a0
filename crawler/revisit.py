"""Asks again for every report known of a site, also when nothing links to it any more.

An agency that withdraws a report takes its link away too; only asking tells a page that is gone from one
that is no longer listed.
"""

from __future__ import annotations

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from sqlalchemy import select

from crawler.recording import PURPOSE, Recorder
from storage.models import ReportRow, Sighting


class KnownReports:
    """When the spider has nothing left to do, asks once for the known reports that it did not come across."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._asked = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KnownReports:
        extension = cls(crawler)
        crawler.signals.connect(extension.ask, signals.spider_idle)
        return extension

    def ask(self, spider: Spider) -> None:
        recorder = self._crawler.get_extension(Recorder)
        assert recorder is not None, "the recorder is an extension of every crawler here"
        if self._asked or recorder.broken is not None:
            return
        self._asked = True
        missing = _missing(recorder)
        for url, since in missing:
            followed = f"known since {since}; no page of this run led there"
            request = Request(url, meta={PURPOSE: {"role": "report", "followed": followed}})
            assert self._crawler.engine is not None
            self._crawler.engine.crawl(request)
        if missing:
            raise DontCloseSpider


def _missing(recorder: Recorder) -> list[tuple[str, str]]:
    """Address and first day of the reports known of the site that this run has not seen.

    What this walk has asked for already, Scrapy will not ask for twice.
    """
    seen = select(Sighting.report_url).where(Sighting.run_id == recorder.run_id)
    known = (
        select(ReportRow.url, ReportRow.first_seen)
        .where(ReportRow.site == recorder.profile.domain, ReportRow.url.not_in(seen))
        .order_by(ReportRow.url)
    )
    with recorder.database.read() as session:
        return [(url, seen.date().isoformat()) for url, seen in session.execute(known)]
