"""The dataset that is handed out: every table in three formats, with a descriptor and a dictionary.

An export is made aside and moved into place when it is whole, so that one that fails or is stopped leaves the
previous one as it was. The same database gives the same bytes: rows are in the order of their keys, and no
file says when it was made.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from errors import CannotWrite
from storage import datapackage
from storage.columns import tables
from storage.coverage import ExpectedPublisher
from storage.database import Database
from storage.extracts import Entry, rows_of
from storage.models import Run
from storage.tabular import FORMATS, write_table

ASIDE = ".export"
"""Where an export is made: inside the target folder, so on its file system, so that files move whole."""


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What was exported: the folder, rows by table, the files (descriptor last), their size in bytes, and the
    time the data is of (the end of the last run), where there is one."""

    folder: Path
    rows: dict[str, int]
    files: tuple[Path, ...]
    bytes: int
    created: datetime | None


def export(
    database: Database,
    folder: Path,
    publishers: Iterable[ExpectedPublisher],
    vocabulary: Iterable[Entry],
    *,
    now: datetime,
    watch: Callable[[str, int], None] | None = None,
) -> ExportSummary:
    """Write the dataset into a folder, in place of the one that is there; other files in it are left alone.

    `now` only decides which reports are not yet due; it must be aware of its time zone. `watch` is called
    with a table's name and the rows written so far. Raises `CannotWrite`; the previous export is then still
    there.
    """
    try:
        with _aside(folder) as aside, database.read() as session:
            created = session.scalar(select(func.max(func.coalesce(Run.ended_at, Run.started_at))))
            rows = rows_of(session, publishers, vocabulary, now)
            counts = {
                name: write_table(table, rows[name](), aside, watch) for name, table in tables().items()
            }
            _write_descriptor(aside, created)
            files = tuple(_move_into_place(aside, folder))
    except OSError as error:
        raise CannotWrite(path=error.filename or folder, problem=error.strerror) from error
    return ExportSummary(folder, counts, files, sum(file.stat().st_size for file in files), created)


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """An empty folder to work in, inside the target folder; gone afterwards, with what is still in it."""
    was_there = folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / ASIDE
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotWrite(path=folder, problem="another export is writing there") from error
        # Nobody else works here now, so this can only be the rest of an export that was killed.
        if aside.exists():
            shutil.rmtree(aside)
        aside.mkdir()
        yield aside
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        os.close(handle)
        if not was_there:
            with suppress(OSError):  # not empty: the export is in it
                folder.rmdir()


def _write_descriptor(folder: Path, created: datetime | None) -> None:
    descriptor = datapackage.describe(tables(), folder, created)
    text = json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"
    (folder / datapackage.NAME).write_text(text, encoding="utf-8")


def _move_into_place(aside: Path, folder: Path) -> Iterator[Path]:
    """Move the files, the descriptor last: until it is there, the old one's digests tell what is missing.

    All are on disk before the first is moved, so that what can fail has failed by then.
    """
    names = [f"{table}.{suffix}" for suffix in FORMATS for table in tables()] + [datapackage.NAME]
    for name in names:
        _flush(aside / name)
    for name in names:
        (aside / name).replace(folder / name)
        yield folder / name
    _flush(folder)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
