"""Segments read again by several processes at once, each of which has a core to itself.

Threads would wait for each other: records are small, and what is done for one is mostly done by the
interpreter, of which a process has one. A process is a fresh interpreter, so that it does not matter what its
parent has open or under way; it has a pipe and a connection to the database of its own, and writes nothing.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from traceback import format_exc
from typing import Any, cast

from errors import ReaderEnded
from storage.database import Database
from storage.fixity_reading import Choice, check
from storage.fresh_process import start
from storage.segment_check import Checked

_ENDING_SECONDS = 5.0
_SIGNALS = {one.value: one.name for one in signal.Signals}


@dataclass(frozen=True, slots=True)
class Reading:
    """What every process is told first: where the archive and its index are, and how to read."""

    folder: Path
    database: str
    full: bool


def in_processes(
    reading: Reading, choices: Iterable[Choice], processes: int, advance: Callable[[int], None]
) -> Generator[tuple[Choice, Checked]]:
    """Read each segment in one of so many processes: in any order, what each is found to be.

    Raises what reading raises, and `ReaderEnded` where a process ended by itself, once all others are read.
    Closed at any time it leaves no process behind.
    """
    waiting = sorted(choices, key=lambda one: one.size)
    crew: list[_Reader] = []
    lost: ReaderEnded | None = None
    try:
        while waiting or crew:
            while waiting and len(crew) < processes:
                crew.append(_Reader(reading, waiting.pop()))
            ready = wait([reader.pipe for reader in crew])
            for reader in [one for one in crew if one.pipe in ready]:
                try:
                    told = reader.hear()
                except (EOFError, OSError):
                    crew.remove(reader)
                    how = reader.end(_ENDING_SECONDS)
                    lost = lost or ReaderEnded(segment=reader.choice.name, problem=how)
                    continue
                if isinstance(told, int):
                    advance(told)
                elif isinstance(told, Checked):
                    done = reader.choice
                    # The next one goes out first, so that no process waits for what is made of this.
                    if waiting:
                        reader.give(waiting.pop())
                    else:
                        crew.remove(reader)
                        reader.end(_ENDING_SECONDS)
                    yield done, told
                else:
                    raise told
    finally:
        for reader in crew:
            reader.end()
    if lost is not None:
        raise lost


class _Reader:
    """A process and the segment that it reads."""

    def __init__(self, reading: Reading, choice: Choice) -> None:
        self.choice = choice
        try:
            self._process, self.pipe = start(serve)
        except OSError as error:
            raise ReaderEnded(segment=choice.name, problem=str(error)) from error
        self._say(reading)
        self._say(choice)

    def give(self, choice: Choice) -> None:
        self.choice = choice
        self._say(choice)

    def hear(self) -> int | Checked | BaseException:
        """How much more it has read, what its segment was found to be, or what reading raised. Raises
        `EOFError` or `OSError` where it has ended."""
        return cast("int | Checked | BaseException", self.pipe.recv())

    def end(self, patience: float = 0.0) -> str:
        """Let it end, and kill it after so many seconds: nothing is lost with it. How it ended, in words."""
        self.pipe.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        self._process.kill()
        code = self._process.wait()
        return _SIGNALS.get(-code, f"signal {-code}") if code < 0 else f"exit code {code}"

    def _say(self, message: Any) -> None:
        # One that has ended is found so by who listens.
        with suppress(OSError):
            self.pipe.send(message)


def serve(pipe: int) -> None:
    """Read the segments that come through this descriptor until it is closed."""
    connection = Connection(pipe)

    def advance(amount: int) -> None:
        _tell(connection, amount)

    # Nobody is left to be told: then nobody notes it either.
    with suppress(EOFError, ConnectionResetError, BrokenPipeError):
        reading: Reading = connection.recv()
        database: Database | None = None
        while True:
            choice: Choice = connection.recv()
            try:
                database = database or Database(reading.database, create=False, upgrade=False)
                told: Any = check(reading.folder, database, choice, advance, full=reading.full)
            except MemoryError:
                told = ReaderEnded(segment=choice.name, problem="MemoryError")
            except Exception as error:  # noqa: BLE001 - whatever it is, the parent raises it
                error.add_note(format_exc())
                told = error
            _tell(connection, told)


def _tell(connection: Connection, message: Any) -> None:
    try:
        connection.send(message)
    except OSError:
        sys.exit(1)
