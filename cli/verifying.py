"""`nianbao verify`: read the archive again, tell what is damaged, and restore it from a copy."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import screen
from cli.desk import Desk, desk
from cli.home import opened
from cli.language import Words
from cli.moments import parse_start, show_iso
from cli.progress import Bars
from errors import DamageFound, NoFile
from storage.database import Database
from storage.home import FIXITY_LOCK, NIGHT_LOCK, hold

SHOWN = 20
"""Lines of one segment's damages, and of the captures concerned, that are shown."""


def verify(
    ctx: typer.Context,
    *,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="verify.since")] = None,
    sample: Annotated[
        float | None, typer.Option(metavar="PERCENT", min=0, max=100, help="verify.sample")
    ] = None,
    repair_from: Annotated[Path | None, typer.Option(metavar="DIR", help="verify.repair_from")] = None,
    full: Annotated[bool, typer.Option("--full", help="verify.full")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
) -> None:
    here = desk(ctx)
    start = parse_start(since) if since is not None else None
    if repair_from is not None and not repair_from.is_dir():
        # Told before hours of reading, and not only where something is damaged.
        problem = os.strerror(errno.ENOTDIR if repair_from.exists() else errno.ENOENT)
        raise NoFile(path=repair_from, problem=problem)
    with opened(here) as database, hold(here.settings.home, FIXITY_LOCK, here.settings.database):
        result = _read(here, database, start, sample, repair_from, full=full)
    if as_json:
        screen.document(result)
    else:
        _show(result, here.words)
    if result["damaged"]:
        concerned = sum(len(segment["captures"]) for segment in result["damaged"])
        raise DamageFound(segments=len(result["damaged"]), captures=concerned)


def _read(
    here: Desk, database: Database, since: Any, sample: float | None, repair_from: Path | None, *, full: bool
) -> dict[str, Any]:
    from storage import fixity, fixity_account  # noqa: PLC0415 - nothing of it is needed for the help page

    folder = here.settings.archive_dir
    with Bars(here.words) as watcher:
        begun = fixity.begin(folder, database, "full" if full else "verify", since=since, percent=sample)
        if begun.resumed:
            watcher.note(here.words("verify.resumed", number=begun.id, left=len(begun.choices)))
        watcher.start("verify", begun.bytes)
        fixity.read(
            folder, database, begun, processes=here.settings.workers or os.cpu_count() or 1, full=full,
            advance=lambda amount: watcher.advance("verify", amount),
        )  # fmt: skip
        watcher.finish("verify")
        if repair_from is not None:
            with hold(here.settings.home, NIGHT_LOCK, here.settings.database):
                for line in fixity.repair(folder, database, begun.id, repair_from):
                    watcher.note(line)
    with database.read() as session:
        return fixity_account.account(session, begun.id)


def _show(result: dict[str, Any], words: Words) -> None:
    for segment in result["damaged"]:
        screen.section(segment["segment"])
        damages = segment["damages"]
        screen.table(
            words.heads("kind", "offset", "problem", "url", "captured"),
            [
                (
                    words.term("damage", one["kind"]), one["offset"], one["problem"], one["url"],
                    show_iso(one["captured_at"]),
                )
                for one in damages[:SHOWN]
            ],
        )  # fmt: skip
        _rest(len(damages), words)
        captures = segment["captures"]
        screen.line(words("verify.concerned"))
        screen.table(
            words.heads("capture", "url", "captured"),
            [(one["capture"], one["url"], show_iso(one["captured_at"])) for one in captures[:SHOWN]],
        )
        _rest(len(captures), words)
    screen.pairs(
        [
            (words("verify.segments"), result["segments"]),
            (words("count.bytes"), result["bytes"]),
            (words("verify.records"), result["records"]),
            (words("verify.in_full"), result["read_in_full"]),
            (words("verify.damaged"), len(result["damaged"])),
            (words("verify.repaired"), len(result["repaired"])),
        ]
    )


def _rest(count: int, words: Words) -> None:
    if count > SHOWN:
        screen.line(words("verify.more", count=count - SHOWN))
