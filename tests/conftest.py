"""What several rooms of the tests look at, made once a session."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from demo import Replica
from tests.nights import Nights, full_night, told


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """The name of a test does not hang on the octets it tries: two processes that pack the same text a second
    apart would not name the same tests."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """Three nights on the replica, undisturbed."""
    folder = tmp_path_factory.mktemp("nights")
    home = folder / "home"
    with Replica(day=1) as replica:
        summaries, said = {}, {}
        for day in (1, 2, 3):
            replica.set_day(day)
            summaries[day] = full_night(home, replica.proxy_url)
            said[day] = {report["url"]: report for report in told(home, "reports")}
            shutil.copytree(home, folder / f"after-{day}")
        yield Nights(home, replica, summaries, said, told(home, "changes"))
