"""Values that a person set, with the reason: `overrides/*.toml` in the home.

    [[override]]
    report = "www.wuzhong.gov.cn-9281f408"
    key = "proactive.normative_documents.in_force"
    printed = "47O"          # what the page prints; the override lapses when this changes
    value = "470"            # leave out for «no value»
    reason = "the letter O stands for a zero; see the PDF beside the page"
    who = "name of the person"
    date = 2026-11-22

An override never hides what is printed: the figure keeps `printed` and what the parser read.
"""

from __future__ import annotations

import tomllib
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from errors import BadOverride


class Override(BaseModel):
    """One value set by a person."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    report: str = Field(min_length=1)
    key: str = Field(min_length=1)
    printed: str
    value: str | None = None
    reason: str = Field(min_length=1)
    who: str = Field(min_length=1)
    date: date

    @field_validator("value")
    @classmethod
    def _a_number(cls, text: str | None) -> str | None:
        try:
            return text if text is None else format(Decimal(text), "f")
        except InvalidOperation as error:
            raise ValueError('is not a number; write it as text, such as "314.4765"') from error


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    override: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True)
class Overrides:
    """All overrides of a home, by report and key."""

    by_place: dict[tuple[str, str], Override]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `*.toml` of a folder (which need not exist). Raises `BadOverride` naming file and key."""
        by_place: dict[tuple[str, str], Override] = {}
        for path in sorted(folder.glob("*.toml")):
            for override in _read(path):
                place = (override.report, override.key)
                if place in by_place:
                    raise BadOverride(
                        file=path.name, problem=f"{override.report} {override.key} is set twice"
                    )
                by_place[place] = override
        return cls(by_place)

    def apply(self, report: str, record: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """The record with what was set for this report, and a notice for each override that has lapsed."""
        mine = {key: override for (owner, key), override in self.by_place.items() if owner == report}
        if not mine:
            return record, []
        changed = deepcopy(record)
        lapsed = []
        for figure in changed["figures"]:
            override = mine.pop(figure["key"], None)
            if override is None:
                continue
            if figure["printed"].strip() != override.printed.strip():
                lapsed.append(_lapsed(override, f"«{figure['printed']}»"))
                continue
            figure["override"] = {
                "read": figure["value"],
                "reason": override.reason,
                "who": override.who,
                "date": override.date.isoformat(),
            }
            figure["value"] = override.value
        lapsed += [_lapsed(override, "nothing") for override in mine.values()]
        return changed, lapsed


NO_OVERRIDES = Overrides({})


def _lapsed(override: Override, printed: str) -> str:
    return (
        f"{override.report} {override.key}: the override of {override.who} ({override.date}) has lapsed, "
        f"since the page now prints {printed} and no longer «{override.printed}»"
    )


def _read(path: Path) -> tuple[Override, ...]:
    try:
        return _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).override
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadOverride(file=path.name, problem=error) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise BadOverride(file=path.name, problem=f"`{key}`: {first['msg']}") from error
