"""One service over one home, for the tests that only ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.archived import fill
from tests.web.served import Kept, Served


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory, databases: None) -> Kept:
    """The home that `served` serves."""
    return fill(tmp_path_factory.mktemp("web") / "home")


@pytest.fixture(scope="session")
def served(kept: Kept) -> Iterator[Served]:
    with Served(kept.path) as service:
        yield service
