"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def words(length: int | None = None) -> sa.String:
    """Text in the order of its octets, whatever language a server was set up for."""
    kind = sa.Text() if length is None else sa.String(length)
    in_order = sa.Text(collation="C") if length is None else sa.String(length, collation="C")
    return kind.with_variant(in_order, "postgresql")


def address_is_unique(table: str, name: str, columns: list[str]) -> None:
    """One row for these columns. An address may be longer than PostgreSQL's B-trees take."""
    marked = [sa.text(f"md5({column})") if column.endswith("url") else column for column in columns]
    op.create_index(name, table, marked, unique=True)


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.create_table(
        "readings",
        sa.Column("payload_sha256", words(64), nullable=False),
        sa.Column("parser_version", words(32), nullable=False),
        sa.Column("state", words(16), nullable=False),
        sa.Column("reason", words(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("payload_sha256", "parser_version", name=op.f("pk_readings")),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", words(16), nullable=False),
        sa.Column("state", words(16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resumed", sa.Integer(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_table(
        "segments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", words(), nullable=False),
        sa.Column("state", words(16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", words(64), nullable=True),
        sa.Column("stored_in", words(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("name", name=op.f("uq_segments_name")),
    )
    op.create_table(
        "fixity_passes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", words(16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("percent", sa.Double(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixity_passes")),
    )
    op.create_table(
        "fixity_checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pass_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("segment", words(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", words(16), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("sha256", words(64), nullable=True),
        sa.Column("rows_sha256", words(64), nullable=True),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pass_id"], ["fixity_passes.id"], name=op.f("fk_fixity_checks_pass_id_fixity_passes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixity_checks")),
    )
    with op.batch_alter_table("fixity_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fixity_checks_pass_id"), ["pass_id"], unique=False)
        batch_op.create_index("ix_fixity_checks_segment_checked_at", ["segment", "checked_at"], unique=False)

    op.create_table(
        "fixity_damages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("check_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", words(16), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=True),
        sa.Column("problem", words(), nullable=False),
        sa.Column("capture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("url", words(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["check_id"], ["fixity_checks.id"], name=op.f("fk_fixity_damages_check_id_fixity_checks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixity_damages")),
    )
    with op.batch_alter_table("fixity_damages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fixity_damages_check_id"), ["check_id"], unique=False)

    op.create_table(
        "sites",
        sa.Column("domain", words(), nullable=False),
        sa.Column("name", words(), nullable=False),
        sa.Column("site_id_code", words(), nullable=True),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_sites")),
    )
    op.create_table(
        "agencies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site", words(), nullable=False),
        sa.Column("name", words(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.domain"], name=op.f("fk_agencies_site_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agencies")),
        sa.UniqueConstraint("site", "name", name="uq_agencies_site_name"),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("segment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", words(), nullable=False),
        sa.Column("member", words(), nullable=True),
        sa.Column("sha256", words(64), nullable=False),
        sa.Column("repacked", sa.Boolean(), nullable=False),
        sa.Column("about", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("captures", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_imports_run_id_runs")),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name=op.f("fk_imports_segment_id_segments")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint("segment_id", name=op.f("uq_imports_segment_id")),
        sa.UniqueConstraint("sha256", name=op.f("uq_imports_sha256")),
    )
    op.create_table(
        "captures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site", words(), nullable=False),
        sa.Column("url", words(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", words(16), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("outcome", words(16), nullable=False),
        sa.Column("problem", words(), nullable=True),
        sa.Column("blocked", words(64), nullable=True),
        sa.Column("content_type", words(), nullable=True),
        sa.Column("etag", words(), nullable=True),
        sa.Column("last_modified", words(), nullable=True),
        sa.Column("payload_sha256", words(64), nullable=True),
        sa.Column("payload_sha1", words(32), nullable=True),
        sa.Column("payload_bytes", sa.BigInteger(), nullable=True),
        sa.Column("reconstructed", sa.Boolean(), nullable=False),
        sa.Column("role", words(16), nullable=False),
        sa.Column("followed", words(), nullable=False),
        sa.Column("referrer", words(), nullable=True),
        sa.Column("segment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", words(64), nullable=False),
        sa.Column("record_offset", sa.BigInteger(), nullable=False),
        sa.Column("request_offset", sa.BigInteger(), nullable=True),
        sa.Column("request_bytes", sa.BigInteger(), nullable=True),
        sa.Column("response_offset", sa.BigInteger(), nullable=True),
        sa.Column("response_bytes", sa.BigInteger(), nullable=True),
        sa.Column("original_segment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("original_offset", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["original_segment_id", "original_offset"],
            ["captures.segment_id", "captures.record_offset"],
            name="fk_captures_original_captures",
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_captures_run_id_runs")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segments.id"], name=op.f("fk_captures_segment_id_segments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        sa.UniqueConstraint("segment_id", "record_offset", name="uq_captures_segment_record"),
    )
    op.create_index("ix_captures_payload", "captures", ["payload_sha256", "original_offset"])
    if on_sqlite:
        op.create_index("ix_captures_run_url", "captures", ["run_id", "url"])
        covered = ["url", "captured_at", "id", "status", "payload_sha256", "outcome", "blocked", "method"]
        op.create_index("ix_captures_time_map", "captures", covered)
    else:
        op.create_index("ix_captures_url", "captures", ["url"], postgresql_using="hash")
        op.create_index("ix_captures_run_id", "captures", ["run_id", "id"])

    op.create_table(
        "false_validators",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site", words(), nullable=False),
        sa.Column("url", words(), nullable=False),
        sa.Column("validator", words(), nullable=False),
        sa.Column("earlier_capture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("later_capture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["earlier_capture_id"],
            ["captures.id"],
            name=op.f("fk_false_validators_earlier_capture_id_captures"),
        ),
        sa.ForeignKeyConstraint(
            ["later_capture_id"], ["captures.id"], name=op.f("fk_false_validators_later_capture_id_captures")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_false_validators")),
        *([sa.UniqueConstraint("url", name="uq_false_validators_url")] if on_sqlite else []),
    )
    if not on_sqlite:
        address_is_unique("false_validators", "uq_false_validators_url", ["url"])
        op.create_index("ix_false_validators_url", "false_validators", ["url"], postgresql_using="hash")
    with op.batch_alter_table("false_validators", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_false_validators_site"), ["site"], unique=False)

    op.create_table(
        "reports",
        sa.Column("id", words(), nullable=False),
        sa.Column("site", words(), nullable=False),
        sa.Column("url", words(), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("presence", words(16), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_reports_agency_id_agencies")),
        sa.ForeignKeyConstraint(["site"], ["sites.domain"], name=op.f("fk_reports_site_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        *([sa.UniqueConstraint("url", name="uq_reports_url")] if on_sqlite else []),
    )
    if not on_sqlite:
        address_is_unique("reports", "uq_reports_url", ["url"])
        op.create_index("ix_reports_url", "reports", ["url"], postgresql_using="hash")
    op.create_table(
        "sightings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("site", words(), nullable=False),
        sa.Column("report_url", words(), nullable=False),
        sa.Column("source_url", words(), nullable=False),
        sa.Column("capture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", words(16), nullable=False),
        sa.Column("title", words(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_sightings_capture_id_captures")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_sightings_run_id_runs")),
        sa.ForeignKeyConstraint(["site"], ["sites.domain"], name=op.f("fk_sightings_site_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
        *(
            [sa.UniqueConstraint("run_id", "report_url", "source_url", name="uq_sightings_run_source")]
            if on_sqlite
            else []
        ),
    )
    if not on_sqlite:
        address_is_unique("sightings", "uq_sightings_run_source", ["run_id", "report_url", "source_url"])
    op.create_table(
        "versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", words(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cause", words(16), nullable=False),
        sa.Column("content_hash", words(64), nullable=False),
        sa.Column("capture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payload_sha256", words(64), nullable=False),
        sa.Column("parser_version", words(32), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form", words(16), nullable=False),
        sa.Column("title", words(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_versions_capture_id_captures")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_versions_report_id_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_versions")),
        sa.UniqueConstraint("report_id", "number", name="uq_versions_report_number"),
    )
    op.create_table(
        "changes",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", words(), nullable=False),
        sa.Column("kind", words(16), nullable=False),
        sa.Column("cause", words(16), nullable=False),
        sa.Column("note", words(), nullable=False),
        sa.Column("old_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("new_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("old_capture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("new_capture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["new_capture_id"], ["captures.id"], name=op.f("fk_changes_new_capture_id_captures")
        ),
        sa.ForeignKeyConstraint(
            ["new_version_id"], ["versions.id"], name=op.f("fk_changes_new_version_id_versions")
        ),
        sa.ForeignKeyConstraint(
            ["old_capture_id"], ["captures.id"], name=op.f("fk_changes_old_capture_id_captures")
        ),
        sa.ForeignKeyConstraint(
            ["old_version_id"], ["versions.id"], name=op.f("fk_changes_old_version_id_versions")
        ),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_changes_report_id_reports")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_changes_run_id_runs")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_changes")),
    )
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_changes_report_id"), ["report_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_changes_run_id"), ["run_id"], unique=False)

    op.create_table(
        "doubts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", words(64), nullable=False),
        sa.Column("place", words(), nullable=False),
        sa.Column("message", words(), nullable=False),
        sa.Column("locator", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_doubts_version_id_versions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_doubts")),
    )
    with op.batch_alter_table("doubts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_doubts_version_id"), ["version_id"], unique=False)

    op.create_table(
        "figures",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", words(), nullable=False),
        sa.Column("value", words(), nullable=True),
        sa.Column("unit", words(), nullable=True),
        sa.Column("printed", words(), nullable=False),
        sa.Column("remark", words(), nullable=True),
        sa.Column("locator", sa.JSON(), nullable=False),
        sa.Column("override", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["version_id"], ["versions.id"], name=op.f("fk_figures_version_id_versions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures")),
        sa.UniqueConstraint("version_id", "key", name="uq_figures_version_key"),
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule", words(64), nullable=False),
        sa.Column("place", words(), nullable=False),
        sa.Column("expected", words(), nullable=False),
        sa.Column("found", words(), nullable=False),
        sa.Column("severity", words(16), nullable=False),
        sa.Column("locators", sa.JSON(), nullable=False),
        sa.Column("against_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["against_version_id"], ["versions.id"], name=op.f("fk_findings_against_version_id_versions")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_findings_version_id_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_findings_version_id"), ["version_id"], unique=False)

    op.create_table(
        "changed_figures",
        sa.Column("change_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", words(), nullable=False),
        sa.Column("old_printed", words(), nullable=True),
        sa.Column("new_printed", words(), nullable=True),
        sa.Column("old_value", words(), nullable=True),
        sa.Column("new_value", words(), nullable=True),
        sa.Column("unit", words(), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_seq"], ["changes.seq"], name=op.f("fk_changed_figures_change_seq_changes")
        ),
        sa.PrimaryKeyConstraint("change_seq", "key", name=op.f("pk_changed_figures")),
    )
