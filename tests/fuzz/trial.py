"""One damaged document through the parser, in a worker with the night's limits.

Run as `python -m tests.fuzz`. What counts as a failure: an exception, a dead worker, more seconds or memory
than given. Everything else is a named state.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures import TimeoutError as OutOfTime
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from pebble import ProcessExpired, ProcessPool

from parser import parse
from parser.document import Unreadable
from parser.readers import detect, read
from tests.fuzz.mutation import mutant
from tests.fuzz.seeds import seeds

Outcome = tuple[str, float, int] | str
"""State, seconds and the worker's memory in MiB; or what went wrong, in words."""

TASKS_A_WORKER = 2000
_BATCH = 20


@dataclass(frozen=True)
class Limits:
    """What one document may take: seconds and MiB."""

    seconds: float = 20.0
    memory_mb: int = 1500


@dataclass
class Tally:
    """What became of the documents of one format."""

    kind: str
    states: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    slowest: tuple[float, int] = (0.0, -1)
    memory_mb: int = 0
    failures: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count these too."""
        self.states += other.states
        self.seconds += other.seconds
        self.slowest = max(self.slowest, other.slowest)
        self.memory_mb = max(self.memory_mb, other.memory_mb)
        self.failures += other.failures

    @property
    def line(self) -> str:
        """In one line, for people."""
        states = ", ".join(f"{state} {count}" for state, count in self.states.most_common())
        slowest, number = self.slowest
        return (
            f"{self.kind}: {self.states.total()} documents in {self.seconds:.0f} s; {states}; "
            f"slowest {slowest:.2f} s (number {number}); memory {self.memory_mb} MiB; "
            f"{len(self.failures)} failures"
        )


def made(kind: str, seed: int, number: int) -> bytes:
    """The damaged document with this number."""
    rng = Random(f"{kind}/{seed}/{number}")
    good = seeds(kind)
    return mutant(rng, rng.choice(good), good, kind)


def judge(payload: bytes, kind: str) -> str:
    """The state of the document, read as whatever it now is and by the reader of its format."""
    state = parse(payload).state
    if detect(payload) != kind:
        try:
            read(payload, kind)
        except Unreadable:
            pass
        except MemoryError as exhausted:
            raise AssertionError("the reader runs out of memory") from exhausted
    return str(state)


def run(kind: str, seed: int, numbers: range, limits: Limits, workers: int) -> Tally:
    """Try the documents with these numbers."""
    tally = Tally(kind)
    for number, outcome in _outcomes(kind, seed, numbers, limits, workers):
        if isinstance(outcome, str):
            tally.failures.append((number, outcome))
            tally.states["FAILED"] += 1
            continue
        state, seconds, memory_mb = outcome
        tally.states[state] += 1
        tally.seconds += seconds
        tally.slowest = max(tally.slowest, (seconds, number))
        tally.memory_mb = max(tally.memory_mb, memory_mb)
    return tally


def _outcomes(
    kind: str, seed: int, numbers: range, limits: Limits, workers: int
) -> Iterator[tuple[int, Outcome]]:
    """State, seconds and the worker's memory of each document, or what went wrong."""
    pool = ProcessPool(
        max_workers=workers,
        max_tasks=TASKS_A_WORKER,
        initializer=_limit,
        initargs=(limits.memory_mb,),
        context=multiprocessing.get_context("spawn"),
    )
    waiting = iter(numbers)
    running: dict[Future[Outcome], int] = {}
    try:
        while True:
            while len(running) < _BATCH and (number := next(waiting, None)) is not None:
                running[pool.schedule(_try, args=(kind, seed, number), timeout=limits.seconds)] = number
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                number = running.pop(done)
                yield number, _outcome(done, limits)
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def _outcome(done: Future[Outcome], limits: Limits) -> Outcome:
    try:
        return done.result()
    except OutOfTime:
        return f"took longer than {limits.seconds:g} s"
    except ProcessExpired as error:
        return f"killed its worker (exit code {error.exitcode})"


def _try(kind: str, seed: int, number: int) -> Outcome:
    payload = made(kind, seed, number)
    started = time.perf_counter()
    try:
        state = judge(payload, kind)
    except Exception as error:  # noqa: BLE001 - whatever the parser raises is what is looked for
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error} ({Path(place.filename).name}, line {place.lineno})"
    seconds = time.perf_counter() - started
    return state, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _limit(memory_mb: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
