"""Nights in processes of their own, as the operator would start them, against a replica or another server."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator as FastIterator
from sqlalchemy import NullPool, create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import joinedload
from warcio.archiveiterator import ArchiveIterator as WarcioIterator  # type: ignore[import-untyped]

from demo import Replica
from demo.replica import Hit
from storage.archive import read_payload
from storage.database import Database
from storage.models import Capture
from tests.cli.console import nianbao_here
from tests.databases import copy_home, settings_of, url_of


@dataclass(frozen=True, slots=True)
class Nights:
    """One home after the nights of day 1, 2 and 3; what was said after each of them."""

    home: Path
    hits: tuple[Hit, ...]
    summaries: dict[int, dict[str, Any]]
    reports: dict[int, dict[str, dict[str, Any]]]
    changes: list[dict[str, Any]]

    def changes_of(self, day: int) -> list[dict[str, Any]]:
        return [change for change in self.changes if change["run"] == self.summaries[day]["run"]]

    def home_after(self, day: int) -> Path:
        """A copy of the home as that night left it; to look at only."""
        return self.home.with_name(f"after-{day}")


def shared_nights(common: Path, ours: Path) -> Nights:
    """The nights, made in a folder that several processes have in common; a copy in a folder of this one."""
    told_of = common / "nights.pickle"
    with (common / "nights.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not told_of.exists():
            told_of.write_bytes(pickle.dumps(_three_nights(common / "nights" / "home")))
        made: Nights = pickle.loads(told_of.read_bytes())
        folder = ours / "nights-copied"
        for day in (1, 2, 3):
            copy_home(made.home_after(day), folder / f"after-{day}")
        return replace(made, home=copy_home(made.home, folder / "home"))


def _three_nights(home: Path) -> Nights:
    with Replica(day=1) as replica:
        summaries, said = {}, {}
        for day in (1, 2, 3):
            replica.set_day(day)
            summaries[day] = full_night(home, replica.proxy_url)
            said[day] = {report["url"]: report for report in told(home, "reports")}
            copy_home(home, home.with_name(f"after-{day}"))
        return Nights(home, replica.hits, summaries, said, told(home, "changes"))


PROGRAM = (sys.executable, "-m", "cli.app")
SECONDS = 300
"""No call of the program takes so long, but the machine may have other work."""


def environment(home: Path, proxy: str | None = None, **more: str) -> dict[str, str]:
    """What the program sees: a fast, impatient night, whose only way out is the proxy."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("NIANBAO_") and "proxy" not in name.lower()
    }
    ours |= {
        "PYTHONPATH": str(Path(__file__).parents[1]),
        **settings_of(home),
        "NIANBAO_LANG": "en",
        "NIANBAO_DELAY": "0",
        "NIANBAO_RETRIES": "0",
        "NIANBAO_CONTACT": "operator@example.invalid",
    }
    return ours | ({"http_proxy": proxy, "https_proxy": proxy} if proxy else {}) | more


def nianbao(
    home: Path, *arguments: str, proxy: str | None = None, **more: str
) -> subprocess.CompletedProcess[bytes]:
    """One call of the command line, to its end."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        env=environment(home, proxy, **more),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )


def told(home: Path, *arguments: str) -> Any:
    """What a command says with `--json`, numbers exact."""
    done = nianbao_here(*arguments, "--json", home=home)
    assert done.code == 0, done.complaint
    return json.loads(done.octets, parse_float=Decimal, parse_int=Decimal)


def full_night(home: Path, proxy: str, **more: str) -> dict[str, Any]:
    """A whole night that must go well: its summary."""
    done = nianbao(home, "nightly", "--json", proxy=proxy, **more)
    assert (done.returncode, done.stderr.decode()) == (0, ""), (done.returncode, done.stderr.decode())
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary


@contextmanager
def under_way(home: Path, proxy: str, *arguments: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A night under way, in a process group of its own, of which nothing is left in the end."""
    night = subprocess.Popen(
        [*PROGRAM, "nightly", *arguments],
        env=environment(home, proxy, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield night
    finally:
        with suppress(ProcessLookupError):
            os.killpg(night.pid, signal.SIGKILL)
        night.communicate()


def wait_until(moment: Callable[[], bool], night: subprocess.Popen[bytes]) -> None:
    """Return at that moment, or when the night has ended before it."""
    deadline = time.monotonic() + SECONDS
    while not moment() and night.poll() is None:
        assert time.monotonic() < deadline, "the moment never came"
        time.sleep(0.02)


def group_is_gone(night: subprocess.Popen[bytes]) -> bool:
    """Whether nothing that the night started is left."""
    for _ in range(100):
        try:
            os.killpg(night.pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def count(home: Path, table: str) -> int:
    """How many rows a table of a home has now; 0 while there is no such table."""
    try:
        ((number,),) = rows(home, f"SELECT count(*) FROM {table}")
    except DBAPIError:
        return 0
    return int(number)


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    """What a query says of a home's database, looked at from outside."""
    url = url_of(home)
    if url.startswith("sqlite"):
        url = url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true"
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def captures(home: Path) -> list[Capture]:
    """The whole index of a home."""
    database = Database(url_of(home), create=False)
    try:
        with database.read() as session:
            query = select(Capture).order_by(Capture.id).options(joinedload(Capture.segment))
            return list(session.scalars(query))
    finally:
        database.close()


def record_counts(home: Path) -> Iterator[tuple[int, int]]:
    """How many records each segment has: as warcio reads it, and as FastWARC reads it and checks digests.

    What a crash tore is no segment, and set aside."""
    for path in sorted((home / "archive").glob("*.warc.gz*")):
        if path.suffix == ".torn":
            continue
        with path.open("rb") as file:
            by_warcio = sum(1 for record in WarcioIterator(file) if record.raw_stream.read() is not None)
        with path.open("rb") as file:
            by_fastwarc = 0
            for record in FastIterator(file, parse_http=False):
                by_fastwarc += 1
                if "WARC-Block-Digest" in record.headers:
                    assert record.verify_block_digest()
        yield by_warcio, by_fastwarc


def assert_whole(home: Path) -> None:
    """Every segment reads to its end with both readers, and every capture's payload is what it was."""
    counts = [*record_counts(home)]
    assert counts
    assert all(by_warcio == by_fastwarc > 0 for by_warcio, by_fastwarc in counts)
    for capture in captures(home):
        payload = read_payload(home / "archive", capture)
        if capture.payload_sha256 is not None:
            assert hashlib.sha256(payload).hexdigest() == capture.payload_sha256
