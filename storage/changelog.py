"""The change log: what happened to a report, numbered without gaps in the order of commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.content import changed_figures, changed_parts
from storage.models import Capture, Change, ReportRow, Version


class ChangeLog:
    """Adds to the log in the caller's transaction."""

    def __init__(self, session: Session, run_id: int, now: datetime) -> None:
        self._session = session
        self._run_id = run_id
        self._now = now

    def add(
        self,
        report: ReportRow,
        kind: str,
        cause: str,
        *,
        old: Version | None = None,
        new: Version | None = None,
        new_capture: Capture | None = None,
        note: str = "",
    ) -> str:
        """Write one change down. Gives its kind back."""
        # The write lock is held since the transaction began, so that numbers follow commits without a gap.
        seq = (self._session.scalar(select(func.max(Change.seq))) or 0) + 1
        figures = changed_figures(old, new) if old is not None and new is not None else []
        new_capture_id = new.capture_id if new is not None else (new_capture.id if new_capture else None)
        self._session.add(
            Change(
                seq=seq,
                at=self._now,
                run_id=self._run_id,
                report_id=report.id,
                kind=kind,
                cause=cause,
                note=note or (changed_parts(old, new) if old is not None and new is not None else ""),
                old_version_id=old.id if old is not None else None,
                new_version_id=new.id if new is not None else None,
                old_capture_id=old.capture_id if old is not None else None,
                new_capture_id=new_capture_id,
                figures=figures,
            )
        )
        self._session.flush()
        return kind
