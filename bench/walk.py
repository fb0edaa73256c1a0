"""One crawl over given addresses, in a process of its own: `python walk.py KIND ADDRESSES FOLDER SETTINGS`.

Runs in our environment and in those of the peers, whose Scrapy is older; so it imports nothing of ours before
it knows that it is there. KIND says what keeps the pages:

    bare         nothing
    ours         crawler.recording, as in a night
    crau         crau's writer, called for each page (its spider, which also looks for links, is left out)
    webarchive   the exporter of scrapy-webarchive

Every page is parsed by nobody. SETTINGS are Scrapy's, as JSON. Prints how many pages came.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

OURS = sys.argv[1:2] == ["ours"]
with ExitStack() as _loading:
    if OURS:
        # As `nianbao nightly` loads what it needs.
        from crawler.garbage import loading

        _loading.enter_context(loading())
    import scrapy
    from scrapy import crawler as scrapy_crawler
    from scrapy.http import Response

    if OURS:
        for _module in ("wire", "recording", "conditional", "resume", "sightings"):
            import_module(f"crawler.{_module}")


class Walk(scrapy.Spider):
    """Asks for every address and counts what comes."""

    name = "walk"
    addresses: list[str] = []  # noqa: RUF012 - a class attribute is how Scrapy is told
    came = 0

    async def start(self) -> AsyncIterator[Any]:
        for request in self.start_requests():
            yield request

    def start_requests(self) -> Iterator[scrapy.Request]:
        """What Scrapy calls before 2.13."""
        return (scrapy.Request(address, callback=self.take) for address in self.addresses)

    def take(self, response: Response) -> None:
        """A page came."""
        type(self).came += 1


def crau_walk(folder: Path) -> type[Walk]:
    """A walk that writes each page as crau does."""
    from crau.utils import write_warc_request_response  # type: ignore[import-not-found]  # noqa: PLC0415
    from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]  # noqa: PLC0415

    writer = WARCWriter((folder / "crau.warc.gz").open("wb"), gzip=True)

    class CrauWalk(Walk):
        def take(self, response: Response) -> None:
            write_warc_request_response(writer, response)
            Walk.came += 1

    return CrauWalk


def our_walk(addresses: list[str]) -> type[Walk]:
    """A walk with a profile, which the recorder asks for."""
    from spiders.site import Publisher, SiteProfile  # noqa: PLC0415

    hosts = {address.split("/")[2].partition(":")[0] for address in addresses} | {"127.0.0.1"}
    profile = SiteProfile(
        domain="127.0.0.1", name="回环", entry=("http://127.0.0.1/",), hosts=tuple(sorted(hosts)),
        publishers=(Publisher(agency="某市公安局", level="agency", since=2021),),
    )  # fmt: skip
    return type("OurWalk", (Walk,), {"profile": profile})


def main(kind: str, addresses: str, folder: str, settings: str) -> None:
    Walk.addresses = Path(addresses).read_text(encoding="utf-8").split()
    spider: type[Walk] = Walk
    more: dict[str, Any] = {}
    if kind == "crau":
        spider = crau_walk(Path(folder))
    elif kind == "ours":
        spider = our_walk(Walk.addresses)
    elif kind == "webarchive":
        more = {
            "EXTENSIONS": {"scrapy_webarchive.extensions.WaczExporter": 543},
            "SW_EXPORT_URI": f"{folder}/",
        }
    start = getattr(scrapy_crawler, "AsyncCrawlerProcess", scrapy_crawler.CrawlerProcess)
    process = start(json.loads(Path(settings).read_text(encoding="utf-8")) | more)
    process.crawl(spider)
    process.start()
    print(spider.came if kind == "ours" else Walk.came)


if __name__ == "__main__":
    main(*sys.argv[1:])
