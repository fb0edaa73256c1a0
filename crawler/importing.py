"""What others captured joins the record: taken into the archive, then read and recorded as after a night.

    take in ──► look ──► read ──► record
    segments,   which    worker   versions,
    rows        are      processes changes
                reports

A file is taken in whole or not at all; an import that was cut after that is completed by the next one of the
same file. What was captured several times is read round by round (`storage.import_rounds`), oldest first.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from crawler.blocking import recognise
from crawler.handover import hand_over, unread
from crawler.summary import known_of, summarise
from crawler.watching import Watcher
from errors import CannotRead, Damaged
from parser import PARSER_VERSION
from parser.copies import best_copy
from parser.readers import detect
from parser.series import across_years
from spiders.evidence import judge_link, judge_page, report_title
from spiders.files import files_of
from spiders.page import Page
from spiders.site import SiteProfile, load_profiles
from storage import runs
from storage.archive import place_of, read_reply
from storage.database import Database
from storage.exchange import decode_content
from storage.home import NIGHT_LOCK, hold
from storage.imports import Judges, take_in
from storage.models import PAGE_STATUSES, Capture, Run, Sighting, Site
from storage.overrides import Overrides
from storage.records import record_run
from storage.series import relate_changed

PAYLOAD_LIMIT = 64 * 1024 * 1024
"""A page whose content coding unpacks to more than this is no report."""
_NO_DOCUMENTS = ("text", "image", "binary")

logger = logging.getLogger(__name__)


def import_file(settings: Settings, path: Path, watcher: Watcher) -> dict[str, Any]:
    """Take a WARC file or a WACZ in, and read the reports in it: what came of it, JSON-ready.

    Raises `NoFile`, `BadImport`, and every error of the storage.
    """
    profiles = load_profiles(settings.sites_dir)
    with hold(settings.home, NIGHT_LOCK, settings.database):
        database = Database(settings.database)
        try:
            taken = take_in(
                database,
                settings.archive_dir,
                path,
                block=int(settings.max_payload_mb * 2**20) + 2**20,
                now=datetime.now(UTC),
                judges=Judges(_sites(profiles), recognise),
            )
            told: dict[str, Any] = {
                "file": str(path), "runs": taken.runs, "captures": taken.captures, "known": taken.known,
                "lost": taken.lost, "other": taken.other, "reports_read": 0, "figures": 0,
            }  # fmt: skip
            changes: Counter[str] = Counter()
            for run_id in taken.runs:
                changes.update(_join(settings, database, run_id, profiles, watcher))
            with database.read() as session:
                known = known_of(session, taken.runs)
            return told | {key: known[key] for key in ("reports_read", "figures")} | {"changes": changes}
        finally:
            database.close()


def _sites(profiles: dict[str, SiteProfile]) -> Any:
    """The site of an address: the profile's that has its host, or the host."""
    by_host = {host: domain for domain, profile in profiles.items() for host in profile.all_hosts}

    def site(url: str) -> str:
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            host = ""
        return by_host.get(host, host)[:255]

    return site


def _join(
    settings: Settings, database: Database, run_id: int, profiles: dict[str, SiteProfile], watcher: Watcher
) -> dict[str, int]:
    """Read and record what a run of an import brought: its changes by kind."""
    _see(settings, database, run_id, profiles)
    with database.read() as session:
        places = unread(session, run_id=run_id)
        sites = list(session.get_one(Run, run_id).sites)
    watcher.start("read", len(places))
    hand_over(settings, database, places, lambda amount: watcher.advance("read", amount))
    watcher.finish("read")
    now = datetime.now(UTC)
    overrides = Overrides.load(settings.overrides_dir)
    record_run(
        database, run_id, PARSER_VERSION, now, choose=best_copy, overrides=overrides, note=watcher.note
    )
    with database.write() as session:
        relate_changed(session, run_id, across_years)
    with database.write() as session:
        summary = summarise(session, run_id, "done", dict.fromkeys(sites, "ok"), PARSER_VERSION)
        runs.finish(session, run_id, "done", summary, datetime.now(UTC))
    return {**summary["changes"]}


