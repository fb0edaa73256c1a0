"""Segments in an object store: sent, read back, read by ranges, dropped here; and a store that fails."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from errors import BadSetting, CannotRead, StoreTrouble
from storage import fixity
from storage.archive import read_payload
from storage.captures import history
from storage.fixity_account import account
from storage.models import Segment
from storage.store import Store, the_store
from storage.stowing import Stowed, drop, send
from tests.storage.exchanges import PURPOSE, URL, Home, exchange, reply
from tests.storage.s3_server import KEY, SECRET, S3Server
from tests.storage.s3_server import URL as STORE_URL

BODY = os.urandom(400_000)


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def server(_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """The store of the settings."""
    for path in _server.folder.rglob("*.gz"):
        path.unlink()
    credentials(monkeypatch)
    monkeypatch.setenv("NIANBAO_ARCHIVE_URL", STORE_URL)
    monkeypatch.setenv("NIANBAO_ARCHIVE_ENDPOINT", _server.endpoint)
    return _server


def credentials(monkeypatch: pytest.MonkeyPatch, secret: str = SECRET) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.fixture
def sealed(home: Home) -> Home:
    """One sealed segment of three pages."""
    for number in range(3):
        home.archive.add(exchange(reply(BODY[number:]), f"{URL}?{number}", minutes=number), PURPOSE)
    home.archive.close()
    return home


def stored_in(home: Home) -> str | None:
    with home.database.read() as session:
        return session.scalars(select(Segment.stored_in)).one()


def stow(home: Home, store: Store) -> tuple[Stowed, list[str]]:
    stowed = Stowed()
    return stowed, list(send(home.folder, home.database, store, stowed))


def test_a_segment_is_sent_dropped_here_and_read_from_there(sealed: Home, server: S3Server) -> None:
    store = the_store()
    assert store is not None
    file = sealed.segment_file()
    octets = file.read_bytes()
    stowed, lines = stow(sealed, store)
    assert (stowed.sent, stowed.bytes, stowed.waiting, lines) == (1, len(octets), 0, [])
    assert server.objects() == {file.name: octets}
    assert stored_in(sealed) == STORE_URL
    drop(sealed.folder, sealed.database, store, datetime.now(UTC) - timedelta(days=1), stowed)
    assert file.exists()  # not old enough
    drop(sealed.folder, sealed.database, store, datetime.now(UTC), stowed)
    assert (file.exists(), stowed.dropped) == (False, 1)
    with sealed.database.read() as session:
        for number in range(3):
            (capture,) = history(session, f"{URL}?{number}")
            assert read_payload(sealed.folder, capture) == BODY[number:]
    assert stow(sealed, store)[0].sent == 0


def test_what_lies_in_the_store_is_verified_and_repaired(
    sealed: Home, server: S3Server, tmp_path: Path
) -> None:
    store = the_store()
    assert store is not None
    stow(sealed, store)
    copies = tmp_path / "copies"
    copies.mkdir()
    sealed.segment_file().rename(copies / sealed.segment_file().name)
    begun = fixity.begin(sealed.folder, sealed.database, "verify")
    fixity.read(sealed.folder, sealed.database, begun)
    with sealed.database.read() as session:
        assert account(session, begun.id)["damaged"] == []
    (path,) = server.folder.rglob("*.gz")
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 2] ^= 1
    path.write_bytes(octets)
    begun = fixity.begin(sealed.folder, sealed.database, "verify")
    fixity.read(sealed.folder, sealed.database, begun)
    with sealed.database.read() as session:
        (damaged,) = account(session, begun.id)["damaged"]
    assert [one["url"] for one in damaged["captures"]] == [f"{URL}?1"]
    assert list(fixity.repair(sealed.folder, sealed.database, begun.id, copies)) == []
    stow(sealed, store)
    assert server.objects() == {path.name: sealed.segment_file().read_bytes()}


def test_a_segment_that_is_damaged_here_is_not_sent(sealed: Home, server: S3Server) -> None:
    store = the_store()
    assert store is not None
    with sealed.segment_file().open("r+b") as file:
        file.truncate(1000)
    stowed, (line,) = stow(sealed, store)
    assert "it is not what was sealed" in line
    assert (stowed.sent, stowed.waiting, server.objects(), stored_in(sealed)) == (0, 1, {}, None)


def test_a_store_that_is_killed_while_it_takes_a_segment(
    sealed: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    credentials(monkeypatch)
    octets = sealed.segment_file().read_bytes()
    with S3Server(tmp_path / "s3", "--bwlimit", "400k") as server:  # three seconds for the segment
        store = Store(STORE_URL, server.endpoint)

        def kill() -> None:
            time.sleep(1)
            server.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        with pytest.raises(
            StoreTrouble, match=r"^the object store s3://archive/nianbao cannot be used: [^\n]+$"
        ):
            stow(sealed, store)
        killer.join()
        assert (stored_in(sealed), sealed.segment_file().read_bytes()) == (None, octets)
    with S3Server(tmp_path / "s3") as server:  # the next night
        stow(sealed, Store(STORE_URL, server.endpoint))
        assert server.objects()[sealed.segment_file().name] == octets
    assert stored_in(sealed) == STORE_URL


def test_a_store_that_is_too_slow(sealed: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials(monkeypatch)
    with S3Server(tmp_path / "s3", "--bwlimit", "100k") as server:
        store = Store(STORE_URL, server.endpoint, timeout=0.5)
        with pytest.raises(StoreTrouble):
            stow(sealed, store)
    assert (stored_in(sealed), sealed.segment_file().exists()) == (None, True)


def test_a_store_that_is_full(sealed: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials(monkeypatch)
    with S3Server(tmp_path / "s3", file_bytes=100_000) as server:
        with pytest.raises(StoreTrouble) as caught:
            stow(sealed, Store(STORE_URL, server.endpoint))
        assert "\n" not in str(caught.value)
    assert (stored_in(sealed), sealed.segment_file().exists()) == (None, True)


def test_wrong_credentials(sealed: Home, server: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    credentials(monkeypatch, secret="wrong")
    store = Store(STORE_URL, server.endpoint)
    with pytest.raises(StoreTrouble, match="it refuses the credentials"):
        stow(sealed, store)
    assert stored_in(sealed) is None


def test_what_neither_side_has(sealed: Home, server: S3Server) -> None:
    sealed.segment_file().unlink()
    with sealed.database.read() as session:
        (capture,) = history(session, f"{URL}?0")
    with pytest.raises(CannotRead, match=r"s3://archive/nianbao/.*the segment is missing"):
        read_payload(sealed.folder, capture)


def test_a_segment_that_no_store_takes_holds_up_no_other(
    sealed: Home, server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = sealed.segment_file()
    again = Home(sealed.path)
    again.archive.add(exchange(reply(BODY[:50]), f"{URL}?small", minutes=9), PURPOSE)
    again.archive.close()
    monkeypatch.setattr("storage.stowing.LARGEST_PUT", big.stat().st_size - 1)
    store = the_store()
    assert store is not None
    stowed, lines = stow(sealed, store)
    name = big.name.removesuffix(".warc.gz")
    assert lines == [f"{name} stays here: 0 GiB is more than a store takes in one piece"]
    assert (stowed.sent, stowed.waiting) == (1, 1)
    assert store.size(name) is None
    again.database.close()


@pytest.mark.parametrize("url", ["s3:///prefix", "https://example.org", "bucket"])
def test_an_address_that_is_none(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_ARCHIVE_URL", url)
    with pytest.raises(BadSetting, match="must be s3://bucket"):
        the_store()
