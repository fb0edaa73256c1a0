"""Whether the archive is still what was kept: segments are read again, and what is wrong is written down.

A *pass* reads the archive or a part of it. Each segment is noted once it was read to its end, so that a pass
that was cut goes on where it was. Which segments a sample takes goes by when they were last read, the longest
ago first; so samples that follow each other reach all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.database import Database
from storage.fixity_crew import Reading, in_processes
from storage.fixity_reading import Choice, check
from storage.models import FixityCheck, FixityDamage, FixityPass, Segment
from storage.repair import restore
from storage.segment import OPEN_SUFFIX, SEALED_SUFFIX
from storage.segment_check import Checked, Damage

ALONE_BYTES = 128 << 20
"""Less than that is read sooner than processes have begun."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pass:
    """A pass that was begun. `resumed`: it was cut before. `choices`: what is left to be read."""

    id: int
    resumed: bool
    choices: list[Choice]

    @property
    def bytes(self) -> int:
        return sum(choice.size for choice in self.choices)


def begin(
    folder: Path,
    database: Database,
    kind: str,
    *,
    since: datetime | None = None,
    percent: float | None = None,
) -> Pass:
    """A new pass over the archive, or the last one of this kind where it asked for the same and was cut.

    `since`: only what was sealed from then on. `percent`: so much of the octets, what was read longest ago.
    Files that are missing, or unknown to the index, are always found.
    """
    files = {path.name.removesuffix(SEALED_SUFFIX) for path in folder.glob(f"*{SEALED_SUFFIX}")}
    files |= {path.name.removesuffix(OPEN_SUFFIX) for path in folder.glob(f"*{OPEN_SUFFIX}")}
    with database.write() as session:
        last = select(FixityPass).where(FixityPass.kind == kind).order_by(FixityPass.id.desc()).limit(1)
        row = session.scalar(last)
        if row is not None and row.ended_at is None and (row.since, row.percent) == (since, percent):
            resumed = True
        else:
            resumed = False
            row = FixityPass(kind=kind, since=since, percent=percent, started_at=datetime.now(UTC))
            session.add(row)
            session.flush()
        read = select(FixityCheck.segment, FixityCheck.bytes).where(FixityCheck.pass_id == row.id)
        done = {name: size for name, size in session.execute(read)}  # noqa: C416 - rows, not pairs, to the types
        return Pass(row.id, resumed, list(_choose(session, files, row, done)))


def _choose(session: Session, files: set[str], row: FixityPass, done: dict[str, int]) -> Iterator[Choice]:
    last = (
        select(FixityCheck.segment, func.max(FixityCheck.checked_at).label("at"))
        .group_by(FixityCheck.segment)
        .subquery()
    )
    segments = list(
        session.scalars(
            select(Segment)
            .outerjoin(last, last.c.segment == Segment.name)
            .order_by(func.coalesce(last.c.at, Segment.sealed_at, Segment.created_at), Segment.id)
        )
    )
    known = {segment.name for segment in segments}
    for name in sorted(files - known - done.keys()):
        yield Choice(name, 0, None, Damage("stray", None, "the index does not know this file"))
    wanted = [one for one in segments if row.since is None or (one.sealed_at or one.created_at) >= row.since]
    room = float("inf")
    if row.percent is not None:
        room = sum(one.bytes or 0 for one in wanted) * row.percent / 100 - sum(done.values())
    for segment in wanted:
        if segment.name in done:
            continue
        if segment.name not in files and not segment.stored_in:
            yield Choice(segment.name, 0, None, Damage("missing", None, "the file is missing"))
        elif segment.sha256 is not None and room > 0:
            yield Choice(segment.name, segment.bytes or 0, segment.sha256)
            room -= segment.bytes or 0


def read(
    folder: Path,
    database: Database,
    begun: Pass,
    *,
    processes: int = 1,
    full: bool = False,
    advance: Callable[[int], None] = lambda _: None,
) -> None:
    """Read what a pass has left, in so many processes where that is much, and note each segment.

    `full`: every record of each, also where octets and rows are those that were found sound before. `advance`
    is told the bytes read. Raises `DatabaseError`, `StoreTrouble`, `ReaderEnded`, and `KeyboardInterrupt` as
    it comes: what was read by then stays noted.
    """
    crowd = min(processes, sum(choice.sha256 is not None for choice in begun.choices))
    if crowd > 1 and begun.bytes >= ALONE_BYTES:
        found = in_processes(
            Reading(folder, database.url.render_as_string(hide_password=False), full),
            begun.choices,
            crowd,
            advance,
        )
    else:
        found = ((one, check(folder, database, one, advance, full=full)) for one in begun.choices)
    with closing(found):
        for choice, checked in found:
            note(database, begun.id, choice.name, checked)
    with database.write() as session:
        session.get_one(FixityPass, begun.id).ended_at = datetime.now(UTC)


def note(database: Database, pass_id: int, name: str, checked: Checked, *, repaired: bool = False) -> None:
    """Write down what a segment was found to be."""
    state = "damaged" if checked.damages else "repaired" if repaired else "sound"
    with database.write() as session:
        row = FixityCheck(
            pass_id=pass_id, segment=name, checked_at=datetime.now(UTC), state=state, bytes=checked.bytes,
            records=checked.records, sha256=checked.sha256, rows_sha256=checked.rows_sha256,
            full=checked.full,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add_all(
            FixityDamage(
                check_id=row.id, kind=one.kind, offset=one.offset, problem=one.problem,
                capture_id=one.capture_id, url=one.url, captured_at=one.captured_at,
            )
            for one in checked.damages
        )  # fmt: skip


def percent_due(database: Database, days: int, now: datetime) -> float:
    """How much a nightly sample must take so that everything is read every so many days.

    Nights that were left out are made up for.
    """
    with database.read() as session:
        last = session.scalar(
            select(func.max(FixityPass.started_at)).where(
                FixityPass.kind == "night", FixityPass.ended_at.is_not(None)
            )
        )
    nights = 1.0 if last is None else max((now - last) / _DAY, 0.0)
    # A night begins now a little earlier, now a little later.
    return min(100.0, max(round(nights), 1) * 100 / days)


def repair(folder: Path, database: Database, pass_id: int, copies: Path) -> Iterator[str]:
    """Restore from the folder `copies` what this pass found damaged, and read it again.

    A line for people for each segment that stays as it is. A segment whose file is what was sealed is left
    alone: then it is the index that differs. Raises `CannotWrite`, `DatabaseError`.
    """
    own = select(func.max(FixityCheck.id)).where(FixityCheck.pass_id == pass_id)
    last = own.group_by(FixityCheck.segment)
    damaged = (
        select(Segment)
        .join(FixityCheck, FixityCheck.segment == Segment.name)
        .where(FixityCheck.id.in_(last), FixityCheck.state == "damaged", Segment.sha256.is_not(None))
        .where(FixityCheck.sha256.is_distinct_from(Segment.sha256))
        .order_by(Segment.id)
    )
    with database.read() as session:
        segments = list(session.scalars(damaged))
    for segment in segments:
        assert segment.sha256 is not None
        refused = restore(folder, segment.name, segment.sha256, copies)
        if refused is not None:
            yield f"{segment.name}: {refused}"
            continue
        again = check(folder, database, Choice(segment.name, segment.bytes or 0, segment.sha256))
        note(database, pass_id, segment.name, again, repaired=True)
        with database.write() as session:
            # Where the copy in an object store was what is damaged, this one is to be sent there.
            session.get_one(Segment, segment.id).stored_in = None
