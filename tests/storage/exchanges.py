"""Exchanges as the crawler hands them to the archive, and a home to keep them in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from storage.archive import Archive
from storage.exchange import Exchange, Outcome, Purpose, digests, take_apart
from storage.models import Run, Site
from storage.segment import PlacedGroup, SegmentWriter
from tests.databases import empty_database

SITE = "gaj.example.gov.cn"
URL = f"https://{SITE}/zwgk/t20230130_1.html"
NOON = datetime(2026, 11, 22, 4, 0, 0, 123456, tzinfo=UTC)
PURPOSE = Purpose("report", "link text 2022年政府信息公开工作年度报告", f"https://{SITE}/zwgk/")
REQUEST = f"GET /zwgk/t20230130_1.html HTTP/1.1\r\nHost: {SITE}\r\n\r\n".encode()
FACTS = {"run": "7", "site": SITE}
INFO = {"software": "Nianbao/test", "format": "WARC File Format 1.1", "operator": "运维  者\r\n"}
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gb2312\r\n"

CHUNKED = (
    b"HTTP/1.1 200 \r\nServer: \xd6\xd0\xb9\xfa\xe9\r\ncOnTeNt-TyPe:text/HTML\r\nX-A: 1\r\nX-A: 2\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
    b'4;ext="a;b"\r\n\x00\xff\r\n\r\n00A \r\n0123456789\r\n0;last\r\nX-Trailer: t\r\n\r\n'
)
CHUNKED_PAYLOAD = b"\x00\xff\r\n0123456789"


def reply(body: bytes) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


def exchange(response: bytes = b"", url: str = URL, *, minutes: float = 0, **differing: Any) -> Exchange:
    """One exchange, that many minutes after noon; without a response it failed."""
    outcome: Outcome = "complete" if response else "failed"
    made = Exchange(url, "GET", NOON + timedelta(minutes=minutes), REQUEST, response, outcome)
    return replace(made, **differing)


class Home:
    """A home folder with a database, one run of one site, and its archive."""

    def __init__(self, path: Path, *, segment_bytes: int = 1 << 30) -> None:
        self.path = path
        self.folder = path / "archive"
        self.database = empty_database(path)
        with self.database.write() as session:
            session.merge(Site(domain=SITE, name="网站"))
            run = Run(kind="night", state="running", started_at=NOON, sites=[SITE], summary={})
            session.add(run)
        self.run_id = run.id
        self.archive = self.another_archive(segment_bytes)

    def another_archive(self, segment_bytes: int = 1 << 30) -> Archive:
        return Archive(
            self.folder,
            self.database,
            run_id=self.run_id,
            site=SITE,
            segment_bytes=segment_bytes,
            info={"software": "Nianbao/test", "format": "WARC File Format 1.1"},
        )

    def files(self) -> list[str]:
        """The kinds of files in the archive, sorted: `sealed`, `open`, `torn`."""
        kinds = {".gz": "sealed", ".open": "open", ".torn": "torn"}
        return sorted(kinds[path.suffix] for path in self.folder.iterdir())

    def segment_file(self, kind: str = "gz") -> Path:
        """The only segment file whose name ends so."""
        (path,) = self.folder.glob(f"*.{kind}")
        return path


def keep(writer: SegmentWriter, made: Exchange) -> PlacedGroup:
    """Append to a bare segment, as the archive does."""
    payload = digests(take_apart(made.response).payload) if made.response else None
    group = writer.append(made, PURPOSE, payload, FACTS)
    writer.sync()
    return group
