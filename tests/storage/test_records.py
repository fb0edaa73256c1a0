"""Versions and changes: what is news, what is not, and whose doing it was."""

from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from errors import Ambiguous, UnknownReport
from parser.copies import best_copy
from storage.identities import find_report, report_id
from storage.models import Change, Sighting
from storage.records import record_run
from tests.storage.exchanges import SITE, URL
from tests.storage.reports_seen import Nights, figure, payload_of, record

LICENCES = "proactive.administrative_licensing.decisions"


def test_a_new_report(nights: Nights) -> None:
    said = record(
        figures=[
            figure(LICENCES, 314.4765, "314.4765", remark="其中修订16件"),
            figure("requests.granted.other", None, ""),
            figure("statistics.一", "123456789012345678901234567890.5", "123456789012345678901234567890.5"),
        ],
        findings=[
            {
                "rule": "row_total", "where": "requests.granted", "expected": 5, "found": 4,
                "severity": "hard", "locators": [{"line": 3}],
            }
        ],
        doubts=[{"kind": "unknown_row", "where": "requests", "message": "行“其他”", "locator": {"line": 9}}],
    )  # fmt: skip
    capture = nights.see(said)
    assert nights.record() == {"new": 1}
    report = nights.report()
    assert report.id == report_id(SITE, URL)
    assert report.id.startswith(f"{SITE}-")
    assert (report.year, report.presence, report.agency and report.agency.name) == (
        2022, "published", "某市公安局",
    )  # fmt: skip
    assert report.first_seen == report.last_seen == nights.moment(capture)
    (version,) = nights.versions()
    assert (version.number, version.cause, version.capture_id) == (1, "source_changed", capture)
    assert (version.captured_at, version.recorded_at) == (nights.moment(capture), nights.now)
    assert [(row.key, row.value, row.printed, row.remark) for row in version.figures] == [
        (LICENCES, Decimal("314.4765"), "314.4765", "其中修订16件"),
        ("requests.granted.other", None, "", None),
        (
            "statistics.一",
            Decimal("123456789012345678901234567890.5"),
            "123456789012345678901234567890.5",
            None,
        ),
    ]
    assert [(row.rule, row.place, row.expected, row.found, row.severity) for row in version.findings] == [
        ("row_total", "requests.granted", "5", "4", "hard")
    ]
    assert [(row.kind, row.place, row.message) for row in version.doubts] == [
        ("unknown_row", "requests", "行“其他”")
    ]
    (change,) = nights.changes()
    assert (change.seq, change.kind, change.cause, change.run_id) == (1, "new", "source_changed", 1)
    assert (change.old_version_id, change.old_capture_id) == (None, None)
    assert (change.new_version_id, change.new_capture_id) == (version.id, capture)


def test_recording_again_adds_nothing(nights: Nights) -> None:
    nights.see(record())
    assert nights.record() == {"new": 1}
    assert nights.record() == {}
    assert nights.night(record()) == {}
    assert nights.night(record(1)) == {"changed": 1}
    assert nights.record() == {}
    assert (len(nights.versions()), len(nights.changes())) == (2, 2)


def test_an_edited_figure(nights: Nights) -> None:
    old = nights.see(record(301842))
    nights.record()
    nights.begin()
    new = nights.see(record(301843))
    assert nights.record() == {"changed": 1}
    first, second = nights.versions()
    assert (second.number, second.cause, second.capture_id) == (2, "source_changed", new)
    change = nights.changes()[1]
    assert (change.old_version_id, change.new_version_id) == (first.id, second.id)
    assert (change.old_capture_id, change.new_capture_id) == (old, new)
    assert change.note == ""
    assert [(one.key, one.old_printed, one.new_printed, one.old_value, one.new_value, one.unit)
            for one in change.figures] == [
        (LICENCES, "301842", "301843", Decimal(301842), Decimal(301843), "件")
    ]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [(None, 0), (0, None)])
def test_blank_and_zero_are_not_the_same(nights: Nights, old: int | None, new: int | None) -> None:
    nights.see(record(old))
    nights.record()
    assert nights.night(record(new)) == {"changed": 1}
    (changed,) = nights.changes()[1].figures
    assert (changed.old_value, changed.new_value) == (old, new)


def test_figures_that_come_and_go(nights: Nights) -> None:
    nights.see(record(figures=[figure("a", 1, "1"), figure("b", 2, "2")]))
    nights.record()
    nights.night(record(figures=[figure("b", 2, "2"), figure("c", 3, "3")]))
    assert [(one.key, one.old_printed, one.new_printed) for one in nights.changes()[1].figures] == [
        ("a", "1", None),
        ("c", None, "3"),
    ]


def test_another_place_on_the_page_is_no_version(nights: Nights) -> None:
    finding = {"rule": "r", "where": "w", "expected": 1, "found": 2, "severity": "hard"}
    doubt = {"kind": "k", "where": "w", "message": "m"}
    before, after = (
        record(
            figures=[figure(LICENCES, 1, "1", locator={"line": line})],
            findings=[finding | {"locators": [{"line": line}]}],
            doubts=[doubt | {"locator": {"line": line}}],
        )
        for line in (3, 30)
    )
    nights.see(before)
    nights.record()
    assert nights.night(after) == {}
    assert len(nights.versions()) == 1


@pytest.mark.parametrize(
    ("differing", "note"),
    [
        ({"title": "另一个标题"}, "title"),
        ({"agency": "某市公安分局", "year": 2023}, "agency, year"),
        ({"contact": {}}, "contact"),
        ({"sections": [{"heading": "一、总体情况", "text": "2023年"}]}, "sections"),
        ({"fee": {"text": "收取费用10元", "yuan": 10}}, "fee"),
        ({"published": None, "period": None}, "period, published"),
        ({"figures": [*record()["figures"][:1], record()["figures"][1] | {"remark": "更正"}]}, "remarks"),
    ],
)
def test_an_edit_beside_the_figures_is_named(nights: Nights, differing: dict[str, Any], note: str) -> None:
    nights.see(record())
    nights.record()
    assert nights.night(record() | differing) == {"changed": 1}
    change = nights.changes()[1]
    assert (change.note, change.figures) == (note, [])


