"""The commands, and the group that loads each one only when it is called.

The rooms behind the commands are heavy (Scrapy, Polars, SQLAlchemy); `--help` and `parse` need none of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from importlib import import_module
from keyword import iskeyword
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from cli import help as pages
from cli.desk import desk
from crawler.garbage import loading
from errors import BadCall

MODULES = {
    "crawl": "crawling",
    "nightly": "crawling",
    "parse": "parsing",
    "evaluate": "evaluating",
    "reparse": "reparsing",
    "reports": "reports",
    "report": "reports",
    "show": "reports",
    "versions": "history",
    "diff": "comparing",
    "changes": "history",
    "raw": "history",
    "export": "exporting",
    "cdxj": "packaging",
    "wacz": "packaging",
    "replay": "replaying",
    "serve": "serving",
    "import": "importing",
    "verify": "verifying",
    "db": "database",
    "status": "status",
    "sites": "status",
}
"""Every command and the module of `cli` that has the function of its name, in the order of the help page.
`<command>.help` in the catalogue tells what it does."""


class Command(TyperCommand):
    """A command whose help is a key of the catalogue, and that takes no empty words.

    One is a variable of a script that was not set, and would mean the folder that one happens to be in, or
    every report.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if any(not arg or (arg.startswith("--") and arg.endswith("=")) for arg in args):
            raise BadCall(problem=desk(ctx).words("usage.empty"), command=ctx.command_path)
        return super().parse_args(ctx, args)

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        return pages.localised(super().get_help_option(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(pages.page(self, ctx))


class Group(TyperGroup):
    """The program itself."""

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        return pages.localised(super().get_help_option(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        words = desk(ctx).words
        formatter.write(pages.page(self, ctx, [(name, words(f"{name}.help")) for name in MODULES]))

    def list_commands(self, ctx: Any) -> list[str]:
        return list(MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return load(cmd_name) if cmd_name in MODULES else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in MODULES and not args[0].startswith("-"):
            problem = desk(ctx).words("usage.command", name=args[0])
            raise BadCall(problem=problem, command=ctx.command_path)
        return super().resolve_command(ctx, args)


def load(name: str) -> Any:
    """One command, with the module that it lives in."""
    path = f"cli.{MODULES[name]}"
    with nullcontext() if path in sys.modules else loading():
        module = import_module(path)
    function: Callable[..., None] = getattr(module, f"{name}_" if iskeyword(name) else name)
    alone = typer.Typer(rich_markup_mode=None, add_completion=False)
    alone.command(name, cls=Command, help=f"{name}.help")(function)
    return get_command(alone)
