"""What a copy of a report does not say and another says of it: who, which year, and the text.

Tables are often sent as a file of their own, without title or chapters, by a page that has both. All figures
still come from one copy; so do the chapters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from parser.titles import take_apart

HEAD = ("title", "agency", "year")
TEXT = ("preamble", "sections", "fee", "claims", "contact", "period", "published", "signature")


class Other(NamedTuple):
    """What else speaks of the report: its `name` (URL or path), its record where it is one, and the words
    that announced it."""

    name: str
    record: Mapping[str, Any] | None
    words: str


def completed(taken: Mapping[str, Any], others: Sequence[Other]) -> tuple[dict[str, Any], str]:
    """The record with what it lacks, and the name of the copy whose text it got (empty: none).

    A head that is filled in keeps its doubt, which then says where it is from. `others` come in the order in
    which they are believed; the words of the copy itself are among them.
    """
    record = dict(taken)
    doubts = list(record["doubts"])
    for field in HEAD:
        unsure = [doubt for doubt in doubts if doubt["kind"] == doubt["where"] == field]
        if not unsure and record[field] not in (None, ""):
            continue
        value, source = _said(field, others)
        if value is None:
            continue
        record[field] = value
        message = f"The document does not say it; “{source}” does."
        doubts = [doubt for doubt in doubts if doubt not in unsure]
        doubts.append({"kind": field, "where": field, "message": message, "locator": {}})
    record["doubts"] = doubts
    if record["sections"]:
        return record, ""
    for other in others:
        if other.record is not None and other.record["sections"]:
            record |= {field: _from(other, field) for field in TEXT if not record[field]}
            return record, other.name
    return record, ""


def _said(field: str, others: Sequence[Other]) -> tuple[Any, str]:
    """What is said of it, and in which copy or words."""
    for other in others:
        sure = other.record is not None and not any(
            doubt["kind"] == doubt["where"] == field for doubt in other.record["doubts"]
        )
        if other.record is not None and sure and other.record[field]:
            return other.record[field], other.name
        title = take_apart(other.words)
        told = {"title": title.text, "agency": title.agency, "year": title.year} if title else {}
        if told.get(field):
            return told[field], other.words
    return None, ""


def _from(other: Other, field: str) -> Any:
    """A part of another copy's text, each place in it led back to that copy."""
    assert other.record is not None
    value = other.record[field]
    if field != "claims":
        return value
    return [{**claim, "locator": {"copy": other.name, **claim["locator"]}} for claim in value]
