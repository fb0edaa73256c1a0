"""Rows that head others and print their sum: （三）不予公开 with a number of its own, a 小计 below its rows.

They are no rows of the form. Where the sum is that of the rows, nothing is lost by leaving them out; where it
is not, the table may be misread.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from parser.folding import label
from parser.forms.regions import REQUESTS
from parser.forms.sheet import Sheet
from parser.forms.vocabulary import vocabulary
from parser.report import Figure

OUTCOMES = "本年度办理结果"
_ONE_ROW = "other_processing"
_THREE_ROWS = tuple(term.key for term in vocabulary().request_rows if term.forms == ("2021",))
_SUMS = frozenset({"小计", "合计", "分计"})


def _members() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {OUTCOMES: ("outcome_total",)}
    for term in vocabulary().request_rows:
        if term.group:
            stem = label(term.group).bare
            found[stem] = (*found.get(stem, ()), term.key)
    return found


_MEMBERS = _members()
"""The rows below each group's label, which is known without number and brackets."""


def headed(name: str, group: str) -> str | None:
    """The group whose sum a row of this name may print; `group` is the one that the rows above are in."""
    stem = label(name).bare
    if stem in _MEMBERS:
        return stem
    above = label(group).bare
    return above if stem in _SUMS and above in _MEMBERS else None


def is_sum(sheet: Sheet, group: str, values: Mapping[str, Decimal | None]) -> bool:
    """Whether the values, by column, are what the rows of the group add up to."""
    printed = {column: value for column, value in values.items() if value is not None}
    return bool(printed) and all(
        value == sum(_values(sheet, group, column)) for column, value in printed.items()
    )


def _values(sheet: Sheet, group: str, column: str) -> list[Decimal]:
    keys = (f"{REQUESTS}.{member}.{column}" for member in _MEMBERS[group])
    return [figure.value for key in keys if (figure := sheet.figures.get(key)) and figure.value is not None]


def drop_head(sheet: Sheet) -> None:
    """Leave out （六）其他处理 above its three rows, where it prints nothing of its own, or their sum."""
    head = f"{REQUESTS}.{_ONE_ROW}."
    cells: dict[str, Figure] = {key: one for key, one in sheet.figures.items() if key.startswith(head)}
    below = tuple(f"{REQUESTS}.{row}." for row in _THREE_ROWS)
    if not cells or not any(key.startswith(below) for key in sheet.figures):
        return
    values = {key.removeprefix(head): figure.value for key, figure in cells.items()}
    blank = not any(figure.printed for figure in cells.values())
    if blank or is_sum(sheet, label("其他处理").bare, values):
        for key in cells:
            del sheet.figures[key]
