"""One table in three formats: what a cell becomes, and what a full disk leads to."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from errors import CannotWrite
from storage import tabular
from storage.columns import tables
from storage.extracts import fits_parquet


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_guard(start: str) -> None:
    assert tabular.guard(f"{start}1+1") == f"'{start}1+1"
    assert tabular.guard(f"1{start}1") == f"1{start}1"
    assert tabular.guard("") == ""


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("0", True), ("-18", True), ("1E+5", True), ("9" * 28, True), ("1" + "0" * 28, False),
        ("0.1234567891", True), ("0.12345678901", False), ("NaN", False), ("1E+28", False),
    ],
)  # fmt: skip
def test_what_parquet_holds_without_loss(text: str, fits: bool) -> None:
    value = Decimal(text)
    assert fits_parquet(value) is fits
    if fits:
        series = pl.Series([value], dtype=pl.Decimal(38, 10))
        assert series.to_list() == [value]


def test_parquet_on_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    # The kernel's own full device: each of the three files in turn.
    table = tables()["dictionary"]
    rows = [(f"key{number}", "名", "name", None, None, "2021") for number in range(5000)]
    for suffix in ("csv", "jsonl", "parquet"):
        folder = tmp_path / suffix
        folder.mkdir()
        (folder / f"dictionary.{suffix}").symlink_to("/dev/full")
        with pytest.raises(CannotWrite, match="No space left on device"):
            tabular.write_table(table, rows, folder)
