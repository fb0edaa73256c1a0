"""Whole nights that are killed, or meet a disk that refuses, at a call of theirs.

As a script it takes orders on standard input and forks a child for each, so that everything is imported once;
a child installs its own reactor. Its parser processes are forked too, and are else what they always are.
"""

from __future__ import annotations

import errno
import gc
import importlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any, Self

from sqlalchemy.engine.default import DefaultDialect

from config import settings
from crawler import nightly
from crawler.groups import GroupCommit
from crawler.worker import begin
from errors import NianbaoError
from parser import parse
from storage import fresh_process
from tests.nights import environment
from tests.small_sites import REPORT

TOLD = "told"
"""File in a home: the addresses whose captures were acknowledged, one a line."""

REACTOR = "twisted.internet.reactor"
"""Importing it installs one, which each child must do for itself."""


@dataclass(frozen=True, slots=True)
class Order:
    """A night on a home. At its `point` (phase, call, number of that call in the phase, from 1) it meets a
    `fault`: `kill`, or the name of an error of the system; `minutes` is how far its clock is put forward."""

    home: str
    sites: str
    proxy: str
    point: tuple[str, str, int] | None = None
    fault: str = "kill"
    minutes: float = 0


@dataclass(frozen=True, slots=True)
class End:
    """How a night ended: as a process, in which state, with which error, and how often it passed which
    points."""

    code: int
    state: str = ""
    error: str = ""
    passed: dict[str, int] | None = None


class NightVictims:
    """The process that forks them."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.night_victims"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=environment(Path(os.devnull), NIANBAO_WORKERS="1", NIANBAO_SEGMENT_MB="0.006",
                            NIANBAO_PARSE_MEMORY_MB="8000"),
        )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=60)

    def night(self, order: Order) -> End:
        """Do a night to its end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()
        return End(**json.loads(self._process.stdout.readline()))


class _Points:
    """Counts the calls of a night by phase and name, and does to the one that is meant what was ordered."""

    def __init__(self, order: Order) -> None:
        self.passed: Counter[tuple[str, str]] = Counter()
        self._phase = "begin"
        self._order = order
        self._lock = threading.Lock()
        self._broken = False

    def pass_by(self, name: str, last_deed: Callable[[], object] | None = None) -> None:
        """`last_deed` is done before what is meant happens here."""
        with self._lock:
            here = (self._phase, name)
            self.passed[here] += 1
            if self._order.point is None or (*here, self.passed[here]) != tuple(self._order.point):
                return
        if last_deed is not None:
            last_deed()
        if self._order.fault == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        number = getattr(errno, self._order.fault)
        raise OSError(number, os.strerror(number))

    def watch(self, owner: Any, attribute: str, name: str) -> None:
        """Make points of the calls of a function."""
        original = getattr(owner, attribute)

        def watched(*arguments: Any, **more: Any) -> Any:
            self.pass_by(f"before {name}")
            given = original(*arguments, **more)
            self.pass_by(f"after {name}")
            return given

        setattr(owner, attribute, watched)

    # As a night tells its watcher:

    def start(self, phase: str, total: int | None) -> None:
        self._phase = phase

    def finish(self, phase: str) -> None:
        self._phase = f"after {phase}"

    def advance(self, phase: str, amount: int = 1) -> None:
        """Nothing is shown."""

    def note(self, line: str) -> None:
        """Nothing is shown."""


