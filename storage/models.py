"""The tables. Rows of captures, versions, figures, findings, doubts and changes are only ever added.

    runs ─┬─ captures ── segments          what was fetched, and where its octets lie
          ├─ imports ───────┘              which of these others made
          └─ sightings                     where a report was seen, and which capture holds it
    sites ── agencies ── reports ── versions ─┬─ figures
                            │                 ├─ findings
                            │                 └─ doubts
                            └─ changes ── changed_figures     what became of reports, in commit order
    readings                                what the parser made of a payload, one a parser version
    false_validators                        addresses whose ETag or Last-Modified stood for two payloads
    fixity_passes ── fixity_checks ── fixity_damages      segments read again, and what was wrong with them

Times are UTC and aware, numbers are exact, text is in the order of its octets (`storage.column_types`).

The tables are the same in SQLite and in PostgreSQL but for the indexes on addresses. An address may have
thousands of octets, and a B-tree of PostgreSQL takes 2,704: it has them by their hash.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from storage.column_types import BigKey, ExactNumber, UtcTime, Words

SQLITE, POSTGRESQL = "sqlite", "postgresql"


class Base(DeclarativeBase):
    """Names every constraint, so that a migration can speak of it on any database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        str: Words,
        datetime: UtcTime,
        Decimal: ExactNumber,
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON,
    }


def _by_hash(name: str, column: str) -> Index:
    """An index of PostgreSQL alone. That it goes by hash stands in `info`: to be told an option of a dialect,
    SQLAlchemy loads all of the dialect."""
    return Index(name, column, info={"postgresql_using": "hash"}).ddl_if(POSTGRESQL)


@event.listens_for(Base.metadata, "before_create")
def _tell_postgresql(metadata: MetaData, connection: Connection, **_: Any) -> None:
    if connection.dialect.name == POSTGRESQL:
        for table in metadata.tables.values():
            for index in table.indexes:
                index.dialect_kwargs.update(index.info)


class Site(Base):
    """A site of the profiles, as of the last run that visited it."""

    __tablename__ = "sites"

    domain: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    site_id_code: Mapped[str | None]


class Run(Base):
    """One walk over one or several sites. `state`: running, done, failed, interrupted."""

    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(Words(16))
    state: Mapped[str] = mapped_column(Words(16), default="running")
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    resumed: Mapped[int] = mapped_column(default=0)
    sites: Mapped[list[Any]]
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the run did, in numbers, a site's shortfalls in words; filled when it ends."""


class Segment(Base):
    """One WARC file of the archive. `state`: open while written, then sealed with its size and sha256.

    `stored_in`: the object store that has a copy which was read back and found right.
    """

    __tablename__ = "segments"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(Words(16))
    created_at: Mapped[datetime]
    sealed_at: Mapped[datetime | None]
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(Words(64))
    stored_in: Mapped[str | None]


