"""What a record says, apart from where it is printed: its digest, its rows, and how two of them differ."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

from storage.models import ChangedFigure, DoubtRow, FigureRow, FindingRow, Version

_PARTS = ("form", "title", "agency", "year", "period", "published", "contact", "fee")
_LISTS = ("figures", "sections", "findings", "doubts")


def content_hash(record: dict[str, Any]) -> str:
    """The digest of what a report says and of what is wrong with it, without where it is printed."""
    content = {name: _bare(record, name) for name in (*_PARTS, *_LISTS)}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def changed_figures(old: Version, new: Version) -> list[ChangedFigure]:
    before = {figure.key: figure for figure in old.figures}
    after = {figure.key: figure for figure in new.figures}
    changed = []
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        if was and now and (was.printed, was.value, was.unit) == (now.printed, now.value, now.unit):
            continue
        unit = now.unit if now else was.unit if was else None
        changed.append(
            ChangedFigure(
                key=key,
                old_printed=was.printed if was else None,
                new_printed=now.printed if now else None,
                old_value=was.value if was else None,
                new_value=now.value if now else None,
                unit=unit,
            )
        )
    return changed


def changed_parts(old: Version, new: Version) -> str:
    """The names of what differs beside the figures."""
    names = [name for name in (*_PARTS, *_LISTS[1:]) if _bare(old.record, name) != _bare(new.record, name)]
    if _remarks(old) != _remarks(new):
        names.append("remarks")
    return ", ".join(names)


def _remarks(version: Version) -> dict[str, str]:
    return {figure.key: figure.remark for figure in version.figures if figure.remark}


def _bare(record: dict[str, Any], name: str) -> object:
    items = record.get(name)
    if not isinstance(items, list):
        return items
    return [
        {key: value for key, value in item.items() if key not in ("locator", "locators")}
        if isinstance(item, dict)
        else item
        for item in items
    ]


def figure_row(figure: dict[str, Any]) -> FigureRow:
    value = figure["value"]
    return FigureRow(
        key=figure["key"],
        value=None if value is None else Decimal(str(value)),
        unit=figure["unit"],
        printed=figure["printed"],
        remark=figure["remark"],
        locator=figure["locator"],
        override=figure.get("override"),
    )


def as_read(record: dict[str, Any]) -> dict[str, Any]:
    """A record as the parser read it, without what a person set."""
    figures = [
        {name: item for name, item in figure.items() if name != "override"}
        | ({"value": figure["override"]["read"]} if figure.get("override") else {})
        for figure in record["figures"]
    ]
    return record | {"figures": figures}


def finding_row(finding: dict[str, Any]) -> FindingRow:
    return FindingRow(
        rule=finding["rule"],
        place=finding["where"],
        expected=str(finding["expected"]),
        found=str(finding["found"]),
        severity=finding["severity"],
        locators=finding["locators"],
    )


def doubt_row(doubt: dict[str, Any]) -> DoubtRow:
    return DoubtRow(
        kind=doubt["kind"], place=doubt["where"], message=doubt["message"], locator=doubt["locator"]
    )
