"""The form of 2021 (国办公开办函〔2021〕30号): reports on 2021 and later years."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from parser.forms.evidence import Evidence
from parser.forms.gaps import missing_rows, missing_tables, request_rows
from parser.forms.regions import PROACTIVE
from parser.forms.vocabulary import vocabulary
from parser.report import Doubt, Figure

NAME = "2021"
ONE_ROW = "other_processing"
THREE_ROWS = ("other_overdue_correction", "other_unpaid_fee", "other_misc")

_FIELDS = frozenset({"issued", "repealed", "in_force", "amount_wanyuan"})
_NOTICE = "国办公开办函(2021)30号"
_SECTIONS = ("总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况")


def strength(evidence: Evidence) -> int:
    """How strongly the document speaks for this form: 10 a column of its own, 3 its rows, 2 its notice."""
    points = 10 * len(_FIELDS & evidence.fields)
    points += 3 * sum(f"requests.{key}" in evidence.rows for key in THREE_ROWS)
    if _NOTICE in evidence.prose:
        points += 2
    if "requests" in evidence.kinds or "review_litigation" in evidence.kinds:
        points += 1
    if all(section in evidence.prose for section in _SECTIONS):
        points += 1
    return points


def gaps(figures: Mapping[str, Figure], evidence: Evidence) -> Iterator[Doubt]:
    """What the form prints and the document does not."""
    yield from missing_tables(evidence)
    rows = [term for term in vocabulary().proactive_rows if NAME in term.forms]
    yield from missing_rows(evidence, PROACTIVE, rows)
    yield from request_rows(NAME, evidence, ONE_ROW, THREE_ROWS)
