"""Keeps the promise of one request at a time to a host where Scrapy would not."""

from __future__ import annotations

from scrapy import Request
from scrapy.core.downloader import Downloader


class OneQueueAHost:
    """Lets each request queue up for the host that it goes to.

    Scrapy notes a request's queue in its meta, which a redirect copies: sent on to another host of the site,
    the request would wait in the first host's queue and reach the second beside that one's own.
    """

    def process_request(self, request: Request) -> None:
        request.meta.pop(Downloader.DOWNLOAD_SLOT, None)
