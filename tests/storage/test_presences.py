"""What became of reports: gone, blocked, moved, unreadable, returned; and page or attachment, whose doing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.storage.exchanges import SITE, URL
from tests.storage.reports_seen import ATTACHMENT, Nights, payload_of, record

LICENCES = "proactive.administrative_licensing.decisions"


def kinds(nights: Nights) -> list[tuple[str, str]]:
    return [(change.kind, change.cause) for change in nights.changes()]


@pytest.mark.parametrize(
    ("answer", "presence", "note"),
    [
        ({"status": 404}, "gone", "404"),
        ({"status": 410}, "gone", "410"),
        ({"status": 301}, "moved", "301"),
        ({"status": 412, "blocked": "challenge"}, "blocked", "412, challenge"),
        ({"status": 200, "blocked": "challenge"}, "blocked", "200, challenge"),
        ({"status": 200}, "unreadable", "the page is there but holds no report that can be read"),
    ],
)
def test_what_became_of_a_report(nights: Nights, answer: dict[str, Any], presence: str, note: str) -> None:
    old = nights.see(record())
    nights.record()
    nights.begin()
    new = nights.capture(payload="nothing of a report", **answer)
    assert nights.record() == {presence: 1}
    assert nights.record() == {}
    change = nights.changes()[1]
    assert (change.kind, change.cause, change.note) == (presence, "source_changed", note)
    assert (change.old_capture_id, change.new_capture_id) == (old, new)
    assert change.old_version_id is not None
    assert change.new_version_id is None
    assert nights.report().presence == presence
    assert nights.report().last_seen == nights.moment(old)
    nights.begin()
    nights.capture(payload="nothing of a report", **answer)
    assert nights.record() == {}
    nights.begin()
    back = nights.see(record())
    assert nights.record() == {"returned": 1}
    assert nights.changes()[2].new_capture_id == back
    assert nights.report().presence == "published"
    assert len(nights.versions()) == 1


def test_it_returns_with_other_figures(nights: Nights) -> None:
    nights.see(record())
    nights.record()
    nights.begin()
    nights.capture(status=404)
    nights.record()
    assert nights.night(record(1)) == {"returned": 1, "changed": 1}
    assert [kind for kind, _ in kinds(nights)] == ["new", "gone", "returned", "changed"]


@pytest.mark.parametrize(
    "answer",
    [
        {"payload": None},
        {"outcome": "partial"},
        {"status": 500},
        {"status": 503},
        {"status": 403},
        {"status": None},
    ],
)
def test_an_answer_that_says_nothing_changes_nothing(nights: Nights, answer: dict[str, Any]) -> None:
    nights.see(record())
    nights.record()
    nights.begin()
    nights.capture(**answer)
    assert nights.record() == {}
    assert nights.report().presence == "published"


def test_a_report_that_was_not_asked_for_stays_as_it_is(nights: Nights) -> None:
    nights.see(record())
    nights.record()
    nights.begin()
    nights.capture(f"https://{SITE}/")
    assert nights.record() == {}
    nights.begin()
    nights.capture(status=404, site="another.gov.cn")
    assert nights.record() == {}, "another site says nothing about this one"


def test_only_the_last_answer_of_a_night_counts(nights: Nights) -> None:
    nights.see(record())
    nights.record()
    nights.begin()
    nights.capture(payload=None)
    nights.capture(status=404)
    assert nights.record() == {"gone": 1}


def test_a_report_that_our_new_parser_no_longer_reads(nights: Nights) -> None:
    nights.see(record())
    nights.record()
    nights.begin()
    nights.parser = "2"
    nights.read(payload_of(record()), None, "unreadable")
    nights.sight(nights.capture(payload=payload_of(record())))
    assert nights.record() == {"unreadable": 1}
    assert kinds(nights)[1] == ("unreadable", "parser_changed"), "the page is as it was"


def test_an_unchanged_page_that_no_link_led_to_is_published(nights: Nights) -> None:
    nights.see(record())
    nights.record()
    nights.begin()
    nights.capture(payload=payload_of(record()))
    assert nights.record() == {}


def test_the_fuller_reading_of_page_and_attachment_is_taken(nights: Nights) -> None:
    nights.see(record(figures=[]))
    pdf = nights.see(record(7), source=ATTACHMENT)
    assert nights.record() == {"new": 1}
    (version,) = nights.versions()
    assert version.capture_id == pdf
    assert len(version.figures) == 2
    assert nights.report().url == URL


def test_of_equal_readings_the_page_is_taken(nights: Nights) -> None:
    nights.see(record(), source=ATTACHMENT)
    page = nights.see(record())
    nights.record()
    assert nights.versions()[0].capture_id == page


def test_blank_figures_do_not_count_for_fullness(nights: Nights) -> None:
    page = nights.see(record(7))
    nights.see(record(None, form="other"), source=ATTACHMENT)
    nights.record()
    assert nights.versions()[0].capture_id == page


@pytest.mark.parametrize("answer", [{"payload": None}, {"status": 503}, {"status": 412, "blocked": "waf"}])
def test_an_attachment_that_did_not_answer_takes_no_figures_away(
    nights: Nights, answer: dict[str, Any]
) -> None:
    nights.see(record(figures=[]))
    nights.see(record(7), source=ATTACHMENT)
    nights.record()
    nights.begin()
    nights.see(record(figures=[]))
    nights.capture(ATTACHMENT, **answer)
    assert nights.record() == {}
    assert nights.report().presence == "published"


def test_an_attachment_that_is_withdrawn_is_news(nights: Nights) -> None:
    nights.see(record(figures=[]))
    nights.see(record(7), source=ATTACHMENT)
    nights.record()
    nights.begin()
    nights.see(record(figures=[]))
    nights.capture(ATTACHMENT, status=404)
    assert nights.record() == {"changed": 1}
    assert kinds(nights)[1] == ("changed", "source_changed")


def test_an_attachment_that_we_no_longer_read_is_our_doing(nights: Nights) -> None:
    nights.see(record(figures=[]))
    nights.see(record(7), source=ATTACHMENT)
    nights.record()
    nights.begin()
    nights.parser = "2"
    nights.see(record(figures=[]))
    pdf = payload_of(record(7), ATTACHMENT)
    nights.read(pdf, None, "quarantined")
    nights.sight(nights.capture(ATTACHMENT, pdf), source=ATTACHMENT)
    assert nights.record() == {"changed": 1}
    assert kinds(nights)[1] == ("changed", "parser_changed")


def other_number(nights: Nights) -> list[tuple[object, ...]]:
    """The differences between page and file in the latest version."""
    found = [row for row in nights.versions()[-1].findings if row.rule == "copies_differ"]
    return [(row.place, row.expected, row.found, row.locators[1]["copy"]) for row in found]


def test_page_and_file_that_differ_are_a_finding(nights: Nights) -> None:
    page = nights.see(record(7))
    nights.see(record(8), source=ATTACHMENT)
    nights.record()
    (version,) = nights.versions()
    assert version.capture_id == page
    assert other_number(nights) == [(LICENCES, "8", "7", ATTACHMENT)]
    assert [one["taken"] for one in version.record["copies"]] == [True, False]
    nights.begin()
    nights.see(record(7))
    nights.see(record(7), source=ATTACHMENT)
    assert nights.record() == {"changed": 1}
    assert kinds(nights)[1] == ("changed", "source_changed")
    assert other_number(nights) == []


@pytest.mark.parametrize("answer", [{"payload": None}, {"status": 412, "blocked": "waf"}])
def test_a_difference_does_not_go_away_with_a_file_that_does_not_answer(
    nights: Nights, answer: dict[str, Any]
) -> None:
    nights.see(record(7))
    nights.see(record(8), source=ATTACHMENT)
    nights.record()
    nights.begin()
    nights.see(record(7))
    nights.capture(ATTACHMENT, **answer)
    assert nights.record() == {}
    nights.begin()
    nights.see(record(9))
    nights.capture(ATTACHMENT, **answer)
    assert nights.record() == {"changed": 1}
    assert other_number(nights) == [(LICENCES, "8", "9", ATTACHMENT)]


def test_a_page_that_only_announces_is_not_unreadable_when_its_file_does_not_answer(nights: Nights) -> None:
    nights.see(None)
    nights.see(record(7), source=ATTACHMENT)
    nights.record()
    nights.begin()
    nights.see(None)
    nights.capture(ATTACHMENT, payload=None)
    assert nights.record() == {}
    assert nights.report().presence == "published"


def test_a_parser_that_takes_another_copy_is_our_doing(nights: Nights) -> None:
    nights.see(record(7, figures=[]))
    nights.see(record(7), source=ATTACHMENT)
    nights.record()
    nights.begin()
    nights.parser = "2"
    page = nights.see(record(7, figures=[]))
    nights.see(record(7), source=ATTACHMENT)
    nights.read(payload_of(record(7, figures=[])), record(7, title="云溪市公安局2022年年报"))
    assert nights.record() == {"changed": 1}
    assert kinds(nights)[1] == ("changed", "parser_changed")
    assert nights.versions()[1].title == "云溪市公安局2022年年报"
    assert nights.versions()[1].capture_id < page, "what the source said then, as it is read now"


def test_a_copy_that_cannot_be_read_now_leaves_the_report_for_another_night(nights: Nights) -> None:
    nights.see(record(figures=[]))
    nights.see(record(7), source=ATTACHMENT)
    nights.record()
    nights.begin()
    nights.see(record(figures=[]))
    nights.sight(nights.capture(ATTACHMENT, "octets that nobody has read"), source=ATTACHMENT)
    assert nights.record() == {}
    assert len(nights.versions()) == 1


def test_what_is_no_page_is_not_read_as_one(nights: Nights) -> None:
    for differing in ({"status": 404}, {"outcome": "partial"}, {"blocked": "challenge"}):
        url = f"{URL}?{differing}"
        nights.read("a page", record())
        nights.sight(nights.capture(url, **differing), url)
    assert nights.record() == {}


def test_a_run_completed_late_does_not_undo_what_a_later_one_saw(nights: Nights) -> None:
    cut = nights.run_id
    nights.see(record(1))
    nights.begin()
    nights.see(record(2))
    assert nights.record() == {"new": 1}
    assert nights.record(cut) == {}
    assert [row.value for row in nights.versions()[0].figures if row.key == LICENCES] == [2]
    nights.begin()
    late = nights.run_id
    nights.capture(status=404)
    nights.begin()
    nights.see(record(3))
    assert nights.record() == {"changed": 1}
    assert nights.record(late) == {}
    assert nights.report().presence == "published"


def test_what_our_new_parser_reads_as_no_report_is_none_until_it_is_read_again(nights: Nights) -> None:
    nights.see(record())
    nights.record()
    nights.begin()
    nights.parser = "2"
    nights.read(payload_of(record()), None, "not_a_report")
    nights.sight(nights.capture(payload=payload_of(record())))
    assert nights.record() == {"not_a_report": 1}
    assert kinds(nights)[1] == ("not_a_report", "parser_changed")
    nights.begin()
    nights.capture(status=404)
    assert nights.record() == {}, "what never was a report is not gone"
    nights.begin()
    nights.parser = "3"
    nights.see(record())
    assert nights.record() == {"returned": 1}
    assert kinds(nights)[2] == ("returned", "parser_changed")
    assert (nights.report().presence, len(nights.versions())) == ("published", 1)


def test_a_page_that_becomes_something_else_is_unreadable_by_its_own_doing(nights: Nights) -> None:
    nights.see(record())
    nights.record()
    nights.begin()
    nights.read("a budget", None, "not_a_report")
    nights.sight(nights.capture(payload="a budget"))
    assert nights.record() == {"unreadable": 1}
    assert kinds(nights)[1] == ("unreadable", "source_changed")
