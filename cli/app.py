"""The program `nianbao`: its commands, and the one place where errors become a line and an exit code."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated

import typer
from pydantic import ValidationError
from typer.core import TyperGroup
from typer.main import get_command

from cli import screen
from cli.commands import Group
from cli.desk import Desk
from cli.language import Words
from config import Settings, problem_of, settings, to_complain_by
from errors import BadCall, NianbaoError, Phrase

NAME = "nianbao"
INTERRUPTED = 130
READER_GONE = 141
OUT_OF_ORDER = 4
INTERNAL = 70
_EXTRA = re.compile(r"Got unexpected extra argument\(s\) \((.*)\)", re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Gives the exit code; no exception leaves, and no traceback is shown."""
    screen.prepare()
    configured = to_complain_by()
    try:
        configured = settings()
        return _run(sys.argv[1:] if arguments is None else list(arguments), configured)
    except BrokenPipeError:
        screen.drop_stdout()
        return READER_GONE
    except KeyboardInterrupt:
        screen.complain(Words(configured.language)("error.interrupted"))
        return INTERRUPTED
    except NianbaoError as error:
        _flush_or_drop()
        screen.complain(f"{NAME}: {error.message(configured.language)}")
        return error.exit_code
    except OSError as error:
        _flush_or_drop()
        where = f"{error.filename}: " if error.filename else ""
        problem = f"{where}{error.strerror or error}"
        screen.complain(f"{NAME}: {Words(configured.language)('error.system', problem=problem)}")
        return OUT_OF_ORDER
    except Exception as error:  # noqa: BLE001 - a defect of ours is one line for the user, whatever it is
        _flush_or_drop()
        if configured.debug:
            traceback.print_exc()
        problem = f"{type(error).__name__}: {error}"
        screen.complain(f"{NAME}: {Words(configured.language)('error.internal', problem=problem)}")
        return INTERNAL


def build() -> TyperGroup:
    """The program as a command object; its commands are loaded when they are called."""
    app = typer.Typer(cls=Group, rich_markup_mode=None, add_completion=False, invoke_without_command=True)
    app.callback(help="program.help")(_program)
    command = get_command(app)
    assert isinstance(command, TyperGroup)
    return command


def _run(arguments: list[str], configured: Settings) -> int:
    words = Words(configured.language)
    try:
        # Typer's own `main` would print usage errors over several lines and swallow broken pipes.
        with build().make_context(NAME, arguments, obj=Desk(configured, words)) as ctx:
            ctx.command.invoke(ctx)
    except typer.Exit as end:
        return end.exit_code
    except typer.TyperException as error:
        raise _bad_call(error, words) from error
    return 0


def _program(
    ctx: typer.Context,
    version_wanted: Annotated[bool, typer.Option("--version", help="program.version")] = False,
) -> None:
    if version_wanted:
        screen.line(f"{NAME} {version(NAME)}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        screen.page(ctx.get_help())


def _bad_call(error: typer.TyperException, words: Words) -> BadCall:
    """The usage error in our words. The classes that Typer raises are its private ones, so go by name."""
    kind = type(error).__name__
    param = getattr(error, "param", None)
    ctx = getattr(error, "ctx", None)
    if kind == "MissingParameter" and param is not None:
        problem = words("usage.missing", name=param.metavar or param.name.upper())
    elif kind == "NoSuchOption":
        problem = words("usage.option", name=getattr(error, "option_name", ""))
    elif kind == "BadOptionUsage":
        key = "usage.valued" if "not take" in error.message else "usage.valueless"
        problem = words(key, name=getattr(error, "option_name", ""))
    elif kind == "BadParameter" and param is not None:
        told: Phrase | str = error.message
        if isinstance(error.__cause__, ValidationError):
            told = problem_of(error.__cause__.errors()[0])
        if isinstance(told, Phrase):
            told = told.zh if words.language == "zh" else told.en
        problem = words("usage.value", name=param.opts[0], problem=told)
    elif (extra := _EXTRA.match(error.message)) is not None:
        problem = words("usage.extra", words=extra[1])
    else:
        problem = words("usage.other", problem=error.format_message().rstrip("."))
    return BadCall(problem=problem, command=ctx.command_path if ctx else NAME)


def _flush_or_drop() -> None:
    """What was written before the error goes out first; where it cannot, exit must not try again."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        screen.drop_stdout()


if __name__ == "__main__":
    sys.exit(main())
