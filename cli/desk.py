"""What every command finds on its desk: the settings and the words."""

from __future__ import annotations

from dataclasses import dataclass

import typer

from cli.language import Words
from config import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """Laid out once, before the command runs."""

    settings: Settings
    words: Words


def desk(ctx: typer.Context) -> Desk:
    """The desk that `app.main` gave to the program."""
    found = ctx.find_object(Desk)
    if found is None:
        raise RuntimeError("the command was called without its desk")
    return found
