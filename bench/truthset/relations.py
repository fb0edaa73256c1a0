"""Which hard relations of the forms the printed figures break.

A blank counts as 0 inside a sum; a blank row total is not evaluable, nor is a sum without any part (a column
总计 that was filled in only on the rows 一, 二, （七） and 四). `where` names the total as a figure
key; for a row of the table of requests it is the row, for the balance the column (`requests.*.research`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bench.truthset import forms

Value = Decimal | int | None
Violation = dict[str, Any]

NOT_OUTCOMES = {"new_received", "carried_over", "outcome_total", "carried_forward"}


def hard_violations(tables: Mapping[str, Any]) -> list[Violation]:
    """The violations of all tables of a truth, in the order rows, columns, reviews, statistics."""
    found = [*_requests(tables["requests"]), *_reviews(tables["review_litigation"])]
    values = {row["code"]: row["value"] for row in tables["statistics"]}
    sums = forms.FUJIAN_SUMS if "1" in values else forms.STAT_SUMS
    return [*found, *_statistics(values, sums)] if values else found


def _requests(rows: Mapping[str, Sequence[Value]]) -> list[Violation]:
    if not rows:
        return []
    found = []
    for key, counts in rows.items():
        expected = _sum(counts[:6])
        if counts[6] is not None and counts[6] != expected:
            found.append(_violation("row_total", f"requests.{key}", expected, counts[6]))
    for column, name in enumerate(forms.COLUMNS):
        total = rows["outcome_total"][column]
        parts = [rows[key][column] for key in rows if key not in NOT_OUTCOMES]
        expected = _sum(parts)
        if (total or 0) != expected and any(part is not None for part in parts):
            found.append(_violation("outcome_sum", f"requests.outcome_total.{name}", expected, total or 0))
        came = _sum([rows["new_received"][column], rows["carried_over"][column]])
        went = _sum([total, rows["carried_forward"][column]])
        if came != went:
            found.append(_violation("balance_1_2_eq_3_4", f"requests.*.{name}", came, went))
    return found


def _reviews(counts: Mapping[str, Value]) -> list[Violation]:
    found = []
    for group, _ in forms.REVIEW_GROUPS if counts else ():
        expected = _sum([counts[f"{group}_{name}"] for name, _ in forms.RESULTS[:-1]])
        total = counts[f"{group}_total"]
        if (total or 0) != expected:
            where = f"review_litigation.{group}_total"
            found.append(_violation("review_litigation_total", where, expected, total or 0))
    return found


def _statistics(values: Mapping[str, Value], sums: Mapping[str, Sequence[str]]) -> list[Violation]:
    found = []
    for total, parts in sums.items():
        expected = _sum([values.get(part) for part in parts])
        printed = values.get(total)
        if (printed or 0) != expected:
            found.append(_violation("stat_sum", f"statistics.{total}", expected, printed or 0))
    return found


def _sum(values: Sequence[Value]) -> Decimal | int:
    return sum((value for value in values if value is not None), 0)


def _violation(rule: str, where: str, expected: Decimal | int, found: Decimal | int) -> Violation:
    return {"rule": rule, "where": where, "expected": expected, "found": found}
