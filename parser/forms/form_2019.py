"""The trial form of 2019 (国办公开办函〔2019〕60号): reports on 2019 and 2020."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from parser.forms.evidence import Evidence
from parser.forms.gaps import missing_rows, missing_tables, request_rows
from parser.forms.regions import PROACTIVE
from parser.forms.vocabulary import vocabulary
from parser.report import Doubt, Figure

NAME = "2019"
ONE_ROW = "other_processing"
THREE_ROWS = ("other_overdue_correction", "other_unpaid_fee", "other_misc")

_FIELDS = frozenset(
    {"newly_made", "newly_disclosed", "total_disclosed", "projects", "amount", "previous_items"}
)
_NOTICE = "国办公开办函(2019)60号"
_ROWS = ("other_public_services", "central_procurement")


def strength(evidence: Evidence) -> int:
    """How strongly the document speaks for this form: 10 a column of its own, 3 its rows, 2 its notice."""
    points = 10 * len(_FIELDS & evidence.fields)
    points += 3 * sum(f"proactive.{key}" in evidence.rows for key in _ROWS)
    if _NOTICE in evidence.prose:
        points += 2
    if f"requests.{ONE_ROW}" in evidence.rows:
        points += 2
    return points


def gaps(figures: Mapping[str, Figure], evidence: Evidence) -> Iterator[Doubt]:
    """What the form prints and the document does not."""
    yield from missing_tables(evidence)
    rows = [term for term in vocabulary().proactive_rows if NAME in term.forms]
    yield from missing_rows(evidence, PROACTIVE, rows)
    yield from request_rows(NAME, evidence, ONE_ROW, THREE_ROWS)