def _see(settings: Settings, database: Database, run_id: int, profiles: dict[str, SiteProfile]) -> None:
    """Note which captures of a run are of reports, as the crawl does for what it fetched."""
    with database.read() as session:
        found = list(_Look(session, settings, run_id).reports())
    with database.write() as session:
        for domain in {one.site for one in found}:
            if session.get(Site, domain) is None:
                profile = profiles.get(domain)
                session.add(Site(domain=domain, name=profile.name if profile else domain))
        session.flush()
        query = select(Sighting.report_url, Sighting.source_url).where(Sighting.run_id == run_id)
        known = {tuple(pair) for pair in session.execute(query)}
        session.add_all(one for one in found if (one.report_url, one.source_url) not in known)


class _Look:
    """Looks through the pages and documents that a run of an import brought."""

    def __init__(self, session: Session, settings: Settings, run_id: int) -> None:
        query = select(Capture).where(
            Capture.run_id == run_id,
            Capture.status.in_(PAGE_STATUSES),
            Capture.outcome == "complete",
            Capture.blocked.is_(None),
            Capture.payload_sha256.is_not(None),
        )
        rows = session.scalars(query.order_by(Capture.captured_at, Capture.id))
        self._captures = {capture.url: capture for capture in rows}
        self._folder = settings.archive_dir
        self._run_id = run_id

    def reports(self) -> Iterator[Sighting]:
        """Report pages with their files, and documents that nothing here leads to."""
        said: dict[str, tuple[str, str]] = {}
        pages: list[str] = []
        documents: list[str] = []
        told: set[str] = set()
        for url, capture in self._captures.items():
            payload = self._payload(capture)
            kind = detect(payload) if payload else "binary"
            if kind != "html":
                if kind not in _NO_DOCUMENTS:
                    documents.append(url)
                continue
            page = Page(url, payload)
            judgement = judge_page(page)
            if judgement.kind == "report":
                title = report_title(page) or page.title
                pages.append(url)
                yield self._sighting(url, url, "page", title, list(judgement.evidence))
                for file in files_of(page):
                    if file.url in self._captures and (file.certain or self._is_document(file.url)):
                        told.add(file.url)
                        reason = "a file of the report page"
                        yield self._sighting(url, file.url, "attachment", title, [reason])
                continue
            for link in page.links:
                led = judge_link(link, in_column=judgement.kind == "listing", extra=())
                if led.kind in ("report", "attachment") and link.url in self._captures:
                    said.setdefault(link.url, (link.text, led.evidence[0]))
        for url, (title, reason) in said.items():
            if url not in pages and url not in documents:
                yield self._sighting(url, url, "page", title, [reason])
        for url in documents:
            if url not in told:
                name = urlsplit(url).path.rpartition("/")[2]
                title, reason = said.get(url, (name, "a document that nothing in the import leads to"))
                yield self._sighting(url, url, "attachment", title, [reason])

    def _is_document(self, url: str) -> bool:
        payload = self._payload(self._captures[url])
        return bool(payload) and detect(payload) not in ("html", *_NO_DOCUMENTS)

    def _payload(self, capture: Capture) -> bytes:
        place = place_of(capture)
        try:
            return decode_content(read_reply(self._folder, place), PAYLOAD_LIMIT) if place else b""
        except ValueError:
            return b""  # in a coding that it is not in
        except (CannotRead, Damaged) as error:
            logger.warning("%s is not looked at: %s", capture.url, error)
            return b""

    def _sighting(self, report: str, source: str, part: str, title: str, evidence: list[str]) -> Sighting:
        capture = self._captures[source]
        return Sighting(
            run_id=self._run_id, site=capture.site, report_url=report, source_url=source,
            capture_id=capture.id, part=part, title=title, evidence=evidence,
        )  # fmt: skip