class FixityPass(Base):
    """One reading of the archive, or of a part of it. `kind`: verify, full, night; without an end it was cut.

    `since`, `percent`: the part that was asked for.
    """

    __tablename__ = "fixity_passes"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(Words(16))
    since: Mapped[datetime | None]
    percent: Mapped[float | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FixityCheck(Base):
    """A segment was read, to its end. `state`: sound, damaged, repaired (and sound since).

    `segment` is its name: what the index does not know has been found too. `sha256` is that of the file as it
    was found, none where there was no file. `full`: its records were read; else file and rows (`rows_sha256`)
    are what they were when these were read last (`storage.fixity_proof`).
    """

    __tablename__ = "fixity_checks"
    __table_args__ = (Index("ix_fixity_checks_segment_checked_at", "segment", "checked_at"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    pass_id: Mapped[int] = mapped_column(ForeignKey("fixity_passes.id"), index=True)
    segment: Mapped[str]
    checked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Words(16))
    bytes: Mapped[int] = mapped_column(BigInteger)
    records: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(Words(64))
    rows_sha256: Mapped[str | None] = mapped_column(Words(64))
    full: Mapped[bool]


class FixityDamage(Base):
    """What was wrong with a segment, one row for each record or row of the index.

    `kind` is that of `storage.segment_check.Damage`. `offset` is none where the segment as a whole is meant;
    the capture is none where the index does not know it. It is only named: its row may be what is wrong.
    """

    __tablename__ = "fixity_damages"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("fixity_checks.id"), index=True)
    kind: Mapped[str] = mapped_column(Words(16))
    offset: Mapped[int | None] = mapped_column(BigInteger)
    problem: Mapped[str]
    capture_id: Mapped[int | None] = mapped_column(BigKey)
    url: Mapped[str | None]
    captured_at: Mapped[datetime | None]


class Import(Base):
    """Where a segment came from that others made, and what it says of itself.

    `source`: the name of the file that was brought; `member`: that of the WARC in it, where it was a WACZ.
    `sha256`: of that WARC as it was brought; it is the segment's too unless its records were packed anew.
    `captures`: how many are in it, those that were known already too.
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    segment_id: Mapped[int] = mapped_column(ForeignKey("segments.id"), unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    source: Mapped[str]
    member: Mapped[str | None]
    sha256: Mapped[str] = mapped_column(Words(64), unique=True)
    repacked: Mapped[bool]
    about: Mapped[dict[str, Any]]
    captures: Mapped[int]
    imported_at: Mapped[datetime]


class Capture(Base):
    """One exchange in the archive: what was asked, what came back, and where its records lie.

    `outcome`: complete, partial (cut short; what came is kept) or failed (nothing came); `problem` says why.
    `blocked` names the kind of challenge or block page, when it is one. `followed` says why the crawl went
    there. Offsets and lengths are those of the gzip members in the segment, in bytes.

    A revisit's payload lies in another record, its original's: `original_segment_id` and `original_offset`
    say where, the payload columns tell of it, and `response_offset` is that of the revisit record. An
    original is never a revisit. A 304 has the payload it stands for, or none where nobody asked for it.
    """

    __tablename__ = "captures"
    __table_args__ = (
        # A time map is read from this index alone: the rows of an address lie a night apart in the table.
        Index(
            *("ix_captures_time_map", "url", "captured_at", "id", "status", "payload_sha256"),
            *("outcome", "blocked", "method"),
        ).ddl_if(SQLITE),
        Index("ix_captures_run_url", "run_id", "url").ddl_if(SQLITE),
        _by_hash("ix_captures_url", "url"),
        Index("ix_captures_run_id", "run_id", "id").ddl_if(POSTGRESQL),
        # Finds the original of a payload at once, however many revisits refer to it.
        Index("ix_captures_payload", "payload_sha256", "original_offset"),
        UniqueConstraint("segment_id", "record_offset", name="uq_captures_segment_record"),
        ForeignKeyConstraint(
            ["original_segment_id", "original_offset"],
            ["captures.segment_id", "captures.record_offset"],
            name="fk_captures_original_captures",
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    site: Mapped[str]
    url: Mapped[str]
    captured_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(Words(16))
    status: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(Words(16))
    problem: Mapped[str | None]
    blocked: Mapped[str | None] = mapped_column(Words(64))
    content_type: Mapped[str | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    """as the server wrote them, to be sent back"""
    payload_sha256: Mapped[str | None] = mapped_column(Words(64))
    payload_sha1: Mapped[str | None] = mapped_column(Words(32))
    payload_bytes: Mapped[int | None] = mapped_column(BigInteger)
    reconstructed: Mapped[bool] = mapped_column(default=False)
    role: Mapped[str] = mapped_column(Words(16))
    followed: Mapped[str]
    referrer: Mapped[str | None]
    segment_id: Mapped[int] = mapped_column(ForeignKey("segments.id"))
    record_id: Mapped[str] = mapped_column(Words(64))
    record_offset: Mapped[int] = mapped_column(BigInteger)
    """where the exchange's first record begins; each of the following is null where nothing crossed"""
    request_offset: Mapped[int | None] = mapped_column(BigInteger)
    request_bytes: Mapped[int | None] = mapped_column(BigInteger)
    response_offset: Mapped[int | None] = mapped_column(BigInteger)
    response_bytes: Mapped[int | None] = mapped_column(BigInteger)
    original_segment_id: Mapped[int | None] = mapped_column(BigKey)
    original_offset: Mapped[int | None] = mapped_column(BigInteger)

    # Loaded with every capture, so that whoever has one can find its octets.
    segment: Mapped[Segment] = relationship(lazy="joined", innerjoin=True)
    original_segment: Mapped[Segment | None] = relationship(
        primaryjoin="foreign(Capture.original_segment_id) == Segment.id", viewonly=True, lazy="joined"
    )


class FalseValidator(Base):
    """What a server let us ask by stood for two payloads: it is no longer asked by, at this address.

    `earlier` and `later` are captures of the whole page with the same validator; what a 304 between them
    stands for is not certain.
    """

    __tablename__ = "false_validators"
    __table_args__ = (
        UniqueConstraint("url", name="uq_false_validators_url").ddl_if(SQLITE),
        Index("uq_false_validators_url", text("md5(url)"), unique=True).ddl_if(POSTGRESQL),
        _by_hash("ix_false_validators_url", "url"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    site: Mapped[str] = mapped_column(index=True)
    url: Mapped[str]
    validator: Mapped[str]
    """its header, name and value"""
    earlier_capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"))
    later_capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"))

    earlier: Mapped[Capture] = relationship(foreign_keys=[earlier_capture_id])
    later: Mapped[Capture] = relationship(foreign_keys=[later_capture_id])


PAGE_STATUSES = (200, 304)
"""What a server answers that shows a page; with 304, the one that the capture stands for."""


class Sighting(Base):
    """A report was seen in a run: its address, and the capture of its page or of a file attached to it."""

    __tablename__ = "sightings"
    __table_args__ = (
        UniqueConstraint("run_id", "report_url", "source_url", name="uq_sightings_run_source").ddl_if(SQLITE),
        Index(
            "uq_sightings_run_source", "run_id", text("md5(report_url)"), text("md5(source_url)"), unique=True
        ).ddl_if(POSTGRESQL),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    site: Mapped[str] = mapped_column(ForeignKey("sites.domain"))
    report_url: Mapped[str]
    source_url: Mapped[str]
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"))
    part: Mapped[str] = mapped_column(Words(16))
    """page or attachment"""
    title: Mapped[str]
    evidence: Mapped[list[Any]]


class ReadingRow(Base):
    """What the parser made of a payload. A function of (payload, parser version), so kept once for both."""

    __tablename__ = "readings"

    payload_sha256: Mapped[str] = mapped_column(Words(64), primary_key=True)
    parser_version: Mapped[str] = mapped_column(Words(32), primary_key=True)
    state: Mapped[str] = mapped_column(Words(16))
    reason: Mapped[str]
    record: Mapped[dict[str, Any]]
    seconds: Mapped[float]
    read_at: Mapped[datetime]


class Agency(Base):
    """Who publishes: the organ named by the report itself, at a site."""

    __tablename__ = "agencies"
    __table_args__ = (UniqueConstraint("site", "name", name="uq_agencies_site_name"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("sites.domain"))
    name: Mapped[str]


class ReportRow(Base):
    """A report at an address. `id` never changes; `presence`: published, gone, moved, blocked, unreadable,
    not_a_report (the present parser reads none in what an older one read as one)."""

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("url", name="uq_reports_url").ddl_if(SQLITE),
        Index("uq_reports_url", text("md5(url)"), unique=True).ddl_if(POSTGRESQL),
        _by_hash("ix_reports_url", "url"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str] = mapped_column(ForeignKey("sites.domain"))
    url: Mapped[str]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    year: Mapped[int | None]
    presence: Mapped[str] = mapped_column(Words(16))
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]

    agency: Mapped[Agency | None] = relationship()
    versions: Mapped[list[Version]] = relationship(order_by="Version.number", back_populates="report")


class Version(Base):
    """What a report said. `captured_at`: when the source said it; `recorded_at`: when we knew it.
    `cause`: source_changed, parser_changed or override. `record` is the parser's whole account."""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("report_id", "number", name="uq_versions_report_number"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"))
    number: Mapped[int]
    cause: Mapped[str] = mapped_column(Words(16))
    content_hash: Mapped[str] = mapped_column(Words(64))
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"))
    payload_sha256: Mapped[str] = mapped_column(Words(64))
    """of what was read: that of the capture, or of the page with its images (`storage.page_images`)"""
    parser_version: Mapped[str] = mapped_column(Words(32))
    captured_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    form: Mapped[str] = mapped_column(Words(16))
    title: Mapped[str]
    record: Mapped[dict[str, Any]]

    report: Mapped[ReportRow] = relationship(back_populates="versions")
    capture: Mapped[Capture] = relationship()
    figures: Mapped[list[FigureRow]] = relationship(order_by="FigureRow.id")
    findings: Mapped[list[FindingRow]] = relationship(
        order_by="FindingRow.id", foreign_keys="FindingRow.version_id"
    )
    doubts: Mapped[list[DoubtRow]] = relationship(order_by="DoubtRow.id")


class FigureRow(Base):
    """One printed number of a version, with the place it was read from."""

    __tablename__ = "figures"
    __table_args__ = (UniqueConstraint("version_id", "key", name="uq_figures_version_key"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    key: Mapped[str]
    value: Mapped[Decimal | None]
    unit: Mapped[str | None]
    printed: Mapped[str]
    remark: Mapped[str | None]
    locator: Mapped[dict[str, Any]]
    override: Mapped[dict[str, Any] | None]
    """Where a person set the value: what the parser read, who, why and when (`storage.overrides`)."""


class FindingRow(Base):
    """The source contradicts itself: within a version, or against a version of the year before."""

    __tablename__ = "findings"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), index=True)
    rule: Mapped[str] = mapped_column(Words(64))
    place: Mapped[str]
    expected: Mapped[str]
    found: Mapped[str]
    severity: Mapped[str] = mapped_column(Words(16))
    locators: Mapped[list[Any]]
    against_version_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    """The version of the year before, for the relations across years (`storage.series`)."""


class DoubtRow(Base):
    """We are not sure of our own reading."""

    __tablename__ = "doubts"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), index=True)
    kind: Mapped[str] = mapped_column(Words(64))
    place: Mapped[str]
    message: Mapped[str]
    locator: Mapped[dict[str, Any]]


class Change(Base):
    """A row of the change log. `seq` has no gaps and follows the order of commits.

    `kind`: new, changed, gone, moved, blocked, unreadable, not_a_report, returned. Both captures are linked
    where there are two.
    """

    __tablename__ = "changes"

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"), index=True)
    kind: Mapped[str] = mapped_column(Words(16))
    cause: Mapped[str] = mapped_column(Words(16))
    note: Mapped[str] = mapped_column(default="")
    old_version_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    new_version_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    old_capture_id: Mapped[int | None] = mapped_column(ForeignKey("captures.id"))
    new_capture_id: Mapped[int | None] = mapped_column(ForeignKey("captures.id"))

    report: Mapped[ReportRow] = relationship()
    figures: Mapped[list[ChangedFigure]] = relationship(order_by="ChangedFigure.key")


class ChangedFigure(Base):
    """One figure of a changed report, before and after. A side is `None` where the figure was not there."""

    __tablename__ = "changed_figures"

    change_seq: Mapped[int] = mapped_column(ForeignKey("changes.seq"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    old_printed: Mapped[str | None]
    new_printed: Mapped[str | None]
    old_value: Mapped[Decimal | None]
    new_value: Mapped[Decimal | None]
    unit: Mapped[str | None]
