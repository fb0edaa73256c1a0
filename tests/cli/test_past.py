"""`show --as-of`, `diff` and `versions` on a real report whose page changes every night."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from parser import PARSER_VERSION, parse
from parser.copies import best_copy
from storage.models import ReadingRow, Run, Sighting
from storage.records import record_run
from tests.cli.conftest import HOSTILE_TITLE, ID_2021, ID_2022, URL_2021, URL_2022
from tests.cli.console import is_one_line, nianbao_here
from tests.storage.exchanges import NOON, PURPOSE, SITE, URL, Home, exchange, reply

PAGE = (Path(__file__).parents[1] / "parser/truth/2021-html.html").read_bytes()
INDEX = f"https://{SITE}/zwgk/"
DAY = timedelta(days=1)


SAID = parse(PAGE).as_dict()
KEY = "proactive.administrative_fees.amount_wanyuan"
FEES = next(figure for figure in SAID["figures"] if figure["key"] == KEY)
SENTENCE = SAID["sections"][0]["text"].split("。")[0]


def page(night: int) -> bytes:
    """The report on that night: another view count and link list, and on night 4 another figure and text."""
    found = PAGE.decode()
    assert found.count(f">{FEES['printed']}") == found.count(SENTENCE) == 1
    found = found.replace("浏览次数：9342", f"浏览次数：{9342 + night}")
    found = found.replace("互动交流", f"第{night}天要闻")
    if night < 4:
        return found.encode()
    return found.replace(f">{FEES['printed']}", ">909.25").replace(SENTENCE, f"{SENTENCE}，另有说明").encode()


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory, databases: None) -> Path:
    """Five nights of a report that says something else from night 4 on, and of an index page."""
    path = tmp_path_factory.mktemp("past")
    home = Home(path)
    for night in range(1, 6):
        now = NOON + night * DAY
        with home.database.write() as session:
            run = Run(kind="night", state="done", started_at=now, ended_at=now, sites=[SITE], summary={})
            session.add(run)
        minutes = night * 24 * 60
        index = reply(f"<html><body><p>今天是2026-11-{22 + night}</p></body></html>".encode())
        answers = {INDEX: index, f"{INDEX}gone": b"", URL: reply(page(min(night, 4)))}
        captures = {
            url: home.archive.add(exchange(answer, url, minutes=minutes), PURPOSE)
            for url, answer in answers.items()
        }
        account = parse(page(min(night, 4))).as_dict()
        with home.database.write() as session:
            session.merge(
                ReadingRow(
                    payload_sha256=captures[URL].payload_sha256,
                    parser_version=PARSER_VERSION,
                    state=account["state"],
                    reason="",
                    record=account,
                    seconds=0.1,
                    read_at=now,
                )
            )
            session.add(
                Sighting(
                    run_id=run.id, site=SITE, report_url=URL, source_url=URL, capture_id=captures[URL].id,
                    part="page", title="年报", evidence=[],
                )
            )  # fmt: skip
        # Captures belong to the home's first run; what is recorded is what was sighted.
        record_run(home.database, run.id, PARSER_VERSION, now + timedelta(hours=1), choose=best_copy)
    home.archive.close()
    home.database.close()
    return path


def test_a_counter_and_links_that_change_nightly_make_no_version(past: Path) -> None:
    account = nianbao_here("versions", URL, "--json", home=past).json
    assert [version["number"] for version in account["versions"]] == [1, 2]
    (line,) = account["timelines"]
    told = [(stretch["change"], stretch["differs"], stretch["versions"]) for stretch in line["stretches"]]
    assert told == [
        ("first", [], [1]),
        ("insignificant", ["counter", "navigation"], []),
        ("insignificant", ["counter", "navigation"], []),
        ("content", ["text", "counter", "navigation"], [2]),
    ]
    assert [len(stretch["captures"]) for stretch in line["stretches"]] == [1, 1, 1, 2]
    assert line["stretches"][3]["first_seen"] == "2026-11-26T04:00:00.123456Z"
    assert line["stretches"][3]["last_seen"] == "2026-11-27T04:00:00.123456Z"
    assert [capture["change"] for capture in account["captures"]][3:] == ["content", "same"]


def test_histories_are_told_to_people_in_words(past: Path) -> None:
    rows = nianbao_here("versions", URL, home=past).rows
    assert rows[-4][2:4] + rows[-4][8:] == ["3", "1", "first seen", ""]
    assert rows[-3][8:] == ["insignificant", "view counter, links and navigation"]
    assert rows[-1][2:4] + rows[-1][8:] == [
        "12–15 (2)",
        "2",
        "content",
        "text, view counter, links and navigation",
    ]
    told = nianbao_here("versions", URL, home=past, NIANBAO_LANG="zh").rows
    assert told[-3][8:] == ["无关紧要", "浏览计数, 链接与导航"]


def test_a_page_that_is_no_report_has_a_history_too(past: Path) -> None:
    (line,) = nianbao_here("versions", INDEX, "--json", home=past).json["timelines"]
    assert [stretch["differs"] for stretch in line["stretches"]] == [[], *[["date"]] * 4]
    failed = nianbao_here("versions", f"{INDEX}gone", home=past).rows
    assert [row[2] for row in failed[1:]] == ["2–14 (5)"]


def test_show_as_of_a_time_is_what_was_known_then(past: Path) -> None:
    now = nianbao_here("show", URL, "--json", home=past).json
    assert nianbao_here("report", URL, "--json", home=past).json == now
    assert (now["version"], now["as_of"]) == (2, None)
    # The source said it at noon (UTC 4:00), we knew it an hour later.
    assert now["captured_at"] == "2026-11-26T04:00:00.123456Z"
    assert now["recorded_at"] == "2026-11-26T05:00:00.123456Z"
    then = nianbao_here("show", URL, "--as-of", "2026-11-26T04:30:00Z", "--json", home=past).json
    assert (then["version"], then["captured_at"]) == (1, "2026-11-23T04:00:00.123456Z")
    assert then["as_of"] == "2026-11-26T04:30:00.999999Z"
    assert then["last_seen"] == "2026-11-26T04:00:00.123456Z"
    assert [version["number"] for version in then["versions"]] == [1]
    assert FEES["value"] in [figure["value"] for figure in then["figures"]]
    assert nianbao_here("show", URL, "--as-of", "2026-11-26", "--json", home=past).json["version"] == 2
    told = nianbao_here("show", URL, "--as-of", "2026-11-25", home=past)
    assert ["captured", "2026-11-23T04:00:00Z"] in told.rows
    assert ["recorded", "2026-11-23T05:00:00Z"] in told.rows


def test_presence_is_that_of_the_time(home: Path) -> None:
    assert nianbao_here("show", ID_2021, "--json", home=home).json["presence"] == "blocked"
    then = nianbao_here("show", ID_2021, "--as-of", "2024-01-30", "--json", home=home).json
    assert (then["presence"], then["title"]) == ("published", HOSTILE_TITLE)


def test_diff_of_a_report_compares_its_last_two_versions(past: Path) -> None:
    found = nianbao_here("diff", URL, "--json", home=past).json
    assert found["old"]["name"].endswith("@1")
    assert found["new"]["name"].endswith("@2")
    assert (found["old"]["capture"]["id"], found["new"]["capture"]["id"]) == (3, 12)
    (figure,) = found["record"]["figures"]
    assert (figure["old"]["value"], figure["new"]["value"]) == (FEES["value"], 909.25)
    assert figure["old"]["locator"] == figure["new"]["locator"]
    assert set(figure["old"]["locator"]) == {"xpath"}
    report = found["old"]["report"]
    for other in ([f"{report}@1", URL], [f"{report}@2026-11-25", f"{report}@2"]):
        assert nianbao_here("diff", *other, "--json", home=past).json["record"] == found["record"], other
    backwards = nianbao_here("diff", f"{URL}@2", f"{URL}@1", "--json", home=past).json["record"]
    assert (backwards["figures"][0]["old"], backwards["figures"][0]["new"]) == (figure["new"], figure["old"])


def test_diff_shows_sentences_with_marks_and_the_source_around_a_change(past: Path) -> None:
    told = nianbao_here("diff", URL, home=past).out
    assert f"{FEES['printed']}\t909.25" in told
    assert f"    {SENTENCE}{{+，另有说明+}}" in told
    assert "The octets differ" in told
    shown = [line for line in told.splitlines() if line.startswith("  +")]
    assert any("第4天要闻" in line for line in shown)
    assert "what differs on the page: text, view counter, links and navigation" in told


def test_diff_of_captures_reads_them_as_the_parser_left_them(past: Path) -> None:
    found = nianbao_here("diff", "3", "6", "--json", home=past).json
    assert found["record"]["equal"] is True
    assert found["payload"]["differs"] == ["counter", "navigation"]
    told = nianbao_here("diff", f"{URL}@2026-11-23", f"{URL}@2026-11-26", home=past)
    assert f"{FEES['printed']}\t909.25" in told.out
    same = nianbao_here("diff", "12", "15", "--json", home=past).json
    assert (same["record"]["equal"], same["payload"]["equal"], same["payload"]["source"]) == (
        True,
        True,
        None,
    )
    assert "Both say the same" in nianbao_here("diff", "12", "15", home=past).out


def test_diff_of_pages_that_are_no_reports_compares_their_octets(past: Path) -> None:
    found = nianbao_here("diff", f"{INDEX}@2026-11-23", INDEX, "--json", home=past).json
    assert found["record"] is None
    assert [line for line in found["payload"]["source"] if line[0] in "+-"] == [
        "-<p>今天是2026-11-23</p>", "+<p>今天是2026-11-27</p>",
    ]  # fmt: skip
    assert "only the octets" in nianbao_here("diff", "1", "4", home=past).out


def test_diff_tells_what_a_person_set_and_findings(home: Path) -> None:
    found = nianbao_here("diff", ID_2022, "--json", home=home).json
    assert [pair["key"] for pair in found["record"]["figures"]] == [
        "proactive.administrative_licensing.decisions"
    ]
    assert [finding["rule"] for finding in found["record"]["findings"]["came"]] == ["carry_cross_year"]
    assert (found["payload"]["differs"], found["payload"]["source"][0][:2]) == (["text"], "@@")
    told = nianbao_here("diff", ID_2022, home=home)
    assert "Findings: 1 came, 0 went" in told.out
    assert "what differs on the page: text" in told.out
    assert nianbao_here("diff", ID_2022, home=home, NIANBAO_LANG="zh").out.count("发现：新增 1，消失 0") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([ID_2021], 2, "only one version"),
        ([f"{ID_2022}@1"], 2, "compared with"),
        (["3"], 2, "compared with"),
        ([f"{ID_2022}@1", f"{ID_2022}@1"], 2, "one and the same"),
        (["1", "1"], 2, "one and the same"),
        ([f"{ID_2022}@1", f"{ID_2022}@9"], 3, "no version 9"),
        ([f"{ID_2022}@1", f"{ID_2022}@0"], 3, "no version 0"),
        (["1", "99"], 3, "no capture 99"),
        (["1", "9" * 30], 3, "no capture"),
        ([f"{ID_2022}@yesterday", "1"], 2, "yesterday"),
        ([f"{ID_2022}@2020-01-01", "1"], 3, "was not known yet at 2020-01-01"),
        ([f"{URL_2022}@2020-01-01", "1"], 3, "not yet captured"),
        (["http://example.org/a@b", "1"], 3, "http://example.org/a@b"),
        (["nothing", "1"], 3, "nothing"),
        (["@", "1"], 2, "not a time"),
        (["shizuishan", "1"], 2, "shizuishan"),
        ([URL_2021], 2, "only one version"),
    ],
)
def test_diff_refuses_nonsense_with_one_line(home: Path, arguments: list[str], code: int, said: str) -> None:
    done = nianbao_here("diff", *arguments, home=home)
    assert (done.code, done.octets) == (code, b"")
    assert is_one_line(done.complaint)
    assert said in done.complaint


def test_a_capture_that_brought_nothing_cannot_be_compared(past: Path) -> None:
    done = nianbao_here("diff", "2", "3", home=past)
    assert (done.code, done.octets) == (3, b"")
    assert is_one_line(done.complaint)
    assert "capture 2" in done.complaint


def test_show_before_a_report_was_known(past: Path) -> None:
    done = nianbao_here("show", URL, "--as-of", "2026-11-22", home=past)
    assert (done.code, done.octets) == (3, b"")
    assert is_one_line(done.complaint)
    assert "2026-11-23T05:00:00" in done.complaint
