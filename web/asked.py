"""What a request asks for: the address of others as it stands in it, and the time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request

from errors import BadDatetime, NoMemento
from storage.timemap import Chosen, choose
from web.addresses import Addresses, candidates
from web.links import parse_http_date


def address_after(request: Request, prefix: str) -> str:
    """What stands behind our own path, undecoded, with its query."""
    path: str = request.scope["raw_path"].decode("latin-1")
    query: str = request.scope["query_string"].decode("latin-1")
    return path.removeprefix(prefix) + (f"?{query}" if query else "")


def accept_datetime(request: Request) -> datetime | None:
    """The time that is asked for. Raises `BadDatetime`."""
    text = request.headers.get("accept-datetime")
    if text is None:
        return None
    try:
        return parse_http_date(text)
    except (ValueError, OverflowError) as error:
        raise BadDatetime(text=text) from error


def find(session: Session, asked: str, at: datetime | None) -> tuple[str, Chosen]:
    """The address as it was captured, and its memento of that time. Raises `BadAddress`, `NoMemento`."""
    for url in candidates(asked):
        if chosen := choose(session, url, at):
            return url, chosen
    raise NoMemento(url=asked)


def our_addresses(request: Request) -> Addresses:
    """Our own addresses, as whoever asks reaches us."""
    base: str = request.app.state.base
    return Addresses(base or str(request.base_url).rstrip("/"))
