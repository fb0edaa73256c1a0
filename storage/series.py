"""Findings across years: the report of an organ held against its report on the year before.

They depend on two versions, so they are worked out again whenever either side has a new one; nothing else in
the record is ever replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session, selectinload

from storage.models import Change, FindingRow, ReportRow, Version
from storage.sources import NOT_A_REPORT

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
    """Work out anew the findings across years of every organ whose reports the run changed: how many.

    Also of the organs whose reports were held against one of these: a report may turn out to be another
    organ's, or on another year.
    """
    changed = select(Change.report_id).where(Change.run_id == run_id)
    related = (
        select(FindingRow.version_id)
        .join(Version, FindingRow.against_version_id == Version.id)
        .where(Version.report_id.in_(changed))
    )
    organs = session.scalars(
        select(ReportRow.agency_id)
        .where(
            or_(
                ReportRow.id.in_(changed),
                ReportRow.id.in_(select(Version.report_id).where(Version.id.in_(related))),
            ),
            ReportRow.agency_id.is_not(None),
        )
        .distinct()
        .order_by(ReportRow.agency_id)
    ).all()
    return sum(_relate(session, organ, relations) for organ in organs if organ is not None)


def _relate(session: Session, agency_id: int, relations: Relations) -> int:
    newest = _newest(session, agency_id)
    by_year = _by_year(newest)
    ids = [version.id for version in newest]
    session.execute(
        delete(FindingRow).where(FindingRow.version_id.in_(ids), FindingRow.against_version_id.is_not(None))
    )
    found = 0
    for year, later in sorted(by_year.items()):
        earlier = by_year.get(year - 1)
        if earlier is None:
            continue
        for contradiction in relations(_values(earlier), _values(later)):
            session.add(_row(contradiction, earlier, later))
            found += 1
    return found


def _newest(session: Session, agency_id: int) -> Sequence[Version]:
    """The latest version of each of the organ's reports, without what turned out to be none."""
    newest = (
        select(func.max(Version.id))
        .join(ReportRow, Version.report_id == ReportRow.id)
        .where(ReportRow.agency_id == agency_id, ReportRow.presence != NOT_A_REPORT)
        .group_by(Version.report_id)
    )
    return session.scalars(
        select(Version)
        .where(Version.id.in_(newest))
        .order_by(Version.report_id)
        .options(selectinload(Version.figures), selectinload(Version.report))
    ).all()


def _by_year(versions: Iterable[Version]) -> dict[int, Version]:
    """The version that speaks for each year: of several reports the one with most figures."""
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
