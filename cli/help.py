"""Help pages in the language of the user: plain text, wrapped by the width that characters really take.

Typer would write its own English headings and wrap Chinese by counting characters; here the help text of a
command or parameter is a key of the catalogue, and the page is laid out by us.
"""

from __future__ import annotations

from typing import Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text
from typer.core import TyperArgument, TyperCommand, TyperGroup

from cli.desk import desk
from errors import BadCall

WIDEST = 100


class Command(TyperCommand):
    """A command whose help is a key of the catalogue."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(_page(self, ctx, []))


class Group(TyperGroup):
    """The program itself: help as `Command`, and a word for a command that does not exist."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        words = desk(ctx).words
        commands = [(name, words(command.help or "")) for name, command in self.commands.items()]
        first_sentences = [(name, text.partition("\n")[0]) for name, text in commands]
        formatter.write(_page(self, ctx, first_sentences))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in self.commands and not args[0].startswith("-"):
            problem = desk(ctx).words("usage.command", name=args[0])
            raise BadCall(problem=problem, command=ctx.command_path)
        return super().resolve_command(ctx, args)


def _page(command: Command | Group, ctx: typer.Context, commands: list[tuple[str, str]]) -> str:
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


def _usage(command: Command | Group, ctx: typer.Context) -> str:
    pieces = [desk(ctx).words("help.some_options")]
    pieces += [_name(param) for param in command.params if isinstance(param, TyperArgument)]
    if isinstance(command, Group):
        pieces.append(desk(ctx).words("help.some_command"))
    return " ".join(pieces)


def _name(argument: TyperArgument) -> str:
    return argument.metavar or argument.name.upper()


def _definitions(pairs: list[tuple[str, str]], width: int) -> list[str]:
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
