"""The index and the archive, asked from an event loop that must not wait for them.

Each has a few threads of its own, so that a question to the index never waits behind a large body that is
being unpacked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from storage.archive import Place, read_reply
from storage.database import Database
from storage.exchange import Reply

_Answer = TypeVar("_Answer")
INDEX_THREADS = 4
ARCHIVE_THREADS = 4
LARGE_AT_ONCE = 8
"""Bodies too large for memory that are on their way at once; each takes room where temporary files are."""


class Reading:
    """The data of one home, to be read. Close it when done."""

    def __init__(self, database: Database, folder: Path) -> None:
        """`folder`: that of the segments."""
        self._database = database
        self._folder = folder
        self._index = ThreadPoolExecutor(INDEX_THREADS, "index")
        self._archive = ThreadPoolExecutor(ARCHIVE_THREADS, "archive")
        self.large = asyncio.Semaphore(LARGE_AT_ONCE)
        """Held for a body of more than `SPOOL_BYTES`, from before it is read until it is sent."""

    def close(self) -> None:
        """Let go of the threads; what they are at is not waited for."""
        for pool in (self._index, self._archive):
            pool.shutdown(wait=False, cancel_futures=True)

    async def ask(self, question: Callable[[Session], _Answer]) -> _Answer:
        """What a question to the index comes to. Raises `DatabaseError`."""

        def answer() -> _Answer:
            with self._database.read() as session:
                return question(session)

        return await asyncio.get_running_loop().run_in_executor(self._index, answer)

    async def reply(self, place: Place, use: Callable[[Reply], _Answer]) -> _Answer:
        """What is made of an archived reply. Raises `CannotRead`, `Damaged`, `StoreTrouble`."""
        return await self.work(lambda: use(read_reply(self._folder, place)))

    async def work(self, task: Callable[[], _Answer]) -> _Answer:
        """Have something done that may wait for the disk."""
        return await asyncio.get_running_loop().run_in_executor(self._archive, task)
