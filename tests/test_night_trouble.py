"""Nights on which something is wrong: each says it in one line, and what was archived stays."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from demo import Replica
from storage.database import Database
from storage.models import Run
from tests.crawler.raw_server import CLOSE, RawServer, Script
from tests.databases import url_of
from tests.nights import PROGRAM, assert_whole, captures, count, environment, nianbao

pytestmark = pytest.mark.usefixtures("databases")

SILENT = "silent.example.invalid"
HUGE = "faults.example.invalid"


def sites(folder: Path, *profiles: str) -> str:
    """A folder of profiles: ours by name, or one of a host with the entry that is given behind `=`."""
    folder.mkdir()
    ours = Path(__file__).parents[1] / "spiders" / "sites"
    for profile in profiles:
        domain, _, entry = profile.partition("=")
        host = urlsplit(entry).hostname
        text = (
            f'domain = "{domain}"\nname = "某某局"\nentry = ["{entry}"]\nhosts = ["{host}"]\n'
            '[[publishers]]\nagency = "某某局"\n'
            if entry
            else (ours / f"{domain}.toml").read_text("utf-8")
        )
        (folder / f"{domain}.toml").write_text(text, "utf-8")
    return str(folder)


def one_line(done: subprocess.CompletedProcess[bytes]) -> str:
    """What was said on stderr, which must be one line and no traceback."""
    line = done.stderr.decode()
    assert line.count("\n") == 1, line
    assert "Traceback" not in line
    return line


def run_of(home: Path) -> Run:
    """The only run of a home."""
    database = Database(url_of(home), create=False)
    try:
        with database.read() as session:
            return session.scalars(select(Run)).one()
    finally:
        database.close()


def test_a_site_that_does_not_answer_stops_no_other(tmp_path: Path) -> None:
    folder = sites(tmp_path / "sites", "gaj.shizuishan.gov.cn", f"{SILENT}=http://{SILENT}/")
    with Replica(day=1) as replica:
        done = nianbao(
            tmp_path / "home",
            "nightly",
            proxy=replica.proxy_url,
            NIANBAO_SITES_DIR=folder,
            no_proxy=SILENT,
        )
    assert done.returncode == 0
    line = one_line(done)
    assert line.startswith(f"{SILENT}: {SILENT} did not answer (CannotResolveHostError")
    assert run_of(tmp_path / "home").summary["sites"]["gaj.shizuishan.gov.cn"] == "ok"
    assert count(tmp_path / "home", "reports") == 3
    outcomes = {capture.outcome for capture in captures(tmp_path / "home") if capture.site == SILENT}
    assert outcomes == {"failed"}


NOTHING_SHOWN = {
    "challenge": (f"http://{HUGE}/_fault/status?code=412", "block page (412, script-challenge)"),
    "empty": (f"http://{HUGE}/_fault/empty", "no report was found on"),
    "loop": (f"http://{HUGE}/_fault/loop", "no report was found on"),
    "nothing": (
        f"http://{HUGE}/_fault/nothing",
        "did not answer (DownloadFailedError: Connection was closed cleanly.)",
    ),
    "gateway": (f"http://{SILENT}/", "did not answer (status 502)"),
}


def test_a_night_on_which_no_site_shows_anything(tmp_path: Path) -> None:
    """And whose log cannot be written, which is told in a line of its own."""
    profiles = [f"{name}.example.invalid={entry}" for name, (entry, _) in NOTHING_SHOWN.items()]
    folder = sites(tmp_path / "sites", *profiles)
    home = tmp_path / "home"
    log = home / "logs" / "run-1.log"
    log.parent.mkdir(parents=True)
    log.symlink_to("/dev/full")
    with Replica(day=1) as replica:
        done = nianbao(home, "nightly", proxy=replica.proxy_url, NIANBAO_SITES_DIR=folder)
    assert done.returncode == 6
    *lines, last = done.stderr.decode().splitlines()
    assert lines.pop(0).startswith(f"cannot write {log}: No space left on device")
    assert last.startswith("nianbao: the night did not do its work: challenge.example.invalid, empty.")
    run = run_of(home)
    assert run.state == "failed"
    for name, (_, why) in NOTHING_SHOWN.items():
        said = run.summary["sites"][f"{name}.example.invalid"]
        assert f"{name}.example.invalid" in said
        assert why in said
        assert said in lines
    assert len(lines) == len(NOTHING_SHOWN)
    assert_whole(home)


def peak(home: Path, proxy: str, **more: str) -> tuple[subprocess.CompletedProcess[bytes], int]:
    """A night and the most memory that its main process held, in MiB."""
    measure = (
        "import os, subprocess, sys\n"
        "child = subprocess.Popen(sys.argv[1:])\n"
        "_, status, usage = os.wait4(child.pid, 0)\n"
        "print('PEAK', usage.ru_maxrss // 1024)\n"
        "sys.exit(os.waitstatus_to_exitcode(status))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", measure, *PROGRAM, "nightly", "--json"],
        env=environment(home, proxy, **more),
        capture_output=True,
        timeout=100,
        check=False,
    )
    match = re.search(rb"PEAK (\d+)", done.stdout)
    assert match is not None
    return done, int(match.group(1))


def test_a_page_of_200_megabytes_is_cut(tmp_path: Path) -> None:
    line = "<p>政府信息公开</p>\n".encode() * 2600
    chunk = b"%x\r\n" % len(line) + line + b"\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    streamed: Script = [head, *[chunk] * 3200, b"0\r\n\r\n", CLOSE]
    folder = sites(tmp_path / "sites", f"{HUGE}=http://{HUGE}/_fault/huge?mb=200")
    with Replica(day=1) as replica:
        limit = {"NIANBAO_SITES_DIR": folder, "NIANBAO_MAX_PAYLOAD_MB": "64"}
        done, announced = peak(tmp_path / "a", replica.proxy_url, **limit)
    assert done.returncode == 6
    (capture,) = [item for item in captures(tmp_path / "a") if item.role == "entry"]
    assert (capture.outcome, capture.problem) == ("partial", "larger than the limit of 64 MiB, cut there")
    said = done.stderr.decode().splitlines()
    assert said[0] == f"{capture.url}: only a part is archived ({capture.problem})"
    with RawServer({"/_fault/huge": streamed}) as server:
        proxy = f"http://127.0.0.1:{server.port}"
        _, unannounced = peak(tmp_path / "b", proxy, NIANBAO_SITES_DIR=folder, NIANBAO_MAX_PAYLOAD_MB="32")
    (capture,) = [item for item in captures(tmp_path / "b") if item.role == "entry"]
    assert (capture.outcome, capture.problem) == ("partial", "larger than the limit of 32 MiB, cut there")
    assert 32 < (capture.payload_bytes or 0) / 1024**2 < 36
    assert announced < 300
    assert unannounced < 500
    assert_whole(tmp_path / "b")


def test_a_home_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = {tmp_path / "file": (2, "is no folder"), Path("/proc/nianbao"): (4, "cannot write /proc/nianbao")}
    for home, (code, why) in said.items():
        done = nianbao(home, "nightly")
        assert done.returncode == code
        assert str(home) in one_line(done)
        assert why in one_line(done)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_home_that_is_read_only(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = nianbao(tmp_path, "nightly")
    tmp_path.chmod(0o700)
    assert done.returncode == 4
    assert "cannot write" in one_line(done)


@pytest.mark.parametrize("kib", [4, 300])
def test_a_disk_that_is_full(tmp_path: Path, kib: int) -> None:
    with Replica(day=1) as replica:
        done = subprocess.run(
            ["prlimit", f"--fsize={kib * 1024}", *PROGRAM, "nightly"],
            env=environment(tmp_path, replica.proxy_url, NIANBAO_WORKERS="1"),
            capture_output=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 4, done.stderr
        one_line(done)
        asked = len(replica.hits)
        again = nianbao(tmp_path, "nightly", proxy=replica.proxy_url, NIANBAO_WORKERS="1")
        assert again.returncode == 0, again.stderr
        # What the disk still took was not asked for again, but for what was under way.
        assert len(replica.hits) <= len({hit.url for hit in replica.hits}) + 2
        assert asked < len(replica.hits)
    assert_whole(tmp_path)
    assert count(tmp_path, "reports") == 17


def test_a_profile_with_a_typo(tmp_path: Path) -> None:
    folder = sites(tmp_path / "sites", "gaj.shizuishan.gov.cn")
    path = Path(folder) / "gaj.shizuishan.gov.cn.toml"
    path.write_text(path.read_text("utf-8").replace("entry", "entrie"), "utf-8")
    done = nianbao(tmp_path / "home", "nightly", NIANBAO_SITES_DIR=folder)
    assert done.returncode == 2
    assert "site profile gaj.shizuishan.gov.cn.toml: " in one_line(done)
    assert "`entrie`: unknown key" in done.stderr.decode()
    assert not (tmp_path / "home").exists()
