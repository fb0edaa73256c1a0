"""Keeps the promise of one request at a time to a host where Scrapy would not."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader import Downloader

_turns: dict[str, asyncio.Lock] = {}


def turn(url: str) -> asyncio.Lock:
    """The turn at a host, for all crawls of this process: hold it while asking.

    Scrapy 2.19 counts a request as under way only once its task runs, so that without a delay it starts all
    that wait for a host at once.
    """
    return _turns.setdefault(urlsplit(url).hostname or "", asyncio.Lock())


class OneQueueAHost:
    """Lets each request queue up for the host that it goes to.

    Scrapy notes a request's queue in its meta, which a redirect copies: sent on to another host of the site,
    the request would wait in the first host's queue and not keep the second's delay.
    """

    def process_request(self, request: Request) -> None:
        request.meta.pop(Downloader.DOWNLOAD_SLOT, None)
