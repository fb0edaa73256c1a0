"""`nianbao verify`: the exit code, the captures concerned, a copy that puts it right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import URL_2021
from tests.cli.console import is_one_line, nianbao_here
from tests.databases import copy_home


@pytest.fixture
def damaged(home: Path, tmp_path: Path) -> Path:
    """A copy of the home whose first night's second page has a flipped byte."""
    kept = copy_home(home, tmp_path / "home")
    first = min((kept / "archive").glob("*.warc.gz"))
    octets = bytearray(first.read_bytes())
    octets[len(octets) * 4 // 5] ^= 1
    first.write_bytes(octets)
    return kept


def test_a_sound_archive(home: Path, tmp_path: Path) -> None:
    kept = copy_home(home, tmp_path / "home")
    done = nianbao_here("verify", home=kept)
    assert (done.code, done.complaint) == (0, "")
    assert ["segments read", "2"] in done.rows
    assert ["damaged", "0"] in done.rows


def test_damage_names_the_captures_and_the_exit_code_says_so(damaged: Path) -> None:
    done = nianbao_here("verify", home=damaged)
    assert done.code == 4
    assert is_one_line(done.complaint)
    assert "damaged segments: 1, captures concerned: 1" in done.complaint
    assert ["2", URL_2021, "2024-01-30T18:00:05Z"] in done.rows
    told = nianbao_here("verify", "--json", home=damaged)
    assert told.code == 4
    (segment,) = told.json["damaged"]
    assert [(one["capture"], one["url"]) for one in segment["captures"]] == [(2, URL_2021)]
    assert {one["kind"] for one in segment["damages"]} == {"octets", "record"}


def test_a_copy_puts_it_right(damaged: Path, home: Path) -> None:
    done = nianbao_here("verify", "--repair-from", str(home / "archive"), "--json", home=damaged)
    assert (done.code, done.json["damaged"], len(done.json["repaired"])) == (0, [], 1)
    assert nianbao_here("verify", "--sample", "100", home=damaged).code == 0


def test_a_folder_of_copies_that_is_not_there_is_told_before_anything_is_read(damaged: Path) -> None:
    done = nianbao_here("verify", "--repair-from", "/no/such/folder", home=damaged)
    assert (done.code, done.octets, is_one_line(done.complaint)) == (3, b"", True)


def test_a_share_that_is_none(damaged: Path) -> None:
    done = nianbao_here("verify", "--sample", "101", home=damaged)
    assert done.code == 2
    assert is_one_line(done.complaint)