def test_the_report_follows_its_last_version(nights: Nights) -> None:
    nights.see(record())
    nights.record()
    nights.night(record(agency="某市公安分局", year=2023))
    report = nights.report()
    assert (report.agency and report.agency.name, report.year) == ("某市公安分局", 2023)
    nights.night(record(agency=None, year=None))
    assert (nights.report().agency, nights.report().year) == (None, None)


def test_a_new_parser_that_reads_otherwise(nights: Nights) -> None:
    capture = nights.see(record(301842))
    nights.record()
    nights.begin()
    nights.parser = "2"
    nights.see(record(301842))
    nights.read(payload_of(record(301842)), record(999))
    assert nights.record() == {"changed": 1}
    second = nights.versions()[1]
    assert (second.cause, second.number, second.parser_version, second.capture_id) == (
        "parser_changed", 2, "2", capture,
    )  # fmt: skip
    change = nights.changes()[1]
    assert change.cause == "parser_changed"
    assert change.old_capture_id == change.new_capture_id == capture
    assert nights.record() == {}


def test_a_new_parser_and_a_new_page_are_told_apart(nights: Nights) -> None:
    nights.see(record(301842))
    nights.record()
    nights.begin()
    nights.parser = "2"
    nights.read(payload_of(record(301842)), record(301842, title="标题"))
    nights.see(record(301843, title="标题"))
    assert nights.record() == {"changed": 2}
    parser, source = nights.changes()[1:]
    assert (parser.cause, parser.note, parser.figures) == ("parser_changed", "title", [])
    assert (source.cause, source.note) == ("source_changed", "")
    assert [one.key for one in source.figures] == [LICENCES]
    assert [version.number for version in nights.versions()] == [1, 2, 3]


def test_a_new_parser_that_reads_alike_is_no_version(nights: Nights) -> None:
    nights.see(record())
    nights.record()
    nights.parser = "2"
    assert nights.night(record()) == {}
    assert [version.parser_version for version in nights.versions()] == ["1"]


def test_two_writers_number_the_changes_without_a_gap(nights: Nights) -> None:
    for site_page in range(12):
        nights.see(record(site_page), f"{URL}?{site_page}")
    other = nights.begin()
    for site_page in range(12, 24):
        nights.see(record(site_page), f"{URL}?{site_page}")
    committed: list[int] = []
    stop = threading.Event()

    def follow() -> None:
        """A consumer with a cursor."""
        while not stop.is_set() or len(committed) < 24:
            with nights.database.read() as session:
                after = committed[-1] if committed else 0
                committed.extend(session.scalars(select(Change.seq).where(Change.seq > after)))

    threads = [
        threading.Thread(
            target=record_run, args=(nights.database, run_id, "1", nights.now), kwargs={"choose": best_copy}
        )
        for run_id in (1, other)
    ]
    follower = threading.Thread(target=follow)
    for thread in (follower, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    follower.join(timeout=10)
    assert committed == list(range(1, 25))
    assert len({change.report_id for change in nights.changes()}) == 24


def test_reports_whose_addresses_share_the_first_digits(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    import storage.identities

    short = storage.identities.report_id
    monkeypatch.setattr(
        storage.identities,
        "report_id",
        lambda site, url, digits=8: f"{site}-0" if digits == 8 else short(site, url, digits),
    )
    nights.see(record(1))
    nights.see(record(2), f"{URL}?2")
    assert nights.record() == {"new": 2}
    assert nights.report().id == f"{SITE}-0"
    assert nights.report(f"{URL}?2").id == short(SITE, f"{URL}?2", 16)


def test_a_report_is_found_by_id_beginning_and_url(nights: Nights) -> None:
    other = f"{URL}?other"
    nights.see(record())
    nights.see(record(), other)
    nights.record()
    id_ = report_id(SITE, URL)
    with nights.database.read() as session:
        assert find_report(session, id_).url == URL
        assert find_report(session, URL).id == id_
        assert find_report(session, id_[:-3]).url == URL
        with pytest.raises(Ambiguous) as caught:
            find_report(session, SITE)
        expected = ", ".join(sorted([id_, report_id(SITE, other)]))
        assert caught.value.message() == f"'{SITE}' fits several: {expected}; write more of it"
        for unknown in ("nothing", f"{id_}0", URL.upper(), f"{SITE[:-1]}%", f"{SITE[:-1]}_", f"{URL}#x"):
            with pytest.raises(UnknownReport, match="there is no report"):
                find_report(session, unknown)


def test_of_many_reports_that_fit_four_are_named_and_the_rest_counted(nights: Nights) -> None:
    urls = [f"{URL}?{number}" for number in range(7)]
    for url in urls:
        nights.see(record(), url)
    nights.record()
    named = ", ".join(sorted(report_id(SITE, url) for url in urls)[:4])
    with nights.database.read() as session, pytest.raises(Ambiguous) as caught:
        find_report(session, SITE)
    assert caught.value.message() == f"'{SITE}' fits several: {named} and 3 more; write more of it"
    assert f"{named}，另有 3 个" in caught.value.message("zh")


def test_a_sighting_of_a_page_that_was_never_read_is_no_report(nights: Nights) -> None:
    nights.see(None)
    assert nights.record() == {}
    with nights.database.read() as session:
        assert len(session.scalars(select(Sighting)).all()) == 1
