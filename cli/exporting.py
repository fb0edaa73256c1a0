"""`nianbao export DIR`: the data as files that other programs read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli import screen
from cli.desk import desk
from cli.home import opened
from cli.progress import Bars
from parser.forms.vocabulary import entries
from spiders.site import expected_publishers, load_profiles
from storage import datasets


def export(
    ctx: typer.Context, folder: Annotated[str, typer.Argument(metavar="DIR", help="export.folder")]
) -> None:
    here = desk(ctx)
    publishers = expected_publishers(load_profiles(here.settings.sites_dir))
    with opened(here) as database, Bars(here.words) as bars:
        summary = datasets.export(
            database, Path(folder), publishers, entries(), now=datetime.now(UTC), watch=_one_bar_a_table(bars)
        )
    screen.table(here.words.heads("table", "rows"), list(summary.rows.items()))
    mib = summary.bytes / 2**20
    screen.complain(here.words("export.done", folder=summary.folder, files=len(summary.files), mib=mib))


def _one_bar_a_table(bars: Bars) -> Callable[[str, int], None]:
    """The export tells the rows written so far, table after table; a bar wants what came since."""
    written: dict[str, int] = {}

    def watch(table: str, rows: int) -> None:
        if table not in written:
            bars.start(table, None)
        bars.advance(table, rows - written.get(table, 0))
        written[table] = rows

    return watch
