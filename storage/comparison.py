"""How two records of a report differ: figures, narrative, findings, doubts, and what stands at its head.

Where a thing is printed is no difference (a relaunch moves every cell), but is told with each figure that
does differ, so that both cells can be opened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from storage.wording import ChapterEdit, chapters

Record = Mapping[str, Any]
"""A report in the shape of the parser's `Report.as_dict()`."""

_HEAD = ("form", "title", "agency", "year", "period", "published", "fee")
_FIGURE = ("printed", "value", "unit", "remark", "override")
_FINDING = ("rule", "where", "expected", "found", "severity")
_DOUBT = ("kind", "where", "message")


@dataclass(frozen=True, slots=True)
class FigurePair:
    """A figure that is not as it was; a side is `None` where the figure is not there."""

    key: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Turnover:
    """What went and what came of findings or doubts."""

    went: list[dict[str, Any]]
    came: list[dict[str, Any]]

    def __bool__(self) -> bool:
        return bool(self.went or self.came)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that two records say differently."""

    head: list[tuple[str, Any, Any]]
    """name, old, new; names of the contact begin with `contact.`"""
    figures: list[FigurePair]
    narrative: list[ChapterEdit]
    findings: Turnover
    doubts: Turnover

    def __bool__(self) -> bool:
        return bool(self.head or self.figures or self.narrative or self.findings or self.doubts)


def compare(old: Record, new: Record) -> Comparison:
    """What differs from the old record to the new one."""
    return Comparison(
        head=_head(old, new),
        figures=_figures(old, new),
        narrative=chapters(old.get("sections", ()), new.get("sections", ())),
        findings=_turnover(old.get("findings", ()), new.get("findings", ()), _FINDING),
        doubts=_turnover(old.get("doubts", ()), new.get("doubts", ()), _DOUBT),
    )


def _head(old: Record, new: Record) -> list[tuple[str, Any, Any]]:
    before, after = _head_of(old), _head_of(new)
    names = [*before, *(name for name in after if name not in before)]
    return [
        (name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    ]


def _head_of(record: Record) -> dict[str, Any]:
    contact = record.get("contact") or {}
    return {name: record.get(name) for name in _HEAD} | {
        f"contact.{name}": value for name, value in contact.items()
    }


def _figures(old: Record, new: Record) -> list[FigurePair]:
    before = {figure["key"]: figure for figure in old.get("figures", ())}
    after = {figure["key"]: figure for figure in new.get("figures", ())}
    pairs = [FigurePair(key, before.get(key), after.get(key)) for key in dict.fromkeys([*before, *after])]
    return [pair for pair in pairs if _shown(pair.old, _FIGURE) != _shown(pair.new, _FIGURE)]


def _turnover(
    old: Iterable[dict[str, Any]], new: Iterable[dict[str, Any]], names: tuple[str, ...]
) -> Turnover:
    return Turnover(went=_beyond(old, new, names), came=_beyond(new, old, names))


def _beyond(
    ones: Iterable[dict[str, Any]], others: Iterable[dict[str, Any]], names: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Those of `ones` that are not among `others`, each counted."""
    left = Counter(_shown(other, names) for other in others)
    found = []
    for one in ones:
        shown = _shown(one, names)
        if left[shown]:
            left[shown] -= 1
        else:
            found.append(one)
    return found


def _shown(item: Mapping[str, Any] | None, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """What counts of an item; as text, since a stored 3 and a read "3" are the same."""
    if item is None:
        return None
    return tuple("" if item.get(name) is None else str(item[name]) for name in names)
