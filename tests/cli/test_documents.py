"""The documents say what the code does, in both languages: settings, profiles, commands, exit codes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import errors
from cli.commands import MODULES
from config import Settings
from spiders.site import Publisher, SiteProfile

ROOT = Path(__file__).parents[2]
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]

either_language = pytest.mark.parametrize("readme", READMES, ids=["en", "zh"])


def _rows(readme: Path, pattern: str) -> dict[str, list[str]]:
    """Rows of tables whose first cell is a code word of this pattern: the other cells by it."""
    rows = {}
    for line in readme.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        match = re.fullmatch(pattern, cells[0]) if cells else None
        if match:
            rows[match[1]] = cells[1:]
    return rows


@either_language
def test_every_setting_stands_there_with_its_default(readme: Path) -> None:
    told = _rows(readme, r"`(NIANBAO_[A-Z_]+)`")
    assert list(told) == [f"NIANBAO_{name.upper()}" for name in Settings.model_fields]
    for name, field in Settings.model_fields.items():
        default, text = told[f"NIANBAO_{name.upper()}"]
        if default:
            kept = Settings.model_validate({name: default.strip("`")})
            assert getattr(kept, name) == field.default
        else:
            assert field.default in ("", None)
        assert text == field.description or readme.name != "README.md"


@either_language
def test_every_key_of_a_profile_stands_there(readme: Path) -> None:
    told = _rows(readme, r"`([a-z_]+)`")
    assert set(told) == set(SiteProfile.model_fields)
    for name in Publisher.model_fields:
        assert f"`{name}`" in told["publishers"][1]
    for name in ("depth", "max_pages", "family"):
        assert told[name][0].strip("`") == str(SiteProfile.model_fields[name].default)


@either_language
def test_every_command_stands_there(readme: Path) -> None:
    assert list(_rows(readme, r"`nianbao ([a-z]+).*`")) == list(MODULES)


@either_language
def test_every_exit_code_stands_there(readme: Path) -> None:
    told = {int(code) for code in _rows(readme, r"(\d+)")}
    kinds = [value for value in vars(errors).values() if isinstance(value, type)]
    codes = {kind.exit_code for kind in kinds if issubclass(kind, errors.NianbaoError)}
    assert codes - {errors.NianbaoError.exit_code} <= told


@pytest.mark.parametrize("document", ["README.md", "README.zh.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_both_languages_have_the_same_shape() -> None:
    shapes = [
        [re.sub(r"[^#`|]", "", line) for line in path.read_text(encoding="utf-8").splitlines()
         if line.startswith(("#", "```", "|"))]
        for path in READMES
    ]  # fmt: skip
    headings = [[line for line in shape if line.startswith("#")] for shape in shapes]
    assert headings[0] == headings[1]
    assert shapes[0].count("```") == shapes[1].count("```")
