"""`nianbao serve` in a process of its own, asked as any client would, and a home that it serves."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from storage.models import Capture
from tests.databases import settings_of
from tests.storage.exchanges import NOON, PURPOSE, URL, Home, exchange

SECONDS = 60
"""No test waits for so long, but the machine may have other work."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply as it came; header names in lower case, of several of one name the last."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def line(self) -> str:
        """The one line that the body is."""
        text = self.body.decode()
        assert text.endswith("\n") and text.count("\n") == 1, text
        return text.rstrip()

    def links(self) -> dict[str, str]:
        """The addresses of the header by their relation, the word `memento` left out of it."""
        found = {}
        for one in self.headers["link"].split(", <"):
            address, *attributes = one.lstrip("<").split("; ")
            told = dict(attribute.split("=", 1) for attribute in attributes)
            for relation in told["rel"].strip('"').removesuffix(" memento").split():
                found[relation] = address.rstrip(">")
        return found


class Served:
    """The service of a home, while the `with` block runs."""

    def __init__(self, home: Path, *arguments: str, log: Path | None = None, **settings: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NIANBAO_")}
        self._log = (log or home.parent) / f"{home.name}.log"
        with self._log.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cli.app", "serve", "--port", "0", *arguments],
                env=kept | {"PYTHONPATH": str(Path(__file__).parents[2]), "NIANBAO_LANG": "en"}
                | settings_of(home) | settings,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said,
            )  # fmt: skip
        assert self.process.stdout is not None
        ready = self.process.stdout.readline().decode()
        address = re.search(r"http://127\.0\.0\.1:[0-9]+", ready)
        assert address is not None, ready + self.said
        self.base = address[0]
        self.port = int(self.base.rpartition(":")[2])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def said(self) -> str:
        """Its log."""
        return self._log.read_text(encoding="utf-8")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Tell it to end: its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(SECONDS)
        finally:
            self.process.kill()
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    def ask(self, target: str, method: str = "GET", **headers: str) -> Answer:
        """Ask for a path, or for a whole address of this service; underscores of header names are hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        # As it stands: the library would refuse some that clients do send.
        connection.putrequest(method, target.removeprefix(self.base), skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        reply = connection.getresponse()
        answer = Answer(
            reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
        )
        connection.close()
        return answer


def stamp(at: datetime) -> str:
    """A time as it stands in the address of a memento."""
    return f"{at:%Y%m%d%H%M%S}"


def http_time(at: datetime) -> str:
    """A time of 2026 as HTTP writes it."""
    day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[at.weekday()]
    return f"{day}, {at.day:02} { {11: 'Nov', 12: 'Dec'}[at.month] } {at.year} {at:%H:%M:%S} GMT"


class Kept:
    """A home to be served, filled one exchange after the other: minutes after noon."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True)
        self.home = Home(path)
        self.path = path

    def add(
        self, response: bytes, url: str = URL, minutes: float = 0, *,
        blocked: str | None = None, revalidates: int | None = None, **differing: Any,
    ) -> Capture:  # fmt: skip
        made = exchange(response, url, minutes=minutes, **differing)
        self.last = self.home.archive.add(made, replace(PURPOSE, revalidates=revalidates), blocked=blocked)
        return self.last

    def close(self) -> None:
        self.home.archive.close()
        self.home.database.close()


def second(minutes: float = 0) -> datetime:
    """That many minutes after noon, as Memento tells times."""
    return (NOON + timedelta(minutes=minutes)).replace(microsecond=0)
