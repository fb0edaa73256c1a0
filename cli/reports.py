"""`nianbao reports`, `report` and `show`: what the reports say, or said, and where each number comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from cli import screen
from cli.content import content_json, version_record
from cli.desk import Desk, desk
from cli.history import capture_json, version_json
from cli.home import askable, known_site, reading
from cli.language import Words
from cli.moments import iso_moment, parse_moment, show_day, show_moment
from cli.provenance import show_cell
from cli.record import show_record
from errors import BadCall
from parser.report import number
from storage.identities import find_report
from storage.knowledge import Knowledge, knowledge
from storage.models import Agency, ReportRow, Version
from storage.sources import REPORT


def reports(
    ctx: typer.Context,
    site: Annotated[str | None, typer.Option(metavar="SITE", help="reports.site")] = None,
    year: Annotated[int | None, typer.Option(metavar="YEAR", min=1, max=9999, help="reports.year")] = None,
    agency: Annotated[str | None, typer.Option(metavar="TEXT", help="reports.agency")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
) -> None:
    words = desk(ctx).words
    with reading(desk(ctx)) as session:
        domain = None if site is None else known_site(session, desk(ctx), site)
        found = list(_latest(session, _choose(domain, year, agency)))
    if as_json:
        screen.document([_report_json(row, version) for row, version in found])
        return
    if not found:
        screen.complain(words("reports.none"))
        return
    screen.table(
        words.heads(
            "id", "year", "agency", "presence", "version", "figures", "findings", "doubts", "captured"
        ),
        [_report_line(row, version, words) for row, version in found],
    )


def report(
    ctx: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="ID", help="option.report")],
    cell: Annotated[str | None, typer.Option(metavar="KEY", help="report.cell")] = None,
    image: Annotated[str | None, typer.Option(metavar="FILE", help="report.image")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
) -> None:
    words = desk(ctx).words
    if image is not None and cell is None:
        raise BadCall(problem=words("report.image_of_what"), command=ctx.command_path)
    with reading(desk(ctx)) as session:
        row = find_report(session, askable(wanted))
        if cell is not None:
            show_cell(desk(ctx), row, cell, as_json=as_json, image=image)
            return
        _tell(desk(ctx), knowledge(session, row), None, as_json=as_json)


def show(
    ctx: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="REPORT", help="option.report")],
    as_of: Annotated[str | None, typer.Option(metavar="TIME", help="show.as_of")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
) -> None:
    moment = None if as_of is None else parse_moment(as_of)
    with reading(desk(ctx)) as session:
        row = find_report(session, askable(wanted))
        _tell(desk(ctx), knowledge(session, row, moment), moment, as_json=as_json)


def _tell(here: Desk, known: Knowledge, as_of: datetime | None, *, as_json: bool) -> None:
    row, version, words = known.report, known.version, here.words
    if as_json:
        screen.document(_full_json(known, as_of))
        return
    if version is None:
        screen.line(words("report.unread", id=row.id, presence=words.term("presence", row.presence)))
        return
    show_record(version_record(version, known.findings), words, url=row.url)
    _show_provenance(known, version, words)


def _choose(site: str | None, year: int | None, agency: str | None) -> Select[ReportRow]:
    chosen = select(ReportRow).options(joinedload(ReportRow.agency))
    if site is not None:
        chosen = chosen.where(ReportRow.site == site)
    if year is not None:
        chosen = chosen.where(ReportRow.year == year)
    if agency is not None:
        chosen = chosen.join(ReportRow.agency).where(Agency.name.icontains(askable(agency), autoescape=True))
    # Where no agency and no year are known, each database has a place of its own for that.
    by_organ = (ReportRow.agency_id.nulls_first(), ReportRow.year.nulls_first())
    return chosen.order_by(ReportRow.site, *by_organ, ReportRow.id)


def _latest(session: Session, chosen: Select[ReportRow]) -> Iterator[tuple[ReportRow, Version | None]]:
    """The chosen reports, each with its latest version and what belongs to it."""
    rows: Sequence[ReportRow] = session.scalars(chosen).all()
    newest = select(Version.report_id, func.max(Version.number).label("number"))
    newest_numbers = newest.group_by(Version.report_id).subquery()
    versions = select(Version).join(
        newest_numbers,
        (Version.report_id == newest_numbers.c.report_id) & (Version.number == newest_numbers.c.number),
    )
    loaded = versions.where(Version.report_id.in_(chosen.with_only_columns(ReportRow.id).order_by(None)))
    loaded = loaded.options(
        selectinload(Version.figures), selectinload(Version.findings), selectinload(Version.doubts)
    )
    by_report = {version.report_id: version for version in session.scalars(loaded)}
    for row in rows:
        yield row, by_report.get(row.id)


def _report_line(row: ReportRow, version: Version | None, words: Words) -> list[object]:
    head = [row.id, row.year, row.agency.name if row.agency else "", words.term("presence", row.presence)]
    if version is None:
        return [*head, "", "", "", "", ""]
    counts = [len(version.figures), len(version.findings), len(version.doubts)]
    return [*head, version.number, *counts, show_day(version.captured_at)]


def _head_json(row: ReportRow, version: Version | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "site": row.site,
        "agency": row.agency.name if row.agency else None,
        "year": row.year,
        "form": version.form if version else None,
        "title": version.title if version else None,
        "url": row.url,
        "presence": row.presence,
        "published": version.record.get("published") if version else None,
        "version": version.number if version else None,
        "captured_at": iso_moment(version.captured_at) if version else None,
        "first_seen": iso_moment(row.first_seen),
        "last_seen": iso_moment(row.last_seen),
    }


def _report_json(row: ReportRow, version: Version | None) -> dict[str, Any]:
    return _head_json(row, version) | {
        "figures": {figure.key: number(figure.value) for figure in version.figures} if version else {},
        "findings": len(version.findings) if version else 0,
        "doubts": len(version.doubts) if version else 0,
    }


def _full_json(known: Knowledge, as_of: datetime | None) -> dict[str, Any]:
    """Everything of a report. Asked as of a time, its agency and year are those of the version then."""
    version = known.version
    full = _head_json(known.report, version) | {
        "presence": known.presence,
        "last_seen": iso_moment(known.last_seen),
        "recorded_at": iso_moment(version.recorded_at) if version else None,
        "as_of": iso_moment(as_of),
        "period": None,
        "contact": {},
        "sections": [],
        "copies": [],
        "taken_because": None,
        "figures": [],
        "findings": [],
        "doubts": [],
        "provenance": None,
        "versions": [version_json(one) for one in known.versions],
    }
    if version is None:
        return full
    said = ("period", "contact", "sections", "copies", "taken_because")
    full |= {name: version.record.get(name, full[name]) for name in said}
    if as_of is not None:
        full |= {name: version.record.get(name) for name in ("agency", "year")}
    full |= content_json(version, known.findings)
    return full | {"provenance": capture_json(version.capture) | {"parser_version": version.parser_version}}


def _show_provenance(known: Knowledge, version: Version, words: Words) -> None:
    capture = version.capture
    cause = words.term("cause", version.cause)
    screen.section(words("report.provenance"))
    screen.pairs(
        [
            (words("head.presence"), words.term("presence", known.presence)),
            (words("head.version"), words("record.version", number=version.number, cause=cause)),
            (words("head.capture"), f"{capture.id}  {capture.url}"),
            *_copies(version, words),
            (words("head.captured"), show_moment(version.captured_at)),
            (words("head.recorded"), show_moment(version.recorded_at)),
            (words("head.segment"), f"{capture.segment.name} @ {capture.response_offset}"),
            (words("head.record"), capture.record_id),
            (words("head.sha256"), capture.payload_sha256),
            (words("head.parser"), version.parser_version),
        ]
    )


def _copies(version: Version, words: Words) -> Iterator[tuple[str, object]]:
    """Of a page and its files, and of the files of an archive: which one this is, why, and what the others
    came to."""
    inside = version.figures[0].locator.get("member") if version.figures else None
    if inside is not None and version.payload_sha256 == version.capture.payload_sha256:
        yield words("head.file_in_it"), inside
    if version.record.get("taken_because"):
        yield words("head.taken_because"), version.record["taken_because"]
    for copy in version.record.get("copies", ()):
        for other in (copy, *(copy.get("copies", ()) if copy["taken"] else ())):
            if not other["taken"]:
                yield words("head.other_copy"), f"{other['name']}  {_came_to(other, words)}"


def _came_to(copy: dict[str, Any], words: Words) -> str:
    state = words.term("state", copy["state"])
    if copy["state"] != REPORT:
        return state
    return f"{state}, {words('report.copy', figures=copy['figures'], differing=copy['differing'])}"
