"""The TimeGate as `memento_client` sees it, a client that is not ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.peers import FOLDER, peer, run
from tests.storage.exchanges import reply
from tests.web.live import Live
from tests.web.served import Kept, Served, second, stamp

CLOSEST = {-500: 0, 20: 20, 25: 20, 500: 30}
"""Minutes after noon that are asked for, and what is found."""


def test_memento_client(tmp_path: Path, databases: None) -> None:
    program = peer("python")
    if not list(FOLDER.glob("lib/*/site-packages/memento_client")):
        pytest.skip("memento_client is not here; `make peers` installs it")
    kept = Kept(tmp_path / "home")
    # The client first asks the host of today whether it has a TimeGate of its own.
    with Live() as live:
        url = f"{live.base}/zwgk/?id=1&page=2"
        for minutes in (0, 10, 20, 30):
            kept.add(reply(b"page %d" % minutes), url, minutes)
        kept.close()
        with Served(kept.path) as served:
            times = [second(asked).replace(tzinfo=None).isoformat() for asked in CLOSEST]
            told = json.loads(
                run(program, Path(__file__).parent / "memento_peer.py", served.base, url, *times)
            )
    base = served.base

    def memento(minutes: int) -> dict[str, object]:
        address = f"{base}/memento/{stamp(second(minutes))}/{url}"
        return {"uri": [address], "datetime": second(minutes).replace(tzinfo=None).isoformat()}

    for found, closest in zip(told, CLOSEST.values(), strict=True):
        mementos = {"closest": memento(closest) | {"http_status_code": 200}}
        mementos |= {"first": memento(0), "last": memento(30)}
        mementos |= {"prev": memento(closest - 10)} if closest else {}
        mementos |= {"next": memento(closest + 10)} if closest < 30 else {}
        assert found["mementos"] == mementos
        assert (found["original_uri"], found["original"]) == (url, url)
        assert found["timegate_uri"] == f"{base}/timegate/{url}"
        assert (found["is_timegate"], found["is_memento"]) == (True, True)
