"""`nianbao reparse`: let the present parser read the archive again, and tell what it reads otherwise."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli import screen
from cli.desk import desk
from cli.language import Words
from cli.moments import parse_start
from cli.progress import Bars


def reparse(
    ctx: typer.Context,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="reparse.since")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="reparse.dry_run")] = False,
    quarantined: Annotated[bool, typer.Option("--quarantined", help="reparse.quarantined")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
) -> None:
    from crawler.reparse import reparse as read_again  # noqa: PLC0415 - Scrapy takes a second to load

    here = desk(ctx)
    start = parse_start(since) if since is not None else None
    with Bars(here.words) as watcher:
        result = read_again(here.settings, watcher, since=start, dry_run=dry_run, quarantined=quarantined)
    if as_json:
        screen.document(result)
    else:
        _show(result, here.words)


def _show(result: dict[str, Any], words: Words) -> None:
    for line in result["lapsed"]:
        screen.complain(line)
    causes = ", ".join(f"{words.term('cause', cause)} {count}" for cause, count in result["causes"].items())
    screen.pairs(
        [
            (words("head.parser"), result["parser_version"]),
            (words("reparse.documents"), result["documents"]),
            (words("reparse.reports"), len(result["reports"])),
            (words("reparse.causes"), causes or words("crawl.unchanged")),
        ]
    )
    if result["reports"]:
        screen.table(
            words.heads("report", "change", "cause", "figures", "note"),
            [
                (
                    report["report"],
                    words.term("change", report["kind"]),
                    words.term("cause", report["cause"]),
                    report["figures"],
                    report["note"],
                )
                for report in result["reports"]
            ],
        )
    if result["figures"]:
        screen.table(
            words.heads("figure", "reports", "report", "old", "new"),
            [
                (figure["key"], figure["count"], sample["report"], sample["old"], sample["new"])
                for figure in result["figures"]
                for sample in figure["samples"]
            ],
        )
    if result["dry_run"]:
        screen.complain(words("reparse.nothing_written"))
