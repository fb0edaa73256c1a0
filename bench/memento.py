"""How many Memento requests are answered, and how fast, beside pywb: `python -m bench.memento`.

Both serve the same ten million captures (a hundred thousand addresses, a hundred nights), ours from SQLite,
pywb (`make peers`) from the CDXJ of the same rows; all of them lead to one record of 43 kB in one segment. A
thousand clients, each with a connection of its own, ask for addresses in an order that no cache can know,
each again as soon as it is answered:

    TimeGate    a time, answered by a redirect to the memento
    TimeMap     a hundred mementos, as link format
    memento     the payload octet for octet (`id_`)

Rounds of the one and of the other take turns. The clients are one process, for which the least possible is
done for each request. Everything stays on loopback.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

import uvloop

from bench.index import FIRST, NIGHTS, SEED, SEGMENT, SITES, Rows, fill, percentile
from storage.archive import Archive
from storage.cdxkey import cdx_key
from storage.database import Database
from storage.exchange import Exchange, Purpose
from storage.models import Run, Segment
from storage.segment import SEALED_SUFFIX
from web.links import http_date

PAGE_BYTES = 43_253
PEER = Path(__file__).parents[1] / ".peers" / "bin" / "wayback"
COLLECTION = "bench"
_CONFIG = """\
collections:
  bench:
    index: {cdxj}
    archive_paths: {archive}/
redirect_to_exact: true
enable_memento: true
debug: false
"""


def url_of(page: int) -> str:
    return f"https://www.site{page % SITES}.gov.cn/xxgk/zfxxgkml/bmgkbg/t{page}.html"


def at(night: int) -> datetime:
    return FIRST + timedelta(days=night)


def make(home: Path, pages: int) -> None:
    """The home that is served, and `index.cdxj` beside it."""
    database = Database(f"sqlite:///{home / 'nianbao.sqlite'}")
    record, sha256, sha1, offset, length = _one_record(home, database)
    fill(database, pages, Rows(f"'{sha256}'", f"'{record}'", str(offset)))
    database.close()
    print("  the index of pywb", flush=True)
    keys = sorted((cdx_key(url_of(page)), page) for page in range(pages))
    stamps = [f"{at(night):%Y%m%d%H%M%S}" for night in range(NIGHTS)]
    with (home / "index.cdxj").open("w", encoding="ascii", buffering=1 << 22) as out:
        for key, page in keys:
            told = (
                f'{{"url": "{url_of(page)}", "mime": "text/html", "status": "200", "digest": "sha1:{sha1}", '
                f'"length": "{length}", "offset": "{offset}", "filename": "{SEGMENT}{SEALED_SUFFIX}"}}\n'
            )
            out.write("".join(f"{key} {stamp} {told}" for stamp in stamps))


def _one_record(home: Path, database: Database) -> tuple[str, str, str, int, int]:
    """The segment with the one record: its id, the digests of its payload, where it lies."""
    with database.write() as session:
        session.add(Run(id=1, kind="night", state="done", started_at=FIRST, sites=[], summary={}))
    archive = Archive(
        home / "archive", database, run_id=1, site="bench", segment_bytes=1 << 30, info={"software": "bench"}
    )
    words = random.Random(SEED)
    body = " ".join(f"{words.getrandbits(40):x}" for _ in range(9000)).encode()[:PAGE_BYTES]
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
    made = Exchange(url_of(0), "GET", FIRST, b"GET / HTTP/1.1\r\n\r\n", head + body, "complete")
    kept = archive.add(made, Purpose("report", "bench"))
    archive.close()
    found = (
        kept.record_id,
        kept.payload_sha256,
        kept.payload_sha1,
        kept.response_offset,
        kept.response_bytes,
    )
    path = home / "archive"
    (path / f"{kept.segment.name}{SEALED_SUFFIX}").rename(path / f"{SEGMENT}{SEALED_SUFFIX}")
    with database.write() as session:
        session.get_one(Segment, 1).name = SEGMENT
    with database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM captures")
    record, sha256, sha1, offset, length = found
    assert sha256 is not None and sha1 is not None and offset is not None and length is not None
    return record, sha256, sha1, offset, length


@dataclass(frozen=True, slots=True)
class Served:
    """A server under load: its name, its port, and how it is asked about a page and a night."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    asks: dict[str, Callable[[int, int], bytes]]


