"""What worker processes are told to do: the worst, at the worst moments. Imports little, to start fast."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from crawler.worker import ANSWER, FRAME
from parser import pace

LONG = json.dumps("x" * 500_000).encode()
"""More than a pipe holds, so that half of it is half an answer."""


def obey(order: str) -> Any:
    """Do what the order says; give it back where there is nothing to do."""
    what = order.partition(" ")[0]
    done = _ORDERS[what]() if what in _ORDERS else None
    return order if done is None else done


def litter(note: str) -> None:
    """Put something into the temporary folder, note where and which process this is, and hang."""
    folder = tempfile.mkdtemp()
    whole = Path(f"{note}.part")
    whole.write_text(f"{os.getpid()} {folder}", encoding="utf-8")
    whole.rename(note)
    _stop()


class refuse_to_start:  # noqa: N801 - stands where a function does
    """Kills the process that unpickles it, before that begins; a mark a start goes to the file."""

    def __init__(self, marks: Path) -> None:
        self.marks = marks

    def __call__(self, order: str) -> str:
        return order

    def __reduce__(self) -> tuple[Any, ...]:
        return _die_at_start, (self.marks,)


def _die_at_start(marks: Path) -> None:
    with marks.open("a", encoding="ascii") as file:
        file.write("x")
    os._exit(7)


def _pipe() -> int:
    """The worker's pipe. It has the number that it has in the process that asks, which may have any open."""
    return int(sys.argv[1])


def _say(body: bytes) -> None:
    os.write(_pipe(), FRAME.pack(ANSWER, len(body)) + body)


def _half() -> None:
    os.write(_pipe(), (FRAME.pack(ANSWER, len(LONG)) + LONG)[:40_000])


def _chatter() -> None:
    """As libtiff, about a strip that is too short."""
    os.write(2, b"Read error on strip 0")


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _eat() -> None:
    hog = []
    while True:
        hog.append(bytes(1 << 24))


def _eat_and_abort() -> None:
    """As a library written in C: takes all there is, and ends the process where it gets no more."""
    library = ctypes.CDLL(None)
    library.malloc.restype = ctypes.c_void_p
    while (piece := library.malloc(ctypes.c_size_t(1 << 20))) is not None:
        ctypes.memset(piece, 1, 1 << 20)
    os.abort()


def _half_kill() -> None:
    _half()
    _kill()


def _half_stop() -> None:
    _half()
    _stop()


def _answer_kill() -> None:
    _say(json.dumps("answered").encode())
    _kill()


def _kill_soon() -> None:
    threading.Timer(0.005, _kill).start()


def _garbage() -> None:
    os.write(_pipe(), b"\xff" * 100)
    time.sleep(60)


def _close() -> None:
    os.close(_pipe())
    time.sleep(60)


def _deaf() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(60)


def _pages() -> None:
    for _ in range(6):
        time.sleep(0.5)
        pace.page_recognised()


def _page_without_end() -> None:
    pace.page_recognised()
    time.sleep(60)


def _raise() -> None:
    raise ValueError("a defect")


def _poison() -> None:
    for order in ("a", "b"):
        _ORDERS[order] = _kill


def _no_room() -> None:
    raise ImportError("libbig.so: failed to map segment from shared object")


_ORDERS: dict[str, Any] = {
    "leave": lambda: os._exit(3),
    "leave-content": lambda: os._exit(0),
    "exit": lambda: sys.exit(1),
    "chatter": _chatter,
    "kill": _kill,
    "stop": _stop,
    "eat": _eat,
    "eat-and-abort": _eat_and_abort,
    "no-room": _no_room,
    "crash": lambda: ctypes.string_at(1) and None,
    "abort": os.abort,
    "half-kill": _half_kill,
    "half-stop": _half_stop,
    "answer-kill": _answer_kill,
    "kill-soon": _kill_soon,
    "garbage": _garbage,
    "no-json": lambda: _say(b"{{{{"),
    "close": _close,
    "deaf": _deaf,
    "pages": _pages,
    "page-without-end": _page_without_end,
    "poison": _poison,
    "raise": _raise,
    "pid": os.getpid,
}
