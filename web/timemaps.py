"""TimeMaps: all mementos of an address, oldest first, in pages (RFC 7089 §5), as link format and as JSON."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from errors import NoMemento, NoPage
from storage.timemap import TimeMap, time_map
from web import links
from web.addresses import Addresses, candidates
from web.asked import address_after, our_addresses
from web.reading import Reading

_PAGE = re.compile(r"([1-9][0-9]{0,8})/(.*)", re.S)


async def link_format(request: Request) -> Response:
    """`/timemap/link/URI`, `/timemap/link/2/URI`."""
    url, page, found = await _asked(request, "link")
    text = links.time_map_lines(our_addresses(request), url, page, found)
    return Response(text, media_type=links.LINK_FORMAT)


async def in_json(request: Request) -> Response:
    """`/timemap/json/URI`, `/timemap/json/2/URI`."""
    url, page, found = await _asked(request, "json")
    text = json.dumps(_document(our_addresses(request), url, page, found), ensure_ascii=False, indent=1)
    return Response(text + "\n", media_type="application/json")


async def _asked(request: Request, form: str) -> tuple[str, int, TimeMap]:
    """The address as it was captured, the page that is asked for, and what it holds."""
    address = address_after(request, f"/timemap/{form}/")
    page = 1
    if numbered := _PAGE.fullmatch(address):
        page, address = int(numbered[1]), numbered[2]
    reading: Reading = request.app.state.reading

    def look(session: Session) -> tuple[str, TimeMap]:
        for url in candidates(address):
            if found := time_map(session, url, page=page):
                return url, found
            if page > 1 and time_map(session, url, size=1):
                raise NoPage(url=url, page=page)
        raise NoMemento(url=address)

    url, found = await reading.ask(look)
    return url, page, found


def _document(here: Addresses, url: str, page: int, found: TimeMap) -> dict[str, Any]:
    """The words are those of the JSON that Memento's aggregator and its TimeGate server speak."""
    return {
        "original_uri": url,
        "self": here.time_map(url, "json", page),
        "timegate_uri": here.timegate(url),
        "timemap_uri": {"link_format": here.time_map(url), "json_format": here.time_map(url, "json")},
        "timemap_index": [
            {
                "uri": here.time_map(url, "json", one.number),
                "from": _moment(one.first),
                "until": _moment(one.last),
            }
            for one in found.pages
        ],
        "mementos": {
            "first": _memento(here, url, found.pages[0].first),
            "last": _memento(here, url, found.pages[-1].last),
            "list": [
                _memento(here, url, one.second) | {"status": one.status, "payload_sha256": one.payload_sha256}
                for one in found.mementos
            ],
        },
    }


def _memento(here: Addresses, url: str, at: datetime) -> dict[str, Any]:
    return {"datetime": _moment(at), "uri": here.memento(url, at)}


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
