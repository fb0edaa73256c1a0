"""Help pages in the language of the user: plain text, wrapped by the width that characters really take.

Typer would write its own English headings and wrap Chinese by counting characters; here the help text of a
command or parameter is a key of the catalogue, and the page is laid out by us.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from cli import screen
from cli.desk import desk

WIDEST = 100


def localised(option: TyperOption | None) -> TyperOption | None:
    """`--help` that writes through `screen`: Typer's own writes UTF-8 to terminals of another encoding."""
    if option is not None:
        option.callback = _show_help
    return option


def _show_help(ctx: Any, _param: object, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        screen.page(ctx.get_help())
        ctx.exit()


def page(
    command: TyperCommand | TyperGroup, ctx: typer.Context, commands: Sequence[tuple[str, str]] = ()
) -> str:
    words = desk(ctx).words
    width = min(Console().width, WIDEST)
    lines = [words("help.usage", usage=f"{ctx.command_path} {_usage(command, ctx)}"), ""]
    for paragraph in words(command.help or "").split("\n"):
        lines += _wrap(paragraph, width - 2, "  ")
    arguments, options = [], []
    for param in command.get_params(ctx):
        if isinstance(param, TyperArgument):
            arguments.append((_name(param), words(param.help or "")))
        else:
            metavar = param.metavar or ""
            text = words("help.help") if param.name == "help" else words(getattr(param, "help", ""))
            options.append((f"{', '.join(param.opts)} {metavar}".strip(), text))
    for heading, pairs in (("arguments", arguments), ("options", options), ("commands", commands)):
        if pairs:
            lines += ["", words(f"help.{heading}"), *_definitions(pairs, width)]
    return "\n".join(lines) + "\n"


def _usage(command: TyperCommand | TyperGroup, ctx: typer.Context) -> str:
    pieces = [desk(ctx).words("help.some_options")]
    pieces += [_name(param) for param in command.params if isinstance(param, TyperArgument)]
    if isinstance(command, TyperGroup):
        pieces.append(desk(ctx).words("help.some_command"))
    return " ".join(pieces)


def _name(argument: TyperArgument) -> str:
    return argument.metavar or argument.name.upper()


def _definitions(pairs: Sequence[tuple[str, str]], width: int) -> list[str]:
    indent = 4 + max(cell_len(term) for term, _ in pairs)
    lines = []
    for term, text in pairs:
        start = f"  {term}"
        padded = start + " " * (indent - cell_len(start))
        body = _wrap(text, width - indent, " " * indent)
        lines += [padded + body[0].lstrip(), *body[1:]]
    return lines


def _wrap(text: str, width: int, indent: str) -> list[str]:
    if not text:
        return [""]
    wrapped = Text(text).wrap(Console(width=max(width, 20)), max(width, 20))
    return [indent + part.plain.rstrip() for part in wrapped]
