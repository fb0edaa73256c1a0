"""The exported dataset, read back by the programs that people open it with."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from frictionless import Package

from errors import CannotWrite
from storage import datasets, tabular
from storage.columns import tables
from storage.coverage import ExpectedPublisher
from storage.database import Database
from storage.datasets import ExportSummary, export
from storage.models import FigureRow, Version
from tests.databases import empty_database, url_of
from tests.storage.dataset_rows import SITE, digests, figure, fill, read_csv, read_jsonl, read_parquet

NOW = datetime(2024, 4, 10, tzinfo=UTC)
LICENCES = "proactive.administrative_licensing.decisions"


@dataclass(frozen=True)
class Word:
    key: str
    label_zh: str
    label_en: str
    unit: str | None = "件"
    article: str | None = None
    forms: tuple[str, ...] = ("2019", "2021")


PUBLISHERS = [ExpectedPublisher(site=SITE, agency="某市公安局", level="agency", since=2020)]
WORDS = [
    Word(LICENCES, "行政许可 · 本年处理决定数量", "Administrative licensing: decisions"),
    Word("proactive.administrative_fees.amount_wanyuan", "收费金额", "Fees", "万元", "20(8)", ("2021",)),
    Word("requests.granted.total", "予以公开 · 总计", "Granted · Total"),
    Word("requests.granted.other", "予以公开 · 其他", "Granted · Other"),
    Word("requests.change.total", "增减", "Change"),
]


@pytest.fixture
def database(tmp_path: Path, databases: None) -> Iterator[Database]:
    database = empty_database(tmp_path / "home")
    with database.write() as session:
        fill(session)
    yield database
    database.close()


@pytest.fixture
def exported(database: Database, tmp_path: Path) -> ExportSummary:
    return run(database, tmp_path / "out")


def run(database: Database, folder: Path, **further: Any) -> ExportSummary:
    return export(database, folder, PUBLISHERS, WORDS, now=NOW, **further)


def test_every_table_in_three_formats_and_a_descriptor(exported: ExportSummary) -> None:
    names = {f"{table}.{suffix}" for table in tables() for suffix in ("csv", "jsonl", "parquet")}
    assert {path.name for path in exported.folder.iterdir()} == names | {"datapackage.json"}
    assert exported.files[-1].name == "datapackage.json"
    assert exported.bytes == sum(path.stat().st_size for path in exported.folder.iterdir())
    assert exported.rows == {
        "figures": 6, "reports": 3, "findings": 1, "doubts": 1, "coverage": 4, "captures": 5, "changes": 2,
        "changed_figures": 1, "dictionary": 6, "columns": sum(len(t.columns) for t in tables().values()),
    }  # fmt: skip
    for table, count in exported.rows.items():
        assert len(read_csv(exported.folder, table)) == count
        assert len(read_jsonl(exported.folder, table)) == count
        assert len(read_parquet(exported.folder, table)) == count


def test_frictionless_finds_the_package_valid_foreign_keys_too(exported: ExportSummary) -> None:
    descriptor = json.loads((exported.folder / "datapackage.json").read_text(encoding="utf-8"))
    Package.from_descriptor(descriptor, basepath=str(exported.folder))
    # Its Parquet and JSON Lines readers are extras that are not installed; the CSV resources are complete.
    descriptor["resources"] = [one for one in descriptor["resources"] if one["format"] == "csv"]
    report = Package.from_descriptor(descriptor, basepath=str(exported.folder)).validate()
    assert report.valid, report.flatten(["taskNumber", "rowNumber", "fieldName", "message"])
    assert len(report.tasks) == len(tables())


def test_frictionless_would_see_a_broken_foreign_key(exported: ExportSummary) -> None:
    path = exported.folder / "dictionary.csv"
    path.write_bytes(path.read_bytes().replace(LICENCES.encode(), b"unknown"))
    descriptor = json.loads((exported.folder / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["resources"] = [
        {name: value for name, value in one.items() if name not in ("hash", "bytes")}
        for one in descriptor["resources"]
        if one["format"] == "csv"
    ]
    report = Package.from_descriptor(descriptor, basepath=str(exported.folder)).validate()
    assert {row[0] for row in report.flatten(["type"])} == {"foreign-key"}


def test_the_descriptor_is_of_version_2_and_tells_size_and_digest(exported: ExportSummary) -> None:
    descriptor = json.loads((exported.folder / "datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert descriptor["created"] == "2024-04-02T19:00:00Z"
    for resource in descriptor["resources"]:
        content = (exported.folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["schema"]["primaryKey"]
        for field in resource["schema"]["fields"]:
            assert any("一" <= char <= "鿿" for char in field["description"])
            assert any(char.isascii() and char.isalpha() for char in field["description"])
    named = {resource["name"]: resource for resource in descriptor["resources"]}
    assert named["figures-jsonl"]["schema"]["foreignKeys"][0]["reference"]["resource"] == "reports-jsonl"


def test_values_are_exact_in_every_format(exported: ExportSummary) -> None:
    fees = "proactive.administrative_fees.amount_wanyuan"
    assert figure(read_csv(exported.folder, "figures"), fees)["value"] == "314.4765"
    assert figure(read_jsonl(exported.folder, "figures"), fees)["value"] == Decimal("314.4765")
    assert figure(read_parquet(exported.folder, "figures"), fees)["value"] == Decimal("314.4765")
    assert pl.read_parquet_schema(exported.folder / "figures.parquet")["value"] == pl.Decimal(38, 10)


def test_a_number_too_long_for_parquet_is_kept_as_text(exported: ExportSummary) -> None:
    digits = "1234567890123456789012345678901234567890.5"
    for rows in (read_csv(exported.folder, "figures"), read_jsonl(exported.folder, "figures")):
        assert str(figure(rows, "statistics.未知/1")["value"]) == digits
        assert figure(rows, "statistics.未知/1")["value_exact"] == digits
    row = figure(read_parquet(exported.folder, "figures"), "statistics.未知/1")
    assert (row["value"], row["value_exact"]) == (None, digits)


def test_blank_and_zero_stay_apart(exported: ExportSummary) -> None:
    blank, zero = "requests.granted.other", "requests.granted.total"
    texts = read_csv(exported.folder, "figures")
    assert (figure(texts, blank)["value"], figure(texts, zero)["value"]) == ("", "0")
    for rows in (read_jsonl(exported.folder, "figures"), read_parquet(exported.folder, "figures")):
        assert (figure(rows, blank)["value"], figure(rows, zero)["value"]) == (None, Decimal(0))


def test_only_the_latest_version_is_told(exported: ExportSummary) -> None:
    figures = read_jsonl(exported.folder, "figures")
    assert figure(figures, LICENCES)["value"] == 301843
    assert {row["version"] for row in figures} == {2}
    assert [row["place"] for row in read_jsonl(exported.folder, "findings")] == ["requests.granted"]
    report = next(row for row in read_jsonl(exported.folder, "reports") if row["report_id"] == "gaj-2022")
    assert (report["version"], report["figure_count"], report["finding_count"], report["doubt_count"]) == (
        2,
        6,
        1,
        1,
    )
    assert report["published"] == "2023-01-30"


def test_what_a_person_set_and_what_was_compared_are_told(exported: ExportSummary) -> None:
    figures = read_jsonl(exported.folder, "figures")
    assert json.loads(figure(figures, "requests.change.total")["override"])["who"] == "某人"
    assert figure(figures, LICENCES)["override"] is None
    (finding,) = read_jsonl(exported.folder, "findings")
    assert (finding["against_report_id"], finding["against_version"]) == ("gaj-2021", 1)


def test_a_figure_leads_to_its_octets(exported: ExportSummary) -> None:
    row = figure(read_jsonl(exported.folder, "figures"), LICENCES)
    assert json.loads(row["locator"])["xpath"].startswith("/html")
    capture = next(
        one for one in read_jsonl(exported.folder, "captures") if one["capture_id"] == row["capture_id"]
    )
    assert capture["url"] == f"https://{SITE}/gaj-2022.html"
    assert (capture["segment"], capture["captured_at"]) == (f"{SITE}.warc.gz", "2024-04-02T18:00:00.250000Z")
    assert capture["response_offset"] > 0
    assert len(capture["payload_sha256"]) == 64


def test_changes_name_both_sides(exported: ExportSummary) -> None:
    new, changed = read_jsonl(exported.folder, "changes")
    assert (new["kind"], new["old_version"], new["new_version"]) == ("new", None, 1)
    assert (changed["kind"], changed["old_version"], changed["new_version"]) == ("changed", 1, 2)
    assert changed["figure_count"] == 1
    (one,) = read_jsonl(exported.folder, "changed_figures")
    assert (one["old_value"], one["new_value"]) == (301842, 301843)


def test_coverage_is_exported(exported: ExportSummary) -> None:
    rows = read_parquet(exported.folder, "coverage")
    assert [(row["year"], row["state"], row["days_late"]) for row in rows] == [
        (2020, "missing", None),
        (2021, "late", 3),
        (2022, "published", 0),
        (2023, "missing", None),
    ]
    assert rows[1]["due"] == date(2022, 1, 31)


def test_the_dictionary_knows_every_key_in_both_languages(exported: ExportSummary) -> None:
    rows = read_csv(exported.folder, "dictionary")
    fees = next(row for row in rows if row["key"].endswith("amount_wanyuan"))
    assert fees == {
        "key": "proactive.administrative_fees.amount_wanyuan", "label_zh": "收费金额", "label_en": "Fees",
        "unit": "万元", "article": "20(8)", "forms": "2021",
    }  # fmt: skip
    unknown = next(
        row for row in read_jsonl(exported.folder, "dictionary") if row["key"] == "statistics.未知/1"
    )
    assert unknown["label_zh"] is None
    guarded = {row["column"]: row["guarded"] for row in read_csv(exported.folder, "columns")}
    assert (guarded["printed"], guarded["value"]) == ("true", "false")


def test_no_cell_of_the_csv_files_is_a_formula(exported: ExportSummary) -> None:
    change = figure(read_csv(exported.folder, "figures"), "requests.change.total")
    assert (change["value"], change["printed"]) == ("-18", "'-18")
    assert figure(read_csv(exported.folder, "figures"), "statistics.未知/1")["remark"] == "'=SUM(A1)"
    assert "'=cmd|' /C calc'!A0" in {row["problem"] for row in read_csv(exported.folder, "captures")}
    numbers = {(t.name, c.name) for t in tables().values() for c in t.columns if c.type == "number"}
    for table in tables():
        for row in read_csv(exported.folder, table):
            for name, cell in row.items():
                assert (table, name) in numbers or not cell.startswith(tuple("=+-@\t\r"))
    plain = figure(read_jsonl(exported.folder, "figures"), "requests.change.total")
    assert (plain["value"], plain["printed"]) == (-18, "-18")


def test_csv_is_utf8_with_a_mark_and_rfc_4180(exported: ExportSummary) -> None:
    content = (exported.folder / "doubts.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfdoubt_id,")
    assert content.endswith(b"\r\n")
    (row,) = read_csv(exported.folder, "doubts")
    assert row["message"] == '行“其他，\n"未知"”'
    polars = pl.read_csv(exported.folder / "doubts.csv")
    assert polars["message"].to_list() == ['行“其他，\n"未知"”']


def test_the_same_database_gives_the_same_bytes(database: Database, tmp_path: Path) -> None:
    run(database, tmp_path / "one")
    run(database, tmp_path / "two")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_many_batches_give_the_same_rows(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.write() as session:
        version = session.query(Version).filter_by(report_id="gaj-2021").one()
        session.add_all(
            FigureRow(
                version_id=version.id, key=f"requests.{n:03}", value=Decimal(n), printed=str(n), locator={}
            )
            for n in range(250)
        )
    run(database, tmp_path / "whole")
    monkeypatch.setattr(tabular, "BATCH", 100)
    seen: list[tuple[str, int]] = []
    run(database, tmp_path / "parts", watch=lambda table, rows: seen.append((table, rows)))
    assert [rows for table, rows in seen if table == "figures"] == [100, 200, 256]
    for suffix in ("csv", "jsonl"):
        name = f"figures.{suffix}"
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert read_parquet(tmp_path / "parts", "figures") == read_parquet(tmp_path / "whole", "figures")
    keys = [(row["report_id"], row["key"]) for row in read_parquet(tmp_path / "parts", "figures")]
    assert keys == sorted(keys)


def test_an_empty_database_gives_empty_tables(tmp_path: Path, databases: None) -> None:
    database = empty_database(tmp_path)
    summary = export(database, tmp_path / "out", [], [], now=NOW)
    database.close()
    assert summary.created is None
    assert summary.rows["figures"] == 0
    assert read_parquet(tmp_path / "out", "figures") == []
    assert pl.read_parquet_schema(tmp_path / "out" / "figures.parquet")["value"] == pl.Decimal(38, 10)
    assert len(read_csv(tmp_path / "out", "captures")) == 0


def test_other_files_in_the_folder_are_left_alone(database: Database, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    run(database, tmp_path / "out")
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"


def test_a_folder_that_is_a_file(database: Database, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(CannotWrite, match="cannot write"):
        run(database, tmp_path / "out")


def test_two_exports_do_not_mix(database: Database, exported: ExportSummary) -> None:
    before = digests(exported.folder)
    handle = os.open(exported.folder, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(CannotWrite, match="another export"):
        run(database, exported.folder)
    os.close(handle)
    assert digests(exported.folder) == before


def test_the_rest_of_a_killed_export_is_cleared_away(database: Database, exported: ExportSummary) -> None:
    before = digests(exported.folder)
    (exported.folder / datasets.ASIDE / "figures.parts").mkdir(parents=True)
    run(database, exported.folder)
    assert digests(exported.folder) == before


EXPORT_WITH_LIMIT = """
import os, resource, sys
from datetime import datetime, UTC
from pathlib import Path
from errors import CannotWrite
from storage.database import Database
from storage.datasets import export
url, folder, limit, user = sys.argv[1:]
os.umask(0)
database = Database(url)
os.seteuid(int(user))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
try:
    export(database, Path(folder), [], [], now=datetime.now(UTC))
