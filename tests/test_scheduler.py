"""The service, as a process that gets real signals and runs real children."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]
from sqlalchemy import create_engine, select, text

import scheduler
from storage.database import Database
from storage.home import NIGHT_LOCK, hold
from storage.models import Run
from tests import services
from tests.databases import settings_of, url_of

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00 (INFO|WARNING|ERROR) \S.*")

OBEDIENT = """
import pathlib, signal, sys, time
def stop(*_): print("told to stop", file=sys.stderr, flush=True); sys.exit(6)
signal.signal(signal.SIGTERM, stop)
print("at work", file=sys.stderr, flush=True)
time.sleep(60)
"""
DEAF = """
import pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
worker = subprocess.Popen(["sleep", "60"])
pathlib.Path(sys.argv[1]).write_text(str(worker.pid))
print("at work", file=sys.stderr, flush=True)
time.sleep(60)
"""
SHORT = "import sys; print('at work', file=sys.stderr)"


class Service:
    """A scheduler in a process of its own, whose night is a script of ours."""

    def __init__(
        self, home: Path, script: str, *arguments: str, further: str = "", **environment: str
    ) -> None:
        self.log = home.parent / f"log-{time.monotonic_ns()}"
        self.log.touch()
        seen = os.environ | settings_of(home) | {"NIANBAO_LANG": "en"} | environment
        self.process = services.start([sys.executable, "-c", script, further], arguments, seen, self.log)

    @property
    def told(self) -> str:
        return self.log.read_text()

    def wait_for(self, text: str) -> None:
        wait_until(lambda: text in self.told, lambda: f"{text!r} is not in {self.told!r}")

    def end(self, number: int | None = None) -> int:
        """Its exit code, after the signal if there is one."""
        if number is not None:
            os.kill(self.process.pid or 0, number)
        self.process.join(60)
        assert self.process.exitcode is not None, f"it goes on: {self.told!r}"
        return self.process.exitcode


def wait_until(holds: Callable[[], bool], otherwise: Callable[[], str], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.02)


Starter = Callable[..., Service]


@pytest.fixture
def home(tmp_path: Path, databases: None) -> Path:
    return tmp_path / "home"


@pytest.fixture
def start(home: Path) -> Iterator[Starter]:
    started: list[Service] = []

    def begin(script: str, *arguments: str, **further: Any) -> Service:
        started.append(Service(home, script, *arguments, **further))
        return started[-1]

    yield begin
    for one in started:
        one.process.kill()
        one.process.join()


def keep_job(home: Path, due: datetime) -> None:
    """Leave the job in the store as a service leaves it that went down before it was due."""
    Database(url_of(home)).close()
    engine = create_engine(url_of(home))
    clockwork = scheduler.Clockwork(
        jobstores={"default": SQLAlchemyJobStore(engine=engine, tablename=scheduler.JOB_TABLE)}
    )
    clockwork.start(paused=True)
    trigger = CronTrigger(hour=due.hour, minute=due.minute, timezone="UTC")
    clockwork.add_job("scheduler:run_night", trigger, id=scheduler.JOB, next_run_time=due)
    clockwork.shutdown()
    engine.dispose()


def kept_job_due(home: Path) -> datetime:
    engine = create_engine(url_of(home))
    store = SQLAlchemyJobStore(engine=engine, tablename=scheduler.JOB_TABLE)
    due: datetime = store.get_next_run_time()
    engine.dispose()
    return due


def just_missed(**ago: float) -> datetime:
    return (datetime.now(UTC) - timedelta(**ago)).replace(second=0, microsecond=0)


def clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def add_run(home: Path, kind: str = "night") -> None:
    database = Database(url_of(home))
    with database.write() as session:
        session.add(
            Run(kind=kind, state="running", started_at=datetime.now(UTC), sites=["a.gov.cn"], summary={})
        )
    database.close()


def run_states(home: Path) -> list[str]:
    database = Database(url_of(home))
    with database.read() as session:
        states = list(session.scalars(select(Run.state).order_by(Run.id)))
    database.close()
    return states


@pytest.mark.parametrize("code", [0, 4, 6])
def test_now_ends_with_the_exit_code_of_the_night(start: Starter, code: int) -> None:
    service = start(f"import sys; sys.exit({code})", "--now")
    assert service.end() == code
    lines = service.told.splitlines()
    assert all(LINE.fullmatch(line) for line in lines), lines
    assert lines[-1].endswith("night done" if code == 0 else f"night failed: exit code {code}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_now_hands_the_signal_on(start: Starter, number: int) -> None:
    service = start(OBEDIENT, "--now")
    service.wait_for("at work")
    assert service.end(number) == 6
    assert "told to stop" in service.told


def test_a_night_that_does_not_stop_is_killed_with_its_workers(start: Starter, tmp_path: Path) -> None:
    service = start(DEAF, "--now", further=str(tmp_path / "worker"), NIANBAO_STOP_SECONDS="0.5")
    service.wait_for("at work")
    began = time.monotonic()
    assert service.end(signal.SIGTERM) == 128 + signal.SIGKILL
    assert 0.5 <= time.monotonic() - began < 40
    assert "did not stop in 0.5 s and is killed" in service.told
    worker = Path("/proc") / (tmp_path / "worker").read_text() / "stat"
    wait_until(lambda: not worker.exists() or ") Z " in worker.read_text(), lambda: "the worker lives")


def test_now_does_not_need_the_service_to_be_down(start: Starter) -> None:
    service = start(SHORT)
    service.wait_for("next night at")
    assert start(SHORT, "--now").end() == 0
    assert service.end(signal.SIGTERM) == 0


def test_the_service_tells_the_next_night_and_stops_clean(start: Starter, home: Path) -> None:
    service = start(SHORT, NIANBAO_NIGHT_AT="03:30")
    service.wait_for("next night at")
    assert re.search(r"next night at \d{4}-\d\d-\d\dT03:30\+08:00", service.told)
    assert "at work" not in service.told
    assert service.end(signal.SIGTERM) == 0
    assert service.told.splitlines()[-1].endswith("INFO stopped")
    assert kept_job_due(home).astimezone(UTC).strftime("%H:%M") == "19:30"


def test_a_changed_time_of_day_takes_effect(start: Starter, home: Path) -> None:
    for at, kept in (("02:00", "18:00"), ("05:45", "21:45")):
        service = start(SHORT, NIANBAO_NIGHT_AT=at)
        service.wait_for("next night at")
        assert service.end(signal.SIGTERM) == 0
        assert kept_job_due(home).astimezone(UTC).strftime("%H:%M") == kept


def test_only_one_scheduler_serves_a_home(start: Starter, home: Path) -> None:
    first = start(SHORT)
    first.wait_for("next night at")
    second = start(SHORT)
    assert second.end() == 4
    assert second.told == (
        f"scheduler: another Nianbao is writing to {home} (process {first.process.pid}); "
        "wait for it or stop it\n"
    )
    assert first.end(signal.SIGTERM) == 0
    third = start(SHORT)
    third.wait_for("next night at")


def test_a_killed_scheduler_does_not_keep_the_next_one_out(start: Starter) -> None:
    first = start(SHORT)
    first.wait_for("next night at")
    first.end(signal.SIGKILL)
    start(SHORT).wait_for("next night at")


def test_a_missed_night_runs_at_start_and_only_once(start: Starter, home: Path) -> None:
    # Down for three nights: the last is an hour ago, and is the only one made up for.
    due = just_missed(hours=1)
    keep_job(home, due - timedelta(days=2))
    service = start(SHORT, NIANBAO_NIGHT_AT=clock(due), NIANBAO_TIMEZONE="UTC")
    service.wait_for("night done")
    assert service.end(signal.SIGTERM) == 0
    assert service.told.count("night started") == 1
    assert "came due while the service was down" in service.told
    assert kept_job_due(home) == due + timedelta(days=1)


def test_a_night_missed_by_too_much_is_left_out(start: Starter, home: Path) -> None:
    due = just_missed(hours=7)
    keep_job(home, due)
    service = start(SHORT, NIANBAO_NIGHT_AT=clock(due), NIANBAO_TIMEZONE="UTC")
    service.wait_for("was missed by too much")
    assert service.end(signal.SIGTERM) == 0
    assert "night started" not in service.told
    assert kept_job_due(home) == due + timedelta(days=1)


def test_the_grace_is_a_setting(start: Starter, home: Path) -> None:
    due = just_missed(hours=7)
    keep_job(home, due)
    service = start(SHORT, NIANBAO_NIGHT_AT=clock(due), NIANBAO_TIMEZONE="UTC", NIANBAO_MISFIRE_HOURS="8")
    service.wait_for("night done")


def test_stopping_the_service_stops_its_night(start: Starter, home: Path) -> None:
    due = just_missed(minutes=5)
    keep_job(home, due)
    service = start(OBEDIENT, NIANBAO_NIGHT_AT=clock(due), NIANBAO_TIMEZONE="UTC")
    service.wait_for("at work")
    assert service.end(signal.SIGTERM) == 0
    assert "told to stop" in service.told
    assert service.told.index("told to stop") < service.told.index("night failed: exit code 6")


def test_the_service_kills_a_night_that_does_not_stop(start: Starter, home: Path, tmp_path: Path) -> None:
    due = just_missed(minutes=5)
    keep_job(home, due)
    add_run(home)
    service = start(
        DEAF, further=str(tmp_path / "worker"), NIANBAO_NIGHT_AT=clock(due), NIANBAO_TIMEZONE="UTC",
        NIANBAO_STOP_SECONDS="0.3",
    )  # fmt: skip
    service.wait_for("at work")
    assert service.end(signal.SIGTERM) == 0
    assert "night failed: killed by SIGKILL" in service.told


def test_a_failed_night_does_not_end_the_service(start: Starter, home: Path) -> None:
    due = just_missed(minutes=5)
    keep_job(home, due)
    service = start("import sys; sys.exit(6)", NIANBAO_NIGHT_AT=clock(due), NIANBAO_TIMEZONE="UTC")
    service.wait_for("night failed: exit code 6")
    assert service.process.is_alive()
    assert service.end(signal.SIGTERM) == 0


def test_dead_runs_are_marked_at_the_next_start(start: Starter, home: Path) -> None:
    add_run(home)
    add_run(home, "crawl")
    service = start(SHORT)
    service.wait_for("next night at")
    assert run_states(home) == ["interrupted", "interrupted"]
    assert "run 1 was interrupted" in service.told


def test_a_night_that_was_cut_is_completed_at_the_next_start(start: Starter, home: Path) -> None:
    add_run(home)
    service = start(SHORT)
    service.wait_for("the night that was cut is completed now")
    service.wait_for("night done")


def test_a_cut_crawl_does_not_start_a_night(start: Starter, home: Path) -> None:
    add_run(home, "crawl")
    service = start(SHORT)
    service.wait_for("next night at")
    assert "night started" not in service.told


def test_a_run_at_work_is_left_alone(start: Starter, home: Path) -> None:
    add_run(home)
    with hold(home, NIGHT_LOCK, url_of(home)):
        service = start(SHORT)
        service.wait_for("next night at")
        assert run_states(home) == ["running"]
        assert f"a night is running (process {os.getpid()})" in service.told


def test_a_night_that_dies_is_marked_at_once(start: Starter, home: Path) -> None:
    add_run(home)
    service = start("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "--now")
    assert service.end() == 128 + signal.SIGKILL
    assert run_states(home) == ["interrupted"]


def test_a_kept_job_that_cannot_be_read_is_made_anew(start: Starter, home: Path) -> None:
    keep_job(home, just_missed(hours=1))
    engine = create_engine(url_of(home))
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {scheduler.JOB_TABLE} SET job_state = :none"), {"none": b"\0"})
    engine.dispose()
    service = start(SHORT)
    service.wait_for("next night at")
    assert "the kept job cannot be read" in service.told
    assert kept_job_due(home) > datetime.now(UTC)


@pytest.mark.parametrize(
    ("environment", "arguments", "code", "words"),
    [
        ({"NIANBAO_NIGHT_AT": "25:00"}, [], 2, "NIANBAO_NIGHT_AT"),
        ({"NIANBAO_TIMEZONE": "Mars/Olympus"}, [], 2, "NIANBAO_TIMEZONE"),
        ({"NIANBAO_DATABASE_URL": "nosuch://x"}, [], 4, "nosuch"),
        ({"NIANBAO_HOME": "/dev/null/home"}, [], 2, "/dev/null is no folder"),
        ({}, ["--later"], 2, "--later"),
    ],
)
def test_errors_are_one_line(
    start: Starter, environment: dict[str, str], arguments: list[str], code: int, words: str
) -> None:
    service = start(SHORT, *arguments, **environment)
    assert service.end() == code
    assert service.told.startswith("scheduler: ")
    assert words in service.told
    assert service.told.count("\n") == 1


def run_script(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(Path(scheduler.__file__)), *arguments],
        capture_output=True,
        text=True,
        cwd=home.parent,
        env=os.environ | settings_of(home) | {"NIANBAO_LANG": "en"} | environment,
        check=False,
        timeout=60,
    )


def test_the_script_runs_the_nightly_command_from_any_folder(home: Path) -> None:
    ran = run_script(home, "--now", NIANBAO_SITES_DIR="/nonexistent")
    assert ran.returncode == 2
    assert "/nonexistent" in ran.stderr
    assert "night failed: exit code 2" in ran.stderr


def test_the_script_serves_as_the_module_that_the_job_store_names(home: Path) -> None:
    due = just_missed(minutes=5)
    keep_job(home, due)
    environment = {
        **settings_of(home),
        "NIANBAO_NIGHT_AT": clock(due),
        "NIANBAO_TIMEZONE": "UTC",
        "NIANBAO_SITES_DIR": "/nonexistent",
    }
    log = home.parent / "log"
    with (
        log.open("wb") as stderr,
        subprocess.Popen(
            [sys.executable, str(Path(scheduler.__file__))], stderr=stderr, env=os.environ | environment
        ) as process,
    ):
        try:
            wait_until(lambda: "night failed: exit code 2" in log.read_text(), log.read_text)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()


@pytest.mark.parametrize(("language", "word"), [("en", "stay, and run"), ("zh", "常驻")])
def test_help_in_two_languages(home: Path, language: str, word: str) -> None:
    ran = run_script(home, "--help", NIANBAO_LANG=language)
    assert ran.returncode == 0
    assert word in ran.stdout
    assert not home.exists()
