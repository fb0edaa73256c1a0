"""`python -m tests.fuzz [--reader KIND]... [--count N] [--seed S] [--only NUMBER]`: damage and read.

Repeatable by seed. What fails is saved in `.fuzz/`, with the command that makes it again.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from config import Settings
from crawler.worker import Limits
from tests.fuzz.seeds import KINDS, PICTURES
from tests.fuzz.trial import Tally, judge, made, run

FOLDER = Path(".fuzz")
COUNT = 10_000

SHOWN = 3
"""Documents that are saved of those that fail in the same way."""


def main() -> int:
    """0 where every document had its named state."""
    given = _arguments()
    kinds = given.reader or (*KINDS, PICTURES)
    if given.only is not None:
        return _again(kinds[0], given.seed, given.only)
    # By the clock there is as much time as in a night.
    limits = Limits(Settings.model_fields["parse_seconds"].default, given.memory, tasks=2000)
    failed = 0
    ends = time.monotonic() + given.minutes * 60 if given.minutes else None
    for kind in kinds:
        tally = Tally(kind)
        count = given.count or COUNT
        for first in range(given.first, given.first + count, 1000):
            if ends is not None and time.monotonic() > ends:
                break
            numbers = range(first, min(first + 1000, given.first + count))
            tally.add(run(kind, given.seed, numbers, limits, given.workers))
        _say(tally.line)
        for problem, failing in _alike(tally.failures):
            _say(f"  {problem} ({len(failing)} times)")
            for number in failing[:SHOWN]:
                _say(f"    {_saved(kind, given.seed, number)}")
        failed += len(tally.failures)
    return 1 if failed else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _alike(failures: list[tuple[int, str]]) -> list[tuple[str, list[int]]]:
    """Failures by what went wrong."""
    found: dict[str, list[int]] = {}
    for number, problem in sorted(failures):
        found.setdefault(problem, []).append(number)
    return sorted(found.items())


def _arguments() -> argparse.Namespace:
    wanted = argparse.ArgumentParser(description="Damage good documents at random and read them.")
    formats = (*KINDS, PICTURES)
    wanted.add_argument("--reader", action="append", choices=formats, help="only this format (several times)")
    wanted.add_argument("--count", type=int, help=f"documents a format ({COUNT})")
    wanted.add_argument("--first", type=int, default=0, help="number of the first document (0)")
    wanted.add_argument("--seed", type=int, default=1, help="another seed, other documents (1)")
    wanted.add_argument("--minutes", type=float, help="stop after so many minutes")
    wanted.add_argument("--workers", type=int, default=1, help="processes (1)")
    wanted.add_argument("--memory", type=int, default=1500, help="memory limit of a process in MiB (1500)")
    wanted.add_argument(
        "--only", type=int, metavar="NUMBER", help="read this document here, and say how it went"
    )
    return wanted.parse_args()


def _again(kind: str, seed: int, number: int) -> int:
    payload = made(kind, seed, number)
    _saved(kind, seed, number)
    started = time.perf_counter()
    state = judge(payload, kind)
    _say(f"{state} in {time.perf_counter() - started:.2f} s")
    return 0


def _saved(kind: str, seed: int, number: int) -> str:
    """Save a document, and give the command that reads it again."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{kind}-{seed}-{number}"
    path.write_bytes(made(kind, seed, number))
    return f"{path}: python -m tests.fuzz --reader {kind} --seed {seed} --only {number}"


if __name__ == "__main__":
    sys.exit(main())
