"""Group commit: exchanges that end within a moment share one sync to disk and one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from crawler.blocking import recognise
from storage.archive import Archive, Arrival
from storage.exchange import Exchange, Purpose, take_apart

WINDOW = 0.05
"""Seconds that an exchange waits for others to join it; far below the pause between two of a host."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An exchange that is in the archive: its capture's id, and the kind of block page, where it is one."""

    capture_id: int
    blocked: str | None


@dataclass(frozen=True, slots=True)
class _Waiting:
    exchange: Exchange
    purpose: Purpose
    told: asyncio.Future[Kept]


class GroupCommit:
    """Hands exchanges to an archive group by group, from a thread of its own; lives on one event loop.

    A group is closed when its window ends, and at once when nothing else is under way that could join it: a
    walk that asks one page after the other never waits.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._waiting: list[_Waiting] = []
        self._under_way = 0
        self._timer: asyncio.TimerHandle | None = None
        self._committing = False

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """An exchange takes place inside, from its first octet until it is kept."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    async def keep(self, exchange: Exchange, purpose: Purpose) -> Kept:
        """Returns when the exchange is on disk and in the index.

        Raises what hindered it (`CannotWrite`, `DatabaseError`), as for every exchange of its group.
        """
        told: asyncio.Future[Kept] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(exchange, purpose, told))
        self._consider()
        return await told

    def close(self) -> None:
        """Let go of the thread. Nobody may be waiting any more."""
        self._writer.shutdown()

    def _consider(self) -> None:
        if self._committing or not self._waiting:
            return
        if len(self._waiting) >= self._under_way:
            self._commit()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WINDOW, self._commit)

    def _commit(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        group, self._waiting = self._waiting, []
        self._committing = True
        done = asyncio.get_running_loop().run_in_executor(self._writer, self._write, group)
        done.add_done_callback(lambda kept: self._release(group, kept))

    def _write(self, group: list[_Waiting]) -> list[Kept]:
        arrivals = [_arrival(one.exchange, one.purpose) for one in group]
        ids = self._archive.add_all(arrivals)
        return [Kept(number, arrival.blocked) for number, arrival in zip(ids, arrivals, strict=True)]

    def _release(self, group: list[_Waiting], kept: asyncio.Future[list[Kept]]) -> None:
        self._committing = False
        error = kept.exception()
        results = [] if error is not None else kept.result()
        for number, one in enumerate(group):
            if one.told.cancelled():
                continue
            if error is not None:
                one.told.set_exception(error)
            else:
                one.told.set_result(results[number])
        self._consider()


def _arrival(exchange: Exchange, purpose: Purpose) -> Arrival:
    reply = take_apart(exchange.response)
    blocked = recognise(reply) if exchange.outcome == "complete" else None
    return Arrival(exchange, purpose, reply, blocked)
