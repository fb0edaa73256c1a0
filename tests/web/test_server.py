"""The service as its operator meets it: start, log, trouble, end; beside a night, large bodies, a crowd."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.console import is_one_line, nianbao_here
from tests.storage.exchanges import PURPOSE, URL, Home, exchange, reply
from tests.web.archived import PAGE, VISITED
from tests.web.served import Kept, Served, second, stamp
from web.reading import LARGE_AT_ONCE


@pytest.fixture
def small(tmp_path: Path, databases: None) -> Kept:
    """A home with one page in it."""
    kept = Kept(tmp_path / "home")
    kept.add(reply(PAGE))
    kept.close()
    return kept


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_order(small: Kept, number: signal.Signals) -> None:
    with Served(small.path) as served:
        assert served.ask("/").status == 200
        assert served.stop(number) == 0
        assert "Traceback" not in served.said
        with pytest.raises(ConnectionRefusedError):
            served.ask("/")


def test_what_is_being_sent_is_sent_to_its_end(tmp_path: Path, databases: None) -> None:
    body = random.Random(1).randbytes(9 << 20)
    kept = Kept(tmp_path / "home")
    kept.add(reply(body))
    kept.close()
    with Served(kept.path) as served, socket.create_connection(("127.0.0.1", served.port)) as reader:
        reader.settimeout(60)
        reader.sendall(f"GET /memento/{stamp(second())}id_/{URL} HTTP/1.0\r\n\r\n".encode())
        received = reader.recv(1000)
        served.process.send_signal(signal.SIGTERM)
        while octets := reader.recv(1 << 20):
            received += octets
        assert received.endswith(body)
        assert served.stop() == 0


def test_a_port_that_is_taken_is_told_in_one_line(small: Kept) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for arguments, settings in ((("--port", port), {}), ((), {"NIANBAO_SERVE_PORT": port})):
            done = nianbao_here("serve", *arguments, home=small.path, **settings)
            assert (done.code, done.octets) == (2, b"")
            assert is_one_line(done.complaint)
            assert f"cannot serve on 127.0.0.1, port {port}: Address already in use" in done.complaint


@pytest.mark.sqlite("a home without a file")
def test_wrong_settings_are_told_in_one_line(small: Kept, tmp_path: Path) -> None:
    for home, arguments, settings, code, told in (
        (tmp_path / "nowhere", (), {}, 3, "there is nothing in"),
        (small.path, ("--host", "192.0.2.1"), {}, 2, "cannot serve on 192.0.2.1, port 8000"),
        (small.path, ("--port", "65536"), {}, 2, "--port"),
        (small.path, (), {"NIANBAO_SERVE_URL": "www.example.cn"}, 2, "NIANBAO_SERVE_URL"),
    ):
        done = nianbao_here("serve", *arguments, home=home, **settings)
        assert (done.code, done.octets) == (code, b"")
        assert is_one_line(done.complaint)
        assert told in done.complaint


def test_each_request_is_a_line_of_the_log(small: Kept) -> None:
    with Served(small.path) as served:
        served.ask(f"/timegate/{URL}?%0a%1b[31m")
        served.ask("/nothing", "HEAD")
        served.stop()
        lines = served.said.splitlines()
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00 INFO 127\.0\.0\.1"
    assert re.fullmatch(rf"{time} GET /timegate/{re.escape(URL)}\?%0a%1b\[31m 404 \d+ \d+ ms", lines[0])
    assert re.fullmatch(rf"{time} HEAD /nothing 404 0 \d+ ms", lines[1])
    assert len(lines) == 2


def test_its_addresses_are_those_that_readers_reach_it_by(small: Kept) -> None:
    with Served(small.path, NIANBAO_SERVE_URL="https://www.example.org/archive/") as served:
        answer = served.ask(f"/timegate/{URL}")
    assert answer.headers["location"] == f"https://www.example.org/archive/memento/{stamp(second())}/{URL}"
    assert answer.links()["timemap"] == f"https://www.example.org/archive/timemap/link/{URL}"


def test_the_front_page_says_what_there_is(served: Served, small: Kept) -> None:
    answer = served.ask("/")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert f"{served.base}/timegate/URI" in answer.body.decode()
    refused = served.ask("/", "POST")
    assert (refused.status, refused.line) == (405, "Method Not Allowed")
    assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD"}
    assert served.ask("/nothing").line == "Not Found"
    with Served(small.path, NIANBAO_LANG="zh") as chinese:
        assert "时间" in chinese.ask("/").body.decode()
        assert chinese.ask("/timegate/x").body.decode().startswith("'x' 不是网页地址")


def test_what_a_night_keeps_is_there_at_once(small: Kept) -> None:
    with Served(small.path) as served:
        assert served.ask(f"/memento/{stamp(second(5))}/{URL}").status == 302
        home = Home(small.path)
        for minutes in range(5, 25):
            # The segment is open, and its writer at work.
            home.archive.add(exchange(reply(b"night %d " % minutes * 60), minutes=minutes), PURPOSE)
            answer = served.ask(f"/memento/{stamp(second(minutes))}/{URL}")
            assert answer.body == b"night %d " % minutes * 60
        home.archive.close()
        home.database.close()
        assert served.ask(f"/memento/{stamp(second(9))}/{URL}").body == b"night 9 " * 60


def test_a_damaged_segment_is_told_in_one_line(small: Kept) -> None:
    path = small.home.segment_file()
    octets = bytearray(path.read_bytes())
    assert small.last.response_offset is not None
    octets[small.last.response_offset + 200] ^= 255
    path.write_bytes(octets)
    with Served(small.path) as served:
        answer = served.ask(f"/memento/{stamp(second())}/{URL}")
        assert answer.status == 500
        assert re.match(rf"segment {re.escape(path.name)} is damaged at byte \d+: ", answer.line)
        path.unlink()
        assert served.ask(f"/memento/{stamp(second())}/{URL}").status == 500
        assert served.ask(f"/timemap/link/{URL}").status == 200
        assert "ERROR segment" in served.said


def test_a_body_larger_than_its_memory(tmp_path: Path, databases: None) -> None:
    size = 96 << 20
    body = b"0123456789abcdef" * (size >> 4)
    kept = Kept(tmp_path / "home")
    kept.add(reply(body))
    kept.close()
    with Served(kept.path) as served:
        served.ask("/")
        before = peak(served)
        answer = served.ask(f"/memento/{stamp(second())}id_/{URL}")
        assert answer.body == body
        assert peak(served) - before < size / 2


def test_readers_who_take_nothing_keep_nobody_else_out(tmp_path: Path, databases: None) -> None:
    body = b"0123456789abcdef" * (9 << 16)
    kept = Kept(tmp_path / "home")
    kept.add(reply(body))
    kept.add(reply(PAGE), VISITED)
    kept.close()
    path = f"/memento/{stamp(second())}id_/{URL}"
    with Served(kept.path) as served, ExitStack() as silent:
        for _ in range(LARGE_AT_ONCE):
            reader = silent.enter_context(socket.create_connection(("127.0.0.1", served.port)))
            reader.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert reader.recv(1) == b"H"
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(served.ask, path)
            assert served.ask(f"/memento/{stamp(second())}/{VISITED}").body == PAGE
            assert not waiting.done()
            silent.close()
            assert waiting.result().body == body


def peak(served: Served) -> int:
    """Octets of memory that were the process's own at most; what is mapped from a file is not."""
    status = Path(f"/proc/{served.process.pid}/status").read_text(encoding="ascii")
    found = re.search(r"RssAnon:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) << 10


def test_a_crowd_is_answered(served: Served) -> None:
    paths = [f"/timegate/{VISITED}", f"/timemap/link/{VISITED}", f"/memento/{stamp(second(30))}/{VISITED}"]
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(served.ask, paths * 50))
    assert [answer.status for answer in answers] == [302, 200, 200] * 50
    assert len({answer.body for answer in answers}) == 3


