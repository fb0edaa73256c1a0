"""`nianbao db copy FROM TO`: an installation moves to another database."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from cli import screen
from cli.desk import desk
from cli.progress import Bars
from errors import BadCall, EmptyDatabase, NoHome
from storage.database_copy import copy

ACTION = "copy"


def db(
    ctx: typer.Context,
    action: Annotated[str, typer.Argument(metavar=ACTION, help="db.copy")],
    source: Annotated[str, typer.Argument(metavar="FROM", help="db.source")],
    target: Annotated[str, typer.Argument(metavar="TO", help="db.target")],
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
) -> None:
    here = desk(ctx)
    if action != ACTION:
        raise BadCall(problem=here.words("db.unknown", action=action), command=ctx.command_path)
    with Bars(here.words) as watcher:
        try:
            copied = copy(
                source,
                target,
                here.settings.home,
                start=lambda total: watcher.start("copy", total),
                advance=lambda amount: watcher.advance("copy", amount),
            )
        except NoHome as error:  # the file of FROM, wherever the home is
            raise EmptyDatabase(url=source) from error
        watcher.finish("copy")
    if as_json:
        screen.document([asdict(table) for table in copied])
        return
    heads = here.words.heads("table", "rows", "sha256")
    screen.table(heads, [(table.name, table.rows, table.sha256) for table in copied])
    screen.line(here.words("db.done"))
