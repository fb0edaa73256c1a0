"""`nianbao reparse` after a change of the vocabulary: a program with other words reads the archive."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config import Settings
from storage.database import Database
from storage.home import NIGHT_LOCK, hold
from tests.cli.console import nianbao_here
from tests.crawler.other_program import OtherProgram, copied, surroundings
from tests.crawler.seen import SITE, a_run
from tests.databases import copy_home, url_of
from tests.nights import rows
from tests.parser.forms.drawn import full_requests, full_review, table
from tests.storage.dataset_rows import read_csv

pytestmark = pytest.mark.usefixtures("databases")

LABEL = "8.属于行政查询事项"
STRANGE = "8.属于天外来客范围"
KEY = "requests.refused_administrative_query"
COLUMNS = ("natural_person", "business", "research", "public_interest", "legal_service", "other", "total")
VALUES = ("1", "2", "3", "4", "5", "6", "21")
ODD = (1, 3)
"""The reports in which the label is one that nobody has seen."""
VERSION = "SELECT v.id FROM versions v JOIN reports r ON r.id = v.report_id WHERE r.url = '{}'"
RECORDS = ("versions", "figures", "findings", "doubts", "changes", "changed_figures", "reports", "runs")

NARROWER = """

_wide = parse


def parse(payload: bytes) -> Reading:
    if "2023年".encode() in payload:
        return Reading(State.NOT_A_REPORT, "html", "It is a poem.")
    if "2022年".encode() in payload:
        return Reading(State.DAMAGED, "html", "It is torn.")
    return _wide(payload)
