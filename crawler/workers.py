"""Processes that do one task at a time, each over a pipe of its own, with a limit on time and memory.

Workers share nothing, neither a lock nor a queue: one that dies, hangs or is stopped at the worst moment,
half an answer written, takes nobody with it. The process that asks has no threads and never waits without a
deadline. An answer is JSON, so that what a worker gone wild writes is data at worst.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from multiprocessing.connection import wait
from resource import RUSAGE_SELF, getrusage
from tempfile import TemporaryDirectory
from typing import Any, Generic, TypeVar

from crawler.worker import ANSWER, FRAME, MEMORY, MOST_PAGES, PAGE, RAISED, READY, Limits, begin
from errors import NightFailed
from storage.fresh_process import start

START_SECONDS = 120.0
"""A process that has not begun by then is given up; that is no document's doing."""

MOST_FAILED_STARTS = 5
"""So many processes in a row may die before they begin."""

LARGEST_ANSWER = 256 << 20
"""Octets of an answer; no report comes near."""

_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1")
"""There is a process a core, so threads beside it win nothing; and each takes address space, so that the same
document would find less room on a machine with more cores."""

_NEARLY_ALL = 0.9
"""A process that a signal ended when this share of its memory was taken died for want of memory: libraries
written in C end the process where they get none, and say nothing."""

_PIECE = 1 << 16
_END_SECONDS = 10.0
_END_LOOK_SECONDS = 0.002
_SIGNALS = {one.value: one.name for one in signal.Signals}

Task = TypeVar("Task")


class Fate(StrEnum):
    """How a task ended. `MEMORY` also where a library ended the process because it got no more memory."""

    DONE = "done"
    RAISED = "raised"
    TIME = "time"
    MEMORY = "memory"
    DIED = "died"


@dataclass(frozen=True, slots=True)
class Ended(Generic[Task]):
    """A task and what became of it: its `value` when it is done, else `detail`: what it raised, the seconds
    that it was given, the memory in MiB, or how its process died."""

    task: Task
    fate: Fate
    value: Any = None
    detail: str = ""


def each(
    function: Callable[[Task], Any], tasks: Iterable[Task], limits: Limits, workers: int
) -> Generator[Ended[Task]]:
    """Do every task in one of so many processes, and yield each with what became of it, in any order.

    `function` is found by its name in the process and gives JSON-ready values; a task is small, so that a
    pipe holds it. A task is blamed for what it does to a process of its own: where one that did others before
    dies or runs out of memory, the task is tried once more in a fresh one. Raises `NightFailed` where no
    process begins to work.
    """
    waiting = iter(tasks)
    crew: list[_Worker[Task]] = []
    failed_starts = 0
    try:
        while True:
            crew += [_Worker(function, limits, task) for task in islice(waiting, workers - len(crew))]
            if not crew:
                return
            told: list[Ended[Task]] = []
            for worker in _stirring(crew):
                ended = worker.look()
                if worker.begun:
                    failed_starts = 0
                if ended is None:
                    continue
                crew.remove(worker)
                if not worker.begun:
                    failed_starts += 1
                    if failed_starts == MOST_FAILED_STARTS:
                        raise NightFailed(problem=f"no parser process begins to work ({ended.detail})")
                if not worker.to_blame(ended):
                    worker.end()
                    crew.append(_Worker(function, limits, ended.task))
                    continue
                told.append(ended)
                # The next task goes out before anybody looks at this one, so that no process waits for that.
                for task in islice(waiting, 1 if worker.usable(ended) else 0):
                    worker.give(task)
                    crew.append(worker)
                if worker not in crew:
                    worker.end()
            yield from told
    finally:
        # Also where the night is told to stop half-way: it does not wait for documents nobody asks for.
        for worker in crew:
            worker.end()


def _stirring(crew: list[_Worker[Task]]) -> list[_Worker[Task]]:
    """Wait until a worker says something, dies, or has had its time."""
    patience = min(worker.deadline for worker in crew) - time.monotonic()
    wait([worker.pipe for worker in crew], max(patience, 0))
    return list(crew)


