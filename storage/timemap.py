"""The mementos of an address: what it answered and when, without opening a single row of the table.

A memento is a whole reply to a GET that is no block page: pages, redirects and errors alike, since all of
them are what the address said; a 304 is the page that it stands for. What came cut short, or from somebody
who stands in front of the server, is kept too, but says nothing of the address. Of several within one second
the last one counts, because a second is as far as Memento (RFC 7089) tells times apart.

An address that was captured on a hundred nights has its rows in a hundred places of the table. What is told
here lies in one place of `ix_captures_time_map`: an answer takes milliseconds, however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import compress
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session

from storage.models import Capture

_SECOND = timedelta(seconds=1)
PAGE = 1000
"""Captures that one page of a time map is made of."""


class Memento(NamedTuple):
    """`capture` is the capture's id."""

    captured_at: datetime
    capture: int
    status: int
    payload_sha256: str

    @property
    def second(self) -> datetime:
        """When it was captured, as Memento tells times."""
        return self.captured_at.replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A memento, and the seconds of those around it; there is none before the first and after the last."""

    memento: Memento
    first: datetime
    last: datetime
    previous: datetime | None
    next: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a time map: its number, counted from 1, and the seconds of its first and last memento."""

    number: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class TimeMap:
    """One page of what was captured of an address, and what all pages are."""

    mementos: list[Memento]
    pages: list[Page]


def is_memento() -> ColumnElement[bool]:
    """What holds of the row of a memento."""
    return and_(
        Capture.payload_sha256.is_not(None),
        Capture.status.is_not(None),
        Capture.outcome == "complete",
        Capture.blocked.is_(None),
        Capture.method == "GET",
    )


def time_map(session: Session, url: str, *, page: int = 1, size: int = PAGE) -> TimeMap | None:
    """One page of the mementos of a URL, oldest first; nothing where there is no such page."""
    rows: Any = session.execute(_PAGE, {"url": url, "size": size + 1, "before": (page - 1) * size})
    found = [Memento(*row) for row in rows]
    if not found:
        return None
    # One more than the page has was asked for: it tells whether another page follows, and which second ends.
    more = len(found) > size
    seconds = [one.second for one in found]
    ends = (here != after for here, after in zip(seconds, [*seconds[1:], None], strict=True))
    mementos = list(compress(found, ends))
    if more:
        mementos.pop()
    if page == 1 and not more:
        return TimeMap(mementos, [Page(1, mementos[0].second, mementos[-1].second)])
    return TimeMap(mementos, _pages(session, url, size))


def choose(session: Session, url: str, at: datetime | None = None) -> Chosen | None:
    """The memento of a URL that shows it at a time: the last one not after it, the first where all are after
    it, the last of all where no time is named. Nothing where it has none.

    This is the rule of `captures.nearest`: what came later was not there yet.
    """
    ends = _ask(session, _ENDS, url=url, end=None if at is None else at.replace(microsecond=0) + _SECOND)
    if not ends:
        return None
    nearest = ends["last"] if at is None else ends.get("chosen", ends["first"])
    around = _ask(session, _AROUND, url=url, start=nearest.second, end=nearest.second + _SECOND)
    return Chosen(
        around["here"],
        ends["first"].second,
        ends["last"].second,
        around["previous"].second if "previous" in around else None,
        around["next"].second if "next" in around else None,
    )


def _ask(session: Session, query: Any, **parameters: Any) -> dict[str, Memento]:
    return {name: Memento(*memento) for name, *memento in session.execute(query, parameters)}


def _pages(session: Session, url: str, size: int) -> list[Page]:
    number = func.row_number().over(order_by=(Capture.captured_at, Capture.id)).label("number")
    rows = select(Capture.captured_at, number).where(Capture.url == url, is_memento()).subquery()
    page = ((rows.c.number - 1) // size).label("page")
    query = select(page, func.min(rows.c.captured_at), func.max(rows.c.captured_at)).group_by(page)
    return [
        Page(int(number) + 1, first.replace(microsecond=0), last.replace(microsecond=0))
        for number, first, last in session.execute(query.order_by(page))
    ]


def _one(name: str, *conditions: ColumnElement[bool], newest: bool) -> Any:
    """A query for the first or the last memento of `url` of which these conditions hold."""
    order = (Capture.captured_at, Capture.id)
    query = select(literal(name).label("name"), *_COLUMNS).where(*_OF_URL, *conditions)
    return query.order_by(*(column.desc() if newest else column for column in order)).limit(1).subquery()


def _each(*queries: Any) -> Any:
    """All of them in one, so that the database is asked once."""
    return union_all(*(select(query) for query in queries))


_COLUMNS = (Capture.captured_at, Capture.id, Capture.status, Capture.payload_sha256)
_OF_URL = (Capture.url == bindparam("url"), is_memento())
_START, _END = (
    bindparam("start", type_=Capture.captured_at.type),
    bindparam("end", type_=Capture.captured_at.type),
)
# Made once: to put a statement together takes longer than to run it.
_PAGE = (
    select(*_COLUMNS)
    .where(*_OF_URL)
    .order_by(Capture.captured_at, Capture.id)
    .limit(bindparam("size"))
    .offset(bindparam("before"))
)
_ENDS = _each(
    _one("first", newest=False),
    _one("last", newest=True),
    _one("chosen", Capture.captured_at < _END, newest=True),
)
_AROUND = _each(
    _one("previous", Capture.captured_at < _START, newest=True),
    _one("here", Capture.captured_at >= _START, Capture.captured_at < _END, newest=True),
    _one("next", Capture.captured_at >= _END, newest=False),
)
