"""Which exchanges share a sync, when they are told, and what becomes of a group that cannot be kept."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crawler import groups
from crawler.groups import GroupCommit, Kept
from errors import CannotWrite
from storage.models import Capture
from tests.storage.exchanges import PURPOSE, URL, Home, exchange, reply


@pytest.fixture
def home(tmp_path: Path, databases: None) -> Iterator[Home]:
    made = Home(tmp_path)
    made.archive.add(exchange(reply(b"first")), PURPOSE)  # so that the segment is begun
    yield made
    made.archive.close()
    made.database.close()


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A number for each time that a segment was synced."""
    done: list[int] = []
    sync = os.fdatasync

    def count(descriptor: int) -> None:
        done.append(descriptor)
        sync(descriptor)

    monkeypatch.setattr(os, "fdatasync", count)
    return done


def run(home: Home, work: Callable[[GroupCommit], Awaitable[object]]) -> None:
    async def whole() -> None:
        commit = GroupCommit(home.archive)
        await work(commit)
        commit.close()

    asyncio.run(whole())


async def keep(commit: GroupCommit, n: int, after: float = 0) -> Kept:
    with commit.under_way():
        await asyncio.sleep(after)
        return await commit.keep(exchange(reply(b"page %d" % n), f"{URL}?{n}"), PURPOSE)


def indexed(home: Home) -> int:
    with home.database.read() as session:
        return session.scalar(select(func.count()).select_from(Capture)) or 0


def test_exchanges_that_end_together_share_one_sync(home: Home, syncs: list[int]) -> None:
    async def work(commit: GroupCommit) -> None:
        kept = await asyncio.gather(*(keep(commit, n) for n in range(8)))
        assert [one.capture_id for one in kept] == list(range(2, 10))

    run(home, work)
    assert len(syncs) == 1
    assert indexed(home) == 9


def test_one_page_after_the_other_waits_for_nobody(
    home: Home, syncs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "WINDOW", 30.0)

    async def work(commit: GroupCommit) -> None:
        for n in range(3):
            await keep(commit, n)

    began = time.monotonic()
    run(home, work)
    assert time.monotonic() - began < 15
    assert len(syncs) == 3


def test_an_exchange_that_takes_long_does_not_hold_the_others_up(home: Home, syncs: list[int]) -> None:
    async def work(commit: GroupCommit) -> None:
        slow = asyncio.ensure_future(keep(commit, 99, after=3))
        await asyncio.wait_for(asyncio.gather(keep(commit, 1), keep(commit, 2, after=0.001)), 2.5)
        assert not slow.done()
        await slow

    run(home, work)
    assert len(syncs) == 2
    assert indexed(home) == 4


def test_a_group_that_cannot_be_kept_fails_as_a_whole(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    async def work(commit: GroupCommit) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(os, "fdatasync", refuse)
            told = await asyncio.gather(*(keep(commit, n) for n in range(4)), return_exceptions=True)
        assert [type(error) for error in told] == [CannotWrite] * 4
        assert "No space left on device; what was archived before is untouched" in str(told[0])
        assert indexed(home) == 1
        await keep(commit, 5)

    run(home, work)
    assert indexed(home) == 2


def test_who_gives_up_waiting_does_not_hinder_the_group(home: Home) -> None:
    async def work(commit: GroupCommit) -> None:
        with commit.under_way():
            first, second = (asyncio.ensure_future(keep(commit, n)) for n in (1, 2))
            await asyncio.sleep(0.005)
            first.cancel()
            assert (await second).capture_id == 3
        assert first.cancelled()

    run(home, work)
    assert indexed(home) == 3, "what came is kept, whether anyone waits for it or not"
