"""The rows of the exported tables, read from the database in the order of their keys.

Each gives tuples in the order of the columns that `columns.toml` declares. Of a report only its latest
version is told in `reports`, `figures`, `findings` and `doubts`. Rows are streamed: however many there are,
only a batch of them is in memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, select, union
from sqlalchemy.orm import Session, aliased

from storage import columns
from storage.coverage import ExpectedPublisher, coverage, published_day
from storage.models import (
    Agency,
    Capture,
    Change,
    ChangedFigure,
    DoubtRow,
    FigureRow,
    FindingRow,
    ReportRow,
    Segment,
    Version,
)
from storage.sources import NOT_A_REPORT

Row = tuple[Any, ...]

BATCH = 20_000
WHOLE_DIGITS, FRACTION_DIGITS = 28, 10
"""Digits before and after the point of Parquet's decimal(38, 10)."""


class Entry(Protocol):
    """What a vocabulary says of a figure key. `forms` are names of national forms."""

    @property
    def key(self) -> str: ...
    @property
    def label_zh(self) -> str: ...
    @property
    def label_en(self) -> str: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def article(self) -> str | None: ...
    @property
    def forms(self) -> Sequence[str]: ...


def rows_of(
    session: Session, publishers: Iterable[ExpectedPublisher], vocabulary: Iterable[Entry], now: datetime
) -> dict[str, Callable[[], Iterable[Row]]]:
    """By name of the table, the function that gives its rows."""
    expected, words = tuple(publishers), tuple(vocabulary)
    return {
        "figures": lambda: _figures(session),
        "reports": lambda: _reports(session),
        "findings": lambda: _findings(session),
        "doubts": lambda: _doubts(session),
        "coverage": lambda: (astuple(row) for row in coverage(session, expected, now=now)),
        "captures": lambda: _stream(session, _CAPTURES),
        "changes": lambda: _stream(session, _changes()),
        "changed_figures": lambda: _stream(session, _changed_figures()),
        "dictionary": lambda: _dictionary(session, words),
        "columns": columns.describe,
    }


def fits_parquet(value: Decimal) -> bool:
    """Whether decimal(38, 10) holds this number without loss."""
    _, digits, exponent = value.as_tuple()
    return (
        isinstance(exponent, int) and -exponent <= FRACTION_DIGITS and len(digits) + exponent <= WHOLE_DIGITS
    )


def _figures(session: Session) -> Iterator[Row]:
    latest = _latest()
    query = (
        select(
            Version.report_id,
            Version.number,
            FigureRow.key,
            FigureRow.value,
            FigureRow.unit,
            FigureRow.printed,
            FigureRow.remark,
            FigureRow.override,
            FigureRow.locator,
            Version.capture_id,
        )
        .join(Version, Version.id == FigureRow.version_id)
        .join(latest, _is(latest))
        .order_by(Version.report_id, FigureRow.key)
    )
    for *head, value, unit, printed, remark, override, locator, capture_id in _stream(session, query):
        exact = None if value is None or fits_parquet(value) else format(value, "f")
        changed = None if override is None else _json(override)
        yield (*head, value, exact, unit, printed, remark, changed, _json(locator), capture_id)


def _reports(session: Session) -> Iterator[Row]:
    latest = _latest()
    figures, findings, doubts = (
        func.coalesce(
            select(func.count()).where(part.version_id == Version.id).correlate(Version).scalar_subquery(), 0
        )
        for part in (FigureRow, FindingRow, DoubtRow)
    )
    query = (
        select(
            ReportRow.id,
            ReportRow.site,
            Agency.name,
            ReportRow.year,
            Version.form,
            Version.title,
            ReportRow.url,
            ReportRow.presence,
            Version.record["published"].as_string(),
            Version.number,
            Version.cause,
            ReportRow.first_seen,
            ReportRow.last_seen,
            Version.capture_id,
            Version.payload_sha256,
            Version.parser_version,
            figures,
            findings,
            doubts,
        )
        .outerjoin(Agency, Agency.id == ReportRow.agency_id)
        .outerjoin(latest, latest.c.report_id == ReportRow.id)
        .outerjoin(Version, _is(latest))
        .order_by(ReportRow.id)
    )
    published = 8
    for row in _stream(session, query):
        yield (*row[:published], published_day(row[published]), *row[published + 1 :])


