"""When the night runs: a service that starts it every day in a process of its own.

    python scheduler.py          stay, and run the night at NIANBAO_NIGHT_AT in NIANBAO_TIMEZONE
    python scheduler.py --now    run one night at once, and end with its exit code

A night that came due while the service was down is made up for at its start, if it is not later than
NIANBAO_MISFIRE_HOURS. On SIGTERM or SIGINT the night is told to stop, given NIANBAO_STOP_SECONDS for it, and
then killed; the next night completes it.
"""

from __future__ import annotations

import importlib
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from types import FrameType
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_MISSED, JobExecutionEvent  # type: ignore[import-untyped]
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

import logs
from config import Language, Settings, settings, to_complain_by
from errors import BadCall, DatabaseError, HomeBusy, NianbaoError
from storage import postgresql, runs
from storage.database import Database
from storage.database_url import is_postgresql, parse, shown
from storage.home import NIGHT_LOCK, SCHEDULER_LOCK, hold
from storage.sqlite import BUSY_MS

logger = logging.getLogger("scheduler")

NIGHT = (sys.executable, "-m", "cli", "nightly")
JOB = "night"
JOB_TABLE = "scheduler_jobs"

LOOK_SECONDS = 60
"""The clock is looked at this often: a machine that slept, or whose clock was set, misses no night."""
CANNOT_START = 127
KILLED = 128
"""Exit codes of shells: the command could not be started; and, added to the signal's number, was killed."""

HELP: dict[Language, str] = {
    "en": f"{__doc__}\n",
    "zh": """夜间任务何时运行：常驻服务，每天在独立进程中启动一次夜间任务。

    python scheduler.py          常驻，按 NIANBAO_NIGHT_AT（时区 NIANBAO_TIMEZONE）每天运行
    python scheduler.py --now    立即运行一次，并以其退出码结束

服务停止期间错过的任务，若迟到不超过 NIANBAO_MISFIRE_HOURS 小时，启动时补做。收到 SIGTERM 或 SIGINT 时先通知
夜间任务停止，最多等待 NIANBAO_STOP_SECONDS 秒，之后强行终止；下次夜间任务会接着完成。
""",
}
UNKNOWN_OPTION: dict[Language, str] = {"en": "there is no option", "zh": "没有选项"}


