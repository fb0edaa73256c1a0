"""What every command finds on its desk: the settings, the words, and the way to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer
from sqlalchemy.orm import Session

from cli.language import Words
from config import Settings
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Desk:
    """Laid out once, before the command runs."""

    settings: Settings
    words: Words

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session on the records of this home. Creates nothing; raises `NoHome` where there are none."""
        database = Database(self.settings.database, create=False)
        try:
            with database.read() as session:
                yield session
        finally:
            database.close()


def desk(ctx: typer.Context) -> Desk:
    """The desk that `app.main` gave to the program."""
    found = ctx.find_object(Desk)
    if found is None:
        raise RuntimeError("the command was called without its desk")
    return found