def _request(path: str, port: int, header: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{header}\r\n".encode()


def _then(night: int) -> str:
    """A time in the night after: the one before it is the nearest too."""
    return f"Accept-Datetime: {http_date(at(night) + timedelta(hours=1))}\r\n"


def _asks(port: int, *, gate: str, time_map: str, memento: str) -> dict[str, Callable[[int, int], bytes]]:
    """What is asked of a page and a night, by kind; the paths stand before the address."""

    def raw(page: int, night: int) -> bytes:
        return _request(f"{memento}/{at(night):%Y%m%d%H%M%S}id_/{url_of(page)}", port)

    return {
        "TimeGate": lambda page, night: _request(f"{gate}/{url_of(page)}", port, _then(night)),
        "TimeMap": lambda page, _: _request(f"{time_map}/{url_of(page)}", port),
        "memento": raw,
    }


@contextmanager
def ours(home: Path) -> Iterator[Served]:
    command = [sys.executable, "-m", "cli.app", "serve", "--port", "0"]
    environment = os.environ | {"NIANBAO_HOME": str(home), "NIANBAO_LANG": "en"}
    with (home / "ours.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline().split()[2].rstrip(b"/;").rpartition(b":")[2])
        asks = _asks(port, gate="/timegate", time_map="/timemap/link", memento="/memento")
        yield Served("nianbao", port, process, asks)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def pywb(home: Path, port: int) -> Iterator[Served]:
    folder = home / "pywb"
    folder.mkdir(exist_ok=True)
    (folder / "config.yaml").write_text(
        _CONFIG.format(cdxj=home / "index.cdxj", archive=home / "archive"), encoding="utf-8"
    )
    with (home / "pywb.log").open("wb") as log:
        process = subprocess.Popen(
            [PEER, "-b", "127.0.0.1", "-p", str(port), "-d", folder], cwd=folder, stdout=log, stderr=log
        )
    try:
        _until_it_answers(port)
        within = f"/{COLLECTION}"
        asks = _asks(port, gate=within, time_map=f"{within}/timemap/link", memento=within)
        yield Served("pywb", port, process, asks)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _until_it_answers(port: int) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return


EXPECTED = {"TimeGate": (b"302", b"307"), "TimeMap": (b"200",), "memento": (b"200",)}


@dataclass(slots=True)
class Round:
    """What a crowd was answered: seconds of each answer, how many were wrong, and how long all took."""

    seconds: list[float]
    wrong: int
    lasted: float
    busy: float
    """seconds of processor of the server"""


async def _crowd(served: Served, kind: str, clients: int, asked: list[tuple[int, int]]) -> Round:
    """All questions, by so many clients at once."""
    left = iter(asked)
    result = Round([], 0, 0.0, 0.0)
    statuses = EXPECTED[kind]

    async def client() -> None:
        streams = None
        for page, night in left:
            begun = time.perf_counter()
            try:
                streams = streams or await asyncio.open_connection("127.0.0.1", served.port, limit=1 << 18)
                status, goes_on = await _answer(*streams, served.asks[kind](page, night))
            except (OSError, asyncio.IncompleteReadError):
                status, goes_on = b"", False
            result.seconds.append(time.perf_counter() - begun)
            result.wrong += status not in statuses
            if not goes_on and streams is not None:
                streams[1].close()
                streams = None
        if streams is not None:
            streams[1].close()

    before, begun = _busy(served.process.pid), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    result.lasted = time.perf_counter() - begun
    result.busy = _busy(served.process.pid) - before
    return result


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> tuple[bytes, bool]:
    """The status of an answer that was read to its end, and whether the connection may be used again."""
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = head[9:12]
    if b"\r\ntransfer-encoding: chunked" in head:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    elif b"\r\ncontent-length: " in head:
        await reader.readexactly(int(head.partition(b"\r\ncontent-length: ")[2].partition(b"\r")[0]))
    else:
        await reader.read()
        return status, False
    return status, b"\r\nconnection: close" not in head and not head.startswith(b"http/1.0")


def _busy(pid: int) -> float:
    """Seconds of processor of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Load:
    """How much is asked: of so many addresses, by so many clients at once, so often in each round."""

    pages: int
    clients: int
    asked: int
    rounds: int


def measure(home: Path, load: Load, port: int) -> None:
    """Print what either did."""
    with ExitStack() as running:
        servers = [running.enter_context(ours(home))]
        if PEER.exists():
            servers.append(running.enter_context(pywb(home, port)))
        else:
            print("pywb is not here; `make peers` installs it")
        found = _rounds(servers, load)
    print(f"{'':10}{'':10}{'a second':>10}{'p50':>10}{'p99':>10}{'most':>10}{'processor':>12}{'wrong':>8}")
    for (kind, name), made in found.items():
        seconds = [one for each in made for one in each.seconds]
        rate = len(seconds) / sum(each.lasted for each in made)
        busy = sum(each.busy for each in made) / len(seconds) * 1000
        half, most = percentile(seconds, 0.5), percentile(seconds, 0.99)
        print(
            f"{kind:10}{name:10}{rate:10.0f}{half:8.2f} s{most:8.2f} s{max(seconds):8.2f} s{busy:9.2f} ms"
            f"{sum(each.wrong for each in made):8}"
        )


def _rounds(servers: list[Served], load: Load) -> dict[tuple[str, str], list[Round]]:
    """The rounds of each kind of question and each server; the first of each is for warming up."""
    dice = random.Random(SEED)
    found: dict[tuple[str, str], list[Round]] = {}
    for kind in EXPECTED:
        for number in range(load.rounds + 1):
            count = load.asked if number else load.clients
            for served in servers:
                asked = [(dice.randrange(load.pages), dice.randrange(NIGHTS - 1)) for _ in range(count)]
                made = uvloop.run(_crowd(served, kind, load.clients, asked))
                if number:
                    found.setdefault((kind, served.name), []).append(made)
    return found


def main() -> None:
    """Print the figures."""
    wanted = argparse.ArgumentParser(
        prog="python -m bench.memento", description="Memento requests, beside pywb"
    )
    wanted.add_argument("--rows", type=int, default=10_000_000, help="captures in the index")
    wanted.add_argument("--clients", type=int, default=1000, help="clients at once")
    wanted.add_argument("--asked", type=int, default=2000, help="requests of a round")
    wanted.add_argument("--rounds", type=int, default=2)
    wanted.add_argument("--port", type=int, default=18_080, help="port of pywb")
    wanted.add_argument("--folder", type=Path, help="keep what is served there, or take it from there")
    arguments = wanted.parse_args()
    pages = max(SITES, arguments.rows // NIGHTS)
    with TemporaryDirectory() as temporary:
        home = arguments.folder or Path(temporary)
        if not (home / "index.cdxj").exists():
            home.mkdir(parents=True, exist_ok=True)
            make(home, pages)
        size = sum((home / name).stat().st_size for name in ("nianbao.sqlite", "index.cdxj")) / 2**30
        before = "/".join(f"{one:.1f}" for one in os.getloadavg())
        print(f"{pages * NIGHTS:,} captures of {pages:,} addresses, {size:.1f} GiB; load before {before}")
        load = Load(pages, arguments.clients, arguments.asked, arguments.rounds)
        measure(home, load, arguments.port)


if __name__ == "__main__":
    main()
