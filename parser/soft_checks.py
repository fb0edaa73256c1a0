"""Relations that a sound report may break: findings of severity `soft`.

`stat_soft` compares rows of the statistics table that should not exceed each other; `narrative_vs_table`
holds the prose against the tables; `narrative_vs_narrative` finds one thing counted twice with two results.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from parser.checks import outcome_rows
from parser.claims import ANSWERED, CHANNELS, RECEIVED, REMEDIES, REVIEWS, SUITS
from parser.forms.vocabulary import vocabulary
from parser.report import Claim, Figure, Finding

Figures = Mapping[str, Figure]

_CHANNEL_CODES = {
    "website": "一/(二)/2",
    "microblog": "一/(二)/3",
    "wechat": "一/(二)/4",
    "gazette": "一/(二)/1",
}
_RECEIVED = (("new_received",), ("new_received", "carried_over"), ("outcome_total",))
_ANSWERED = (("outcome_total",), ("new_received",), ("new_received", "carried_over"))
_PARENTS = {
    "一/(一)/其中1": "一/(一)",
    "二/(二)/1/其中1": "二/(二)/1",
    "二/(二)/2/其中1": "二/(二)/2",
}
_STATISTICS = {
    RECEIVED: "三/(一)",
    ANSWERED: "三/(三)",
    REVIEWS: "四",
    SUITS: "五",
    f"{CHANNELS}all": "一/(一)",
}


def soft_findings(figures: Figures, claims: Sequence[Claim]) -> Iterator[Finding]:
    """Every soft relation that is broken."""
    yield from _statistics(figures)
    yield from _against_tables(figures, claims)
    yield from _against_each_other(claims)


def _statistics(figures: Figures) -> Iterator[Finding]:
    channels = [_value(figures, f"statistics.一/(二)/{number}") for number in range(1, 6)]
    disclosed = _value(figures, "statistics.一/(一)")
    if disclosed is not None and None not in channels:
        whole = sum((one for one in channels if one is not None), Decimal(0))
        if disclosed > whole:
            yield _soft("stat_soft", "statistics.一/(一)", whole, disclosed, figures)
    for part, parent in _PARENTS.items():
        yield from _at_most(figures, f"statistics.{part}", f"statistics.{parent}")
    yield from _at_most(figures, "statistics.一/(一)/其中1", "statistics.一/(一)/其中2")
    done, answered = _value(figures, "statistics.三/(二)"), _value(figures, "statistics.三/(三)")
    if done is not None and answered is not None and done != answered:
        yield _soft("stat_soft", "statistics.三/(三)", done, answered, figures)


def _at_most(figures: Figures, part: str, whole: str) -> Iterator[Finding]:
    low, high = _value(figures, part), _value(figures, whole)
    if low is not None and high is not None and low > high:
        yield _soft("stat_soft", part, high, low, figures)


def _soft(rule: str, where: str, expected: Decimal, found: Decimal, figures: Figures) -> Finding:
    return Finding(rule, where, expected, found, "soft", (figures[where].locator,))


def _against_tables(figures: Figures, claims: Sequence[Claim]) -> Iterator[Finding]:
    """One finding a statement; a count that any fair reading of its words makes right is none."""
    for claim in claims:
        if claim.partial or claim.approximate:
            continue
        readings = list(_readings(figures, claim.about))
        if readings and claim.value not in [value for value, _ in readings]:
            value, where = readings[0]
            places = [figures[key].locator for key in where]
            yield Finding(
                "narrative_vs_table", claim.about, claim.value, value, "soft", (claim.locator, *places)
            )


Reading = tuple[Decimal, list[str]]
"""A number of the tables that words may mean, and the keys that it was added up from."""


def _readings(figures: Figures, about: str) -> Iterator[Reading]:
    """The numbers that a claim may mean, the most literal first. `收到` may be what came in this year, that
    and
    what was carried over, or what was answered."""
    if about.startswith("proactive."):
        yield from _added(figures, [about])
        return
    code = _STATISTICS.get(about) or _CHANNEL_CODES.get(about.removeprefix(CHANNELS))
    if code and f"statistics.{code}" in figures:
        yield from _added(figures, [f"statistics.{code}"])
    if about in (REVIEWS, SUITS, REMEDIES):
        yield from _added(figures, _remedies(about))
    elif about in (RECEIVED, ANSWERED):
        for rows in _RECEIVED if about == RECEIVED else _ANSWERED:
            yield from _rows(figures, rows)
    elif about.startswith("requests."):
        yield from _rows(figures, _expand(figures, about.removeprefix("requests.")))


def _expand(figures: Figures, name: str) -> list[str]:
    """Row keys of `unable_*` or `granted+partially_granted`."""
    if name.endswith("*"):
        return [row for row in outcome_rows(figures) if row.startswith(name[:-1])]
    return name.split("+")


def _remedies(about: str) -> list[str]:
    keys = [f"review_litigation.{group.key}_total" for group in vocabulary().review_groups]
    if about == REVIEWS:
        return keys[:1]
    return keys[1:] if about == SUITS else keys


def _rows(figures: Figures, rows: Sequence[str]) -> Iterator[Reading]:
    """Rows of section 三 added up: by their totals, or, where an agency leaves these blank, by their
    cells."""
    *parts, total = (column.key for column in vocabulary().request_columns)
    value, used = Decimal(0), []
    for row in rows:
        key = f"requests.{row}.{total}"
        if _value(figures, key) is not None:
            keys = [key]
        else:
            keys = [one for part in parts if (one := f"requests.{row}.{part}") in figures]
        if not keys:
            return
        value += sum((_value(figures, one) or Decimal(0) for one in keys), Decimal(0))
        used += keys
    if used:
        yield value, used


def _added(figures: Figures, keys: Sequence[str]) -> Iterator[Reading]:
    values = [_value(figures, key) for key in keys]
    known = [value for value in values if value is not None]
    if known and all(key in figures for key in keys):
        yield sum(known, Decimal(0)), list(keys)


def _value(figures: Figures, key: str) -> Decimal | None:
    figure = figures.get(key)
    return figure.value if figure else None


def _against_each_other(claims: Sequence[Claim]) -> Iterator[Finding]:
    """Two exact counts of what one channel carried, in two sentences."""
    first: dict[str, Claim] = {}
    for claim in claims:
        if claim.partial or claim.approximate or not claim.about.startswith(CHANNELS):
            continue
        other = first.setdefault(claim.about, claim)
        if other.value != claim.value and other.sentence != claim.sentence:
            places = (other.locator, claim.locator)
            yield Finding("narrative_vs_narrative", claim.about, other.value, claim.value, "soft", places)
