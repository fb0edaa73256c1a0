"""Fetches a list of addresses through the real crawler, in a process of its own (a reactor runs but once).

As a script it takes a plan file; `visit` writes the plan, runs it, and gives back what was seen.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings as ScrapySettings
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from twisted.python.failure import Failure

from config import settings
from crawler import wire
from spiders.annual_reports import AnnualReportsSpider
from spiders.loader import spider_class
from spiders.site import SiteProfile
from storage.database import Database
from storage.members import read_record
from storage.models import Capture
from storage.segment import locate
from tests.databases import settings_of, url_of

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Visit:
    """How a visit went: what each callback saw when it was called, by URL, and the process's own words."""

    home: Path
    seen: dict[str, dict[str, Any]]
    stderr: str
    code: int
    captures: list[Capture] = field(default_factory=list)

    def of(self, url: str) -> list[Capture]:
        return [capture for capture in self.captures if capture.url == url]

    def block(self, capture: Capture, *, request: bool = False) -> bytes:
        """The octets of a capture as they lie in the archive."""
        offset = capture.request_offset if request else capture.response_offset
        assert offset is not None
        with locate(self.home / "archive", capture.segment.name).open("rb") as file:
            return bytes(read_record(file, offset).block)


def visit(
    home: Path,
    urls: list[str],
    *,
    profile: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    scrapy: Mapping[str, Any] | None = None,
    break_contract: bool = False,
    file_limit: int | None = None,
    memory_limit: int | None = None,
) -> Visit:
    """Ask for these addresses one after the other.

    `file_limit`: no file may grow beyond so many bytes. `memory_limit`: the process may have so many bytes of
    memory of its own, which what it maps from a file is not.
    """
    home.mkdir(parents=True, exist_ok=True)
    plan = {
        "urls": urls,
        "profile": dict(profile),
        "scrapy": dict(scrapy or {}),
        "break_contract": break_contract,
        "out": str(home / "seen.jsonl"),
    }
    (home / "plan.json").write_text(json.dumps(plan))
    command = [sys.executable, "-m", "tests.crawler.visits", str(home / "plan.json")]
    if file_limit is not None:
        command = ["prlimit", f"--fsize={file_limit}", *command]
    if memory_limit is not None:
        command = ["prlimit", f"--data={memory_limit}", *command]
    done = subprocess.run(
        command,
        env=clean_environment(home, environment or {}),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    lines = (home / "seen.jsonl").read_text().splitlines() if (home / "seen.jsonl").exists() else []
    seen = {item["url"]: item for item in map(json.loads, lines)}
    return Visit(home, seen, done.stderr, done.returncode, captures_in(home))


def clean_environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process of ours that knows nothing of the machine's proxies and settings."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("NIANBAO_") and "proxy" not in name.lower()
    }
    return ours | {
        "PYTHONPATH": str(ROOT),
        **settings_of(home),
        "NIANBAO_LANG": "en",
        "NIANBAO_DELAY": "0",
        "NIANBAO_RETRIES": "0",
        "NIANBAO_CONTACT": "operator@example.invalid",
        **more,
    }


def captures_in(home: Path) -> list[Capture]:
    """The index of a home, in order."""
    database = Database(url_of(home), create=False)
    try:
        with database.read() as session:
            query = select(Capture).order_by(Capture.id).options(joinedload(Capture.segment))
            return list(session.scalars(query))
    finally:
        database.close()


def visitor(plan: dict[str, Any]) -> type[AnnualReportsSpider]:
    """A spider that asks for the plan's addresses and notes what the archive holds when it is called."""
    database = Database(settings().database)
    out = Path(plan["out"])

    def note(url: str, **facts: object) -> None:
        with out.open("a") as file:
            file.write(json.dumps({"url": url, **facts}) + "\n")

    def kept(url: str) -> dict[str, Any]:
        """Whether the last capture of a URL is in the index and its records are in the segment's file."""
        with database.read() as session:
            capture = session.scalar(
                select(Capture)
                .where(Capture.url == url)
                .order_by(Capture.id.desc())
                .limit(1)
                .options(joinedload(Capture.segment))
            )
        if capture is None:
            return {"capture": None, "octets": 0}
        with locate(settings().archive_dir, capture.segment.name).open("rb") as file:
            offset = capture.response_offset
            octets = len(read_record(file, offset).block) if offset is not None else 0
        return {"capture": capture.id, "outcome": capture.outcome, "octets": octets}

    class Visitor(spider_class(SiteProfile.model_validate(plan["profile"]))):  # type: ignore[misc]
        async def start(self) -> AsyncIterator[Request]:
            for number, url in enumerate(plan["urls"]):
                purpose = {"role": "entry", "followed": "a plan of the tests", "referrer": None}
                meta = {"purpose": purpose, "handle_httpstatus_list": plan["scrapy"].get("STATUSES", [])}
                yield Request(url, self.parse, meta=meta, priority=-number, errback=self.failed)

        def parse(self, response: Response, **kwargs: Any) -> Iterator[Request]:
            note(
                response.url,
                told=response.meta["capture"],
                status=response.status,
                body=len(response.body),
                **kept(response.url),
            )
            yield from ()

        def failed(self, failure: Failure) -> None:
            url = failure.request.url  # type: ignore[attr-defined]
            note(url, error=type(failure.value).__name__, **kept(url))

    return Visitor


def main(path: str) -> None:
    plan = json.loads(Path(path).read_text())
    if plan["break_contract"]:
        wire.check_contract = lambda: "a name is gone (this is a test)"
    scrapy = ScrapySettings()
    scrapy.setmodule("crawler.settings", priority="project")
    scrapy.setdict({"LOG_FILE": str(settings().home / "scrapy.log"), **plan["scrapy"]}, priority="cmdline")
    process = AsyncCrawlerProcess(scrapy)
    process.crawl(visitor(plan))
    process.start()


if __name__ == "__main__":
    main(sys.argv[1])
