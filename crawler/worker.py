"""What runs in a worker process: task after task, each answered over the pipe. See `crawler.workers`."""

from __future__ import annotations

import errno
import json
import os
import re
import resource
import signal
import struct
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from parser import pace

MOST_PAGES = 60
"""More time is given for so many pages of a task at most."""

FRAME = struct.Struct(">cQ")
"""What goes before a message: its kind and the octets that follow."""

READY, PAGE, ANSWER, RAISED, MEMORY = b"R", b"P", b"A", b"X", b"M"
"""The process has begun; a page was recognised; the task's value; what it raised; memory ran out."""

STDERR = 2

_SLACK_SECONDS = 60
_NO_ROOM = re.compile("failed to map segment|[Cc]annot allocate memory")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may take: `seconds`, and `page_seconds` more for each page that it recognises; the
    address space of its process in MiB. After so many `tasks` a process is replaced, so that no leak
    outlives it."""

    seconds: float
    memory_mb: int
    page_seconds: float = 20.0
    tasks: int = 1000


def begin(pipe: int) -> None:
    """Do the tasks that come through this descriptor until it is closed; first comes what is to be done with
    them, and the limits."""
    connection = Connection(pipe)
    function, limits = connection.recv()
    octets = limits.memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (octets, octets))
    # A document that kills its process a night would fill the disk with what the process held.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Where the night itself was killed nobody keeps the time; the kernel does.
    longest = int(limits.seconds + MOST_PAGES * limits.page_seconds) + _SLACK_SECONDS
    pace.listen(lambda: _send(connection, PAGE, b""))
    # What libraries say of a document would stand between the lines of the night, and names none.
    os.dup2(os.open(os.devnull, os.O_WRONLY), STDERR)
    try:
        _send(connection, READY, b"")
        while True:
            task = connection.recv()
            signal.alarm(longest)
            kind, body = _answer(function, task)
            signal.alarm(0)
            _send(connection, kind, body)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        # Nobody asks any more.
        return


def _answer(function: Callable[[Any], Any], task: Any) -> tuple[bytes, bytes]:
    try:
        return ANSWER, json.dumps(function(task)).encode()
    except MemoryError:
        return MEMORY, b""
    except BaseException as error:  # noqa: BLE001 - whatever a task raises is told, and costs that task only
        if _for_want_of_memory(error):
            return MEMORY, b""
        return RAISED, json.dumps(f"{type(error).__name__}: {error}").encode()


def _for_want_of_memory(error: BaseException) -> bool:
    """Whether the system's refusal of memory stands behind an error: a call's, or the loader's, which has no
    room for a library and says so in words only."""
    refused = isinstance(error, OSError) and error.errno == errno.ENOMEM
    return refused or (isinstance(error, ImportError) and _NO_ROOM.search(str(error)) is not None)


def _send(connection: Connection, kind: bytes, body: bytes) -> None:
    message = memoryview(FRAME.pack(kind, len(body)) + body)
    while message:
        message = message[os.write(connection.fileno(), message) :]