def _findings(session: Session) -> Iterator[Row]:
    latest, against = _latest(), aliased(Version)
    query = (
        select(
            FindingRow.id,
            Version.report_id,
            Version.number,
            FindingRow.rule,
            FindingRow.place,
            FindingRow.severity,
            FindingRow.expected,
            FindingRow.found,
            against.report_id,
            against.number,
            FindingRow.locators,
        )
        .join(Version, Version.id == FindingRow.version_id)
        .join(latest, _is(latest))
        .outerjoin(against, against.id == FindingRow.against_version_id)
        .order_by(FindingRow.id)
    )
    return ((*row[:-1], _json(row[-1])) for row in _stream(session, query))


def _doubts(session: Session) -> Iterator[Row]:
    latest = _latest()
    query = (
        select(
            DoubtRow.id,
            Version.report_id,
            Version.number,
            DoubtRow.kind,
            DoubtRow.place,
            DoubtRow.message,
            DoubtRow.locator,
        )
        .join(Version, Version.id == DoubtRow.version_id)
        .join(latest, _is(latest))
        .order_by(DoubtRow.id)
    )
    return ((*row[:-1], _json(row[-1])) for row in _stream(session, query))


_CAPTURES = (
    select(
        Capture.id,
        Capture.run_id,
        Capture.site,
        Capture.url,
        Capture.captured_at,
        Capture.method,
        Capture.status,
        Capture.outcome,
        Capture.problem,
        Capture.blocked,
        Capture.content_type,
        Capture.payload_sha256,
        Capture.payload_sha1,
        Capture.payload_bytes,
        Capture.reconstructed,
        Capture.role,
        Capture.followed,
        Capture.referrer,
        Segment.name,
        Capture.record_id,
        Capture.record_offset,
        Capture.request_offset,
        Capture.request_bytes,
        Capture.response_offset,
        Capture.response_bytes,
    )
    .join(Segment, Segment.id == Capture.segment_id)
    .order_by(Capture.id)
)


def _changes() -> Select[*tuple[Any, ...]]:
    old, new = aliased(Version), aliased(Version)
    figures = select(func.count()).where(ChangedFigure.change_seq == Change.seq).correlate(Change)
    return (
        select(
            Change.seq,
            Change.at,
            Change.run_id,
            Change.report_id,
            Change.kind,
            Change.cause,
            Change.note,
            old.number,
            new.number,
            Change.old_capture_id,
            Change.new_capture_id,
            figures.scalar_subquery(),
        )
        .outerjoin(old, old.id == Change.old_version_id)
        .outerjoin(new, new.id == Change.new_version_id)
        .order_by(Change.seq)
    )


def _changed_figures() -> Select[*tuple[Any, ...]]:
    return select(
        ChangedFigure.change_seq,
        ChangedFigure.key,
        ChangedFigure.old_printed,
        ChangedFigure.new_printed,
        ChangedFigure.old_value,
        ChangedFigure.new_value,
        ChangedFigure.unit,
    ).order_by(ChangedFigure.change_seq, ChangedFigure.key)


def _dictionary(session: Session, vocabulary: Iterable[Entry]) -> list[Row]:
    """The vocabulary, and after it in meaning the keys that reports have and no form knows: a figure whose
    key could not be looked up would be worse than one whose key has no label."""
    known: dict[str, Row] = {}
    for word in vocabulary:
        if word.key in known:
            raise ValueError(f"the vocabulary has {word.key} twice")
        known[word.key] = (
            word.key, word.label_zh, word.label_en, word.unit, word.article, " ".join(word.forms)
        )  # fmt: skip
    used = session.scalars(union(select(FigureRow.key), select(ChangedFigure.key)))
    unknown = {key: (key, *[None] * 5) for key in used if key not in known}
    return sorted((known | unknown).values(), key=itemgetter(0))


def _stream(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[Row]:
    return (tuple(row) for row in session.execute(query.execution_options(yield_per=BATCH)))


def _latest() -> Subquery:
    """The latest version of each report, but of those that turned out to be none."""
    last = func.max(Version.number).label("number")
    is_one = Version.report.has(ReportRow.presence != NOT_A_REPORT)
    return select(Version.report_id, last).where(is_one).group_by(Version.report_id).subquery()


def _is(latest: Subquery) -> ColumnElement[bool]:
    return and_(Version.report_id == latest.c.report_id, Version.number == latest.c.number)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
