"""The relations between the reports of one organ on two years in a row (勾稽关系 across years).

Pure like the rest of the room: the values of two reports in, what is wrong with the later one out. All are
soft but the carry, and even that has honest exceptions: an organ that was reorganised, or applicants counted
in another column. A blank on either side makes a relation not evaluable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from parser.forms.vocabulary import vocabulary

Values = Mapping[str, Decimal | None]

CARRY = "carry_cross_year"
ITEMS = "items_cross_year"
STOCK = "proactive_stock_cross_year"
CUMULATIVE = "cumulative"

_STOCKS = ("proactive.regulations", "proactive.normative_documents")


@dataclass(frozen=True, slots=True)
class SeriesFinding:
    """The later report says otherwise than the earlier one made expect.

    `where` is the figure of the later report; `earlier` and `later` are the keys that the expectation was
    computed from, by the report they stand in.
    """

    rule: str
    where: str
    expected: Decimal
    found: Decimal
    severity: str
    earlier: tuple[str, ...]
    later: tuple[str, ...]


def across_years(earlier: Values, later: Values) -> Iterator[SeriesFinding]:
    """Every relation that the report on a year breaks against the report on the year before."""
    for column in vocabulary().request_columns:
        carried = f"requests.carried_over.{column.key}"
        yield from _expect(
            CARRY, "hard", carried, (earlier, later), (f"requests.carried_forward.{column.key}",)
        )
    for key in sorted(later):
        block, _, field = key.rpartition(".")
        if field == "previous_items":
            yield from _expect(ITEMS, "soft", key, (earlier, later), (key, f"{block}.change"))
        elif field == "cumulative":
            yield from _expect(CUMULATIVE, "soft", key, (earlier, later), (key,), plus=(block,))
        elif field == "in_force" and block in _STOCKS:
            yield from _expect(
                STOCK,
                "soft",
                key,
                (earlier, later),
                (key,),
                plus=(f"{block}.issued",),
                minus=(f"{block}.repealed",),
            )


def _expect(
    rule: str,
    severity: str,
    where: str,
    reports: tuple[Values, Values],
    terms: tuple[str, ...],
    *,
    plus: tuple[str, ...] = (),
    minus: tuple[str, ...] = (),
) -> Iterator[SeriesFinding]:
    """later[where] = Σ earlier[terms] + Σ later[plus] - Σ later[minus], where all of them are printed."""
    earlier, later = reports
    found = later.get(where)
    before = [earlier.get(key) for key in terms]
    own = [later.get(key) for key in (*plus, *minus)]
    if found is None or any(value is None for value in (*before, *own)):
        return
    expected = sum((earlier[key] or Decimal(0) for key in terms), Decimal(0))
    expected += sum((later[key] or Decimal(0) for key in plus), Decimal(0))
    expected -= sum((later[key] or Decimal(0) for key in minus), Decimal(0))
    if expected != found:
        yield SeriesFinding(rule, where, expected, found, severity, terms, (*plus, *minus))
