"""Mementos: an archived reply to be looked at, and its payload octet for octet (`id_`).

What is looked at is the payload without its content coding, with the media type and the status that it had.
Links in it are left as they were: a page that needs its images and styles is seen with `nianbao replay`. A
redirect leads to the memento of its target.
"""

from __future__ import annotations

import base64
import re
import zlib
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from errors import BadStamp, NotAsPart
from storage.archive import Place, place_of
from storage.exchange import Reply, decode_content
from storage.models import Capture
from storage.spool import SPOOL_BYTES, Octets
from storage.timemap import Chosen
from web import inert, links
from web.addresses import RAW, Addresses, parse_stamp, target
from web.asked import address_after, find, our_addresses
from web.inert import Headers
from web.payload import Payload
from web.reading import Reading

DECODED_LIMIT = 64 * 1024 * 1024
"""A payload whose content coding unpacks to more than this is given out in it."""
_REDIRECTS = (301, 302, 303, 307, 308)
_BODILESS = (204, 205, 304)
"""Statuses with which no body may be sent."""
_CODINGS = {b"gzip", b"x-gzip", b"deflate", b"identity"}
_BY_HEADER, _HEADERLESS = 47, -15
_LOOKED_AT = 65536
_TOKEN = re.compile(rb"[a-z0-9_.+-]{1,40}")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A memento as it was asked for: where it lies, and what there is around it."""

    url: str
    chosen: Chosen
    place: Place | None
    large: bool
    raw: bool

    @property
    def at(self) -> datetime:
        return self.chosen.memento.second


async def memento(request: Request) -> Response:
    """`/memento/20260131020000/URI` and `/memento/20260131020000id_/URI`."""
    stamp: str = request.path_params["stamp"]
    raw = stamp.endswith(RAW)
    at = parse_stamp(stamp.removesuffix(RAW))
    if at is None:
        raise BadStamp(text=stamp)
    address = address_after(request, f"/memento/{stamp}/")
    if inert.is_refused(request.headers):
        raise NotAsPart(url=address)
    reading: Reading = request.app.state.reading
    here = our_addresses(request)

    def look(session: Session) -> _Asked:
        url, chosen = find(session, address, at)
        exact = chosen.memento.second == at and len(stamp.removesuffix(RAW)) == len("YYYYMMDDhhmmss")
        if not exact:
            return _Asked(url, chosen, None, large=False, raw=raw)
        capture = session.get_one(Capture, chosen.memento.capture)
        large = (capture.payload_bytes or 0) > SPOOL_BYTES
        return _Asked(url, chosen, place_of(capture), large=large, raw=raw)

    asked = await reading.ask(look)
    if asked.place is None:
        return RedirectResponse(here.memento(asked.url, asked.at, raw=raw), 302)
    async with AsyncExitStack() as held:
        if asked.large:
            await held.enter_async_context(reading.large)
        headers, body, status = await reading.reply(asked.place, lambda reply: _given_out(reply, asked, here))
        return Payload(reading, body, status, headers, held.pop_all())


def _given_out(reply: Reply, asked: _Asked, here: Addresses) -> tuple[Headers, Octets, int]:
    """What goes out of an archived reply: headers, body, status."""
    told: dict[str, str] = {
        "Memento-Datetime": links.http_date(asked.at),
        "Link": links.header(here, asked.url, asked.chosen),
        **inert.HEADERS,
    }
    body = reply.payload if asked.raw else _decoded(reply)
    if asked.raw:
        digest = base64.b64encode(bytes.fromhex(asked.chosen.memento.payload_sha256)).decode()
        told["Repr-Digest"] = f"sha-256=:{digest}:"
        told["Content-Type"], may_be_shown = inert.sent_as(reply), False
    else:
        told["Content-Type"], may_be_shown = inert.shown_as(reply)
    if not may_be_shown:
        told["Content-Disposition"] = inert.saved_as(asked.url)
    if body is reply.payload and (codings := _codings(reply)):
        told["Content-Encoding"] = codings
    status = _status(reply)
    location = reply.header(b"location") if status in _REDIRECTS else None
    if location is not None and (leads_to := target(asked.url, location)) is not None:
        told["Location"] = here.memento(leads_to, asked.at, raw=asked.raw)
    headers = [(name.encode(), value.encode("latin-1")) for name, value in told.items()]
    return [*headers, *(inert.original_headers(reply) if asked.raw else ())], body, status


def _status(reply: Reply) -> int:
    """The status that was archived, or 200 where it cannot be sent with a body."""
    status = reply.status or 200
    return status if 200 <= status <= 599 and status not in _BODILESS else 200


def _decoded(reply: Reply) -> Octets:
    """The payload without its content coding, where it is in it; the payload itself where it is not, or is in
    one that we do not know, or too large."""
    codings = set(reply.listed(b"content-encoding"))
    if codings and codings <= _CODINGS:
        with suppress(ValueError):
            return decode_content(reply, DECODED_LIMIT)
    return reply.payload


def _codings(reply: Reply) -> str:
    """The content coding to be told of a payload: none where it is not in the one that it claims, since
    whoever takes it would see nothing but an error."""
    codings = reply.listed(b"content-encoding")
    if not codings or not all(_TOKEN.fullmatch(coding) for coding in codings):
        return ""
    if codings[-1] in _CODINGS and not any(
        _unpacks(reply.payload[:_LOOKED_AT], wbits) for wbits in (_BY_HEADER, _HEADERLESS)
    ):
        return ""
    return ", ".join(coding.decode("ascii") for coding in codings)


def _unpacks(octets: Octets, wbits: int) -> bool:
    try:
        zlib.decompressobj(wbits).decompress(octets, _LOOKED_AT)
    except zlib.error:
        return False
    return True
