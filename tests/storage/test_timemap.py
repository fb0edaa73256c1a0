"""The time map of an address, and that it is read from its index alone."""

from __future__ import annotations

from sqlalchemy import text

from storage.timemap import Memento, time_map
from tests.storage.exchanges import URL
from tests.storage.reports_seen import Nights


def test_captures_with_a_payload_oldest_first_and_in_pages(nights: Nights) -> None:
    for payload in ("a", None, "b", "b"):
        nights.capture(payload=payload)
    nights.capture(url=f"{URL}?other", payload="c")
    with nights.database.read() as session:
        whole = time_map(session, URL)
        assert [memento.capture for memento in whole] == [1, 3, 4]
        assert whole[0] == Memento(nights.moment(1), 1, 200, whole[0].payload_sha256)
        assert whole[1].payload_sha256 == whole[2].payload_sha256 != whole[0].payload_sha256
        assert time_map(session, URL, limit=2) == whole[:2]
        assert time_map(session, URL, after=whole[1].captured_at) == whole[2:]
        assert time_map(session, "http://example.org/") == []


def test_no_row_of_the_table_is_opened(nights: Nights) -> None:
    if not nights.database.is_sqlite:
        return
    query = (
        "EXPLAIN QUERY PLAN SELECT captured_at, id, status, payload_sha256 FROM captures"
        " WHERE url = 'x' AND payload_sha256 IS NOT NULL ORDER BY captured_at, id LIMIT 100"
    )
    with nights.database.read() as session:
        (plan,) = session.execute(text(query)).all()
    assert plan.detail == "SEARCH captures USING COVERING INDEX ix_captures_time_map (url=?)"
