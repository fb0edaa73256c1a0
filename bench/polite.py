"""Scrapy's own download handler with one request at a time to a host, as in ours: the bare contender."""

from __future__ import annotations

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import Response

from crawler.politeness import turn


class PoliteHandler(HTTP11DownloadHandler):
    """Downloads in turn, and keeps nothing."""

    async def download_request(self, request: Request) -> Response:
        async with turn(request.url):
            return await super().download_request(request)
