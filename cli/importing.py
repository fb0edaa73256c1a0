"""`nianbao import FILE`: what others captured joins the archive and the record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import screen
from cli.desk import desk
from cli.progress import Bars
from crawler.importing import import_file

COUNTS = ("captures", "known", "lost", "other", "reports_read", "figures")


def import_(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="import.file")],
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
) -> None:
    here = desk(ctx)
    with Bars(here.words) as watcher:
        told = import_file(here.settings, Path(file), watcher)
    if as_json:
        screen.document(told)
        return
    rows = [(here.words(f"import.{name}"), told[name]) for name in COUNTS]
    changed = [(here.words.term("change", kind), count) for kind, count in told["changes"].items() if count]
    changes = ", ".join(f"{kind} {count}" for kind, count in changed) or here.words("crawl.unchanged")
    screen.pairs([*rows, (here.words("head.changes"), changes)])