class _Worker(Generic[Task]):
    """A process and its present task, which it gets as soon as it has begun."""

    def __init__(self, function: Callable[[Task], Any], limits: Limits, task: Task) -> None:
        self._limits = limits
        self._task = task
        self._tasks = 0
        self._pages = 0
        self._buffer = bytearray()
        self._lost = False
        self._peak_mb = 0
        self._allowed = START_SECONDS
        self.deadline = time.monotonic() + self._allowed
        self.begun = False
        try:
            # What a reader puts down there in passing goes with the process, however that ends.
            self._scratch = TemporaryDirectory(prefix="nianbao-parser-", ignore_cleanup_errors=True)
            try:
                self._process, self.pipe = start(begin, {**_ONE_THREAD, "TMPDIR": self._scratch.name})
            except OSError:
                self._scratch.cleanup()
                raise
        except OSError as error:
            raise NightFailed(problem=f"no parser process can be started ({error})") from error
        os.set_blocking(self.pipe.fileno(), False)
        # The kernel counts what this process held as held by the new one, until that has taken more.
        self._inherited_mb = getrusage(RUSAGE_SELF).ru_maxrss >> 10
        self._say((function, limits))

    def give(self, task: Task) -> None:
        """Send the process its next task."""
        self._task = task
        self._tasks += 1
        self._pages = 0
        self._allowed = self._limits.seconds
        self.deadline = time.monotonic() + self._allowed
        self._say(task)

    def look(self) -> Ended[Task] | None:
        """What became of the task, as far as it is over."""
        # In this order: what the process said before it died counts.
        gone = self._gone()
        gone = self._receive() or gone or self._lost
        while (message := self._message()) is not None:
            kind, body = message
            if kind == READY and not self.begun:
                self.begun = True
                self.give(self._task)
            elif kind == PAGE:
                self._more_time()
            else:
                return self._ended(kind, body)
        if gone:
            self.end()
            return self._died()
        if time.monotonic() > self.deadline:
            return Ended(self._task, Fate.TIME, detail=f"{self._allowed:g}")
        return None

    def to_blame(self, ended: Ended[Task]) -> bool:
        """Whether it was the task that did this, and nothing that came before it."""
        if ended.fate in (Fate.DIED, Fate.MEMORY):
            return self.begun and self._tasks == 1
        return self.begun

    def usable(self, ended: Ended[Task]) -> bool:
        """Whether the process may do another task."""
        return ended.fate in (Fate.DONE, Fate.RAISED) and self._tasks < self._limits.tasks

    def end(self) -> None:
        """Kill the process, whatever it is doing; nothing is lost with it."""
        self.pipe.close()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        patience = time.monotonic() + _END_SECONDS
        while not self._gone() and time.monotonic() < patience:
            time.sleep(_END_LOOK_SECONDS)
        self._scratch.cleanup()

    def _gone(self) -> bool:
        """Whether the process is over; then what it took at most is known, which only its end tells."""
        if self._process.returncode is None:
            with suppress(ChildProcessError):
                process, status, usage = os.wait4(self._process.pid, os.WNOHANG)
                if process:
                    self._process.returncode = os.waitstatus_to_exitcode(status)
                    self._peak_mb = usage.ru_maxrss >> 10
        return self._process.returncode is not None

    def _died(self) -> Ended[Task]:
        code = self._process.returncode
        least = max(_NEARLY_ALL * self._limits.memory_mb, self._inherited_mb + 1)
        if code is not None and code < 0 and self._peak_mb >= least:
            return Ended(self._task, Fate.MEMORY, detail=f"{self._limits.memory_mb}")
        if code is not None and code < 0:
            return Ended(self._task, Fate.DIED, detail=_SIGNALS.get(-code, f"signal {-code}"))
        return Ended(self._task, Fate.DIED, detail=f"exit code {code}")

    def _say(self, message: Any) -> None:
        try:
            self.pipe.send(message)
        except OSError:
            # It died, or reads nothing: the next look finds that.
            self._lost = True

    def _receive(self) -> bool:
        """Take what is in the pipe. Whether nothing more can come."""
        while len(self._buffer) <= LARGEST_ANSWER:
            try:
                piece = os.read(self.pipe.fileno(), _PIECE)
            except BlockingIOError:
                return False
            except OSError:
                return True
            if not piece:
                return True
            self._buffer += piece
        return True

    def _message(self) -> tuple[bytes, bytes] | None:
        """The next whole message."""
        if len(self._buffer) < FRAME.size:
            return None
        kind, length = FRAME.unpack_from(self._buffer)
        if length > LARGEST_ANSWER:
            # No worker of ours says that.
            return b"", b""
        end = FRAME.size + length
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[FRAME.size : end])
        del self._buffer[:end]
        return kind, body

    def _more_time(self) -> None:
        if self._pages < MOST_PAGES:
            self._pages += 1
            self._allowed += self._limits.page_seconds
            self.deadline += self._limits.page_seconds

    def _ended(self, kind: bytes, body: bytes) -> Ended[Task]:
        try:
            if kind == ANSWER:
                return Ended(self._task, Fate.DONE, json.loads(body))
            if kind == RAISED:
                return Ended(self._task, Fate.RAISED, detail=str(json.loads(body)))
        except (ValueError, RecursionError):
            kind = b""
        if kind == MEMORY:
            return Ended(self._task, Fate.MEMORY, detail=f"{self._limits.memory_mb}")
        self.end()
        return Ended(self._task, Fate.DIED, detail="an answer that cannot be read")
