"""`nianbao parse`: read one file, without a home."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import screen
from cli.desk import desk
from cli.record import show_record
from errors import NoFile, NoReport
from parser import MAX_PAYLOAD
from parser import parse as read

STDIN = "-"


def parse(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="parse.file")],
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
) -> None:
    words = desk(ctx).words
    result = read(_payload(file))
    if as_json:
        screen.document(result.as_dict())
    elif result.report is not None:
        show_record(result.report.as_dict(), words)
    if result.report is None:
        raise NoReport(path=file, state=words.term("state", str(result.state)), reason=result.reason)


def _payload(file: str) -> bytes:
    """The file's octets; one more than the parser looks into, so that a huge file is not loaded whole."""
    most = MAX_PAYLOAD + 1
    try:
        if file == STDIN:
            return sys.stdin.buffer.read(most)
        with Path(file).open("rb") as stream:
            return stream.read(most)
    except (OSError, ValueError) as error:
        # ValueError: a NUL in the name.
        problem = error.strerror if isinstance(error, OSError) else error
        raise NoFile(path=file, problem=problem) from error
