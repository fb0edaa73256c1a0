"""`nianbao versions`, `raw` and `changes`: what an address said, when, and what became of it."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from cli import screen
from cli.desk import desk
from cli.home import askable, reading
from cli.language import Words
from cli.moments import iso_moment, parse_moment, show_moment
from cli.record import label
from errors import UnknownReport, UnknownUrl
from parser.report import number
from storage.archive import read_payload
from storage.captures import history, nearest
from storage.models import Capture, Change, ChangedFigure, ReportRow, Version
from storage.records import find_report


def versions(
    ctx: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="URL|ID", help="versions.wanted")],
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
) -> None:
    words = desk(ctx).words
    with reading(desk(ctx)) as session:
        row, url, captures = _history(session, askable(wanted))
        said = row.versions if row else []
        if as_json:
            report = row.id if row else None
            screen.document(
                {
                    "url": url,
                    "report": report,
                    "versions": [version_json(version) for version in said],
                    "captures": [capture_json(capture) for capture in captures],
                }
            )
            return
        if said:
            _show_versions(said, words)
        _show_captures(captures, words)


def changes(
    ctx: typer.Context,
    since: Annotated[int, typer.Option(metavar="SEQ", min=0, max=2**63 - 1, help="changes.since")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
) -> None:
    words = desk(ctx).words
    with reading(desk(ctx)) as session:
        rows = session.scalars(
            select(Change)
            .where(Change.seq > since)
            .order_by(Change.seq)
            .options(joinedload(Change.report).joinedload(ReportRow.agency), selectinload(Change.figures))
        ).all()
        captures = _captures_of(session, rows)
    if as_json:
        screen.document([_change_json(row, captures) for row in rows])
        return
    if not rows:
        screen.complain(words("changes.none"))
        return
    if screen.is_terminal(sys.stdout):
        for row in rows:
            _tell_change(row, words)
    else:
        screen.table(
            words.heads(
                "seq", "at", "change", "report", "agency", "year", "figure", "old", "new",
                "old_capture", "new_capture",
            ),
            [line for row in rows for line in _change_lines(row, words)],
        )  # fmt: skip


def raw(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="raw.url")],
    at: Annotated[str | None, typer.Option(metavar="TIME", help="raw.at")] = None,
) -> None:
    moment = None if at is None else parse_moment(at)
    with reading(desk(ctx)) as session:
        capture = nearest(session, askable(url), moment)
        payload = read_payload(desk(ctx).settings.archive_dir, capture)
    screen.octets(payload)


def capture_json(capture: Capture) -> dict[str, Any]:
    """A capture and where its octets lie."""
    return {
        "id": capture.id,
        "url": capture.url,
        "captured_at": iso_moment(capture.captured_at),
        "status": capture.status,
        "outcome": capture.outcome,
        "blocked": capture.blocked,
        "problem": capture.problem,
        "content_type": capture.content_type,
        "payload_bytes": capture.payload_bytes,
        "payload_sha256": capture.payload_sha256,
        "segment": capture.segment.name,
        "offset": capture.response_offset,
        "length": capture.response_bytes,
        "record_id": capture.record_id,
        "reconstructed": capture.reconstructed,
    }


def version_json(version: Version) -> dict[str, Any]:
    """A version without its figures."""
    return {
        "number": version.number,
        "cause": version.cause,
        "form": version.form,
        "title": version.title,
        "captured_at": iso_moment(version.captured_at),
        "recorded_at": iso_moment(version.recorded_at),
        "capture": version.capture_id,
        "url": version.capture.url,
        "payload_sha256": version.payload_sha256,
        "content_hash": version.content_hash,
        "parser_version": version.parser_version,
    }


def _history(session: Session, wanted: str) -> tuple[ReportRow | None, str, list[Capture]]:
    """The report asked for, its address, the captures of it; an address may belong to no report."""
    try:
        row = find_report(session, wanted)
    except UnknownReport:
        if "://" not in wanted:
            raise
        return None, wanted, history(session, wanted)
    try:
        return row, row.url, history(session, row.url)
    except UnknownUrl:
        # A report whose own page never answered is known by its attachment alone.
        return row, row.url, []


def _show_versions(said: list[Version], words: Words) -> None:
    screen.table(
        words.heads("version", "cause", "captured", "recorded", "form", "title", "capture"),
        [
            (
                version.number,
                words.term("cause", version.cause),
                show_moment(version.captured_at),
                show_moment(version.recorded_at),
                words.term("form", version.form),
                version.title,
                version.capture_id,
            )
            for version in said
        ],
    )
    screen.section(words("versions.captures"))


def _show_captures(captures: list[Capture], words: Words) -> None:
    screen.table(
        words.heads("capture", "captured", "status", "outcome", "bytes", "sha256"),
        [
            (
                capture.id,
                show_moment(capture.captured_at),
                capture.status,
                words.term("outcome", "blocked" if capture.blocked else capture.outcome),
                capture.payload_bytes,
                capture.payload_sha256,
            )
            for capture in captures
        ],
    )


def _captures_of(session: Session, rows: Any) -> dict[int, Capture]:
    wanted = {id_ for row in rows for id_ in (row.old_capture_id, row.new_capture_id) if id_ is not None}
    return {capture.id: capture for id_ in wanted if (capture := session.get(Capture, id_)) is not None}


def _tell_change(row: Change, words: Words) -> None:
    """On a terminal: what happened, and below it each figure from old to new."""
    screen.line("  ".join(str(cell) for cell in _change_head(row, words)))
    for figure in row.figures:
        old, new = figure.old_printed or "–", figure.new_printed or "–"
        screen.line(f"      {label(figure.key, words)}  {old} → {new}")
    if row.note:
        screen.line(f"      {row.note}")
    captures = [str(id_) for id_ in (row.old_capture_id, row.new_capture_id) if id_ is not None]
    screen.line(f"      {words('head.capture')} {' → '.join(captures)}")


def _change_lines(row: Change, words: Words) -> list[list[object]]:
    """Elsewhere: a line a figure, or one with the note where there is none."""
    head = _change_head(row, words)
    tail = [row.old_capture_id, row.new_capture_id]
    if not row.figures:
        return [[*head, row.note, "", "", *tail]]
    return [
        [*head, label(figure.key, words), figure.old_printed, figure.new_printed, *tail]
        for figure in row.figures
    ]


def _change_head(row: Change, words: Words) -> list[object]:
    agency = row.report.agency.name if row.report.agency else ""
    kind = words.term("change", row.kind)
    return [row.seq, show_moment(row.at), kind, row.report_id, agency, row.report.year or ""]


def _change_json(row: Change, captures: dict[int, Capture]) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "at": iso_moment(row.at),
        "run": row.run_id,
        "kind": row.kind,
        "cause": row.cause,
        "note": row.note,
        "report": row.report_id,
        "url": row.report.url,
        "figures": [_changed_json(figure) for figure in row.figures],
        "old_capture": _capture_link(row.old_capture_id, captures),
        "new_capture": _capture_link(row.new_capture_id, captures),
    }


def _changed_json(figure: ChangedFigure) -> dict[str, Any]:
    return {
        "key": figure.key,
        "unit": figure.unit,
        "old": {"printed": figure.old_printed, "value": number(figure.old_value)},
        "new": {"printed": figure.new_printed, "value": number(figure.new_value)},
    }


def _capture_link(id_: int | None, captures: dict[int, Capture]) -> dict[str, Any] | None:
    if id_ is None or id_ not in captures:
        return None
    capture = captures[id_]
    return {
        "id": capture.id,
        "url": capture.url,
        "captured_at": iso_moment(capture.captured_at),
        "payload_sha256": capture.payload_sha256,
    }
