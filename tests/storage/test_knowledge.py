"""What was known of a report at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from errors import NotYetKnown
from storage.knowledge import knowledge
from storage.models import FindingRow, ReportRow, Version
from tests.storage.reports_seen import Nights, record

SECOND = timedelta(microseconds=1)


def known(nights: Nights, at: datetime | None) -> tuple[int, str, int]:
    """Number of the version, presence, how many findings."""
    with nights.database.read() as session:
        found = knowledge(session, session.scalars(select(ReportRow)).one(), at)
        assert found.version is not None
        return found.version.number, found.presence, len(found.findings)


def test_the_version_that_was_recorded_last_not_the_one_that_was_said_last(nights: Nights) -> None:
    nights.night(record(1))
    first = nights.now
    nights.night(record(2))
    second = nights.now
    assert known(nights, None)[0] == 2
    assert known(nights, first)[0] == 1
    assert known(nights, second - SECOND)[0] == 1
    assert known(nights, second)[0] == 2
    with nights.database.write() as session:
        session.get_one(Version, 2).recorded_at = second + timedelta(days=9)
    assert known(nights, second)[0] == 1, "said already, but not yet known"


def test_before_the_first_version_nothing_was_known(nights: Nights) -> None:
    nights.night(record(1))
    with pytest.raises(NotYetKnown) as caught:
        known(nights, nights.now - SECOND)
    assert caught.value.exit_code == 3
    assert nights.now.strftime("%Y-%m-%d") in str(caught.value)


def test_a_report_that_is_gone_was_there_then(nights: Nights) -> None:
    nights.night(record(1))
    first = nights.now
    nights.begin()
    nights.capture(payload="not found", status=404)
    nights.record()
    assert known(nights, None)[1] == "gone"
    assert known(nights, nights.now)[1] == "gone"
    assert known(nights, first)[1] == "published"
    nights.night(record(1))
    assert known(nights, nights.now)[1] == "published"


def test_last_seen_is_of_then(nights: Nights) -> None:
    nights.night(record(1))
    first, seen = nights.now, nights.moment(1)
    nights.night(record(1))
    with nights.database.read() as session:
        row = session.scalars(select(ReportRow)).one()
        assert knowledge(session, row, first).last_seen == seen
        assert knowledge(session, row).last_seen == nights.moment(2)


def test_a_finding_across_years_was_not_known_before_its_other_side(nights: Nights) -> None:
    nights.night(record(1))
    first = nights.now
    nights.night(record(2))
    with nights.database.write() as session:
        for against in (None, 2):
            session.add(
                FindingRow(
                    version_id=1, against_version_id=against, rule="carry_cross_year", place="a",
                    expected="1", found="2", severity="hard", locators=[],
                )
            )  # fmt: skip
    assert known(nights, first)[2] == 1
