"""Who was to publish, who did, who is late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from storage.coverage import CoverageRow, ExpectedPublisher, coverage, due_day, published_day, same_agency
from storage.models import Sighting
from tests.databases import empty_database
from tests.storage.dataset_rows import SITE, Rows

POLICE = ExpectedPublisher(site=SITE, agency="某市公安局", level="agency", since=2017)
CITY = ExpectedPublisher(site=SITE, agency="某市人民政府", level="government", since=2021)
FEBRUARY = datetime(2024, 2, 10, tzinfo=UTC)


@pytest.fixture
def session(tmp_path: Path, databases: None) -> Iterator[Session]:
    database = empty_database(tmp_path)
    with database.write() as session:
        yield session
    database.close()


def by_year(
    session: Session, *publishers: ExpectedPublisher, now: datetime = FEBRUARY
) -> dict[tuple[str, int], CoverageRow]:
    return {(row.agency, row.year): row for row in coverage(session, publishers, now=now)}


@pytest.mark.parametrize(
    ("level", "year", "due"),
    [
        ("agency", 2008, date(2009, 3, 31)),
        ("agency", 2018, date(2019, 3, 31)),
        ("agency", 2019, date(2020, 1, 31)),
        ("government", 2018, date(2019, 3, 31)),
        ("government", 2019, date(2020, 3, 31)),
        ("agency", 2023, date(2024, 1, 31)),
    ],
)
def test_due_days_follow_the_regulations_in_force(level: str, year: int, due: date) -> None:
    assert due_day(level, year) == due  # type: ignore[arg-type]


def test_every_expected_year_has_a_row_up_to_the_year_that_ended(session: Session) -> None:
    Rows(session).capture("https://site/")
    rows = by_year(session, POLICE)
    assert [year for _, year in rows] == list(range(2017, 2024))
    assert {row.state for row in rows.values()} == {"missing"}
    assert all(row.expected and row.report_id is None and row.report_count == 0 for row in rows.values())


def test_published_in_time_late_and_without_a_date(session: Session) -> None:
    rows = Rows(session)
    rows.report("r2020", "某市公安局", 2020, published="2021-01-31")
    rows.report("r2021", "某市公安局", 2021, published="2022-02-03 09:00")
    rows.report("r2022", "某市公安局", 2022)
    found = by_year(session, POLICE)
    in_time, late, undated = (found["某市公安局", year] for year in (2020, 2021, 2022))
    assert (in_time.state, in_time.days_late, in_time.published) == ("published", 0, date(2021, 1, 31))
    assert (late.state, late.days_late, late.report_id) == ("late", 3, "r2021")
    # Nobody is called late without evidence.
    assert (undated.state, undated.days_late, undated.published) == ("published", None, None)


def test_not_yet_due_is_pending_until_the_day_is_over_in_china(session: Session) -> None:
    Rows(session).capture("https://site/")
    last_hour = datetime(2024, 1, 31, 15, 59, tzinfo=UTC)
    midnight = datetime(2024, 1, 31, 16, 0, tzinfo=UTC)
    assert by_year(session, POLICE, now=last_hour)["某市公安局", 2023].state == "pending"
    assert by_year(session, POLICE, now=midnight)["某市公安局", 2023].state == "missing"
    assert by_year(session, CITY, now=midnight)["某市人民政府", 2023].state == "pending"
    new_year_in_china = datetime(2023, 12, 31, 16, 0, tzinfo=UTC)
    assert ("某市公安局", 2023) in by_year(session, POLICE, now=new_year_in_china)


@pytest.mark.parametrize("presence", ["gone", "blocked", "moved", "unreadable"])
def test_a_report_that_cannot_be_read_now_is_told_as_such(session: Session, presence: str) -> None:
    Rows(session).report("r2022", "某市公安局", 2022, presence=presence, published="2023-01-30")
    row = by_year(session, POLICE)["某市公安局", 2022]
    assert (row.state, row.report_id, row.published) == (presence, "r2022", date(2023, 1, 30))


def test_of_several_addresses_the_published_one_counts(session: Session) -> None:
    rows = Rows(session)
    rows.report("a-gone", "某市公安局", 2022, presence="gone", published="2023-01-10")
    rows.report("b-late", "某市公安局", 2022, published="2023-02-10")
    rows.report("c-first", "某市公安局", 2022, published="2023-01-20")
    row = by_year(session, POLICE)["某市公安局", 2022]
    assert (row.state, row.report_id, row.report_count) == ("published", "c-first", 3)


def test_a_report_without_a_name_is_known_by_the_title_it_was_seen_under(session: Session) -> None:
    rows = Rows(session)
    rows.sighting(rows.report("scan", None, None), "某市公安局二〇二二年政府信息公开工作年度报告")
    rows.sighting(rows.report("other", None, None), "某区民政局2021年工作年度报告")
    found = by_year(session, POLICE, CITY)
    assert (found["某市公安局", 2022].state, found["某市公安局", 2022].report_id) == ("published", "scan")
    assert found["某市公安局", 2021].state == "missing"


def test_what_was_met_and_never_read_is_not_called_missing(session: Session) -> None:
    rows = Rows(session)
    scan = rows.capture("https://site/scan.pdf", role="attachment")
    session.add(
        Sighting(
            run_id=rows.run.id,
            site=SITE,
            report_url="https://site/2020.html",
            source_url="https://site/scan.pdf",
            capture_id=scan.id,
            part="attachment",
            title="某市公安局 2020 年度政府信息公开工作年度报告",
            evidence=[],
        )
    )
    link = "link «某市公安局{}年政务公开年度报告» is a report's title, on a page with role listing"
    rows.capture("https://site/2021.html", status=412, blocked="js challenge", followed=link.format(2021))
    rows.capture("https://site/2022.html", status=404, followed=link.format(2022))
    rows.capture("https://site/2019.html", status=404, followed="known since 2020-01-01")
    branch = link.format("利通区分局2023")
    rows.capture("https://site/2023.html", status=404, followed=branch)
    states = {year: row.state for (_, year), row in by_year(session, POLICE).items()}
    assert states == {
        2017: "missing",
        2018: "missing",
        2019: "missing",
        2020: "unreadable",
        2021: "blocked",
        2022: "gone",
        2023: "missing",
    }
    assert by_year(session, POLICE)["某市公安局", 2021].report_id is None


def test_a_title_without_an_organ_is_of_the_only_one_of_its_site(session: Session) -> None:
    rows = Rows(session)
    rows.capture("https://site/")
    link = "link «2022年政府信息公开工作年度报告» is a report's title"
    rows.capture("https://site/2022.html", status=404, followed=link)
    assert by_year(session, POLICE)["某市公安局", 2022].state == "gone"
    assert by_year(session, POLICE, CITY)["某市公安局", 2022].state == "missing"


def test_unexpected_reports_have_rows_too(session: Session) -> None:
    rows = Rows(session)
    rows.report("town", "某镇人民政府", 2022, published="2023-03-01")
    rows.report("early", "某市公安局", 2015, published="2016-03-31")
    found = by_year(session, POLICE)
    town, early = found["某镇人民政府", 2022], found["某市公安局", 2015]
    assert (town.expected, town.level, town.due, town.state) == (
        False,
        "government",
        date(2023, 3, 31),
        "published",
    )
    assert (early.expected, early.level, early.state) == (False, "agency", "published")


def test_nothing_is_called_missing_where_the_site_was_not_read(session: Session) -> None:
    rows = Rows(session)
    rows.capture("https://site/robots.txt", role="robots")
    assert by_year(session, POLICE)["某市公安局", 2020].state == "unknown"
    rows.capture("https://site/", status=412, blocked="js challenge")
    assert by_year(session, POLICE)["某市公安局", 2020].state == "blocked"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("洪泽区人民政府", "淮安市洪泽区人民政府", True),
        ("淮安市洪泽区人民政府", "江苏省 淮安市洪泽区人民政府", True),
        ("市公安局", "石嘴山市公安局", True),
        ("某市公安局（交警）", "某市公安局(交警)", True),
        ("石嘴山市公安局", "石嘴山市公安局大武口分局", False),
        ("石嘴山市公安局", "石嘴山市大武口区公安局", False),
        ("某市人民政府", "某市人民政府办公室", False),
        ("石嘴山市税务局", "国家税务总局石嘴山市税务局", False),
        ("", "某市公安局", False),
    ],
)
def test_names_of_one_organ(one: str, other: str, same: bool) -> None:
    assert same_agency(one, other) is same
    assert same_agency(other, one) is same


def test_a_short_name_that_fits_several_organs_fits_none(session: Session) -> None:
    rows = Rows(session)
    rows.report("r", "司法局", 2022, published="2023-01-01")
    one, other = (
        ExpectedPublisher(site=SITE, agency=name, level="agency", since=2022)
        for name in ("某市东区司法局", "某市西区司法局")
    )
    found = by_year(session, one, other)
    assert found["司法局", 2022].expected is False
    assert found["某市东区司法局", 2022].state == "missing"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-01-30", date(2023, 1, 30)),
        ("2023-01-30 10:11", date(2023, 1, 30)),
        ("一月", None),
        (None, None),
    ],
)
def test_published_day(text: str | None, day: date | None) -> None:
    assert published_day(text) == day


def test_now_needs_a_time_zone(session: Session) -> None:
    with pytest.raises(ValueError, match="time zone"):
        coverage(session, [POLICE], now=datetime(2024, 1, 1))  # noqa: DTZ001
