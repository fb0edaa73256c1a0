"""`nianbao versions`, `raw` and `changes`: what an address said, when, and what became of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from cli import screen
from cli.desk import desk
from cli.home import askable, reading
from cli.language import Words
from cli.moments import iso_moment, parse_moment, show_moment
from cli.payloads import Payloads
from cli.record import label
from errors import UnknownReport, UnknownUrl
from parser.report import number
from parser.visible import INSIGNIFICANT, TEXT
from storage.archive import read_payload
from storage.captures import history, nearest
from storage.identities import find_report
from storage.models import Capture, Change, ChangedFigure, FalseValidator, ReportRow, Version
from storage.timeline import CONTENT, SAME, Stretch, timeline


def versions(
    ctx: typer.Context,
    wanted: Annotated[str, typer.Argument(metavar="URL|ID", help="versions.wanted")],
    as_json: Annotated[bool, typer.Option("--json", help="option.json")] = False,
) -> None:
    words = desk(ctx).words
    payloads = Payloads(desk(ctx))
    with reading(desk(ctx)) as session:
        row, url = _address(session, askable(wanted))
        said = row.versions if row else []
        # A report may have been read from files attached to its page; each address has its own history.
        addresses = dict.fromkeys([url, *(version.capture.url for version in said)])
        stretches = {
            one: timeline(session, _captures(session, one, row), payloads.differences, INSIGNIFICANT)
            for one in addresses
        }
        lied = select(FalseValidator).where(FalseValidator.url.in_(addresses)).order_by(FalseValidator.id)
        false = session.scalars(lied).all()
        if as_json:
            screen.document(
                {
                    "url": url,
                    "report": row.id if row else None,
                    "versions": [version_json(version) for version in said],
                    "captures": [_capture_line(*pair) for pair in _pairs(stretches[url])],
                    "timelines": [
                        {"url": one, "stretches": [_stretch_json(stretch, said) for stretch in found]}
                        for one, found in stretches.items()
                    ],
                    "false_validators": [_false_json(row) for row in false],
                }
            )
            return
        if said:
            _show_versions(said, words)
        for one, found in stretches.items():
            _show_stretches(one, found, said, words)
        for lie in false:
            told = {"earlier": lie.earlier_capture_id, "later": lie.later_capture_id}
            screen.line(words("versions.false_validator", validator=lie.validator, **told))


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


def _address(session: Session, wanted: str) -> tuple[ReportRow | None, str]:
    """The report asked for, and its address; an address may belong to no report."""
    try:
        row = find_report(session, wanted)
    except UnknownReport:
        if "://" not in wanted:
            raise
        return None, wanted
    return row, row.url


def _captures(session: Session, url: str, row: ReportRow | None) -> list[Capture]:
    try:
        return history(session, url)
    except UnknownUrl:
        if row is None:
            raise
        # A report whose own page never answered is known by its attachment alone.
        return []


def _false_json(row: FalseValidator) -> dict[str, Any]:
    return {
        "url": row.url,
        "validator": row.validator,
        "earlier_capture": row.earlier_capture_id,
        "later_capture": row.later_capture_id,
    }


def _pairs(stretches: list[Stretch]) -> Iterator[tuple[Capture, str]]:
    """Each capture, with how it differs from the one before."""
    for stretch in stretches:
        for capture in stretch.captures:
            yield capture, stretch.change if capture is stretch.capture else SAME


def _capture_line(capture: Capture, change: str) -> dict[str, Any]:
    return capture_json(capture) | {"change": change}


def _stretch_json(stretch: Stretch, said: list[Version]) -> dict[str, Any]:
    capture = stretch.capture
    return {
        "first_seen": iso_moment(stretch.first_seen),
        "last_seen": iso_moment(stretch.last_seen),
        "captures": [one.id for one in stretch.captures],
        "versions": _versions_of(stretch, said),
        "status": capture.status,
        "outcome": capture.outcome,
        "blocked": capture.blocked,
        "payload_bytes": capture.payload_bytes,
        "payload_sha256": capture.payload_sha256,
        "change": stretch.change,
        "differs": list(stretch.differs),
        "problem": str(stretch.problem) if stretch.problem else None,
    }


def _versions_of(stretch: Stretch, said: list[Version]) -> list[int]:
    captures = {capture.id for capture in stretch.captures}
    return [version.number for version in said if version.capture_id in captures]


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


def _show_stretches(url: str, stretches: list[Stretch], said: list[Version], words: Words) -> None:
    if said:
        screen.section(words("versions.captures", url=url))
    screen.table(
        words.heads(
            "first_seen", "last_seen", "captures", "version", "status", "outcome", "bytes", "sha256",
            "change", "differs",
        ),
        [
            (
                show_moment(stretch.first_seen),
                show_moment(stretch.last_seen),
                _range(stretch),
                ", ".join(map(str, _versions_of(stretch, said))),
                stretch.capture.status,
                words.term("outcome", "blocked" if stretch.capture.blocked else stretch.capture.outcome),
                stretch.capture.payload_bytes,
                stretch.capture.payload_sha256,
                words.term("stretch", stretch.change),
                _what_differs(stretch, words),
            )
            for stretch in stretches
        ],
    )  # fmt: skip


def _range(stretch: Stretch) -> str:
    """The ids of a stretch's captures, and how many where they are several."""
    first, last, count = stretch.captures[0].id, stretch.captures[-1].id, len(stretch.captures)
    return str(first) if count == 1 else f"{first}–{last} ({count})"


def _what_differs(stretch: Stretch, words: Words) -> str:
    if stretch.problem is not None:
        return stretch.problem.message(words.language)
    # Of a report that says the same, text that differs is not the report's.
    return ", ".join(
        words.term("difference", "elsewhere" if kind == TEXT and stretch.change != CONTENT else kind)
        for kind in stretch.differs
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
