"""One damaged document through the parser, in a worker with the night's limits.

Run as `python -m tests.fuzz`. What fails: an exception, a dead worker, more than `MOST_SECONDS`.
Everything else is a named state. A document for which a library asks for memory without end is stopped at the
limit and is `quarantined` in a night: it is counted so, by its number, where the peak of its process proves
that; memory that runs out in code of our own (`MemoryError`) is a failure.
"""

from __future__ import annotations

import json
import resource
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from crawler.worker import Limits
from crawler.workers import Fate, each
from parser import parse
from parser.document import State, Unreadable
from parser.readers import BUNDLES, bundle, detect, read
from tests.fuzz import pictures
from tests.fuzz.mutation import mutant
from tests.fuzz.seeds import PICTURES, seeds

MOST_SECONDS = 20
"""Of the processor, so that what else the machine does fails no document."""

Outcome = list[Any] | str
"""State, seconds of the processor and the worker's memory in MiB; or what went wrong, in words."""


@dataclass
class Tally:
    """What became of the documents of one format."""

    kind: str
    states: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    slowest: tuple[float, int] = (0.0, -1)
    memory_mb: int = 0
    quarantined: list[int] = field(default_factory=list)
    failures: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count these too."""
        self.states += other.states
        self.seconds += other.seconds
        self.slowest = max(self.slowest, other.slowest)
        self.memory_mb = max(self.memory_mb, other.memory_mb)
        self.quarantined += other.quarantined
        self.failures += other.failures

    @property
    def line(self) -> str:
        """In one line, for people."""
        states = ", ".join(f"{state} {count}" for state, count in self.states.most_common())
        slowest, number = self.slowest
        apart = f" (numbers {', '.join(map(str, self.quarantined))})" if self.quarantined else ""
        return (
            f"{self.kind}: {self.states.total()} documents in {self.seconds:.0f} s; {states}{apart}; "
            f"slowest {slowest:.2f} s (number {number}); memory {self.memory_mb} MiB; "
            f"{len(self.failures)} failures"
        )


def made(kind: str, seed: int, number: int) -> bytes:
    """The damaged document with this number."""
    rng = Random(f"{kind}/{seed}/{number}")
    if kind == PICTURES:
        return pictures.picture(rng)
    good = seeds(kind)
    return mutant(rng, rng.choice(good), good, kind)


def judge(payload: bytes, kind: str) -> str:
    """The state of the document, read as whatever it now is and by the reader of its format."""
    reading = parse(payload)
    # As the night hands it on.
    json.dumps(reading.as_dict(), allow_nan=False)
    if detect(payload) != kind and kind != PICTURES:
        with suppress(Unreadable):
            if kind in BUNDLES:
                list(bundle.packed(payload, kind))
            else:
                read(payload, kind)
    return str(reading.state)


def run(kind: str, seed: int, numbers: range, limits: Limits, workers: int) -> Tally:
    """Try the documents with these numbers."""
    tally = Tally(kind)
    for number, outcome in _outcomes(kind, seed, numbers, limits, workers):
        if isinstance(outcome, str):
            tally.failures.append((number, outcome))
            tally.states["FAILED"] += 1
            continue
        state, seconds, memory_mb = outcome
        if seconds > MOST_SECONDS:
            tally.failures.append((number, f"took more than {MOST_SECONDS} s of the processor"))
        if state == State.QUARANTINED:
            tally.quarantined.append(number)
        tally.states[state] += 1
        tally.seconds += seconds
        tally.slowest = max(tally.slowest, (seconds, number))
        tally.memory_mb = max(tally.memory_mb, memory_mb)
    return tally


def _outcomes(
    kind: str, seed: int, numbers: range, limits: Limits, workers: int
) -> Iterator[tuple[int, Outcome]]:
    """State, seconds and the worker's memory of each document, or what went wrong."""
    with closing(each(partial(_try, kind, seed), numbers, limits, workers)) as endings:
        for ended in endings:
            if ended.fate is Fate.DONE:
                yield ended.task, ended.value
            elif ended.fate is Fate.MEMORY:
                yield ended.task, [State.QUARANTINED, 0.0, limits.memory_mb]
            elif ended.fate is Fate.TIME:
                yield ended.task, f"took longer than {ended.detail} s"
            else:
                yield ended.task, f"killed its worker ({ended.detail})"


def _try(kind: str, seed: int, number: int) -> Outcome:
    payload = made(kind, seed, number)
    started = time.process_time()
    try:
        state = judge(payload, kind)
    except Exception as error:  # noqa: BLE001 - whatever the parser raises is what is looked for
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error} ({Path(place.filename).name}, line {place.lineno})"
    seconds = time.process_time() - started
    return [state, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]
