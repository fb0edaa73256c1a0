"""A real Chromium without a window, spoken to by the DevTools protocol over a pair of pipes.

Tests skip where there is none. It finds no host by name and asks for nothing of its own, so every request is
one of the page's.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS = 90
"""No test waits for so long, but the machine may have other work."""
_BEGIN = """
import fcntl, os, sys
come, go = (fcntl.fcntl(int(one), fcntl.F_DUPFD_CLOEXEC, 10) for one in sys.argv[1:3])
os.dup2(come, 3)
os.dup2(go, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Chromium speaks over the descriptors 3 and 4, which only a process of its own is sure to have free."""
_QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
    "--no-first-run", "--no-default-browser-check", "--no-proxy-server", "--disable-background-networking",
    "--disable-component-update", "--disable-default-apps", "--disable-extensions", "--disable-sync",
    "--disable-breakpad", "--mute-audio", "--password-store=basic", "--window-size=1280,900",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


def program() -> str:
    """The browser of this machine; skips where it has none."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium is here; Debian's package is `chromium`")
    return found


class Chromium:
    """The browser, with a profile of its own in `folder`. Ends with the `with` block."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        come, self._out = os.pipe()
        self._in, go = os.pipe()
        command = [program(), *_QUIET, *arguments, f"--user-data-dir={folder}", "about:blank"]
        with (folder.parent / f"{folder.name}.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-ISc", _BEGIN, str(come), str(go), *command],
                pass_fds=(come, go), start_new_session=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                # It writes fonts' caches and crash reports there.
                env=os.environ | {"HOME": str(folder), "XDG_CACHE_HOME": str(folder)},
            )  # fmt: skip
        os.close(come)
        os.close(go)
        self._heard = b""
        self._number = 0
        self._answers: dict[int, dict[str, Any]] = {}
        self._listeners: list[Callable[[str, dict[str, Any], str], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # In order first: its other processes write to the profile until they have ended.
        with suppress(OSError, subprocess.TimeoutExpired):
            self.send("Browser.close")
            self._process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._in)
        os.close(self._out)

    def page(self) -> Page:
        """A new page, in a context of its own: it shares no cookie and no storage with another."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self, session)

    def listen(self, listener: Callable[[str, dict[str, Any], str], None]) -> None:
        """Have this told of every event: its name, what it says, and the session that it is of."""
        self._listeners.append(listener)

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """One command, and its answer."""
        number = self.send(method, session, **params)
        self.wait_until(lambda: number in self._answers)
        answer = self._answers.pop(number)
        assert "error" not in answer, (method, answer["error"])
        result: dict[str, Any] = answer["result"]
        return result

    def send(self, method: str, session: str | None = None, **params: Any) -> int:
        """One command whose answer nobody waits for."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        octets = json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0"
        while octets:
            octets = octets[os.write(self._out, octets) :]
        return self._number

    def wait_until(self, moment: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while not moment():
            assert time.monotonic() < deadline, "the browser did not come to that"
            self.listen_for(0.1)

    def listen_for(self, seconds: float) -> None:
        """Take in what the browser says; at most so long until it says something."""
        if not select.select([self._in], [], [], seconds)[0]:
            return
        octets = os.read(self._in, 1 << 20)
        assert octets, "the browser has ended"
        *messages, self._heard = (self._heard + octets).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self._answers[message["id"]] = message
            else:
                for listener in list(self._listeners):
                    listener(message["method"], message.get("params", {}), message.get("sessionId", ""))


class Page:
    """A page and its frames, those in processes of their own too."""

    def __init__(self, browser: Chromium, session: str) -> None:
        self._browser = browser
        self._session = session
        self._sessions = {session}
        self.requests: list[str] = []
        """every address that was asked for, whether it was answered or not"""
        self.said: list[str] = []
        """what the page wrote to its console, and errors of its scripts"""
        self._loaded: set[str] = set()
        self._busy: dict[str, str] = {}
        """requests under way, each with the session that it was begun in; it may end in another one"""
        browser.listen(self._heard)
        self._enable(session)
        # The blank page that it begins with would take the place of what is opened before it has come.
        browser.call("Page.setLifecycleEventsEnabled", session, enabled=True)
        browser.wait_until(lambda: bool(self._loaded))

    def open(self, url: str) -> Self:
        """Go there, and return once it is loaded and nothing more is asked for."""
        gone = self._browser.call("Page.navigate", self._session, url=url)
        assert "errorText" not in gone, (url, gone["errorText"])
        self._browser.wait_until(lambda: gone["loaderId"] in self._loaded)
        return self.settle()

    def settle(self) -> Self:
        """Wait until no request is under way, and none was begun for half a second."""
        count, since = -1, 0.0

        def quiet() -> bool:
            nonlocal count, since
            if self._busy or count != len(self.requests):
                count, since = len(self.requests), time.monotonic()
            return time.monotonic() - since > 0.5

        self._browser.wait_until(quiet)
        return self

    def ask(self, expression: str) -> Any:
        """What an expression of JavaScript comes to in the page, as JSON has it; a promise is waited for."""
        told = self._browser.call(
            "Runtime.evaluate", self._session, expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def wait_for(self, expression: str) -> Any:
        """Ask until it comes to something that is true: that."""
        found: Any = None

        def true() -> bool:
            nonlocal found
            found = self.ask(expression)
            return bool(found)

        self._browser.wait_until(true)
        return found

    def picture(self) -> bytes:
        """What is seen of it, as PNG."""
        return base64.b64decode(self._browser.call("Page.captureScreenshot", self._session)["data"])

    def _enable(self, session: str) -> None:
        for method in ("Page.enable", "Network.enable", "Runtime.enable"):
            self._browser.send(method, session)
        self._browser.send(
            "Target.setAutoAttach", session, autoAttach=True, waitForDebuggerOnStart=True, flatten=True
        )
        self._browser.send("Runtime.runIfWaitingForDebugger", session)

    def _heard(self, event: str, params: dict[str, Any], session: str) -> None:
        if session not in self._sessions:
            return
        if event == "Target.attachedToTarget":
            self._sessions.add(params["sessionId"])
            self._enable(params["sessionId"])
        elif event == "Target.detachedFromTarget":
            gone = params["sessionId"]
            self._busy = {one: begun for one, begun in self._busy.items() if begun != gone}
        elif event == "Page.lifecycleEvent" and params["name"] == "load":
            self._loaded.add(params["loaderId"])
        elif event == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
            self._busy[params["requestId"]] = session
        elif event in ("Network.loadingFinished", "Network.loadingFailed"):
            self._busy.pop(params["requestId"], None)
        elif event == "Network.webSocketCreated":
            self.requests.append(params["url"])
        elif event == "Runtime.consoleAPICalled":
            self.said.append(" ".join(str(one.get("value", "")) for one in params["args"]))
        elif event == "Runtime.exceptionThrown":
            self.said.append(params["exceptionDetails"].get("text", ""))
