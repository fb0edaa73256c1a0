"""The tables as the migrations make them, held against the models, and those of both databases against each
other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Inspector, create_engine, inspect, text

from storage.database import Database
from storage.models import Base
from tests.databases import url_of

ADDRESSES = {
    "captures": ({"ix_captures_run_url", "ix_captures_time_map"}, {"ix_captures_run_id", "ix_captures_url"}),
    "false_validators": (set(), {"ix_false_validators_url"}),
    "reports": (set(), {"ix_reports_url"}),
}
"""Indexes on addresses, which PostgreSQL has by their hash: those of SQLite alone, and its own."""
CLASSES = {
    "BIGINT": "whole", "INTEGER": "whole", "VARCHAR": "text", "TEXT": "text", "DATETIME": "time",
    "TIMESTAMP": "time", "BOOLEAN": "truth", "JSON": "json", "DOUBLE": "real", "FLOAT": "real",
    "DOUBLE PRECISION": "real", "DOUBLE_PRECISION": "real",
}  # fmt: skip

Described = dict[str, dict[str, Any]]


def described(engine: Engine) -> Described:
    """Every table but Alembic's: columns, keys, and indexes by their names."""
    seen = inspect(engine)
    return {name: table(seen, name) for name in seen.get_table_names() if name != "alembic_version"}


def table(seen: Inspector, name: str) -> dict[str, Any]:
    indexes = {index["name"]: bool(index["unique"]) for index in seen.get_indexes(name)}
    # A unique constraint of PostgreSQL has an index of its name.
    indexes |= {unique["name"]: True for unique in seen.get_unique_constraints(name)}
    return {
        "columns": {
            column["name"]: (
                CLASSES[column["type"].__visit_name__.upper()],
                getattr(column["type"], "length", None),
                column["nullable"],
            )
            for column in seen.get_columns(name)
        },
        "primary": seen.get_pk_constraint(name)["constrained_columns"],
        "primary name": seen.get_pk_constraint(name)["name"],
        "foreign": {
            key["name"]: (key["constrained_columns"], key["referred_table"], key["referred_columns"])
            for key in seen.get_foreign_keys(name)
        },
        "indexes": indexes,
    }


@pytest.fixture
def migrated(tmp_path: Path, databases: None) -> Iterator[Engine]:
    Database(url_of(tmp_path)).close()
    engine = create_engine(url_of(tmp_path))
    yield engine
    engine.dispose()


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_the_migrations_make_the_tables_of_the_models(migrated: Engine, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    engine = create_engine(url_of(tmp_path / "other"))
    Base.metadata.create_all(engine)
    by_models, by_migrations = described(engine), described(migrated)
    engine.dispose()
    assert len(by_models) == len(Base.metadata.tables) > 15
    assert by_migrations == by_models


def test_both_databases_have_the_same_tables(migrated: Engine, tmp_path: Path, postgresql: str) -> None:
    path = tmp_path / "other.sqlite"
    Database(f"sqlite:///{path}").close()
    engine = create_engine(f"sqlite:///{path}")
    on_sqlite, on_postgresql = described(engine), described(migrated)
    engine.dispose()
    for name, (only_here, only_there) in ADDRESSES.items():
        here, there = on_sqlite[name]["indexes"], on_postgresql[name]["indexes"]
        assert {one for one in here if one not in there} == only_here
        assert {one for one in there if one not in here} == only_there
        for index in only_here:
            del here[index]
        for index in only_there:
            del there[index]
    assert on_sqlite == on_postgresql


def test_every_constraint_has_a_name(migrated: Engine) -> None:
    for name, one in described(migrated).items():
        assert one["primary name"] == f"pk_{name}"
        assert None not in one["foreign"]
        assert None not in one["indexes"]


def test_text_is_in_the_order_of_its_octets(migrated: Engine, postgresql: str) -> None:
    """Whatever language the server was set up for."""
    asked = (
        "SELECT table_name || '.' || column_name FROM information_schema.columns"
        " WHERE table_schema = 'public'"
        " AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'"
    )
    with migrated.connect() as connection:
        assert connection.scalars(text(asked)).all() == ["alembic_version.version_num"]
