"""What the tests of this room share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.segment import SegmentWriter
from tests.storage.exchanges import INFO, Home
from tests.storage.reports_seen import Nights


@pytest.fixture
def home(tmp_path: Path, databases: None) -> Iterator[Home]:
    """A home with an empty archive."""
    made = Home(tmp_path)
    yield made
    made.archive.close()
    made.database.close()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[SegmentWriter]:
    """A segment being written."""
    made = SegmentWriter(tmp_path / "archive", "nianbao-test-1", INFO)
    yield made
    made.abandon()


@pytest.fixture
def nights(tmp_path: Path, databases: None) -> Iterator[Nights]:
    """A database to which nights are added."""
    made = Nights(tmp_path)
    yield made
    made.database.close()
