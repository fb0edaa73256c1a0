"""`nianbao reports` and `nianbao report ID`: what the reports say, and where each number comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from cli import screen
from cli.desk import desk
from cli.history import capture_json, version_json
from cli.home import askable, reading
from cli.language import Words
from cli.moments import iso_moment, show_day, show_moment
from cli.provenance import show_cell
from cli.record import show_record
from errors import BadCall
from parser.report import number
from storage.models import Agency, DoubtRow, FigureRow, FindingRow, ReportRow, Version
from storage.records import find_report


def reports(
    ctx: typer.Context,
    site: Annotated[str | None, typer.Option(metavar="SITE", help="reports.site")] = None,
    year: Annotated[int | None, typer.Option(metavar="YEAR", min=1, max=9999, help="reports.year")] = None,
    agency: Annotated[str | None, typer.Option(metavar="TEXT", help="reports.agency")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
) -> None:
    words = desk(ctx).words
    with reading(desk(ctx)) as session:
        found = list(_latest(session, _choose(site, year, agency)))
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
        version = row.versions[-1] if row.versions else None
        if as_json:
            screen.document(_full_json(row, version))
            return
        if version is None:
            screen.line(words("report.unread", id=row.id, presence=words.term("presence", row.presence)))
            return
        show_record(version.record | _content_json(version), words, url=row.url)
        _show_provenance(row, version, words)


def _choose(site: str | None, year: int | None, agency: str | None) -> Select[ReportRow]:
    chosen = select(ReportRow).options(joinedload(ReportRow.agency))
    if site is not None:
        chosen = chosen.where(ReportRow.site == askable(site))
    if year is not None:
        chosen = chosen.where(ReportRow.year == year)
    if agency is not None:
        chosen = chosen.join(ReportRow.agency).where(Agency.name.contains(askable(agency), autoescape=True))
    return chosen.order_by(ReportRow.site, ReportRow.agency_id, ReportRow.year, ReportRow.id)


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


def _full_json(row: ReportRow, version: Version | None) -> dict[str, Any]:
    full = _head_json(row, version) | {
        "period": version.record.get("period") if version else None,
        "contact": version.record.get("contact", {}) if version else {},
        "sections": version.record.get("sections", []) if version else [],
        **_content_json(version),
        "provenance": None,
        "versions": [version_json(one) for one in row.versions],
    }
    if version is not None:
        full["provenance"] = capture_json(version.capture) | {"parser_version": version.parser_version}
    return full


def _content_json(version: Version | None) -> dict[str, list[dict[str, Any]]]:
    """Figures, findings and doubts as the database has them: with what a person set, and across years."""
    return {
        "figures": [_figure_json(figure) for figure in version.figures] if version else [],
        "findings": [_finding_json(finding) for finding in version.findings] if version else [],
        "doubts": [_doubt_json(doubt) for doubt in version.doubts] if version else [],
    }


def _figure_json(figure: FigureRow) -> dict[str, Any]:
    return {
        "key": figure.key,
        "value": number(figure.value),
        "unit": figure.unit,
        "printed": figure.printed,
        "remark": figure.remark,
        "locator": figure.locator,
        "override": figure.override,
    }


def _finding_json(finding: FindingRow) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "where": finding.place,
        "expected": _as_number(finding.expected),
        "found": _as_number(finding.found),
        "severity": finding.severity,
        "locators": finding.locators,
        "against_version": finding.against_version_id,
    }


def _as_number(text: str) -> int | float | str | None:
    """What a relation asks is kept as text, because it may be a sentence."""
    try:
        return number(Decimal(text))
    except InvalidOperation:
        return text


def _doubt_json(doubt: DoubtRow) -> dict[str, Any]:
    return {"kind": doubt.kind, "where": doubt.place, "message": doubt.message, "locator": doubt.locator}


def _show_provenance(row: ReportRow, version: Version, words: Words) -> None:
    capture = version.capture
    cause = words.term("cause", version.cause)
    screen.section(words("report.provenance"))
    screen.pairs(
        [
            (words("head.presence"), words.term("presence", row.presence)),
            (words("head.version"), words("record.version", number=version.number, cause=cause)),
            (words("head.capture"), f"{capture.id}  {capture.url}"),
            (words("head.captured"), show_moment(capture.captured_at)),
            (words("head.segment"), f"{capture.segment.name} @ {capture.response_offset}"),
            (words("head.record"), capture.record_id),
            (words("head.sha256"), capture.payload_sha256),
            (words("head.parser"), version.parser_version),
        ]
    )
