"""Findings across years: the report of an organ held against its report on the year before.

They depend on two versions, so they are worked out again whenever either side has a new one; nothing else in
the record is ever replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Protocol

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, selectinload

from storage.models import Change, FindingRow, ReportRow, Version

Values = Mapping[str, Decimal | None]


class Contradiction(Protocol):
    """What a relation across years found; `earlier` and `later` are the keys it was computed from."""

    @property
    def rule(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def expected(self) -> Decimal: ...
    @property
    def found(self) -> Decimal: ...
    @property
    def severity(self) -> str: ...
    @property
    def earlier(self) -> tuple[str, ...]: ...
    @property
    def later(self) -> tuple[str, ...]: ...


Relations = Callable[[Values, Values], Iterable[Contradiction]]


def relate_changed(session: Session, run_id: int, relations: Relations) -> int:
    """Work out anew the findings across years of every organ whose reports the run changed: how many."""
    organs = session.scalars(
        select(ReportRow.agency_id)
        .join(Change, Change.report_id == ReportRow.id)
        .where(Change.run_id == run_id, ReportRow.agency_id.is_not(None))
        .distinct()
    ).all()
    return sum(_relate(session, organ, relations) for organ in organs if organ is not None)


def _relate(session: Session, agency_id: int, relations: Relations) -> int:
    by_year = _latest_by_year(session, agency_id)
    ids = [version.id for version in by_year.values()]
    session.execute(
        delete(FindingRow).where(FindingRow.version_id.in_(ids), FindingRow.against_version_id.is_not(None))
    )
    found = 0
    for year, later in by_year.items():
        earlier = by_year.get(year - 1)
        if earlier is None:
            continue
        for contradiction in relations(_values(earlier), _values(later)):
            session.add(_row(contradiction, earlier, later))
            found += 1
    return found


def _latest_by_year(session: Session, agency_id: int) -> dict[int, Version]:
    """The latest version of the organ's report on each year; of several reports the one with most figures."""
    newest = (
        select(func.max(Version.id))
        .join(ReportRow, Version.report_id == ReportRow.id)
        .where(ReportRow.agency_id == agency_id, ReportRow.year.is_not(None))
        .group_by(Version.report_id)
    )
    versions = session.scalars(
        select(Version)
        .where(Version.id.in_(newest))
        .order_by(Version.report_id)
        .options(selectinload(Version.figures), selectinload(Version.report))
    )
    chosen: dict[int, Version] = {}
    for version in versions:
        year = version.report.year
        if year is not None and (year not in chosen or len(version.figures) > len(chosen[year].figures)):
            chosen[year] = version
    return chosen


def _values(version: Version) -> Values:
    return {figure.key: figure.value for figure in version.figures}


def _row(contradiction: Contradiction, earlier: Version, later: Version) -> FindingRow:
    sides = ((later, (contradiction.where, *contradiction.later)), (earlier, contradiction.earlier))
    locators = [
        {"version": version.id, "key": figure.key, **figure.locator}
        for version, keys in sides
        for figure in version.figures
        if figure.key in keys
    ]
    return FindingRow(
        version_id=later.id,
        rule=contradiction.rule,
        place=contradiction.where,
        expected=format(contradiction.expected, "f"),
        found=format(contradiction.found, "f"),
        severity=contradiction.severity,
        locators=locators,
        against_version_id=earlier.id,
    )
