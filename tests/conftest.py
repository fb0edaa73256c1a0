"""What several rooms of the tests look at, made once a session."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from demo import Replica
from tests.nights import Nights, full_night, told


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
