"""pywb as a program of its own on a collection: found, started, waited for, and ended with us.

pywb is under the GPL: it is called as a program, and never imported.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.request import ProxyHandler, build_opener

from errors import BadSetting, NoPywb, Phrase, PortTrouble, PywbEnded
from storage.collection import NAME

PROGRAM = "wayback"
_START_SECONDS = 120.0
_END_SECONDS = 5.0
_LOG_BYTES = 1 << 20
"""It writes a line for each request, which nobody reads unless it ends by itself."""
_BEGIN = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
os.getppid() == int(sys.argv[1]) or os._exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""
"""However this process ends, pywb does not outlive it."""
_NOT_FOR_IT = re.compile(r"(PYTHON|NIANBAO_|PYWB_|AWS_)|.*_PROXY", re.I)
"""Variables: it has nobody to ask but itself, and a Python of its own."""


def find(named: Path | None) -> Path:
    """pywb's program: the one that is named, on the PATH, beside our Python, or of `make peers`.

    Raises `BadSetting`, `NoPywb`.
    """
    if named is not None:
        found = shutil.which(named)
        if found is None:
            problem = Phrase("no program is there", "此处没有程序")
            raise BadSetting(name="NIANBAO_PYWB", value=str(named), problem=problem)
        return Path(found).absolute()
    beside = Path(sys.executable).parent, Path(__file__).parents[1] / ".peers" / "bin"
    for place in (None, *map(str, beside)):
        if (found := shutil.which(PROGRAM, path=place)) is not None:
            return Path(found).absolute()
    raise NoPywb


class Replay:
    """pywb, serving while the `with` block runs. `url` is where its first page is."""

    def __init__(self, program: Path, folder: Path, host: str, port: int) -> None:
        """`folder`: a collection. `port`: 0 takes any. Raises `PortTrouble`, `PywbEnded`."""
        self._log = folder / "pywb.log"
        family, self._port = _free_port(host, port)
        self._name = folder.name
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - as its caller wants it
        self.url = f"http://{f'[{shown}]' if family == socket.AF_INET6 else shown}:{self._port}/"
        environment = {name: value for name, value in os.environ.items() if not _NOT_FOR_IT.match(name)}
        with self._log.open("ab") as log:
            # In a session of its own: Ctrl-C is for us, who end it.
            self._process = subprocess.Popen(  # noqa: S603 - the program that the operator installed
                [
                    sys.executable, "-ISc", _BEGIN, str(os.getpid()),
                    str(program), "-b", host, "-p", str(self._port), "-d", str(folder),
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, start_new_session=True,
                env=environment | {"NO_PROXY": "*", "PYWB_CONFIG_FILE": str(folder / "config.yaml")},
            )  # fmt: skip
        try:
            self._wait_until_served()
        except BaseException:
            self.end()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def page(self, url: str, time: str) -> str:
        """Where an address is shown as it was at a time, fourteen digits."""
        return f"{self.url}{NAME}/{time}/{url}"

    def wait(self, seconds: float) -> None:
        """Wait so long. Raises `PywbEnded` where it does not serve any more."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            raise PywbEnded(problem=self._last_word())
        if self._log.stat().st_size > _LOG_BYTES:
            os.truncate(self._log, 0)

    def end(self) -> None:
        """End it, at once if it does not do so by itself."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _wait_until_served(self) -> None:
        opener = build_opener(ProxyHandler({}))
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            self.wait(0.1)
            with suppress(OSError), opener.open(self.url, timeout=10) as page:
                # Somebody else may have taken the port in between.
                if self._name.encode() in page.read():
                    return
        raise PywbEnded(problem=Phrase("it does not begin to serve", "未能开始服务"))

    def _last_word(self) -> str | Phrase:
        lines = self._log.read_text(encoding="utf-8", errors="replace").split("\n")
        said = [line.strip() for line in lines if line.strip()]
        return said[-1] if said else Phrase("it said nothing", "没有任何提示")


def _free_port(host: str, port: int) -> tuple[socket.AddressFamily, int]:
    """The port to be served on, and the kind of the host's address. Raises `PortTrouble`."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
            tried.listen()
            return family, tried.getsockname()[1]
    except OSError as error:
        raise PortTrouble(host=host, port=port, problem=error.strerror or str(error)) from error
