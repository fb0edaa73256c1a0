"""Several copies of one report: which is taken, why, and what their differences are."""

from __future__ import annotations

from typing import Any

from parser.copies import RULE, UNLIKE, Best, best_copy

KEYS = tuple(f"requests.granted.{number}" for number in range(12))


def reading(values: int | list[int | None], doubted: tuple[str, ...] = (), **other: Any) -> dict[str, Any]:
    """A report whose first figures are these, or so many ones."""
    numbers = [1] * values if isinstance(values, int) else values
    return {
        "state": "report",
        "source_format": "docx",
        "form": "2021",
        "title": "某市公安局2023年政府信息公开工作年度报告",
        "sections": [{"heading": "一、总体情况", "text": "照旧。"}],
        "agency": "某市公安局",
        "year": 2023,
        "figures": [
            {"key": key, "value": number, "unit": "件", "printed": "" if number is None else str(number),
             "locator": {"xpath": f"/{key}"}}
            for key, number in zip(KEYS, numbers, strict=False)
        ],
        "findings": [],
        "doubts": [{"kind": "a", "where": where, "message": "", "locator": {}} for where in doubted],
    } | other  # fmt: skip


ANNOUNCEMENT = {"state": "not_a_report", "source_format": "html", "attachments": []}


def best(*given: dict[str, Any], announced: tuple[str, ...] = ()) -> Best:
    """The choice between a page and files."""
    words = announced or ("",) * len(given)
    copies = [
        ("attachment" if place else "page", f"http://a/{place}", one, words[place])
        for place, one in enumerate(given)
    ]
    chosen = best_copy(copies)
    assert chosen is not None
    return chosen


def differences(chosen: Best) -> list[tuple[str, object, object, str]]:
    found = [one for one in chosen.record["findings"] if one["rule"] == RULE]
    return [(one["where"], one["expected"], one["found"], one["severity"]) for one in found]


def test_a_page_that_only_announces_leaves_the_word_to_the_file() -> None:
    chosen = best(ANNOUNCEMENT, reading(9))
    assert chosen.place == 1
    assert chosen.record["taken_because"] == "No other copy holds a report."
    assert [(one["part"], one["state"], one["taken"]) for one in chosen.record["copies"]] == [
        ("page", "not_a_report", False),
        ("attachment", "report", True),
    ]
    assert best_copy([("page", "http://a", ANNOUNCEMENT, "")]) is None


def test_figures_without_doubt_count_and_the_reason_tells_how_many() -> None:
    chosen = best(reading(12, doubted=("requests.granted",)), reading(9))
    assert chosen.place == 1
    assert chosen.record["taken_because"] == "It has 9 figures without a doubt, the next copy 0."
    assert best(reading(9, doubted=("title",)), reading(9)).place == 1
    alone = reading(4)
    assert best(alone).record == alone


def test_a_number_that_the_copies_print_otherwise_is_a_finding_with_both_places() -> None:
    chosen = best(reading([5, 2, None, 0]), reading([5, 7, 0, None]))
    assert chosen.place == 0
    assert differences(chosen) == [("requests.granted.1", 7, 2, "hard")]
    (found,) = chosen.record["findings"]
    assert found["locators"] == [
        {"xpath": "/requests.granted.1"},
        {"copy": "http://a/1", "xpath": "/requests.granted.1"},
    ]
    assert [one["differing"] for one in chosen.record["copies"]] == [0, 1]


def test_a_difference_that_we_may_have_misread_is_soft() -> None:
    chosen = best(reading([5, 2, 1, 1]), reading([5, 7, 1, 1], doubted=("requests.granted.1",)))
    assert differences(chosen) == [("requests.granted.1", 7, 2, "soft")]


