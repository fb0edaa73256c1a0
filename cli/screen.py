"""stdout: tables and lines for people, one JSON document for programs, octets as they are.

What the archive holds was written by strangers: control characters of a page never reach a terminal.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from errors import CannotWrite

GAP = 2
"""Blanks between two columns of a table."""
FOLDS = (28, 14)
"""Long cells are folded to these widths, one after the other, before the words of a header are broken."""


def prepare() -> None:
    """Let text go to any terminal: characters that its encoding lacks are written as escapes."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def line(text: str) -> None:
    """One line for people."""
    _write(clean(text) + "\n")


def page(text: str) -> None:
    """Text of our own over several lines."""
    _write(text.rstrip("\n") + "\n")


def section(heading: str) -> None:
    """A heading, set off from what stands above it."""
    _write(f"\n{clean(heading)}\n")


def pairs(rows: Sequence[tuple[str, object]]) -> None:
    """Names and values, one pair a line."""
    if not is_terminal(sys.stdout):
        _write("".join(f"{clean(name)}\t{clean(str(value))}\n" for name, value in rows))
        return
    width = max((cell_len(name) for name, _ in rows), default=0)
    for name, value in rows:
        line(f"{name}{' ' * (width - cell_len(name))}  {value}")


def complain(text: str) -> None:
    """One line on stderr, where there is one that takes it."""
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(" ".join(clean(text).split()) + "\n")
            sys.stderr.flush()


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Aligned columns on a terminal; elsewhere one line a row, cells parted by tabs, headers first."""
    texts = [["" if cell is None else clean(str(cell)) for cell in row] for row in rows]
    if not is_terminal(sys.stdout):
        _write("".join("\t".join(row) + "\n" for row in ([*heads], *texts)))
        return
    console = Console(file=sys.stdout, markup=False, emoji=False, highlight=False)
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for head, width in zip(heads, _widths(heads, texts, console.width), strict=True):
        drawn.add_column(Text(head), overflow="fold", width=width)
    for row in texts:
        drawn.add_row(*(Text(cell) for cell in row))
    with console.capture() as capture:
        console.print(drawn)
    _write(capture.get())


def document(value: Any) -> None:
    """One JSON document, in UTF-8 whatever the terminal speaks."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    # A lone surrogate (broken source text) has no UTF-8; its escape is the same thing in JSON.
    octets(text.encode("utf-8", "backslashreplace") + b"\n")


def octets(payload: bytes) -> None:
    """Bytes, and nothing else."""
    with _writing() as out:
        out.flush()
        out.buffer.write(payload)
        out.buffer.flush()


def is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def clean(text: str) -> str:
    """The text on one line, without characters that steer a terminal or reorder its line."""
    return "".join(" " if _kind(char) in {"Cc", "Zl", "Zp"} else char for char in text if _kind(char) != "Cf")


def drop_stdout() -> None:
    """Let nothing more be written: the reader has gone, or the disk is full, and exit would try again."""
    if sys.stdout is not None:
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, sys.stdout.fileno())
        os.close(sink)


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Widths with which the table fits: headers fold at blanks first, then long cells, then anything."""
    bodies = [max((cell_len(cell) for cell in column), default=0) for column in zip(*rows, strict=True)]
    bodies = bodies or [0] * len(heads)
    widths = [min(max(cell_len(head), body), width) for head, body in zip(heads, bodies, strict=True)]
    words = [max(map(cell_len, head.split()), default=0) for head in heads]
    room = width - GAP * (len(heads) - 1)
    whole_words = [
        [max(word, min(body, most)) for word, body in zip(words, bodies, strict=True)]
        for most in (width, *FOLDS)
    ]
    broken_words = [max(6, min(body, *FOLDS)) for body in bodies]
    for floors in (*whole_words, broken_words, [1] * len(heads)):
        while sum(widths) > room:
            spare = [(width, column) for column, width in enumerate(widths) if width > floors[column]]
            if not spare:
                break
            widths[max(spare)[1]] -= 1
    return widths


def _write(text: str) -> None:
    with _writing() as out:
        out.write(text)
        out.flush()


@contextmanager
def _writing() -> Iterator[TextIO]:
    """stdout, whose failures are errors of ours; but a reader who has gone is none."""
    if sys.stdout is None:
        raise CannotWrite(path="stdout", problem=os.strerror(errno.EBADF))
    try:
        yield sys.stdout
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CannotWrite(path="stdout", problem=error.strerror) from error


def _kind(char: str) -> str:
    return unicodedata.category(char)
