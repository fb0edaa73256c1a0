"""The TimeGate: an address and a time lead to the memento of that time (RFC 7089 §4.2.1, with a redirect)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web import links
from web.asked import accept_datetime, address_after, find, our_addresses
from web.reading import Reading

VARY = {"Vary": "accept-datetime"}


async def timegate(request: Request) -> Response:
    """`/timegate/URI`; without a time, the last memento."""
    address = address_after(request, "/timegate/")
    at = accept_datetime(request)
    reading: Reading = request.app.state.reading
    url, chosen = await reading.ask(lambda session: find(session, address, at))
    here = our_addresses(request)
    found = here.memento(url, chosen.memento.second)
    headers = {"Location": found, "Link": links.header(here, url, chosen), **VARY}
    return PlainTextResponse(f"{found}\n", 302, headers)
