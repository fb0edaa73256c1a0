"""Captures of an address in stretches of the same answer, and what became of it between them."""

from __future__ import annotations

from collections.abc import Sequence

from errors import Damaged
from parser.visible import INSIGNIFICANT
from storage.captures import history
from storage.models import Capture
from storage.timeline import Stretch, timeline
from tests.storage.exchanges import URL
from tests.storage.reports_seen import Nights, payload_of, record


def stretches(nights: Nights, *kinds: str, broken: bool = False) -> list[Stretch]:
    """The timeline, where payloads that differ do so in these kinds."""

    def differ(old: Capture, new: Capture) -> Sequence[str]:
        assert old.payload_sha256 != new.payload_sha256
        if broken:
            raise Damaged(segment="s", offset=0, url=URL, problem="a flipped byte")
        return kinds

    with nights.database.read() as session:
        return timeline(session, history(session, URL), differ, INSIGNIFICANT)


def changes(found: list[Stretch]) -> list[tuple[str, list[int]]]:
    return [(stretch.change, [capture.id for capture in stretch.captures]) for stretch in found]


def test_captures_of_the_same_answer_are_one_stretch(nights: Nights) -> None:
    for payload in ("a", "a", "a", "b", "b"):
        nights.capture(payload=payload)
    found = stretches(nights, "text")
    assert changes(found) == [("first", [1, 2, 3]), ("content", [4, 5])]
    assert (found[0].first_seen, found[0].last_seen) == (nights.moment(1), nights.moment(3))
    assert found[1].differs == ("text",)


def test_a_page_that_is_no_report_is_judged_by_what_is_seen(nights: Nights) -> None:
    for payload in ("a", "b"):
        nights.capture(payload=payload)
    assert changes(stretches(nights, "counter", "navigation"))[1] == ("insignificant", [2])
    assert changes(stretches(nights, "counter", "text"))[1] == ("content", [2])
    assert changes(stretches(nights, "binary"))[1] == ("content", [2])


def test_a_report_is_judged_by_what_was_read(nights: Nights) -> None:
    said = record()
    for payload, licences in (("counter 1", 301842), ("counter 2", 301842), ("counter 3", 301843)):
        nights.capture(payload=payload)
        nights.read(payload, said | record(licences))
    assert changes(stretches(nights, "text")) == [("first", [1]), ("insignificant", [2]), ("content", [3])]


def test_readings_of_different_parsers_are_not_held_against_each_other(nights: Nights) -> None:
    nights.capture(payload="a")
    nights.read("a", record(1))
    nights.parser = "2"
    nights.capture(payload="b")
    nights.read("b", record(2))
    assert changes(stretches(nights, "counter"))[1] == ("insignificant", [2])
    nights.read("a", record(2))
    assert changes(stretches(nights, "text"))[1] == ("insignificant", [2])


def test_a_page_that_is_a_report_no_longer_says_something_else(nights: Nights) -> None:
    nights.capture(payload="a")
    nights.read("a", record())
    nights.capture(payload="b")
    nights.read("b", None, "not_a_report")
    assert changes(stretches(nights, "navigation"))[1] == ("content", [2])


def test_another_status_is_one_and_so_is_its_return(nights: Nights) -> None:
    nights.capture(payload="a")
    nights.capture(payload="not found", status=404)
    nights.capture(payload="a")
    nights.capture(payload=None)
    nights.capture(payload="a")
    nights.capture(payload="challenge", blocked="script-challenge")
    assert changes(stretches(nights)) == [
        ("first", [1]), ("status", [2]), ("status", [3]), ("status", [4]), ("status", [5]), ("status", [6]),
    ]  # fmt: skip


def test_a_page_is_held_against_the_last_page_over_a_gap(nights: Nights) -> None:
    for payload in ("a", None, "b", None, "c"):
        nights.capture(payload=payload)
        if payload:
            nights.read(payload, record(301842 if payload != "c" else 301843))
    assert [(stretch.change, stretch.differs) for stretch in stretches(nights, "text")] == [
        ("first", ()), ("status", ()), ("status", ("text",)), ("status", ()), ("content", ("text",)),
    ]  # fmt: skip


def test_not_modified_goes_on_with_what_was_there(nights: Nights) -> None:
    nights.capture(payload="a")
    nights.capture(payload="a", status=304)
    nights.capture(payload="a")
    assert changes(stretches(nights)) == [("first", [1, 2, 3])]


def test_payloads_that_cannot_be_given_out_leave_what_the_records_know(nights: Nights) -> None:
    for payload in ("a", "b"):
        nights.capture(payload=payload)
    (_, second) = stretches(nights, broken=True)
    assert second.change == "unknown"
    assert isinstance(second.problem, Damaged)
    nights.read("a", record())
    nights.read("b", record())
    assert stretches(nights, broken=True)[1].change == "insignificant"


def test_a_counter_and_navigation_that_change_every_night_make_no_version(nights: Nights) -> None:
    for night in range(5):
        nights.begin()
        payload = f"{payload_of(record())} 浏览 {night}"
        nights.read(payload, record())
        nights.sight(nights.capture(payload=payload))
        nights.record()
    assert [version.number for version in nights.versions()] == [1]
    assert [change.kind for change in nights.changes()] == ["new"]
    found = stretches(nights, "counter", "navigation")
    assert [stretch.change for stretch in found] == ["first", *["insignificant"] * 4]
