"""Which report is meant: its id, and how a person names it."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from errors import Ambiguous, AmbiguousAmongMany, UnknownReport
from storage.models import ReportRow

_NAMED = 4
"""So many ids are named where several fit."""


def find_report(session: Session, text: str) -> ReportRow:
    """A report by its id, its beginning (in either case), or its URL. Raises `UnknownReport`, `Ambiguous`."""
    exact = session.scalar(select(ReportRow).where((ReportRow.id == text) | (ReportRow.url == text)))
    if exact is not None:
        return exact
    found = session.scalars(
        select(ReportRow).where(ReportRow.id.istartswith(text, autoescape=True)).order_by(ReportRow.id)
    ).all()
    if not found:
        raise UnknownReport(report=text)
    if len(found) > 1:
        named = ", ".join(report.id for report in found[:_NAMED])
        if len(found) > _NAMED:
            raise AmbiguousAmongMany(what=text, found=named, more=len(found) - _NAMED)
        raise Ambiguous(what=text, found=named)
    return found[0]


def report_id(site: str, url: str, digits: int = 8) -> str:
    """The id of the report at an address: it stays what it is, whatever is read there later."""
    return f"{site}-{hashlib.sha256(url.encode()).hexdigest()[:digits]}"


def free_id(session: Session, site: str, url: str) -> str:
    """The id for a new report, with more digits where another report's address has the same first ones."""
    wanted = (report_id(site, url, digits) for digits in (8, 16, 64))
    return next(one for one in wanted if session.get(ReportRow, one) is None)
