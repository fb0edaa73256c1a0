"""Archives that hold a report among other files: the best reading by evidence is the document.

Every file inside is read as if it had been sent by itself, and they are weighed and compared as a page and
its files are (`parser.copies`). What was taken stands in `meta["member"]` and in every locator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from parser.completion import HEAD
from parser.copies import RULE, UNLIKE, Best, best_copy
from parser.document import Document, Grid, Locator, State, Unreadable
from parser.readers import detect
from parser.readers import read as read_file
from parser.readers.archives import Packed
from parser.readers.bundle import packed, runs
from parser.readers.page_images import read_in_order
from parser.readers.placing import placed
from parser.report import Claim, Doubt, Fee, Finding, Reading, Report, Section

MOST_READINGS = 60
"""Files that are read; those whose names speak of reports come first."""

MOST_KEPT = 50_000
"""Blocks and cells of documents that are kept until the best is known, so that it is not read a second time:
recognising a scan takes seconds a page. Larger ones are read again."""

Understand = Callable[[Sequence[tuple[str, bytes]]], tuple[Reading, Document | None]]
"""What the parser makes of a file, given as (path, octets), or of several images that are the pages of one
document; and the document that was understood."""

_TELLING = ("年度报告", "年报", "信息公开", "政务公开", "报告")
_UNREAD = (
    State.IMAGE_ONLY,
    State.ENCRYPTED,
    State.TOO_LARGE,
    State.DAMAGED,
    State.UNSUPPORTED,
    State.EMPTY,
)
"""Why nothing could be read, the most telling first."""

_HIDING = _UNREAD[:4]
"""States of files that may well be the report."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A file that was read, and what the parser made of it: `document` where it is kept. Images that are
    numbered pages of one document are one: its `pages`, and the first one's path."""

    pages: tuple[tuple[str, bytes], ...]
    kind: str
    reading: Reading
    document: Document | None

    @property
    def path(self) -> str:
        return self.pages[0][0]


@dataclass(frozen=True, slots=True)
class Bundle:
    """What an archive comes to: the document of the file that was taken, and what the others say."""

    document: Document
    best: Best | None

    def compared(self, reading: Reading) -> Reading:
        """The reading of the document, with what came of comparing the reports in the archive."""
        if self.best is None or reading.report is None or "copies" not in self.best.record:
            return reading
        record, path = self.best.record, self.document.meta["member"]
        findings = [_finding(found, path) for found in record["findings"] if found["rule"] == RULE]
        doubts = [Doubt(**{**one, "locator": Locator()}) for one in record["doubts"] if one["kind"] == UNLIKE]
        filled = [Doubt(**{**one, "locator": Locator()}) for one in record["doubts"] if one["kind"] in HEAD]
        report = replace(
            reading.report,
            **{name: record[name] for name in HEAD},
            **_text(record, reading.report),
            findings=(*reading.report.findings, *findings),
            doubts=(*(one for one in reading.report.doubts if one.kind not in HEAD), *filled, *doubts),
            copies=tuple(record["copies"]),
            taken_because=record["taken_because"],
        )
        return replace(reading, report=report)


def opened(payload: bytes, kind: str, understand: Understand) -> Bundle:
    """The best file of an archive of this kind, chosen by what the parser understands of its files. Raises
    `Unreadable`."""
    inside = list(packed(payload, kind))
    if not inside:
        raise Unreadable(State.EMPTY, "The archive holds no file.")
    # Stable, so that of equal names the first in the archive comes first.
    inside.sort(key=lambda one: not any(word in one.path for word in _TELLING))
    closed = [(one.path, one.failure) for one in inside if one.failure is not None]
    found = list(_understood(runs(inside[:MOST_READINGS]), understand))
    copies = [("member", one.path, one.reading.as_dict(), one.path.rpartition("/")[2]) for one in found]
    # Those that cannot be read stand behind the others, so that a place is one in `found`.
    copies += [("member", path, {"state": failure.state}, path) for path, failure in closed]
    best = best_copy(copies)
    if best is not None:
        taken = found[best.place]
    else:
        notice = next((one for one in found if one.reading.state is State.NOT_A_REPORT), None)
        # A letter beside it says nothing of a report that is locked or damaged.
        states = [failure.state for _, failure in closed] + [one.reading.state for one in found]
        if notice is None or any(state in _HIDING for state in states):
            raise _nothing(found, closed)
        taken = notice
    unread = len(inside) - MOST_READINGS
    notes = [f"The archive holds {unread} files more than are read."] if unread > 0 else []
    return Bundle(_document(taken, kind, notes), best)