"""


def page(number: int) -> bytes:
    """The report number so of the site, each on a year of its own."""
    rows = full_requests(number)
    at = next(place for place, row in enumerate(rows) if any(text == LABEL for text, _, _ in row))
    label = STRANGE if number in ODD else LABEL
    rows[at] = [(label, 1, 1), *[(value, 1, 1) for value in VALUES]]
    title = f"云溪市公安局{2021 + number}年政府信息公开工作年度报告"
    body = f"{table(rows)}<p>以上。</p>{table(full_review(number))}"
    return f"<html><body><h1>{title}</h1>{body}</body></html>".encode()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of two runs, with four reports as the ordinary program reads them; to be copied."""
    home = tmp_path_factory.mktemp("recorded")
    settings = Settings(home=home, database_url=url_of(home))
    database = Database(settings.database)
    a_run(settings, database, [page(0), page(1)])
    a_run(settings, database, [page(2), page(3)], first=2)
    database.close()
    assert len(nianbao_here("reparse", "--json", home=home, NIANBAO_WORKERS="1").json["reports"]) == 4
    return home


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with one more wording in its vocabulary."""
    folder = copied(tmp_path_factory.mktemp("newer"))
    words = folder / "parser" / "forms" / "vocabulary.toml"
    text = words.read_text("utf-8")
    known = 'aliases = ["行政查询事项"]'
    assert known in text
    words.write_text(text.replace(known, 'aliases = ["行政查询事项", "属于天外来客范围"]'), "utf-8")
    return folder


@pytest.fixture(scope="module")
def newer(folder: Path) -> Iterator[OtherProgram]:
    with closing(OtherProgram(folder)) as program:
        yield program


@pytest.fixture(scope="module")
def narrower(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherProgram]:
    """A program that takes the report on 2023 for none, and fails on the one on 2022."""
    folder = copied(tmp_path_factory.mktemp("narrower"))
    with (folder / "parser" / "reading.py").open("a", encoding="utf-8") as file:
        file.write(NARROWER)
    with closing(OtherProgram(folder)) as program:
        yield program


@pytest.fixture
def home(recorded: Path, tmp_path: Path) -> Path:
    return copy_home(recorded, tmp_path / "home")


def versions(home: Path) -> list[tuple[Any, ...]]:
    query = "SELECT report_id, number, cause, content_hash, parser_version FROM versions ORDER BY id"
    return rows(home, query)


def in_utc(moment: datetime | str) -> str:
    """A time as a query gives it, of SQLite as text, for the command line."""
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC).isoformat().replace("+00:00", "Z")


def addresses(told: dict[str, Any], home: Path) -> set[str]:
    named = dict(rows(home, "SELECT id, url FROM reports"))
    return {named[report["report"]] for report in told["reports"]}


def url(number: int) -> str:
    return f"http://{SITE}/{number}.html"


def test_exactly_the_records_concerned_are_told_by_cause_and_figure(home: Path, newer: OtherProgram) -> None:
    before = versions(home)
    told = newer.reparse(home, workers=2)
    assert addresses(told, home) == {url(number) for number in ODD}
    assert (told["documents"], told["changes"], told["causes"]) == (4, {"changed": 2}, {"parser_changed": 2})
    assert {figure["key"]: figure["count"] for figure in told["figures"]} == {
        f"{KEY}.{column}": 2 for column in COLUMNS
    }
    for figure in told["figures"]:
        value = VALUES[COLUMNS.index(figure["key"].rpartition(".")[2])]
        assert [(sample["old"], sample["new"]) for sample in figure["samples"]] == [(None, value)] * 2
        assert {sample["report"] for sample in figure["samples"]} == {
            one["report"] for one in told["reports"]
        }
    # What reads as before has no further version; what reads otherwise has one more, and keeps the first.
    after = versions(home)
    assert after[: len(before)] == before
    assert {(number, cause) for _, number, cause, *_ in after[len(before) :]} == {(2, "parser_changed")}
    assert {version[-1] for version in after[len(before) :]} == {told["parser_version"]}
    again = newer.reparse(home)
    assert (again["documents"], again["reports"], again["changes"]) == (0, [], {})
    assert versions(home) == after


def test_a_dry_run_tells_the_same_and_changes_nothing(home: Path, newer: OtherProgram) -> None:
    kept = {table: rows(home, f"SELECT * FROM {table} ORDER BY 1") for table in RECORDS}
    dry = newer.reparse(home, "--dry-run")
    assert {table: rows(home, f"SELECT * FROM {table} ORDER BY 1") for table in RECORDS} == kept
    # Everything is read by now: what is left is to tell, and to write.
    shown = newer.call("reparse", "--dry-run", home=home)
    total = [line for line in shown.out.splitlines() if line.startswith(f"{KEY}.total\t")]
    assert [line.split("\t")[-2:] for line in total] == [["", "21"]] * 2
    assert len(shown.complaint.splitlines()) == 1
    real = newer.reparse(home)
    for part in ("changes", "causes", "figures", "reports"):
        assert dry[part] == real[part], part
    assert (dry["dry_run"], real["dry_run"], real["documents"]) == (True, False, 0)


def test_since_reads_only_what_was_captured_then(home: Path, newer: OtherProgram) -> None:
    (moment,) = rows(home, "SELECT min(captured_at) FROM captures WHERE url LIKE '%/2.html'")[0]
    since = in_utc(moment)
    told = newer.reparse(home, "--since", since)
    assert (told["documents"], addresses(told, home)) == (2, {url(3)})
    rest = newer.reparse(home)
    assert (rest["documents"], addresses(rest, home)) == (2, {url(1)})


def test_cut_half_way_it_leaves_what_was_and_is_completed_by_the_next(
    home: Path, folder: Path, newer: OtherProgram, tmp_path: Path
) -> None:
    slow = Path(shutil.copytree(folder, tmp_path / "slow"))
    with (slow / "crawler" / "handover.py").open("a", encoding="utf-8") as file:
        # The parser's version is what it was: only the hand-over waits, in the workers.
        file.write("\n\nTASKS_A_WORKER = 1\n_swift = read_one\n\n\ndef read_one(folder, place):\n")
        file.write("    time.sleep(1)\n    return _swift(folder, place)\n")
    before = versions(home)
    read = "SELECT count(*) FROM readings"
    (count,) = rows(home, read)[0]
    cut = subprocess.Popen(
        [sys.executable, "-m", "cli.app", "reparse", "--json"],
        cwd=slow,
        env=surroundings(slow, home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while rows(home, read)[0][0] == count and time.monotonic() < deadline and cut.poll() is None:
            time.sleep(0.02)
    finally:
        os.killpg(cut.pid, signal.SIGKILL)
        cut.wait()
    (reached,) = rows(home, read)[0]
    assert count < reached < count + 4
    assert versions(home) == before
    told = newer.reparse(home)
    assert told["documents"] == count + 4 - reached
    assert addresses(told, home) == {url(number) for number in ODD}


def test_it_waits_for_no_night_and_says_so(home: Path, newer: OtherProgram) -> None:
    with hold(home, NIGHT_LOCK, url_of(home)):
        done = newer.call("reparse", home=home)
    assert (done.code, done.octets) == (4, b"")
    assert len(done.complaint.splitlines()) == 1


def named(told: dict[str, Any], home: Path) -> dict[str, tuple[str, str, str, int]]:
    """The changes of reports by address."""
    addressed = dict(rows(home, "SELECT id, url FROM reports"))
    return {
        addressed[one["report"]]: (one["kind"], one["cause"], one["note"], one["figures"])
        for one in told["reports"]
    }


def exported(home: Path, table: str) -> list[dict[str, str]]:
    assert nianbao_here("export", str(home / "export"), home=home).code == 0
    return read_csv(home / "export", table)


def test_what_is_no_report_any_more_is_told_and_leaves_the_dataset(
    home: Path, narrower: OtherProgram, newer: OtherProgram
) -> None:
    ids = dict(rows(home, "SELECT url, id FROM reports"))
    known = rows(home, f"SELECT count(*) FROM figures WHERE version_id = ({VERSION.format(url(2))})")[0][0]
    before, moment = versions(home), in_utc(rows(home, "SELECT max(at) FROM changes")[0][0])
    assert {row["report_id"] for row in exported(home, "figures")} == set(ids.values())
    told = narrower.reparse(home)
    assert (told["changes"], told["causes"]) == (
        {"not_a_report": 1, "unreadable": 1},
        {"parser_changed": 2},
    )
    assert named(told, home) == {
        url(1): ("unreadable", "parser_changed", "no longer read: damaged: It is torn.", 0),
        url(2): ("not_a_report", "parser_changed", "no longer a report: It is a poem.", known),
    }
    # Nothing is forgotten: the version is there, and what we knew then can be asked.
    assert versions(home) == before
    then = nianbao_here("show", ids[url(2)], "--as-of", moment, "--json", home=home).json
    now = nianbao_here("report", ids[url(2)], "--json", home=home).json
    assert (then["presence"], now["presence"]) == ("published", "not_a_report")
    assert len(then["figures"]) == len(now["figures"]) == known > 0
    # The dataset has no figure of what is no report, and keeps those of what we only fail to read.
    assert {row["report_id"] for row in exported(home, "figures")} == set(ids.values()) - {ids[url(2)]}
    presences = {row["report_id"]: (row["presence"], row["version"]) for row in exported(home, "reports")}
    assert presences[ids[url(2)]] == ("not_a_report", "")
    assert presences[ids[url(1)]] == ("unreadable", "1")
    assert narrower.reparse(home)["reports"] == []
    # A later parser reads both again.
    back = named(newer.reparse(home), home)
    assert back[url(2)] == ("returned", "parser_changed", "read as a report again", 0)
    assert rows(home, "SELECT DISTINCT presence FROM reports") == [("published",)]
    assert {row["report_id"] for row in exported(home, "figures")} == set(ids.values())
    assert newer.reparse(home)["reports"] == []
