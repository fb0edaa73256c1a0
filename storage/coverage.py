"""Who should have published, who did, and who is late: one row for every publisher and year.

Reports on a year are due in the year after it: on 31 March for every organ while the 2008 Regulations were in
force (reports on 2008 to 2018), since the report on 2019 on 31 January for organs and on 31 March for
governments (2019 Regulations, Articles 49 and 50).

A state says only what was seen. `missing` is said of an organ only where its site let itself be read and not
even a link to the report was met; `late` only where the report itself names its day of publication.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from http import HTTPStatus
from typing import Literal

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from storage.models import Agency, Capture, ReportRow, Sighting, Version
from storage.sources import NOT_A_REPORT

Level = Literal["agency", "government"]
State = Literal[
    "published", "late", "missing", "gone", "blocked", "moved", "unreadable", "pending", "unknown"
]
Presence = Literal["published", "unreadable", "blocked", "moved", "gone"]

FIRST_YEAR_OF_2019_REGULATIONS = 2019
CHINA = timezone(timedelta(hours=8), "China")

# When an organ has several reports on one year, the row speaks of the first of these that there is.
_PRESENCES = ("published", "unreadable", "blocked", "moved", "gone")
_REGION_ENDS = "省市区县州盟旗"
_YEAR = re.compile(r"(20\d\d)年")
_QUOTED = re.compile("«(.+?)»")
_REPORT_WORDS = re.compile(
    r"20\d\d(?:年度?)?|关于|政府信息公开|政务公开|信息公开|工作|年度|年报|报告|情况|[的()《》“”\":·—-]"
)
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


@dataclass(frozen=True, slots=True)
class ExpectedPublisher:
    """An organ that is to publish a report on every year from `since` on, at a site."""

    site: str
    agency: str
    level: Level
    since: int


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """What became of one organ's report on one year.

    `due` and `published` are days in China; `published` is what the report itself says. `days_late` counts
    from the due day, 0 where it was met, `None` where the day of publication is not known or there is no
    report. `report_count` is at how many addresses the report was met; `report_id` is the one the row speaks
    of, `None` where what was met could never be read. `expected` is false for reports that no site profile
    asked for; their `level` is judged by the name. `state` is `unknown` where the site was never read, so
    that nothing can be said of its organs.
    """

    site: str
    agency: str
    level: Level
    year: int
    expected: bool
    due: date
    state: State
    published: date | None
    days_late: int | None
    report_id: str | None
    report_count: int


@dataclass(frozen=True, slots=True)
class _Found:
    """A report as the database knows it; without id where it was met but never read."""

    report_id: str | None
    site: str
    agency: str
    year: int
    presence: Presence
    published: date | None


def due_day(level: Level, year: int) -> date:
    """The last day on which a report on `year` is in time."""
    if level == "government" or year < FIRST_YEAR_OF_2019_REGULATIONS:
        return date(year + 1, 3, 31)
    return date(year + 1, 1, 31)


def coverage(
    session: Session, publishers: Iterable[ExpectedPublisher], *, now: datetime
) -> list[CoverageRow]:
    """Every expected organ and year up to the last one that ended, and every report beyond those; sorted by
    site, agency, year. Reports of which neither agency nor year can be told are left out.

    `now` decides what is still `pending`; it must be aware of its time zone.
    """
    if now.tzinfo is None:
        raise ValueError("`now` needs a time zone")
    today = now.astimezone(CHINA).date()
    expected = list(publishers)
    by_site: dict[str, list[ExpectedPublisher]] = defaultdict(list)
    for publisher in expected:
        by_site[publisher.site].append(publisher)

    cells: dict[tuple[str, str, int], list[_Found]] = defaultdict(list)
    levels: dict[tuple[str, str], Level] = {(one.site, one.agency): one.level for one in expected}
    due_cells = {(one.site, one.agency, year) for one in expected for year in range(one.since, today.year)}
    for found in (*_reports(session, by_site), *_never_read(session, by_site)):
        agency = _name_of(found.agency, by_site.get(found.site, []))
        levels.setdefault((found.site, agency), _judge_level(agency))
        cells[found.site, agency, found.year].append(found)

    absence = {site: _absence(session, site) for site in by_site}
    return [
        _row(
            key,
            levels[key[:2]],
            cells.get(key, []),
            expected=key in due_cells,
            today=today,
            absence=absence.get(key[0], "unknown"),
        )
        for key in sorted(due_cells | cells.keys())
    ]


def published_day(text: str | None) -> date | None:
    """The day in a record's `published` (an ISO date, or date and time), or `None` where there is none."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def same_agency(one: str, other: str) -> bool:
    """Whether two names are of one organ of a site: equal, or one is the other without the regions that
    stand before it (洪泽区人民政府 and 淮安市洪泽区人民政府). Widths and blanks do not matter."""
    long, short = sorted((_normal(one), _normal(other)), key=len, reverse=True)
    if long == short:
        return True
    front = long.removesuffix(short)
    if not short or front == long:
        return False
    return front[-1] in _REGION_ENDS or short[0] in _REGION_ENDS