def _watch_all(points: _Points, told: int) -> None:
    """Make points of all that leaves a trace. `told` is where acknowledged captures are noted."""
    for call in ("fdatasync", "fsync", "ftruncate", "rename", "replace", "unlink"):
        points.watch(os, call, call)
    points.watch(DefaultDialect, "do_commit", "commit")
    points.watch(DefaultDialect, "do_execute", "statement")
    release = GroupCommit._release

    def tell_and_release(commit: GroupCommit, group: list[Any], kept: Any) -> None:
        if kept.exception() is None:
            os.write(told, "".join(f"{one.exchange.url}\n" for one in group).encode())
        points.pass_by("before release")
        release(commit, group, kept)
        points.pass_by("after release")

    GroupCommit._release = tell_and_release  # type: ignore[method-assign, assignment]

    class Segment(io.FileIO):
        def write(self, octets: Any) -> int:
            points.pass_by("before append")
            points.pass_by("inside append", lambda: io.FileIO.write(self, octets[: len(octets) // 2]))
            written = super().write(octets)
            points.pass_by("after append")
            return written

    plain = io.open

    def watched(file: Any, mode: str = "r", buffering: int = -1, *arguments: Any, **more: Any) -> Any:
        if mode == "xb" and not buffering:
            return Segment(file, mode)
        return plain(file, mode, buffering, *arguments, **more)

    io.open = watched

    def worker(*arguments: Any, **more: Any) -> _ForkedWorker:
        points.pass_by("before worker")
        made = _ForkedWorker(more["pass_fds"])
        points.pass_by("after worker")
        return made

    seen_by_the_night = SimpleNamespace(
        Popen=worker, DEVNULL=subprocess.DEVNULL, TimeoutExpired=subprocess.TimeoutExpired
    )
    setattr(fresh_process, "subprocess", seen_by_the_night)  # noqa: B010 - a module's own import


class _ForkedWorker:
    """What `subprocess.Popen` is to the night, without the second that an interpreter needs to start."""

    def __init__(self, pass_fds: tuple[int]) -> None:
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid:
            return
        try:
            os.setsid()
            os.closerange(3, pass_fds[0])
            os.closerange(pass_fds[0] + 1, os.sysconf("SC_OPEN_MAX"))
            begin(pass_fds[0])
        finally:
            os._exit(0)

    def poll(self) -> int | None:
        return self.wait(0) if self.returncode is None else self.returncode

    def wait(self, seconds: float) -> int | None:
        done, status = os.waitpid(self.pid, 0 if seconds else os.WNOHANG)
        if done:
            self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def _put_clock(minutes: float) -> None:
    """Let our own modules see another time, as after an operator put the clock right."""

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + timedelta(minutes=minutes)

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("crawler", "storage") and getattr(module, "datetime", None) is datetime:
            module.datetime = Shifted  # type: ignore[attr-defined]


def _live(order: Order) -> End:
    """In the child."""
    os.environ |= {
        "NIANBAO_HOME": order.home,
        "NIANBAO_SITES_DIR": order.sites,
        "http_proxy": order.proxy,
    }
    if order.minutes:
        _put_clock(order.minutes)
    points = _Points(order)
    told = os.open(Path(order.home) / TOLD, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    _watch_all(points, told)
    try:
        summary = nightly.night(settings(), [], points)
    except NianbaoError as error:
        return End(0, error=f"{type(error).__name__}: {error.message('en')}")
    passed = {f"{phase}: {name}": number for (phase, name), number in points.passed.items()}
    return End(0, state=summary["state"], passed=passed)


def _obey(order: Order) -> tuple[End, list[str]]:
    """The end of a night, and the modules that it had loaded by then."""
    read, tell = os.pipe()
    child = os.fork()
    if not child:
        try:
            end = _live(order)
            with os.fdopen(tell, "w") as answer:
                json.dump((asdict(end), sorted(sys.modules)), answer)
        except BaseException:  # noqa: BLE001 - the child must not go on with the parent's work
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    os.close(tell)
    with os.fdopen(read) as answer:
        said = answer.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code or not said:
        return End(code), []
    end, modules = json.loads(said)
    return End(**end), modules


def main() -> None:
    """Obey until standard input ends; the first night also tells what is to be loaded."""
    loaded = False
    for line in sys.stdin:
        end, modules = _obey(Order(**json.loads(line)))
        sys.stdout.write(json.dumps(asdict(end)) + "\n")
        sys.stdout.flush()
        if not loaded and modules:
            for name in modules:
                if name not in sys.modules and name != REACTOR:
                    with suppress(ImportError):  # what a library put there under a name of its own
                        importlib.import_module(name)
            parse(REPORT)
            gc.collect()
            gc.freeze()
            loaded = True


if __name__ == "__main__":
    main()
