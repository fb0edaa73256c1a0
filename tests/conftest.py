"""What several rooms of the tests look at, made once a session."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases as homes
from tests.nights import Nights, shared_nights

MARK = "sqlite(reason): about SQLite's own file, or what only SQLite does"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=("sqlite", "postgresql"), default="sqlite",
        help="postgresql: the tests that have to do with a database, on a server that is started for them",
    )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARK)
    # The processes that share the work inherit the server from the one that shares it out.
    if config.getoption("--database") == "postgresql" and not homes.on_postgresql():
        from tests.postgresql import Server

        server = Server()
        config.add_cleanup(server.stop)
        homes.prepare_server(server.url())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, those that have to do with a database; on SQLite, all but those that need the server.

    The files outside of any room have whole nights and take longest. They come first: processes that share
    the work take it file by file, and in the end nobody waits for a long one."""
    chosen: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        on_server = "databases" in fixtures and item.get_closest_marker("sqlite") is None
        fits = on_server if homes.on_postgresql() else "postgresql" not in fixtures
        (chosen if fits else left).append(item)
    items[:] = sorted(chosen, key=lambda item: len(item.path.relative_to(config.rootpath).parts))
    config.hook.pytest_deselected(items=left)


def pytest_runtest_setup(item: pytest.Item) -> None:
    homes.permitted = "databases" in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    yield
    if isinstance(folder, Path) and homes.on_postgresql():
        homes.drop_below(folder)


@pytest.fixture(scope="session")
def databases() -> None:
    """Taken by what has to do with the database of a home."""


@pytest.fixture
def postgresql(databases: None) -> str:
    """The URL of the server: taken by tests of what only PostgreSQL does."""
    return homes.server_url()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """The name of a test does not hang on the octets it tries: two processes that pack the same text a second
    apart would not name the same tests."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory, databases: None) -> Nights:
    """Three nights on the replica, undisturbed; the process that is first to need them makes them for all."""
    ours = tmp_path_factory.getbasetemp()
    return shared_nights(ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours, ours)
