"""Runs that saw reports, as a crawl leaves them: octets archived, rows in the index, nothing read yet."""

from __future__ import annotations

from datetime import UTC, datetime

from config import Settings
from storage.archive import Archive
from storage.database import Database
from storage.exchange import Exchange, Purpose
from storage.models import Run, Sighting, Site

SITE = "gaj.example.invalid"


def a_run(
    settings: Settings, database: Database, payloads: list[bytes], head: bytes = b"", first: int = 0
) -> int:
    """A run that saw these payloads as reports, the first of them at `/<first>.html`."""
    now = datetime.now(UTC)
    with database.write() as session:
        session.merge(Site(domain=SITE, name="某某市公安局"))
        run = Run(kind="crawl", state="running", started_at=now, sites=[SITE], summary={}, resumed=0)
        session.add(run)
        session.flush()
        run_id = run.id
    archive = Archive(
        settings.archive_dir,
        database,
        run_id=run_id,
        site=SITE,
        segment_bytes=1 << 30,
        info={"software": "t"},
    )
    for number, payload in enumerate(payloads, first):
        url = f"http://{SITE}/{number}.html"
        response = b"HTTP/1.1 200 OK\r\n" + head + b"Content-Length: %d\r\n\r\n" % len(payload) + payload
        capture = archive.add(
            Exchange(url, "GET", now, b"GET / HTTP/1.1\r\n\r\n", response, "complete"),
            Purpose("report", "a test"),
        )
        with database.write() as session:
            session.add(
                Sighting(
                    run_id=run_id,
                    site=SITE,
                    report_url=url,
                    source_url=url,
                    capture_id=capture.id,
                    part="page",
                    title="",
                    evidence=[],
                )
            )
    archive.close()
    return run_id
