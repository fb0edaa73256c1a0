"""`nianbao parse`: read one file, without a home."""

from __future__ import annotations

import errno
import os
import resource
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import screen
from cli.desk import desk
from cli.record import show_record
from errors import NoFile, NoReport
from parser import MAX_PAYLOAD, Reading, State
from parser import parse as read

STDIN = "-"


def parse(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="parse.file")],
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
) -> None:
    words = desk(ctx).words
    result = _read(file)
    if as_json:
        screen.document(result.as_dict())
    elif result.report is not None:
        show_record(result.report.as_dict(), words)
    if result.report is None:
        raise NoReport(path=file, state=words.term("state", str(result.state)), reason=result.reason)


def _read(file: str) -> Reading:
    """The reading, also where memory runs out: then as a night tells it, whose workers have such a limit."""
    try:
        return read(_payload(file))
    except MemoryError:
        most = resource.getrlimit(resource.RLIMIT_AS)[0]
        limited = most != resource.RLIM_INFINITY
        reason = f"needed more than {most >> 20} MiB" if limited else "needed more memory than there is"
        return Reading(State.QUARANTINED, "unknown", reason)


def _payload(file: str) -> bytes:
    """The file's octets; one more than the parser looks into, so that a huge file is not loaded whole."""
    most = MAX_PAYLOAD + 1
    try:
        if file == STDIN:
            if sys.stdin is None:  # the caller closed it
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            return sys.stdin.buffer.read(most)
        with Path(file).open("rb") as stream:
            return stream.read(most)
    except (OSError, ValueError) as error:
        # ValueError: a NUL in the name.
        problem = error.strerror if isinstance(error, OSError) else error
        raise NoFile(path=file, problem=problem) from error
