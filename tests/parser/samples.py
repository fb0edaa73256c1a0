"""The real reports that lie beside the repository, when they are there."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.parser.made.content import COLUMNS

FOLDER = Path(__file__).parents[2].parent / "shared" / "samples"
NAMES = tuple(sorted(path.name.removesuffix(".truth.json") for path in FOLDER.glob("*.truth.json")))
HARD = {"row_total", "outcome_sum", "balance_1_2_eq_3_4", "review_litigation_total", "stat_sum"}


def payload(name: str) -> bytes:
    """The document's bytes; the test is skipped where the samples are not there."""
    for path in FOLDER.glob(f"{name}.*"):
        if not path.name.endswith(".truth.json"):
            return path.read_bytes()
    pytest.skip(f"the real report {name} is not beside the repository")


def truth(name: str) -> dict[str, Any]:
    """What a person read in it."""
    path = FOLDER / f"{name}.truth.json"
    if not path.exists():
        pytest.skip(f"the real report {name} is not beside the repository")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    return found


def figures(truth: dict[str, Any]) -> dict[str, Decimal | None]:
    """The truth by figure key."""
    tables = truth["tables"]
    found: dict[str, Any] = {}
    for row, fields in tables["proactive"].items():
        found |= {f"proactive.{row}.{name}": value for name, value in fields.items() if name != "amount_unit"}
    for row, values in tables["requests"].items():
        found |= {f"requests.{row}.{column}": value for column, value in zip(COLUMNS, values, strict=True)}
    found |= {f"review_litigation.{key}": value for key, value in tables["review_litigation"].items()}
    found |= {f"statistics.{row['code']}": row["value"] for row in tables["statistics"]}
    return {key: None if value is None else Decimal(value) for key, value in found.items()}
