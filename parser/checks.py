"""The relations of the forms (勾稽关系), held against the figures as printed.

Each relation that does not hold is a finding: the report contradicts itself. A blank counts as 0. A relation
is passed over where it cannot be evaluated: the total of a row is blank (agencies leave that column out), no
part is printed, a cell was not understood or not found. Nothing here changes a figure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal

from parser.forms.vocabulary import vocabulary
from parser.numbers import read_number
from parser.report import Doubt, Figure, Finding

Figures = Mapping[str, Figure]

ROW_TOTAL = "row_total"
_LOSSES = frozenset({"unknown_row", "repeated_row", "column_alignment", "second_table", "conflicting_rows"})

_IN = ("new_received", "carried_over")
_OUT = ("outcome_total", "carried_forward")
_STATISTICS_SUMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("三/(一)", tuple(f"三/(一)/{number}" for number in range(1, 5))),
    ("三/(二)", tuple(f"三/(二)/{number}" for number in range(1, 3))),
    ("三/(三)", tuple(f"三/(三)/{number}" for number in range(1, 9))),
    ("三/(三)/4", tuple(f"三/(三)/4/其中{number}" for number in range(1, 7))),
    ("四", ("四/(一)", "四/(二)", "四/(三)")),
    ("五", ("五/(一)", "五/(二)", "五/(三)")),
    ("八/(三)", ("八/(三)/1", "八/(三)/2")),
)
_FUJIAN_SUMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("1", ("1/1", "1/2")),
    ("2", ("2/1", "2/2", "2/3")),
    ("3", ("3/1", "3/2", "3/3", "3/4")),
)


def check(figures: Figures, doubts: Collection[Doubt] = ()) -> Iterator[Finding]:
    """Every hard relation of the form that the printed figures break. A row that the report leaves out counts
    as nothing, unless a doubt says that it may have been there and was not read."""
    yield from row_totals(figures)
    yield from outcome_sums(figures, lost=_lost(doubts, "requests"))
    yield from balances(figures)
    yield from review_totals(figures)
    yield from statistics_sums(figures, lost=_lost(doubts, "statistics"))


def _lost(doubts: Collection[Doubt], table: str) -> bool:
    """Whether numbers of a table were seen that no row took."""
    return any(doubt.kind in _LOSSES and doubt.where.startswith(table) for doubt in doubts)


def row_totals(figures: Figures) -> Iterator[Finding]:
    """`row_total`: in each row of section 三, 总计 is the sum of the six applicant columns."""
    *parts, total = (column.key for column in vocabulary().request_columns)
    for row in vocabulary().request_rows:
        where = f"requests.{row.key}"
        yield from _sum(figures, ROW_TOTAL, where, f"{where}.{total}", [f"{where}.{part}" for part in parts])


def outcome_sums(figures: Figures, *, lost: bool) -> Iterator[Finding]:
    """`outcome_sum`: in each column of section 三, （七）总计 is the sum of the outcomes above it."""
    outcomes = outcome_rows(figures)
    for column in vocabulary().request_columns:
        total = f"requests.outcome_total.{column.key}"
        yield from _sum(
            figures,
            "outcome_sum",
            total,
            total,
            [f"requests.{row}.{column.key}" for row in outcomes],
            strict=lost,
        )


def outcome_rows(figures: Figures) -> list[str]:
    """The rows that （七）总计 adds up: 2021 has three rows under （六）, 2019 one, and a report may have
    either."""
    keys = [row.key for row in vocabulary().request_rows if row.number.startswith("三/")]
    one = "other_processing"
    three = [row.key for row in vocabulary().request_rows if row.forms == ("2021",)]
    has_one = f"requests.{one}.total" in figures or f"requests.{one}.natural_person" in figures
    has_three = any(f"requests.{key}.total" in figures for key in three)
    left_out = {"outcome_total"}
    if has_one and not has_three:
        left_out |= set(three)
    elif not has_one:
        left_out.add(one)
    return [key for key in keys if key not in left_out]


def balances(figures: Figures) -> Iterator[Finding]:
    """`balance_1_2_eq_3_4`: in each column of section 三, new + carried over = outcomes + carried forward."""
    for column in vocabulary().request_columns:
        inward = [figures.get(f"requests.{row}.{column.key}") for row in _IN]
        outward = [figures.get(f"requests.{row}.{column.key}") for row in _OUT]
        if None in inward or None in outward:
            continue
        expected, found = _add(inward), _add(outward)
        if expected is not None and found is not None and expected != found:
            places = tuple(one.locator for one in (*inward, *outward) if one)
            yield Finding("balance_1_2_eq_3_4", f"requests.*.{column.key}", expected, found, locators=places)


def review_totals(figures: Figures) -> Iterator[Finding]:
    """`review_litigation_total`: each group's 总计 is the sum of its four results."""
    *parts, total = (result.key for result in vocabulary().review_results)
    for group in vocabulary().review_groups:
        where = f"review_litigation.{group.key}"
        yield from _sum(
            figures,
            "review_litigation_total",
            f"{where}_{total}",
            f"{where}_{total}",
            [f"{where}_{part}" for part in parts],
        )


def statistics_sums(figures: Figures, *, lost: bool) -> Iterator[Finding]:
    """`stat_sum`: totals of the national statistics table and of the Fujian table."""
    for sums, ending in ((_STATISTICS_SUMS, ("",)), (_FUJIAN_SUMS, ("", ".cumulative"))):
        for total, parts in sums:
            for end in ending:
                where = f"statistics.{total}{end}"
                yield from _sum(
                    figures,
                    "stat_sum",
                    where,
                    where,
                    [f"statistics.{part}{end}" for part in parts],
                    strict=lost,
                )


def _sum(
    figures: Figures, rule: str, where: str, total: str, parts: Sequence[str], *, strict: bool = True
) -> Iterator[Finding]:
    """One relation total = sum of parts; when `strict`, a part that was not found makes it not evaluable."""
    whole = figures.get(total)
    if whole is None or (whole.value is None and (rule == ROW_TOTAL or not is_blank(whole))):
        return
    members = [figures.get(part) for part in parts]
    if None in members and strict:
        return
    if not any(member and member.value is not None for member in members):
        return
    expected = _add(members)
    found = whole.value or Decimal(0)
    if expected is not None and expected != found:
        places = (whole.locator, *(member.locator for member in members if member))
        yield Finding(rule, where, expected, found, locators=places)


def _add(members: Sequence[Figure | None]) -> Decimal | None:
    """The sum of printed values, blanks as 0; `None` when a cell holds something that is no number."""
    whole = Decimal(0)
    for member in members:
        if member is None:
            continue
        if member.value is None:
            if not is_blank(member):
                return None
            continue
        whole += member.value
    return whole


def is_blank(figure: Figure) -> bool:
    """Whether the cell says that there is nothing (blank, `/`, `无`), rather than something not
    understood."""
    return figure.value is None and read_number(figure.printed).understood