def _understood(found: Sequence[Sequence[Packed]], understand: Understand) -> Iterator[_Found]:
    room = MOST_KEPT
    for run in found:
        one = run[0]
        pages = tuple((page.path, page.octets) for page in run)
        kind = "image" if len(run) > 1 else detect(one.octets)
        reading, document = understand(pages)
        room -= _size(document)
        yield _Found(pages, kind, reading, document if room >= 0 else None)


def _size(document: Document | None) -> int:
    """Blocks and cells of a document."""
    blocks = document.blocks if document is not None else ()
    return sum(len(block.cells) if isinstance(block, Grid) else 1 for block in blocks)


def _text(record: dict[str, Any], own: Report) -> dict[str, Any]:
    """The chapters and what they say, of the file that has them; nothing where that is the taken one."""
    if own.sections or not record["sections"]:
        return {}
    fee, period = record["fee"], record["period"]
    claims = [
        {**one, "value": Decimal(str(one["value"])), "locator": _place(one["locator"], "")}
        for one in record["claims"]
    ]
    return {
        "preamble": record["preamble"],
        "sections": tuple(Section(**one) for one in record["sections"]),
        "fee": Fee(fee["text"], None if fee["yuan"] is None else Decimal(str(fee["yuan"]))) if fee else None,
        "claims": tuple(Claim(**one) for one in claims),
        "contact": record["contact"],
        "period": tuple(period) if period else None,
        "published": record["published"],
        "signature": record["signature"],
    }


def _place(place: dict[str, Any], path: str) -> Locator:
    """A place in the file that it names, else in the one at `path`."""
    fields = {**place, "member": place.get("member") or place.get("copy", path)}
    fields.pop("copy", None)
    if "box" in fields:
        fields["box"] = tuple(fields["box"])
    return Locator(**fields)


def _finding(found: dict[str, Any], path: str) -> Finding:
    """A difference between two files, each side's place led back to its file."""
    locators = [_place(place, path) for place in found["locators"]]
    sides = {
        side: found[side] if isinstance(found[side], str) else Decimal(str(found[side]))
        for side in ("expected", "found")
    }
    return Finding(**{**found, **sides, "locators": tuple(locators)})


def _nothing(found: list[_Found], closed: list[tuple[str, Unreadable]]) -> Unreadable:
    """Why none of the files is a document."""
    reasons = [(failure.state, f"{path}: {failure.reason}") for path, failure in closed]
    reasons += [(one.reading.state, f"{one.path}: {one.reading.reason}") for one in found]
    state, reason = min(reasons, key=lambda one: _UNREAD.index(one[0]) if one[0] in _UNREAD else len(_UNREAD))
    return Unreadable(state, f"No report of the archive could be read; {reason}")


def _document(best: _Found, kind: str, notes: list[str]) -> Document:
    """The best file's document, its places led back to the archive."""
    document = best.document
    if document is None:
        several = len(best.pages) > 1
        document = read_in_order(best.pages) if several else read_file(best.pages[0][1], best.kind)

    def here(place: Locator) -> Locator:
        return place if place.member else replace(place, member=best.path)

    return replace(
        document,
        format=kind,
        blocks=tuple(placed(block, here) for block in document.blocks),
        links=tuple(replace(link, locator=here(link.locator)) for link in document.links),
        meta={**document.meta, "member": best.path},
        notes=(*document.notes, *notes),
    )
