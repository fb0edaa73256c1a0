"""Times as people write them and as we print them. Everything is UTC unless a zone is written."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from errors import BadTime

_COMPACT = re.compile(r"\d{14}")
_DASHED = re.compile(r"\d{4}-\d{2}-\d{2}([T ]|$)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MINUTE = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(Z|[+-]\d{2}:?\d{2})?")


def parse_moment(text: str) -> datetime:
    """The last instant of what was written: a bare day means up to its end, a second up to its end.

    Takes ISO days and times and the 14 digits of web archives. Raises `BadTime`.
    """
    start, length = _parse(text.strip())
    return start + length - timedelta(microseconds=1)


def parse_start(text: str) -> datetime:
    """The first instant of what was written, as `parse_moment` takes it. Raises `BadTime`."""
    return _parse(text.strip())[0]


def show_moment(moment: datetime | None) -> str:
    """For people, to the second; `parse_moment` of it is not before the moment itself."""
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def show_iso(text: str | None) -> str:
    """`show_moment` of a time that was put into words for JSON."""
    return show_moment(None if text is None else datetime.fromisoformat(text))


def show_day(moment: datetime) -> str:
    """For people, where the hour does not matter: the day in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d")


def iso_moment(moment: datetime | None) -> str | None:
    """For JSON, exact."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _parse(text: str) -> tuple[datetime, timedelta]:
    """When it begins, in UTC, and how long it lasts."""
    try:
        if _COMPACT.fullmatch(text):
            start, length = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC), timedelta(seconds=1)
        elif not _DASHED.match(text):
            raise BadTime(text=text)
        else:
            # `fromisoformat` alone takes any character between day and time, a digit too.
            start, length = datetime.fromisoformat(text), _length(text)
        start = start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
        # The end must be a time too: 9999-12-31 has none.
        _ = start + length
    except (ValueError, OverflowError) as error:
        raise BadTime(text=text) from error
    return start, length


def _length(text: str) -> timedelta:
    if _DAY.fullmatch(text):
        return timedelta(days=1)
    if _MINUTE.fullmatch(text):
        return timedelta(minutes=1)
    return timedelta(microseconds=1) if "." in text else timedelta(seconds=1)
