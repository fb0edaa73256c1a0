"""Two small sites of three reports on two days, for nights that have to be quick."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from tests.crawler.raw_server import RawServer, Script, Tagged
from tests.parser.readers.drawn import reports
from tests.test_night_attachments import link, page, sent, with_tables
from tests.test_night_trouble import sites

HOSTS = ("a.example.invalid", "b.example.invalid")
ETAG = b'ETag: "one"\r\n'
NOT_MODIFIED: Script = [b'HTTP/1.1 304 Not Modified\r\nETag: "one"\r\n\r\n']


def _report(seed: int) -> Script:
    made = reports.report("2021", seed)
    return page(made.title, '<link rel="stylesheet" href="/s.css">' + with_tables(made))


REPORT = with_tables(reports.report("2021", 2)).encode()
"""The page of a report."""


def _tagged(script: Script) -> Tagged:
    (octets,) = script
    assert isinstance(octets, bytes)
    return Tagged([octets.replace(b"\r\n", b"\r\n" + ETAG, 1)], NOT_MODIFIED)


def _site(host: str, seeds: tuple[int, ...], day: int) -> dict[str, Script]:
    """Nothing changes on the second day but the figures of the last report. The first page has an ETag."""
    listing = "".join(
        link(f"/nb/{number}.html", reports.report("2021", seed).title) for number, seed in enumerate(seeds)
    )
    pages: dict[str, Script] = {
        "/robots.txt": sent(b"User-agent: *\nDisallow:\n", "text/plain"),
        "/": _tagged(page("某某县", link("/nb/", "政府信息公开年报"))),
        "/nb/": page("政府信息公开年报", listing),
        "/s.css": sent(b"p { margin: 0 }" + b" " * 300, "text/css"),
    }
    pages |= {f"/nb/{number}.html": _report(seed) for number, seed in enumerate(seeds)}
    if day == 2:
        pages[f"/nb/{len(seeds) - 1}.html"] = _report(seeds[-1] + 20)
    return {f"http://{host}{path}": script for path, script in pages.items()}


def _all(day: int) -> dict[str, Script]:
    return _site(HOSTS[0], (2, 4), day) | _site(HOSTS[1], (6,), day)


class SmallSites:
    """A proxy that answers for both sites, and the folder of their profiles."""

    def __init__(self, folder: Path) -> None:
        self.profiles = sites(folder, *(f"{host}=http://{host}/" for host in HOSTS))
        self._server = RawServer(_all(1))

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def hits(self) -> list[str]:
        """Every address that was asked for, in order."""
        return [served.url for served in self._server.served]

    def begin(self, day: int) -> None:
        """Answer as on that day, and forget what was asked."""
        self._server.scripts = _all(day)
        self._server.served.clear()
