"""What a version says, as the database has it: with what a person set, and with findings across years."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from parser.report import number
from storage.models import DoubtRow, FigureRow, FindingRow, Version


def version_record(version: Version, findings: Sequence[FindingRow] | None = None) -> dict[str, Any]:
    """The record in the shape of the parser's `Report.as_dict()`; the version's own findings if none are
    given."""
    return version.record | content_json(version, version.findings if findings is None else findings)


def content_json(version: Version, findings: Sequence[FindingRow]) -> dict[str, list[dict[str, Any]]]:
    """Figures, findings and doubts, JSON-ready."""
    return {
        "figures": [figure_json(figure) for figure in version.figures],
        "findings": [_finding_json(finding) for finding in findings],
        "doubts": [_doubt_json(doubt) for doubt in version.doubts],
    }


def figure_json(figure: FigureRow) -> dict[str, Any]:
    """One figure with its place, JSON-ready."""
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
