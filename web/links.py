"""Links of Memento (RFC 7089 §2.2, §5): in the `Link` header of a reply, and as the lines of a time map."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from storage.timemap import Chosen, TimeMap
from web.addresses import Addresses, escaped

LINK_FORMAT = "application/link-format"
MOST_OF_A_HEADER = 16_000
"""Octets of a `Link` header. An address may have thousands, and stands in each link: those that one can do
without are left out then, because clients refuse a reply with a longer header."""
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def http_date(at: datetime) -> str:
    """A time as HTTP writes it, whatever the locale."""
    at = at.astimezone(UTC)
    day = f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at.year:04}"
    return f"{day} {at.hour:02}:{at.minute:02}:{at.second:02} GMT"


def parse_http_date(text: str) -> datetime:
    """The moment of an `Accept-Datetime`. Raises `ValueError`."""
    day, day_of_month, month, year, clock, zone = text.split()
    if day.removesuffix(",") not in _DAYS or zone != "GMT" or not (day_of_month + year).isdecimal():
        raise ValueError("not as HTTP writes a time")
    hour, minute, second = (int(part) for part in clock.split(":"))
    number = _MONTHS.index(month) + 1
    # A leap second is the last one of its minute here.
    return datetime(int(year), number, int(day_of_month), hour, minute, min(second, 59), tzinfo=UTC)


def link(address: str, relation: str, **attributes: str) -> str:
    """One link; addresses of others go through `web.addresses.escaped` first."""
    return "; ".join([f"<{address}>", f'rel="{relation}"', *(f'{k}="{v}"' for k, v in attributes.items())])


def header(here: Addresses, url: str, chosen: Chosen) -> str:
    """The `Link` of a TimeGate's reply and of a memento."""
    links = [
        link(escaped(url), "original"),
        link(here.timegate(url), "timegate"),
        link(here.time_map(url), "timemap", type=LINK_FORMAT),
    ]
    rest = MOST_OF_A_HEADER - sum(len(one) + 2 for one in links)
    for at, relation in _around(chosen):
        one = link(here.memento(url, at), relation, datetime=http_date(at))
        rest -= len(one) + 2
        if rest < 0:
            break
        links.append(one)
    return ", ".join(links)


def _around(chosen: Chosen) -> Iterator[tuple[datetime, str]]:
    """The mementos that a reply names, each once, with all that it is."""
    named: dict[datetime, list[str]] = {}
    here = (chosen.memento.second, "")
    for at, name in (
        here, (chosen.first, "first"), (chosen.last, "last"), (chosen.previous, "prev"), (chosen.next, "next")
    ):  # fmt: skip
        if at is not None:
            named.setdefault(at, []).extend([name] if name else [])
    for at, names in named.items():
        yield at, " ".join([*names, "memento"])


def time_map_lines(here: Addresses, url: str, page: int, found: TimeMap) -> str:
    """A page of a time map as `application/link-format`; it names the others with their times."""
    pages = {one.number: one for one in found.pages}
    mine = pages[page]
    own = {"type": LINK_FORMAT, "from": http_date(mine.first), "until": http_date(mine.last)}
    lines = [
        link(escaped(url), "original"),
        link(here.timegate(url), "timegate"),
        link(here.time_map(url, page=page), "self", **own),
    ]
    for one in found.pages:
        if one is not mine:
            own = {"type": LINK_FORMAT, "from": http_date(one.first), "until": http_date(one.last)}
            lines.append(link(here.time_map(url, page=one.number), "timemap", **own))
    lines += [
        link(here.memento(url, at), relation, datetime=http_date(at)) for at, relation in entries(found)
    ]
    return ",\n".join(lines) + "\n"


def entries(found: TimeMap) -> Iterable[tuple[datetime, str]]:
    """The mementos of a page, and what each is among all."""
    first, last = found.pages[0].first, found.pages[-1].last
    for one in found.mementos:
        at = one.second
        yield at, f"{'first ' if at == first else ''}{'last ' if at == last else ''}memento"