def _row(
    key: tuple[str, str, int],
    level: Level,
    found: Sequence[_Found],
    *,
    expected: bool,
    today: date,
    absence: State,
) -> CoverageRow:
    site, agency, year = key
    due = due_day(level, year)
    best = min(found, key=_preference, default=None)
    days_late = max((best.published - due).days, 0) if best and best.published else None
    state: State
    if best is None:
        state = "pending" if today <= due else absence
    elif best.presence == "published":
        state = "late" if days_late else "published"
    else:
        state = best.presence
    return CoverageRow(
        site=site,
        agency=agency,
        level=level,
        year=year,
        expected=expected,
        due=due,
        state=state,
        published=best.published if best else None,
        days_late=days_late,
        report_id=best.report_id if best else None,
        report_count=len(found),
    )


def _preference(found: _Found) -> tuple[int, date, str]:
    return _PRESENCES.index(found.presence), found.published or date.max, found.report_id or "~"


def _reports(session: Session, by_site: dict[str, list[ExpectedPublisher]]) -> Iterator[_Found]:
    last = select(Version.report_id, func.max(Version.number).label("number")).group_by(Version.report_id)
    latest = last.subquery()
    rows = session.execute(
        select(
            ReportRow.id,
            ReportRow.site,
            ReportRow.url,
            ReportRow.year,
            ReportRow.presence,
            Agency.name,
            Version.record["published"].as_string(),
        )
        .outerjoin(Agency, Agency.id == ReportRow.agency_id)
        .outerjoin(latest, latest.c.report_id == ReportRow.id)
        .outerjoin(Version, and_(Version.report_id == ReportRow.id, Version.number == latest.c.number))
        .order_by(ReportRow.id)
    ).all()
    for report_id, site, url, year, presence, name, published in rows:
        title = ""
        if name is None or year is None:
            seen = select(Sighting.title).where(Sighting.report_url == url).order_by(Sighting.id.desc())
            title = session.scalar(seen.limit(1)) or ""
        agency = name or _agency_in(title, by_site.get(site, []))
        of_year = year or _year_in(title)
        if agency is not None and of_year is not None:
            # To the public it makes no difference whether the page was ever read as a report.
            now: Presence = "unreadable" if presence == NOT_A_REPORT else presence
            yield _Found(report_id, site, agency, of_year, now, published_day(published))


def _never_read(session: Session, by_site: dict[str, list[ExpectedPublisher]]) -> Iterator[_Found]:
    """Reports that were met and never read: blocked, gone, a scan, a format without a reader. They have no
    rows of their own, but to call them missing would be false. Their titles tell whose they are."""
    known = select(ReportRow.url)
    met: dict[str, tuple[str, str, Presence]] = {}
    links = session.execute(
        select(Capture.url, Capture.site, Capture.followed, Capture.blocked)
        .where(
            Capture.role == "report",
            Capture.blocked.is_not(None) | Capture.status.in_((HTTPStatus.NOT_FOUND, HTTPStatus.GONE)),
            Capture.url.not_in(known),
        )
        .order_by(Capture.id)
    )
    for url, site, followed, blocked in links:
        words = _QUOTED.search(followed)
        if words is not None:
            met[url] = site, words[1], "blocked" if blocked else "gone"
    pages = session.execute(
        select(Sighting.report_url, Sighting.site, Sighting.title)
        .where(Sighting.report_url.not_in(known))
        .order_by(Sighting.id)
    )
    for url, site, title in pages:
        met[url] = site, title, "unreadable"
    for site, title, presence in met.values():
        agency, year = _agency_in(title, by_site.get(site, [])), _year_in(title)
        if agency is not None and year is not None:
            yield _Found(None, site, agency, year, presence, None)


def _agency_in(title: str, publishers: Sequence[ExpectedPublisher]) -> str | None:
    """The one organ of the site that the title names; the site's only one where it names none."""
    organ = _without_report_words(title)
    if not organ:
        return publishers[0].agency if len(publishers) == 1 and title else None
    named = [one.agency for one in publishers if same_agency(_without_report_words(one.agency), organ)]
    return named[0] if len(named) == 1 else None


def _year_in(title: str) -> int | None:
    found = _YEAR.search(_normal(title).translate(_CHINESE_DIGITS))
    return int(found[1]) if found else None


def _without_report_words(text: str) -> str:
    """What is left of a title when the words that every report's title has are taken away: the organ."""
    return _REPORT_WORDS.sub("", _normal(text).translate(_CHINESE_DIGITS))


def _name_of(agency: str, publishers: Sequence[ExpectedPublisher]) -> str:
    """The profile's name of this organ, or its own where the profile has none or several that fit."""
    names = [one.agency for one in publishers if same_agency(one.agency, agency)]
    exact = [name for name in names if _normal(name) == _normal(agency)]
    if exact:
        return exact[0]
    return names[0] if len(names) == 1 else agency


def _absence(session: Session, site: str) -> State:
    """What it means that a report of this site was never seen."""
    of_site = select(Capture.id).where(Capture.site == site, Capture.role.not_in(("robots", "imported")))
    was_read = of_site.where(
        Capture.status == HTTPStatus.OK, Capture.outcome == "complete", Capture.blocked.is_(None)
    )
    if session.scalar(select(was_read.exists())):
        return "missing"
    return (
        "blocked"
        if session.scalar(select(of_site.where(Capture.blocked.is_not(None)).exists()))
        else "unknown"
    )


def _judge_level(agency: str) -> Level:
    return "government" if _normal(agency).endswith("人民政府") else "agency"


def _normal(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())
