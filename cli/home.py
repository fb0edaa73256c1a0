"""The way into the data of this home, for commands that only look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from cli.desk import Desk
from storage.database import Database


def askable(text: str) -> str:
    """An argument as a database takes it: octets of the command line that are not UTF-8 become escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@contextmanager
def opened(here: Desk) -> Iterator[Database]:
    """The database. Creates nothing; raises `NoHome` where there is none."""
    database = Database(here.settings.database, create=False)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def reading(here: Desk) -> Iterator[Session]:
    """A session on the records."""
    with opened(here) as database, database.read() as session:
        yield session