def test_what_differs_nearly_everywhere_is_no_copy() -> None:
    chosen = best(reading(12), reading([2] * 11))
    assert differences(chosen) == []
    (doubt,) = [one for one in chosen.record["doubts"] if one["kind"] == UNLIKE]
    assert doubt["message"] == (
        "“http://a/1” prints 11 other numbers, too many for a copy; “http://a/0” was taken."
    )


def test_a_file_on_another_year_is_not_the_report_however_full() -> None:
    older = reading(12, year=2022)
    assert best(reading(3), older).place == 0
    chosen = best(ANNOUNCEMENT, older, reading(3), announced=("某市公安局2023年年度报告", "", ""))
    assert chosen.place == 2
    assert chosen.record["taken_because"] == "It is the report on 2023, and no other copy is."
    assert differences(chosen) == []


def test_a_page_that_names_its_organ_in_short_is_the_same_report() -> None:
    assert differences(best(reading([1, 2], agency="公安局"), reading([1, 3]))) != []
    other = best(reading([1, 2], agency="某市财政局"), reading([1, 3]))
    assert differences(other) == []
    assert [one["kind"] for one in other.record["doubts"]] == [UNLIKE]


TITLE = "某市公安局2023年政府信息公开工作年度报告"
HEADLESS: dict[str, Any] = {
    "title": "附件：统计表",
    "agency": None,
    "year": None,
    "sections": [],
    "preamble": "",
    "claims": [],
    "fee": None,
    "contact": {},
    "period": None,
    "published": None,
    "signature": {},
    "doubts": [
        {"kind": name, "where": name, "message": "Nothing says it.", "locator": {}}
        for name in ("title", "agency", "year")
    ],
}


def test_tables_sent_as_a_file_of_their_own_get_head_and_text_of_the_page() -> None:
    claim = {"about": "new_received", "value": 3, "locator": {"xpath": "/p[2]"}}
    told: dict[str, Any] = {
        "preamble": "根据条例编制。",
        "claims": [claim],
        "fee": None,
        "contact": {"telephone": "1"},
    }
    told |= {"period": ["2023-01-01", "2023-12-31"], "published": "2024-01-20", "signature": {}}
    record = best(reading(0, **told), reading(9, **HEADLESS)).record
    assert (record["title"], record["agency"], record["year"]) == (TITLE, "某市公安局", 2023)
    assert (record["sections"][0]["heading"], record["published"]) == ("一、总体情况", "2024-01-20")
    assert record["claims"][0]["locator"] == {"copy": "http://a/0", "xpath": "/p[2]"}
    assert record["taken_because"].endswith("The text is that of “http://a/0”.")
    doubts = {doubt["where"]: doubt["message"] for doubt in record["doubts"]}
    assert doubts == dict.fromkeys(
        ("title", "agency", "year"), "The document does not say it; “http://a/0” does."
    )


def test_the_words_that_announce_a_file_say_what_it_does_not() -> None:
    record = best(ANNOUNCEMENT, reading(9, **HEADLESS), announced=(TITLE, TITLE)).record
    assert (record["title"], record["agency"], record["year"]) == (TITLE, "某市公安局", 2023)
    assert record["doubts"][-1]["message"] == f"The document does not say it; “{TITLE}” does."


def test_a_report_on_another_year_than_was_announced_has_a_doubt() -> None:
    (doubt,) = best(ANNOUNCEMENT, reading(9, year=2022), announced=(TITLE, TITLE)).record["doubts"]
    assert doubt["message"] == "The report on 2023 was announced; this is the one on 2022."
    assert best(ANNOUNCEMENT, reading(9), announced=(TITLE, TITLE)).record["doubts"] == []


def test_the_reason_tells_how_the_choice_in_an_archive_was_made_too() -> None:
    inside: dict[str, Any] = {
        "copies": [],
        "taken_because": "The copies read alike (9 figures); the first counts.",
    }
    reason = best(ANNOUNCEMENT, reading(9, **inside)).record["taken_because"]
    assert reason == f"No other copy holds a report. In it: {inside['taken_because']}"
