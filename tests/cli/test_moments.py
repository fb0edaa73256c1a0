"""A time names its whole length: asking for a day or a second includes what was captured within it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.moments import iso_moment, parse_moment, show_moment
from errors import BadTime


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("2024-01-31", "2024-01-31T23:59:59.999999+00:00"),
        ("2024-01-31T02:00", "2024-01-31T02:00:59.999999+00:00"),
        ("2024-01-31 02:00:00", "2024-01-31T02:00:00.999999+00:00"),
        ("2024-01-31T02:00:00+08:00", "2024-01-30T18:00:00.999999+00:00"),
        ("2024-01-31T02:00:00.5Z", "2024-01-31T02:00:00.500000+00:00"),
        ("20240131020000", "2024-01-31T02:00:00.999999+00:00"),
        (" 2024-01-31 ", "2024-01-31T23:59:59.999999+00:00"),
    ],
)
def test_the_last_instant_of_what_was_written(text: str, last: str) -> None:
    assert parse_moment(text).isoformat() == last


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2024-13-01", "9999-12-31T23:59:59-23:00", "2024013102000"]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(BadTime):
        parse_moment(text)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=36_500)))
def test_a_time_that_we_printed_can_be_asked_for(since_2000: timedelta) -> None:
    moment = datetime(2000, 1, 1, tzinfo=UTC) + since_2000
    assert parse_moment(show_moment(moment)) >= moment
    assert parse_moment(iso_moment(moment) or "") >= moment
