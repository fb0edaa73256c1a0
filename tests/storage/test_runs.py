"""Runs begin, end, are interrupted and resumed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from storage.models import Run
from storage.runs import RESUMABLE, begin, finish, mark_interrupted
from tests.databases import empty_database

START = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
SITES = ["a.gov.cn", "b.gov.cn"]


@pytest.fixture
def session(tmp_path: Path, databases: None) -> Iterator[Session]:
    database = empty_database(tmp_path)
    with database.write() as session:
        yield session
    database.close()


def later(**much: float) -> datetime:
    return START + timedelta(**much)


def test_a_run_from_its_start_to_its_end(session: Session) -> None:
    run = begin(session, "night", SITES, START)
    assert (run.id, run.kind, run.state, run.sites, run.started_at) == (1, "night", "running", SITES, START)
    assert (run.ended_at, run.resumed, run.summary) == (None, 0, {})
    finish(session, run.id, "done", {"captures": 3}, later(hours=1))
    session.flush()
    session.expire_all()
    assert (run.state, run.summary, run.ended_at) == ("done", {"captures": 3}, later(hours=1))


@pytest.mark.parametrize("state", ["done", "failed"])
def test_an_ended_run_is_not_resumed(session: Session, state: str) -> None:
    finish(session, begin(session, "night", SITES, START).id, state, {}, later(hours=1))
    run = begin(session, "night", SITES, later(hours=2))
    assert (run.id, run.resumed) == (2, 0)
    assert session.get_one(Run, 1).state == state


@pytest.mark.parametrize("noticed", [True, False])
def test_a_cut_run_is_completed(session: Session, noticed: bool) -> None:
    begin(session, "night", SITES, START)
    if noticed:
        assert mark_interrupted(session, later(hours=1), kind="night") == [1]
        assert session.get_one(Run, 1).ended_at == later(hours=1)
    run = begin(session, "night", SITES, START + RESUMABLE - timedelta(seconds=1))
    assert (run.id, run.state, run.resumed, run.started_at) == (1, "running", 1, START)
    assert run.ended_at is None
    mark_interrupted(session, later(hours=21), kind="night")
    assert begin(session, "night", SITES, later(hours=19)).resumed == 2


def test_the_order_of_the_sites_does_not_matter(session: Session) -> None:
    begin(session, "night", SITES, START)
    assert begin(session, "night", SITES[::-1], later(hours=1)).id == 1


def test_a_clock_set_back_does_not_lose_a_run(session: Session) -> None:
    begin(session, "night", SITES, START)
    assert begin(session, "night", SITES, later(hours=-3)).id == 1


@pytest.mark.parametrize(
    ("kind", "sites", "hours"), [("night", SITES, 20), ("night", SITES[:1], 1), ("night", [*SITES, "c"], 1)]
)
def test_another_run_begins_anew_and_the_cut_one_is_marked(
    session: Session, kind: str, sites: list[str], hours: int
) -> None:
    begin(session, "night", SITES, START)
    run = begin(session, kind, sites, later(hours=hours))
    assert (run.id, run.resumed, run.sites) == (2, 0, sites)
    cut = session.get_one(Run, 1)
    assert (cut.state, cut.ended_at) == ("interrupted", later(hours=hours))


def test_a_run_of_another_kind_is_left_alone(session: Session) -> None:
    begin(session, "night", SITES, START)
    assert begin(session, "crawl", SITES, later(hours=1)).id == 2
    assert session.get_one(Run, 1).state == "running"
    assert mark_interrupted(session, later(hours=2), kind="crawl") == [2]
    assert session.get_one(Run, 1).state == "running"
    assert begin(session, "night", SITES, later(hours=3)).id == 1


def test_nothing_to_mark(session: Session) -> None:
    assert mark_interrupted(session, START, kind="night") == []
