"""The account of a pass over the archive: segments read, what is wrong with them, the captures concerned.

And of all passes together: what was found damaged and was not put right since.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session

from storage.models import Capture, FixityCheck, FixityDamage, FixityPass, Segment
from storage.segment import OPEN_SUFFIX, SEALED_SUFFIX

_WITHOUT_FILE = ("missing", "unreadable")
"""Kinds of damage that concern every capture of a segment."""
_AT_ONCE = 500


def account(session: Session, pass_id: int) -> dict[str, Any]:
    """The account of a pass, JSON-ready.

    `read_in_full`: of so many segments the records were read; of the others, octets and rows are those that
    were found sound before.
    `damaged`: each segment in which something is wrong, with its `damages` and the `captures` concerned:
    those of the damaged records, and those whose payload lies in them.
    """
    row = session.get_one(FixityPass, pass_id)
    last = (
        select(func.max(FixityCheck.id)).where(FixityCheck.pass_id == pass_id).group_by(FixityCheck.segment)
    )
    checks = list(
        session.scalars(select(FixityCheck).where(FixityCheck.id.in_(last)).order_by(FixityCheck.id))
    )
    return {
        "pass": pass_id,
        "complete": row.ended_at is not None,
        "segments": len(checks),
        "bytes": sum(check.bytes for check in checks),
        "records": sum(check.records for check in checks),
        "read_in_full": sum(check.full for check in checks),
        "damaged": [_told(session, check) for check in checks if check.state == "damaged"],
        "repaired": [check.segment for check in checks if check.state == "repaired"],
    }


def standing(session: Session, folder: Path) -> list[dict[str, Any]]:
    """The segments that are damaged as far as is known: the last check of each says so. JSON-ready.

    `found_at` is when it was first found since the segment was last sound, `captures` are those concerned.
    """
    last = select(func.max(FixityCheck.id)).group_by(FixityCheck.segment)
    damaged = select(FixityCheck).where(FixityCheck.state == "damaged", FixityCheck.id.in_(last))
    told = []
    for check in session.scalars(damaged.order_by(FixityCheck.segment)):
        if _is_gone(session, folder, check.segment):
            continue
        sound = select(func.coalesce(func.max(FixityCheck.id), 0)).where(
            FixityCheck.segment == check.segment, FixityCheck.state != "damaged"
        )
        first = select(func.min(FixityCheck.checked_at)).where(
            FixityCheck.segment == check.segment, FixityCheck.id > sound.scalar_subquery()
        )
        told.append({"found_at": _moment(session.scalar(first))} | _told(session, check))
    return told


def _is_gone(session: Session, folder: Path, segment: str) -> bool:
    """Whether it was a file unknown to the index that has been taken away: no pass meets it again."""
    if session.scalar(select(Segment.id).where(Segment.name == segment)) is not None:
        return False
    return not any((folder / f"{segment}{suffix}").exists() for suffix in (SEALED_SUFFIX, OPEN_SUFFIX))


def _told(session: Session, check: FixityCheck) -> dict[str, Any]:
    damages = list(
        session.scalars(
            select(FixityDamage).where(FixityDamage.check_id == check.id).order_by(FixityDamage.id)
        )
    )
    concerned = list(_concerned(session, check.segment, damages))
    return {
        "segment": check.segment,
        "damages": [
            {"kind": one.kind, "offset": one.offset, "problem": one.problem} | _capture(one)
            for one in damages
        ],
        "captures": concerned,
    }


def _capture(row: FixityDamage) -> dict[str, Any]:
    return {"capture": row.capture_id, "url": row.url, "captured_at": _moment(row.captured_at)}


def _concerned(session: Session, segment: str, damages: list[FixityDamage]) -> Iterator[dict[str, Any]]:
    """The captures that cannot be vouched for, in the order of the index; last, those it does not know."""
    columns = select(Capture.id, Capture.url, Capture.captured_at).order_by(Capture.id)
    found: dict[int, dict[str, Any]] = {}
    where = select(Segment.id).where(Segment.name == segment).scalar_subquery()
    if any(one.kind in _WITHOUT_FILE for one in damages):
        queries = [columns.where(or_(Capture.segment_id == where, Capture.original_segment_id == where))]
    else:
        named = sorted({one.capture_id for one in damages if one.capture_id is not None})
        queries = []
        for at in range(0, len(named), _AT_ONCE):
            ids = named[at : at + _AT_ONCE]
            places = select(Capture.segment_id, Capture.record_offset).where(Capture.id.in_(ids))
            original = tuple_(Capture.original_segment_id, Capture.original_offset)
            queries.append(columns.where(or_(Capture.id.in_(ids), original.in_(places))))
    for query in queries:
        for number, url, captured_at in session.execute(query):
            found[number] = {"capture": number, "url": url, "captured_at": _moment(captured_at)}
    yield from (found[number] for number in sorted(found))
    for one in damages:
        if one.capture_id is None and one.url is not None:
            yield _capture(one)


def _moment(time: Any) -> str | None:
    return None if time is None else time.isoformat().replace("+00:00", "Z")