except CannotWrite as error:
    sys.exit(str(error))
"""


def export_with_limit(
    url: str, folder: Path, limit: int, user: int | None = None
) -> subprocess.CompletedProcess[str]:
    """An export by a process that can write no more than `limit` bytes to a file, or is another user."""
    arguments = [url, str(folder), str(limit), str(os.geteuid() if user is None else user)]
    return subprocess.run(
        [sys.executable, "-c", EXPORT_WITH_LIMIT, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("limit", [0, 10, 600, 1500, 2500, 8000])
def test_a_full_disk_leaves_the_previous_export(exported: ExportSummary, tmp_path: Path, limit: int) -> None:
    before = digests(exported.folder)
    failed = export_with_limit(url_of(tmp_path / "home"), exported.folder, limit)
    assert failed.returncode == 1
    assert failed.stderr.count("\n") == 1, failed.stderr
    assert failed.stderr.startswith("cannot write ")
    assert "File too large" in failed.stderr
    assert digests(exported.folder) == before


def test_a_full_disk_leaves_no_new_folder(database: Database, tmp_path: Path) -> None:
    assert export_with_limit(url_of(tmp_path / "home"), tmp_path / "new", 600).returncode == 1
    assert not (tmp_path / "new").exists()


def test_an_export_cut_short_leaves_the_previous_one(database: Database, exported: ExportSummary) -> None:
    before = digests(exported.folder)

    def interrupt(table: str, _rows: int) -> None:
        if table == "captures":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(database, exported.folder, watch=interrupt)
    assert digests(exported.folder) == before


def test_a_read_only_folder_leaves_the_previous_export(exported: ExportSummary) -> None:
    before = digests(exported.folder)
    exported.folder.chmod(0o555)
    nobody = 65534 if os.geteuid() == 0 else None  # root is refused nothing
    if nobody:
        for parent in exported.folder.parents[:3]:
            parent.chmod(0o755)
    elsewhere = exported.folder.parent / "elsewhere"
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    url = url_of(elsewhere)
    failed = export_with_limit(url, exported.folder, 10_000_000, nobody)
    exported.folder.chmod(0o755)
    assert failed.stderr.startswith("cannot write "), failed.stderr
    assert "Permission denied" in failed.stderr
    assert digests(exported.folder) == before


def test_a_vocabulary_that_says_a_key_twice_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="twice"):
        export(database, tmp_path / "out", [], [WORDS[0], WORDS[0]], now=NOW)
