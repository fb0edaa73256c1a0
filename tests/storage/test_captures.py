"""The index asked for a URL at a time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from errors import DatabaseError, NotCaptured, UnknownUrl
from storage.captures import answered_in_run, history, nearest
from tests.storage.exchanges import NOON, PURPOSE, URL, Home, exchange, reply

SECOND = timedelta(microseconds=1)


@pytest.fixture
def days(home: Home) -> Home:
    """One URL: failed, a page on day 1, refused on day 2, another page on day 3, all at noon."""
    day = 24 * 60
    for day_number, response in enumerate([b"", reply(b"one"), b"", reply(b"two")]):
        home.archive.add(exchange(response, minutes=day * day_number), PURPOSE)
    return home


def found(home: Home, url: str, at: datetime | None = None) -> int:
    with home.database.read() as session:
        return nearest(session, url, at).id


def test_the_last_one_without_a_time(days: Home) -> None:
    assert found(days, URL) == 4


def test_the_last_one_not_after_a_time(days: Home) -> None:
    first, second = NOON + timedelta(days=1), NOON + timedelta(days=3)
    assert found(days, URL, first) == 2
    assert found(days, URL, first + SECOND) == 2
    assert found(days, URL, second - SECOND) == 2
    assert found(days, URL, second) == 4
    assert found(days, URL, second + timedelta(days=9999)) == 4
    beijing = timezone(timedelta(hours=8))
    assert found(days, URL, second.astimezone(beijing)) == 4
    assert found(days, URL, (second - SECOND).astimezone(beijing)) == 2


def test_before_the_first_one_with_a_payload(days: Home) -> None:
    with pytest.raises(NotCaptured):
        found(days, URL, NOON + timedelta(days=1) - SECOND)
    with pytest.raises(NotCaptured) as caught:
        found(days, URL, NOON + timedelta(days=1) - timedelta(seconds=1))
    assert caught.value.message() == (
        f"{URL} was not yet captured at 2026-11-23T03:59:59Z; the first capture is of 2026-11-23T04:00:00Z"
    )


def test_between_two_captures_of_one_moment_the_later_one(days: Home) -> None:
    days.archive.add(exchange(reply(b"again"), minutes=3 * 24 * 60), PURPOSE)
    assert found(days, URL) == 5


def test_identity_is_the_exact_url(days: Home) -> None:
    others = [
        URL + "/", URL.replace("zwgk", "Zwgk"), URL.replace("https", "http"), URL + "?", URL + "#x",
        URL.replace(".cn/", ".cn:443/"), "", "not a URL", f"{URL}%", f"{URL}?q={'x' * 8192}", "' OR 1=1 --",
    ]  # fmt: skip
    for url in others:
        for at in (None, NOON + timedelta(days=9)):
            with pytest.raises(UnknownUrl) as caught:
                found(days, url, at)
            assert caught.value.details["url"] == url


def test_a_url_that_only_ever_failed_was_never_captured(home: Home) -> None:
    home.archive.add(exchange(), PURPOSE)
    with pytest.raises(UnknownUrl):
        found(home, URL)
    with home.database.read() as session:
        assert [capture.outcome for capture in history(session, URL)] == ["failed"]


def test_a_time_without_zone_is_refused(days: Home) -> None:
    with pytest.raises(DatabaseError, match="a time without time zone"):
        found(days, URL, datetime(2026, 11, 23))  # noqa: DTZ001 - what is tested


def test_history_is_in_the_order_of_time_failed_ones_too(days: Home) -> None:
    days.archive.add(exchange(reply(b"clock set back"), minutes=-60), PURPOSE)
    days.archive.add(exchange(reply(b"other"), URL + "/"), PURPOSE)
    with days.database.read() as session:
        captures = history(session, URL)
        with pytest.raises(UnknownUrl):
            history(session, f"{URL}x")
    assert [capture.id for capture in captures] == [5, 1, 2, 3, 4]
    assert [capture.outcome for capture in captures] == [
        "complete", "failed", "complete", "failed", "complete",
    ]  # fmt: skip
    assert all(capture.segment.name.startswith("nianbao-") for capture in captures)
    assert all(capture.captured_at.utcoffset() == timedelta(0) for capture in captures)


def answered(home: Home, run_id: int, url: str = URL) -> int | None:
    with home.database.read() as session:
        capture = answered_in_run(session, run_id, url)
    return capture.id if capture else None


def test_what_a_run_need_not_ask_again(home: Home) -> None:
    assert answered(home, home.run_id) is None
    home.archive.add(exchange(problem="refused"), PURPOSE)
    home.archive.add(exchange(reply(b"cut")[:-1], outcome="partial"), PURPOSE)
    home.archive.add(exchange(b"HTTP/1.1 503 Busy\r\n\r\nwait"), PURPOSE)
    home.archive.add(exchange(b"no HTTP"), PURPOSE)
    assert answered(home, home.run_id) is None
    home.archive.add(exchange(b"HTTP/1.1 404 Not Found\r\n\r\n"), PURPOSE)
    assert answered(home, home.run_id) == 5
    home.archive.add(exchange(reply(b"x")), PURPOSE)
    assert answered(home, home.run_id) == 6
    assert answered(home, home.run_id + 1) is None
    assert answered(home, home.run_id, URL + "/") is None
