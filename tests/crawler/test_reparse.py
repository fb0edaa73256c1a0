"""`nianbao reparse` after a change of the vocabulary: a program with other words reads the archive."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config import Settings
from storage.database import Database
from storage.home import NIGHT_LOCK, hold
from tests.crawler.seen import SITE, a_run
from tests.parser.forms.drawn import full_requests, full_review, table

PROGRAM = Path(__file__).parents[2]
ROOMS = ("cli", "crawler", "parser", "spiders", "storage", "config.py", "errors.py")
LABEL = "8.属于行政查询事项"
STRANGE = "8.属于天外来客范围"
KEY = "requests.refused_administrative_query"
COLUMNS = ("natural_person", "business", "research", "public_interest", "legal_service", "other", "total")
VALUES = ("1", "2", "3", "4", "5", "6", "21")
ODD = (1, 3)
"""The reports in which the label is one that nobody has seen."""
RECORDS = ("versions", "figures", "findings", "doubts", "changes", "changed_figures", "reports", "runs")


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
    settings = Settings(home=home)
    database = Database(settings.database)
    a_run(settings, database, [page(0), page(1)])
    a_run(settings, database, [page(2), page(3)], first=2)
    database.close()
    assert len(reparse(PROGRAM, home)["reports"]) == 4
    return home


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with one more wording in its vocabulary."""
    folder = tmp_path_factory.mktemp("newer")
    for name in ROOMS:
        room = PROGRAM / name
        if room.is_dir():
            shutil.copytree(room, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(room, folder)
    words = folder / "parser" / "forms" / "vocabulary.toml"
    text = words.read_text("utf-8")
    known = 'aliases = ["行政查询事项"]'
    assert known in text
    words.write_text(text.replace(known, 'aliases = ["行政查询事项", "属于天外来客范围"]'), "utf-8")
    return folder


@pytest.fixture
def home(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "home"))


def environment(program: Path, home: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO_")}
    return ours | {
        "PYTHONPATH": str(program),
        "NIANBAO_HOME": str(home),
        "NIANBAO_LANG": "en",
        "NIANBAO_WORKERS": "1",
    }


def call(program: Path, home: Path, *arguments: str, workers: int = 1) -> subprocess.CompletedProcess[bytes]:
    """One call of that program's `reparse`, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "cli.app", "reparse", *arguments],
        cwd=program,
        env=environment(program, home) | {"NIANBAO_WORKERS": str(workers)},
        capture_output=True,
        timeout=100,
        check=False,
    )


def reparse(program: Path, home: Path, *arguments: str, workers: int = 1) -> dict[str, Any]:
    done = call(program, home, "--json", *arguments, workers=workers)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{home / 'nianbao.sqlite'}?mode=ro", uri=True)) as database:
        return list(database.execute(query))


def versions(home: Path) -> list[tuple[Any, ...]]:
    query = "SELECT report_id, number, cause, content_hash, parser_version FROM versions ORDER BY id"
    return rows(home, query)


def addresses(told: dict[str, Any], home: Path) -> set[str]:
    named = dict(rows(home, "SELECT id, url FROM reports"))
    return {named[report["report"]] for report in told["reports"]}


def url(number: int) -> str:
    return f"http://{SITE}/{number}.html"


def test_exactly_the_records_concerned_are_told_by_cause_and_figure(home: Path, newer: Path) -> None:
    before = versions(home)
    told = reparse(newer, home, workers=2)
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
    again = reparse(newer, home)
    assert (again["documents"], again["reports"], again["changes"]) == (0, [], {})
    assert versions(home) == after


def test_a_dry_run_tells_the_same_and_changes_nothing(home: Path, newer: Path) -> None:
    kept = {table: rows(home, f"SELECT * FROM {table} ORDER BY 1") for table in RECORDS}
    dry = reparse(newer, home, "--dry-run")
    assert {table: rows(home, f"SELECT * FROM {table} ORDER BY 1") for table in RECORDS} == kept
    # Everything is read by now: what is left is to tell, and to write.
    shown = call(newer, home, "--dry-run")
    total = [line for line in shown.stdout.decode().splitlines() if line.startswith(f"{KEY}.total\t")]
    assert [line.split("\t")[-2:] for line in total] == [["", "21"]] * 2
    assert len(shown.stderr.decode().splitlines()) == 1
    real = reparse(newer, home)
    for part in ("changes", "causes", "figures", "reports"):
        assert dry[part] == real[part], part
    assert (dry["dry_run"], real["dry_run"], real["documents"]) == (True, False, 0)


def test_since_reads_only_what_was_captured_then(home: Path, newer: Path) -> None:
    (moment,) = rows(home, "SELECT min(captured_at) FROM captures WHERE url LIKE '%/2.html'")[0]
    since = datetime.fromisoformat(moment).replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
    told = reparse(newer, home, "--since", since)
    assert (told["documents"], addresses(told, home)) == (2, {url(3)})
    rest = reparse(newer, home)
    assert (rest["documents"], addresses(rest, home)) == (2, {url(1)})


def test_cut_half_way_it_leaves_what_was_and_is_completed_by_the_next(
    home: Path, newer: Path, tmp_path: Path
) -> None:
    slow = Path(shutil.copytree(newer, tmp_path / "slow"))
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
        env=environment(slow, home),
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
    told = reparse(newer, home)
    assert told["documents"] == count + 4 - reached
    assert addresses(told, home) == {url(number) for number in ODD}


def test_it_waits_for_no_night_and_says_so(home: Path, newer: Path) -> None:
    with hold(home, NIGHT_LOCK):
        done = call(newer, home)
    assert (done.returncode, done.stdout) == (4, b"")
    assert len(done.stderr.decode().splitlines()) == 1
