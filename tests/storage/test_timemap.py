"""The mementos of an address: which captures are some, which shows a time, and where that is read from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import event

from storage.timemap import Chosen, Memento, Page, TimeMap, choose, time_map
from tests.storage.exchanges import URL
from tests.storage.reports_seen import Nights

NEVER = "http://example.org/"


def numbers(found: TimeMap | None) -> list[int]:
    assert found is not None
    return [memento.capture for memento in found.mementos]


def chosen(found: Chosen | None) -> tuple[int, list[datetime | None]]:
    assert found is not None
    return found.memento.capture, [found.first, found.previous, found.next, found.last]


def test_whole_replies_are_mementos_whatever_they_say(nights: Nights) -> None:
    for status in (200, 301, 304, 404, 410, 503):
        nights.capture(status=status)
    nights.capture(payload=None)
    nights.capture(outcome="partial")
    nights.capture(blocked="script-challenge", status=412)
    nights.capture(method="POST")
    nights.capture(status=None)  # octets that are not HTTP
    nights.capture(url=f"{URL}?other")
    with nights.database.read() as session:
        found = time_map(session, URL)
        assert numbers(found) == [1, 2, 3, 4, 5, 6]
        assert found is not None
        assert found.mementos[3] == Memento(nights.moment(4), 4, 404, found.mementos[0].payload_sha256)
        assert found.pages == [Page(1, nights.moment(1).replace(microsecond=0), found.mementos[-1].second)]
        assert time_map(session, NEVER) is None
        assert choose(session, NEVER) is None


def test_the_last_one_not_after_a_time_is_chosen(nights: Nights) -> None:
    for _ in range(4):
        nights.capture()
    moments = [nights.moment(number) for number in range(1, 5)]
    one, two, three, four = (moment.replace(microsecond=0) for moment in moments)
    asked = {
        one - timedelta(days=9): (1, [one, None, two, four]),
        one: (1, [one, None, two, four]),
        two - timedelta(seconds=1): (1, [one, None, two, four]),
        two: (2, [one, one, three, four]),
        four - timedelta(seconds=1): (3, [one, two, four, four]),
        datetime(2999, 1, 1, tzinfo=UTC): (4, [one, three, None, four]),
    }
    with nights.database.read() as session:
        for at, told in asked.items():
            assert chosen(choose(session, URL, at)) == told
        assert chosen(choose(session, URL)) == (4, [one, three, None, four])


def test_of_several_in_one_second_the_last_counts(nights: Nights) -> None:
    start = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    for microseconds in (0, 1, 999_999, 1_000_000, 1_000_000, 5_000_000):
        nights.capture(captured_at=start + timedelta(microseconds=microseconds))
    second, fifth = start + timedelta(seconds=1), start + timedelta(seconds=5)
    with nights.database.read() as session:
        assert numbers(time_map(session, URL)) == [3, 5, 6]
        assert chosen(choose(session, URL, start)) == (3, [start, None, second, fifth])
        assert chosen(choose(session, URL, start - timedelta(days=1)))[0] == 3
        assert chosen(choose(session, URL, second)) == (5, [start, start, fifth, fifth])
        # Wherever the pages are cut, each second is told of once.
        for size in range(1, 7):
            pages = range(1, -(-6 // size) + 1)
            told = [numbers(time_map(session, URL, page=page, size=size)) for page in pages]
            assert [number for page in told for number in page] == [3, 5, 6]


def test_pages_have_their_times(nights: Nights) -> None:
    for _ in range(7):
        nights.capture()
    seconds = [nights.moment(number).replace(microsecond=0) for number in range(1, 8)]
    with nights.database.read() as session:
        pages = [time_map(session, URL, page=number, size=3) for number in (1, 2, 3)]
        assert [numbers(page) for page in pages] == [[1, 2, 3], [4, 5, 6], [7]]
        for page in pages:
            assert page is not None
            assert page.pages == [Page(1, seconds[0], seconds[2]), Page(2, seconds[3], seconds[5]),
                                  Page(3, seconds[6], seconds[6])]  # fmt: skip
        assert time_map(session, URL, page=4, size=3) is None


def test_no_row_of_the_table_is_opened(nights: Nights) -> None:
    if not nights.database.is_sqlite:
        return
    asked: list[tuple[str, tuple[object, ...]]] = []
    for _ in range(3):
        nights.capture()
    with nights.database.read() as session:
        connection = session.connection()

        @event.listens_for(connection, "before_cursor_execute")
        def note(*told: object) -> None:
            asked.append((str(told[2]), tuple(told[3])))  # type: ignore[arg-type]

        time_map(session, URL, size=2)
        choose(session, URL, nights.moment(2))
        assert len(asked) == 4
        plans = [
            str(row.detail)
            for query, parameters in list(asked)
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", parameters)
        ]
        opened = [plan for plan in plans if "captures" in plan]
        assert len(opened) == 8
        assert all("USING COVERING INDEX ix_captures_time_map (url=?" in plan for plan in opened), opened
