"""Keeps where reports were seen: the hand-over from the crawl to the parser."""

from __future__ import annotations

from scrapy.crawler import Crawler
from sqlalchemy import select

from crawler.recording import Recorder
from spiders.finds import ReportFound
from storage.models import Sighting


class KeepSightings:
    """Item pipeline: a row a report page or attachment seen in this run."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KeepSightings:
        recorder = crawler.get_extension(Recorder)
        assert recorder is not None, "the recorder is an extension of every crawler here"
        return cls(recorder)

    def process_item(self, item: ReportFound) -> ReportFound:
        with self._recorder.database.write() as session:
            known = session.scalar(
                select(Sighting.id).where(
                    Sighting.run_id == self._recorder.run_id,
                    Sighting.report_url == item.report_url,
                    Sighting.source_url == item.source_url,
                )
            )
            if known is None:
                session.add(
                    Sighting(
                        run_id=self._recorder.run_id,
                        site=self._recorder.profile.domain,
                        report_url=item.report_url,
                        source_url=item.source_url,
                        capture_id=item.capture_id,
                        part=item.part,
                        title=item.title,
                        evidence=list(item.evidence),
                    )
                )
        return item