def test_silent_connections_keep_nobody_out(served: Served) -> None:
    silent = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(200)]
    assert served.ask(f"/timegate/{VISITED}").status == 302
    for one in silent:
        one.close()


def test_what_is_no_http_is_refused(served: Served) -> None:
    for octets in (
        b"\x16\x03\x01\x02",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \x00\r\n\r\n",
        b"GET /\xff HTTP/1.1",
    ):
        with socket.create_connection(("127.0.0.1", served.port), timeout=60) as visitor:
            visitor.sendall(octets)
            visitor.shutdown(socket.SHUT_WR)
            assert visitor.recv(1000)[:10] in (b"HTTP/1.1 4", b"")
    assert served.ask("/").status == 200
    assert "Traceback" not in served.said


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if os.getuid() or shutil.which("mount") is None or subprocess.run(made, check=False).returncode:
        pytest.skip("a file system can only be mounted by root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.sqlite("its file")
def test_a_home_that_cannot_be_written_is_served(mount: Path, databases: None) -> None:
    kept = Kept(mount / "home")
    kept.add(reply(PAGE))
    kept.close()
    subprocess.run(["mount", "-o", "remount,ro", str(mount)], check=True)
    log = mount.parent / "log"
    log.mkdir()
    with Served(kept.path, log=log) as served:
        assert served.ask(f"/memento/{stamp(second())}/{URL}").body == PAGE
        assert served.ask(f"/timemap/link/{URL}").status == 200
