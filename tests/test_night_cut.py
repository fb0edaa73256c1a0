"""A night of the program, killed with its workers or stopped by a signal, and the next one that completes it.

What it is worth to be killed at one call or another is the matter of `test_night_killed`.
"""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from demo import Replica
from demo.replica import Hit
from tests.databases import copy_home
from tests.nights import (
    SECONDS,
    Nights,
    assert_whole,
    captures,
    count,
    full_night,
    group_is_gone,
    nianbao,
    rows,
    told,
    under_way,
    wait_until,
)

pytestmark = pytest.mark.timeout(900)
Moment = Callable[[], bool]
ONE_WORKER = {"NIANBAO_WORKERS": "1"}


def outcome(home: Path) -> dict[str, Any]:
    """All that a home says but for when it was learnt and in which order."""
    changing = ("captured_at", "first_seen", "last_seen")
    listed = [{k: v for k, v in report.items() if k not in changing} for report in told(home, "reports")]
    changes = [
        (
            change["kind"],
            change["cause"],
            change["report"],
            change["note"],
            json.dumps(change["figures"], default=str),
        )
        for change in told(home, "changes")
    ]
    return {
        "reports": listed,
        "changes": sorted(changes),
        "versions": sorted(rows(home, "SELECT report_id, number, cause, content_hash FROM versions")),
        "figures": sorted(map(str, rows(home, "SELECT key, value, printed FROM figures"))),
        "sightings": sorted(rows(home, "SELECT run_id, report_url, source_url, part FROM sightings")),
        "sequence": [seq for (seq,) in rows(home, "SELECT seq FROM changes ORDER BY seq")],
        "last run": rows(home, "SELECT kind, state FROM runs ORDER BY id DESC LIMIT 1"),
    }


class Cuts:
    """Kills one night again and again, and holds it to what it had acknowledged."""

    def __init__(self, home: Path, replica: Replica) -> None:
        self.home, self.replica = home, replica
        self.kept: dict[int, tuple[str, str | None, str]] = {}
        self.answered: dict[str, int] = {}

    def kill(self, moment: Moment) -> None:
        with under_way(self.home, self.replica.proxy_url, **ONE_WORKER) as night:
            wait_until(moment, night)
        if not count(self.home, "captures"):
            return
        for capture in captures(self.home):
            fact = (capture.url, capture.payload_sha256, capture.record_id)
            assert self.kept.setdefault(capture.id, fact) == fact
            if capture.run_id == self.run and capture.outcome == "complete":
                self.answered.setdefault(capture.url, len(self.replica.hits))

    @property
    def run(self) -> int:
        ((run,),) = rows(self.home, "SELECT max(id) FROM runs")
        return int(run or 0)

    def check(self) -> None:
        """After the night was completed."""
        final = {c.id: (c.url, c.payload_sha256, c.record_id) for c in captures(self.home)}
        assert self.kept.items() <= final.items()
        hits: tuple[Hit, ...] = self.replica.hits
        again = [
            hit.url for number, hit in enumerate(hits) if number >= self.answered.get(hit.url, len(hits))
        ]
        assert again == []
        assert_whole(self.home)


def hits(replica: Replica, number: int) -> Moment:
    return lambda: len(replica.hits) >= number


def has(home: Path, table: str, number: int) -> Moment:
    return lambda: count(home, table) >= number


def test_a_first_night_killed_four_times(nights: Nights, tmp_path: Path) -> None:
    with Replica(day=1) as replica:
        cuts = Cuts(tmp_path, replica)
        for number in (11, 37):
            cuts.kill(hits(replica, number))
        crawled = len(replica.hits)
        assert crawled > 30
        for moment in (has(tmp_path, "readings", 1), (tmp_path / "export").exists):
            cuts.kill(moment)
        summary = full_night(tmp_path, replica.proxy_url)
        cuts.check()
        # At most one request a host was under way when it was killed.
        most = Counter(hit.url for hit in replica.hits)
        assert len(replica.hits) <= len(most) + 2 * 4
    assert summary["state"] == "done"
    assert outcome(tmp_path) == outcome(nights.home_after(1))


def test_a_second_night_killed_three_times(nights: Nights, tmp_path: Path) -> None:
    home = tmp_path / "home"
    copy_home(nights.home_after(1), home)
    with Replica(day=2) as replica:
        cuts = Cuts(home, replica)
        versions = count(home, "versions")
        for moment in (
            hits(replica, 24),
            has(home, "readings", count(home, "readings") + 1),
            has(home, "versions", versions + 1),
        ):
            cuts.kill(moment)
        full_night(home, replica.proxy_url)
        cuts.check()
    assert outcome(home) == outcome(nights.home_after(2))


def state(home: Path) -> str:
    ((state,),) = rows(home, "SELECT state FROM runs ORDER BY id DESC LIMIT 1")
    return str(state)


@pytest.mark.parametrize(("number", "phase"), [(signal.SIGTERM, "crawl"), (signal.SIGINT, "read")])
def test_a_signal_stops_it_in_order(
    databases: None, tmp_path: Path, phase: str, number: signal.Signals
) -> None:
    with Replica(day=1) as replica:
        slowly = {"NIANBAO_DELAY": "0.15"} if phase == "crawl" else {}
        moment = hits(replica, 8) if phase == "crawl" else has(tmp_path, "readings", 2)
        with under_way(tmp_path, replica.proxy_url, "--json", **ONE_WORKER, **slowly) as night:
            wait_until(moment, night)
            night.send_signal(number)
            stdout, stderr = night.communicate(timeout=SECONDS)
            assert group_is_gone(night)
        assert night.returncode == 130
        assert json.loads(stdout)["state"] == "interrupted"
        assert stderr.decode().count("\n") == 1
        assert "Traceback" not in stderr.decode()
        assert state(tmp_path) == "interrupted"
        assert not [*(tmp_path / "archive").glob("*.open")]
        if phase == "crawl":
            full_night(tmp_path, replica.proxy_url)
            assert len(replica.hits) == len({hit.url for hit in replica.hits})
            assert count(tmp_path, "runs") == 1
    assert_whole(tmp_path)


def test_two_nights_on_one_home(databases: None, tmp_path: Path) -> None:
    with Replica(day=1) as replica:
        with under_way(tmp_path, replica.proxy_url, NIANBAO_DELAY="20") as first:
            wait_until(hits(replica, 2), first)
            second = nianbao(tmp_path, "nightly", proxy=replica.proxy_url)
        assert second.returncode == 4
        line = second.stderr.decode()
        assert line.count("\n") == 1
        assert f"another Nianbao is writing to {tmp_path} (process {first.pid})" in line
