"""Worker processes that die, hang and lie at the worst moments: every task has its end, and nobody waits."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import pytest

from crawler.worker import Limits
from crawler.workers import MOST_FAILED_STARTS, Ended, Fate, each
from errors import NightFailed
from tests.crawler.tasks_of_the_tests import litter, obey, refuse_to_start

PATIENT = Limits(seconds=60, memory_mb=512)
HASTY = Limits(seconds=2, memory_mb=512)

DEATHS = {
    "leave": "exit code 3",
    "leave-content": "exit code 0",
    "kill": "SIGKILL",
    "crash": "SIGSEGV",
    "abort": "SIGABRT",
    "half-kill": "SIGKILL",
    "close": "SIGKILL",
    "garbage": "an answer that cannot be read",
    "no-json": "an answer that cannot be read",
}
"""What a task does, and how its process ends."""


def ends(orders: list[str], limits: Limits, workers: int = 2) -> dict[str, Ended[str]]:
    """What became of each order; every one ends once."""
    found = list(each(obey, orders, limits, workers))
    assert Counter(ended.task for ended in found) == Counter(orders)
    return {ended.task: ended for ended in found}


def test_two_hundred_deaths_cost_two_hundred_tasks() -> None:
    deaths = [f"{what} {number}" for number in range(23) for what in DEATHS]
    # Not only by its task's doing: killed after the answer, or while the next task is on its way.
    late = [f"{what} {number}" for number in range(10) for what in ("answer-kill", "kill-soon")]
    orders = [order for pair in zip(deaths, [*late, *map(str, range(187))], strict=True) for order in pair]
    found = ends(orders, PATIENT)
    for order in deaths:
        assert (found[order].fate, found[order].detail) == (Fate.DIED, DEATHS[order.split()[0]]), order
    for order in set(orders) - set(deaths):
        answer = "answered" if order.startswith("answer-kill") else order
        assert (found[order].fate, found[order].value) == (Fate.DONE, answer)


def test_what_hangs_has_its_time() -> None:
    hanging = ["stop", "half-stop", "deaf"]
    before = time.monotonic()
    found = ends([order for what in hanging for order in (what, f"fine {what}")], HASTY)
    assert time.monotonic() - before < 30
    for what in hanging:
        assert (found[what].fate, found[what].detail) == (Fate.TIME, "2")
        assert found[f"fine {what}"].fate == Fate.DONE


def test_what_a_task_put_down_goes_with_its_process(tmp_path: Path) -> None:
    note = str(tmp_path / "note")
    (ended,) = each(litter, [note], HASTY, 1)
    assert ended.fate == Fate.TIME
    assert not Path(Path(note).read_text("utf-8").split()[1]).exists()


def test_who_asks_is_killed_and_no_process_goes_on(tmp_path: Path) -> None:
    note = tmp_path / "note"
    night = (
        "from crawler.workers import each; from crawler.worker import Limits; "
        "from tests.crawler.tasks_of_the_tests import litter; "
        f"list(each(litter, [{str(note)!r}], Limits(seconds=100, memory_mb=512), 1))"
    )
    root = str(Path(__file__).parents[2])
    with subprocess.Popen([sys.executable, "-c", night], env={**os.environ, "PYTHONPATH": root}) as asking:
        _until(note.exists)
        asking.kill()
    process = note.read_text("utf-8").split()[0]
    # It may be nobody's child any more, and stay as a name until somebody asks how it ended.
    _until(lambda: _is_over(process))


def _until(moment: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not moment():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _is_over(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_memory_and_exceptions_cost_the_task() -> None:
    # What this process holds counts for a new one too; only what is more can be told from it.
    limit = 512 + (getrusage(RUSAGE_SELF).ru_maxrss >> 10)
    found = ends(["eat", "eat-and-abort", "no-room", "raise", "exit", "fine"], Limits(60, limit), workers=1)
    for hungry in ("eat", "eat-and-abort", "no-room"):
        assert (found[hungry].fate, found[hungry].detail) == (Fate.MEMORY, str(limit))
    assert (found["raise"].fate, found["raise"].detail) == (Fate.RAISED, "ValueError: a defect")
    assert (found["exit"].fate, found["exit"].detail) == (Fate.RAISED, "SystemExit: 1")
    assert found["fine"].fate == Fate.DONE


def test_what_this_process_holds_is_nobodys_doing() -> None:
    held = bytearray(700 << 20)
    held[:: 1 << 12] = b"x" * len(held[:: 1 << 12])
    found = ends(["kill"], PATIENT)
    assert (found["kill"].fate, found["kill"].detail) == (Fate.DIED, "SIGKILL")


def test_a_task_is_not_blamed_for_the_one_before() -> None:
    # The first leaves a process that dies as soon as it is given anything.
    found = ends(["poison", "a", "b"], PATIENT, workers=1)
    assert {ended.fate for ended in found.values()} == {Fate.DONE}


def test_pages_that_are_recognised_give_more_time() -> None:
    # Six pages in three seconds, with two seconds and one more a page; then a page that never ends.
    limits = Limits(seconds=2, memory_mb=512, page_seconds=1)
    found = ends(["pages", "page-without-end"], limits)
    assert found["pages"].fate == Fate.DONE
    assert (found["page-without-end"].fate, found["page-without-end"].detail) == (Fate.TIME, "3")


def test_a_process_is_replaced_after_its_tasks() -> None:
    pids = [ended.value for ended in each(obey, ["pid"] * 7, Limits(60, 512, tasks=3), 1)]
    assert [len(list(group)) for group in _runs(pids)] == [3, 3, 1]
    assert len(set(pids)) == 3


def test_where_no_process_begins_the_work_is_given_up_and_no_task_blamed(tmp_path: Path) -> None:
    found = []
    with pytest.raises(NightFailed, match="no parser process begins to work"):
        found += list(each(refuse_to_start(tmp_path / "starts"), ["a", "b"], PATIENT, 1))
    assert found == []
    assert len((tmp_path / "starts").read_text("ascii")) == MOST_FAILED_STARTS


def test_what_libraries_say_of_a_document_does_not_stand_in_the_log(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert ends(["chatter"], PATIENT, 1)["chatter"].fate is Fate.DONE
    assert capfd.readouterr().err == ""


def test_nothing_to_do_starts_nothing() -> None:
    assert list(each(obey, [], PATIENT, 2)) == []


def _runs(values: list[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for value in values:
        if run and run[-1] != value:
            yield run
            run = []
        run.append(value)
    yield run
