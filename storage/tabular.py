"""A table written down in three formats at once: CSV, JSON Lines and Parquet.

Numbers keep their own digits in CSV and JSON Lines and are decimal(38, 10) in Parquet; none passes through a
float. CSV is RFC 4180 in UTF-8 with a byte order mark; its texts are quoted and guarded against being taken
for formulas, its nulls are empty and unquoted. The same rows give the same bytes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from errors import CannotWrite
from storage.columns import ColumnType, Table
from storage.extracts import BATCH, FRACTION_DIGITS, WHOLE_DIGITS, Row, fits_parquet

FORMATS = ("csv", "jsonl", "parquet")

# What Excel, LibreOffice and WPS take for the start of a formula, and what they drop before looking for one.
_FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r\n")

_PARQUET_TYPES: Mapping[ColumnType, pl.DataType] = {
    "string": pl.String(),
    "integer": pl.Int64(),
    "number": pl.Decimal(WHOLE_DIGITS + FRACTION_DIGITS, FRACTION_DIGITS),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "datetime": pl.Datetime("us", "UTC"),
    "year": pl.Int64(),
}


def write_table(
    table: Table, rows: Iterable[Row], folder: Path, watch: Callable[[str, int], None] | None = None
) -> int:
    """Write `<table>.csv`, `.jsonl` and `.parquet` into the folder: the number of rows.

    `watch` is called with the table's name and the rows written so far. Raises `CannotWrite`.
    """
    parts = folder / f"{table.name}.parts"
    try:
        parts.mkdir()
        count = _write_texts(table, rows, folder, parts, watch)
        _join(table, parts, folder / f"{table.name}.parquet")
        shutil.rmtree(parts)
    except OSError as error:
        raise CannotWrite(path=error.filename or folder, problem=error.strerror or _cause(error)) from error
    except pl.exceptions.ComputeError as error:
        # Polars tells a full disk in this way while it writes; what it reads here was written by itself.
        raise CannotWrite(path=folder, problem=_cause(error)) from error
    return count


def guard(text: str) -> str:
    """The text as a CSV cell that no spreadsheet takes for a formula: with an apostrophe before it where it
    begins like one."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _write_texts(
    table: Table, rows: Iterable[Row], folder: Path, parts: Path, watch: Callable[[str, int], None] | None
) -> int:
    columns = table.columns
    names = [json.dumps(column.name) + ":" for column in columns]
    as_csv = [_CSV_CELLS[column.type] for column in columns]
    as_json = [_JSON_VALUES[column.type] for column in columns]
    count = 0
    with (
        (folder / f"{table.name}.csv").open("w", encoding="utf-8-sig", newline="") as csv,
        (folder / f"{table.name}.jsonl").open("w", encoding="utf-8", newline="\n") as jsonl,
    ):
        csv.write(",".join(column.name for column in columns) + "\r\n")
        for number, batch in enumerate(_batches(rows)):
            csv.writelines(
                ",".join("" if cell is None else show(cell) for show, cell in zip(as_csv, row, strict=True))
                + "\r\n"
                for row in batch
            )
            jsonl.writelines(
                "{"
                + ",".join(
                    name + ("null" if cell is None else show(cell))
                    for name, show, cell in zip(names, as_json, row, strict=True)
                )
                + "}\n"
                for row in batch
            )
            _frame(table, batch).write_ipc(parts / f"{number:06}.arrow")
            count += len(batch)
            if watch is not None:
                watch(table.name, count)
    return count


def _frame(table: Table, rows: list[Row]) -> pl.DataFrame:
    cells = list(zip(*rows, strict=True)) or [()] * len(table.columns)
    return pl.DataFrame(
        [
            pl.Series(
                column.name,
                [None if cell is None or not fits_parquet(cell) else cell for cell in values]
                if column.type == "number"
                else values,
                dtype=_PARQUET_TYPES[column.type],
                strict=True,
            )
            for column, values in zip(table.columns, cells, strict=True)
        ]
    )


def _join(table: Table, parts: Path, path: Path) -> None:
    """One Parquet file of all parts, a batch at a time."""
    files = sorted(parts.iterdir())
    whole = pl.scan_ipc(files) if files else _frame(table, []).lazy()
    whole.sink_parquet(path, row_group_size=BATCH, compression="zstd", maintain_order=True)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _quoted(text: str) -> str:
    return '"' + guard(text).replace('"', '""') + '"'


def _digits(value: Decimal) -> str:
    return format(value, "f")


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _json_text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


_CSV_CELLS: Mapping[ColumnType, Callable[[Any], str]] = {
    "string": _quoted,
    "integer": str,
    "number": _digits,
    "boolean": _truth,
    "date": str,
    "datetime": _instant,
    "year": str,
}

_JSON_VALUES: Mapping[ColumnType, Callable[[Any], str]] = {
    "string": _json_text,
    "integer": str,
    "number": _digits,
    "boolean": _truth,
    "date": lambda value: f'"{value}"',
    "datetime": lambda value: f'"{_instant(value)}"',
    "year": str,
}


def _cause(error: Exception) -> str:
    """The last of the causes that Polars chains with colons: what the system said."""
    return str(error).splitlines()[0].rpartition(": ")[2]
