"""`nianbao crawl` and `nianbao nightly`: go and see, and say in a few lines what was found."""

from __future__ import annotations

from typing import Annotated, Any

import typer

# First: Scrapy's HTTP client, as it loads, looks thrice through all modules for each function under way.
import crawler.wire  # noqa: F401

# isort: split

from cli import screen
from cli.desk import Desk, desk
from cli.language import Words
from cli.progress import Bars
from crawler import nightly as nights

Sites = Annotated[list[str] | None, typer.Argument(metavar="[SITE]...", help="crawl.site")]
AsJson = Annotated[bool, typer.Option("--json", help="option.json")]

COUNTS = (
    "exchanges", "pages", "bytes", "blocked", "failed", "reports_read", "figures", "findings", "doubts",
    "quarantined",
)  # fmt: skip


def crawl(ctx: typer.Context, sites: Sites = None, as_json: AsJson = False) -> None:
    with Bars(desk(ctx).words) as watcher:
        summary = nights.crawl(desk(ctx).settings, sites or [], watcher)
    _tell(summary, desk(ctx), as_json=as_json)


def nightly(ctx: typer.Context, sites: Sites = None, as_json: AsJson = False) -> None:
    with Bars(desk(ctx).words) as watcher:
        summary = nights.night(desk(ctx).settings, sites or [], watcher)
    _tell(summary, desk(ctx), as_json=as_json)


def _tell(summary: dict[str, Any], here: Desk, *, as_json: bool) -> None:
    words = here.words
    if as_json:
        screen.document(summary)
    else:
        _show(summary, words)
        screen.line(words("crawl.home", home=here.settings.home))
    if summary["state"] == "interrupted":
        # The walk took the signal itself, to leave the archive in order.
        raise KeyboardInterrupt


def _show(summary: dict[str, Any], words: Words) -> None:
    changes = summary["changes"]
    told = [(words.term("change", kind), count) for kind, count in changes.items() if count]
    rows = [(words("head.run"), f"{summary['run']} ({words.term('run', summary['state'])})")]
    rows += [(words(f"count.{name}"), summary[name]) for name in COUNTS]
    changed = ", ".join(f"{kind} {count}" for kind, count in told) or words("crawl.unchanged")
    rows.append((words("head.changes"), changed))
    if "fixity" in summary:
        fixity = summary["fixity"]
        counts = {"segments": fixity["segments"], "damaged": len(fixity["damaged"])}
        rows.append((words("verify.night"), words("verify.night_result", **counts)))
    screen.pairs(rows)
    for domain, outcome in summary["sites"].items():
        if outcome != "ok":
            screen.complain(f"{domain}: {outcome}")
