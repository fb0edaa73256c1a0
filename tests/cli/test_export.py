"""`nianbao export DIR`: the files are there, their sizes are told, and a bad folder is one line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.cli.conftest import ID_2022
from tests.cli.console import is_one_line, nianbao_here


def test_the_dataset_is_written_and_told(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "数据" / "out"
    done = nianbao_here("export", str(folder), home=home)
    assert done.code == 0
    told = dict(done.rows[1:])
    assert (told["reports"], told["figures"], told["captures"]) == ("2", "6", "4")
    assert is_one_line(done.complaint)
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert {resource["path"] for resource in descriptor["resources"]} <= {
        path.name for path in folder.iterdir()
    }
    with (folder / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert "301843" in [row["value"] for row in rows if row["report_id"] == ID_2022]


def test_a_folder_that_cannot_be_written(home: Path, tmp_path: Path, nowhere: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    done = nianbao_here("export", str(tmp_path / "file"), home=home)
    assert (done.code, done.octets) == (4, b"")
    assert is_one_line(done.complaint)
    assert nianbao_here("export", str(tmp_path / "out"), home=nowhere).code == 3
    assert not (tmp_path / "out").exists()