class Night:
    """One night at a time in a child process, which can be stopped from another thread."""

    def __init__(self, configured: Settings, command: Sequence[str] = NIGHT) -> None:
        self._settings, self._command = configured, list(command)
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def run(self) -> int:
        """Run a night to its end: its exit code, as a shell would tell it. After `stop`, none is started."""
        with self._lock:
            if self._stopped:
                return KILLED + signal.SIGTERM
            try:
                child = self._child = self._start()
            except OSError as error:
                logger.error("the night cannot be started: %s", error)
                return CANNOT_START
        logger.info("night started (process %d)", child.pid)
        code = child.wait()
        if code == 0:
            logger.info("night done")
            return 0
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        logger.error("night failed: %s", how)
        try:
            mark_interrupted(self._settings)
        except NianbaoError as error:
            logger.error("%s", error)
        return code if code > 0 else KILLED - code

    def stop(self) -> None:
        """Tell the night to stop, and kill it and its workers if it has not done so in the time it has."""
        with self._lock:
            self._stopped = True
            child = self._child
        if child is None or child.poll() is not None:
            return
        seconds = self._settings.stop_seconds
        logger.info("stopping the night (process %d), at most %g s", child.pid, seconds)
        child.terminate()
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            logger.error("the night did not stop in %g s and is killed", seconds)
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        # The night finds our modules wherever the service was started from. In a session of its own it gets
        # only the signals that we send: a Ctrl-C at a terminal reaches it once, and a kill all its workers.
        project = str(Path(__file__).parent.resolve())
        paths = [project, *filter(None, [os.environ.get("PYTHONPATH")])]
        return subprocess.Popen(  # noqa: S603 - the command is ours
            self._command,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


class Clockwork(BackgroundScheduler):  # type: ignore[misc]
    """APScheduler's loop, made to outlive a database that is away or busy for a while."""

    def _process_jobs(self) -> float:
        if not self.running:
            # The base class takes a last look after `shutdown`, and would count a night as run that it cannot
            # start any more.
            return LOOK_SECONDS
        try:
            seconds = super()._process_jobs()
        except Exception as error:  # noqa: BLE001 - whatever it is, the nights to come must not be lost
            logger.error("looking for due nights failed: %s; trying again", _one_line(error))
            seconds = None
        return LOOK_SECONDS if seconds is None else min(float(seconds), LOOK_SECONDS)


class _Served:
    """The night of the service in this process. The job store keeps the job as the name of a function without
    arguments, so the function has to find here what it is to run."""

    night: Night | None = None


def run_night() -> None:
    """The scheduled job; called by its name `scheduler:run_night` from the job store."""
    if _Served.night is not None:
        _Served.night.run()


def serve(configured: Settings, command: Sequence[str] = NIGHT) -> int:
    """Run the night every day until a signal says stop: 0.

    Raises `HomeBusy` where another scheduler serves this home, and every `NianbaoError` of the storage.
    """
    signals = _signals()
    with hold(configured.home, SCHEDULER_LOCK, configured.database):
        cut = mark_interrupted(configured)
        night = _Served.night = Night(configured, command)
        try:
            clockwork = _wind_up(configured, at_once=cut)
        except SQLAlchemyError as error:
            url = shown(parse(configured.database))
            raise DatabaseError(url=url, problem=_one_line(error)) from error
        logger.info("%s: stopping", signal.Signals(_next(signals)).name)
        night.stop()
        clockwork.shutdown(wait=True)
        logger.info("stopped")
    return 0


def run_now(configured: Settings, command: Sequence[str] = NIGHT) -> int:
    """Run one night at once: its exit code. A signal stops it as it would stop the service."""
    events = _signals()
    night = Night(configured, command)
    codes: list[int] = []

    def run() -> None:
        codes.append(night.run())
        events.put(0)

    Thread(target=run).start()
    while number := _next(events):
        logger.info("%s: stopping", signal.Signals(number).name)
        night.stop()
    return codes[0]


def mark_interrupted(configured: Settings) -> bool:
    """Mark runs that died without saying so as interrupted: whether one is a night that can be completed.

    A run that is still at work has the night's lock and is left alone.
    """
    try:
        with hold(configured.home, NIGHT_LOCK, configured.database):
            database = Database(configured.database)
            try:
                with database.write() as session:
                    now = datetime.now(UTC)
                    dead = [
                        run for kind in runs.VISITS for run in runs.mark_interrupted(session, now, kind=kind)
                    ]
                    cut = runs.awaits_completion(session, "night", now) is not None
            finally:
                database.close()
    except HomeBusy as busy:
        logger.info("a night is running (process %s) and is left alone", busy.details["pid"])
        return False
    for run in dead:
        logger.warning("run %d was interrupted", run)
    return cut


def main(arguments: Sequence[str] | None = None, command: Sequence[str] = NIGHT) -> int:
    """The command line: the exit code. Every error is one line on stderr."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    language: Language = to_complain_by().language
    try:
        configured = settings()
        language = configured.language
        if given in (["-h"], ["--help"]):
            sys.stdout.write(HELP[language])
            return 0
        if given not in ([], ["--now"]):
            raise BadCall(
                problem=f"{UNKNOWN_OPTION[language]} {' '.join(given)}", command="python scheduler.py"
            )
        logs.to_stderr(
            ZoneInfo(configured.timezone), {"scheduler": logging.INFO, "apscheduler": logging.WARNING}
        )
        # A missed night is told by `_tell_missed`, in words for people.
        logging.getLogger("apscheduler.executors").setLevel(logging.ERROR)
        return run_now(configured, command) if given else serve(configured, command)
    except NianbaoError as error:
        sys.stderr.write(f"scheduler: {error.message(language)}\n")
        return error.exit_code


def _wind_up(configured: Settings, *, at_once: bool) -> Clockwork:
    """A running scheduler whose one job is the night; `at_once` where one was cut and is to be completed."""
    url = parse(configured.database)
    # The night writes to the same database; a lock that it holds for a moment is waited for.
    to_driver = postgresql.arguments(url) if is_postgresql(url) else {"timeout": BUSY_MS / 1000}
    engine = create_engine(url, connect_args=to_driver, pool_pre_ping=True)
    clockwork = Clockwork(
        jobstores={"default": SQLAlchemyJobStore(engine=engine, tablename=JOB_TABLE)},
        timezone=ZoneInfo(configured.timezone),
        daemon=True,
    )
    clockwork.add_listener(_tell_missed, EVENT_JOB_MISSED)
    clockwork.start(paused=True)
    hour, minute = configured.night_at.split(":")
    trigger = CronTrigger(hour=int(hour), minute=int(minute), timezone=ZoneInfo(configured.timezone))
    now = datetime.now(UTC)
    following = trigger.get_next_fire_time(None, now)
    missed = _missed(clockwork, now)
    if missed is not None:
        logger.info("the night of %s came due while the service was down", _minute(missed))
    elif at_once:
        logger.info("the night that was cut is completed now")
    clockwork.add_job(
        f"{__name__}:{run_night.__name__}",
        trigger,
        id=JOB,
        coalesce=True,
        max_instances=1,
        misfire_grace_time=max(1, int(configured.misfire_hours * 3600)),
        # Replacing the job takes over a changed time of day, but would forget the night that was missed.
        next_run_time=missed or (now if at_once else following),
        replace_existing=True,
    )
    clockwork.resume()
    logger.info("next night at %s", _minute(following))
    return clockwork


def _missed(clockwork: Clockwork, now: datetime) -> datetime | None:
    """When the night was to run that the job store still waits for, if that is past."""
    try:
        kept = clockwork.get_job(JOB)
    except Exception as error:  # noqa: BLE001 - unpickling raises anything; the job is made anew anyway
        logger.warning("the kept job cannot be read: %s", _one_line(error))
        return None
    due: datetime | None = kept.next_run_time if kept is not None else None
    return due if due is not None and due <= now else None


def _tell_missed(event: JobExecutionEvent) -> None:
    logger.error("the night of %s was missed by too much and is left out", _minute(event.scheduled_run_time))


def _signals() -> SimpleQueue[int]:
    """The numbers of the stop signals as they come. Its `put` is one of the few things that are safe inside a
    signal handler."""
    numbers: SimpleQueue[int] = SimpleQueue()

    def take(number: int, _frame: FrameType | None) -> None:
        numbers.put(number)

    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, take)
    return numbers


def _next(numbers: SimpleQueue[int]) -> int:
    """The next number, waited for.

    A signal that comes in the moment before a wait begins does not end the wait, and its handler runs only
    after it. So no wait is longer than a second.
    """
    while True:
        try:
            return numbers.get(timeout=1)
        except Empty:
            continue


def _minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _one_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).partition("\n")[0]


if __name__ == "__main__":
    # Run the module that the job store knows by name, not a second copy of it called `__main__`.
    sys.exit(importlib.import_module("scheduler").main())
