"""Random figures for each form. They add up, unless sums are broken on purpose; nothing else is promised."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from bench.truthset import forms
from bench.truthset.forms import Block, Line

Number = Decimal | int
NATURAL = 0
LEFT_OUT = -1
"""Stands for a count that the clerk did not fill in (no count is negative)."""

SCALES = {
    "none": (1.0, 1),
    "tiny": (0.93, 4),
    "office": (0.75, 60),
    "city": (0.45, 900),
    "full": (0.05, 3000),
}
"""The share of empty outcomes, and the largest count in one of them."""


@dataclass
class Numbers:
    """Figures by table, keyed as the truth is: `requests` row → seven counts, the others key → number."""

    requests: dict[str, list[int]] = field(default_factory=dict)
    review: dict[str, int] = field(default_factory=dict)
    proactive: dict[str, Number] = field(default_factory=dict)
    statistics: dict[str, Number] = field(default_factory=dict)
    cumulative: dict[str, Number] = field(default_factory=dict)
    amount_unit: str | None = None


def request_counts(lines: tuple[Line, ...], rng: Random, scale: str) -> dict[str, list[int]]:
    """Counts of the table of requests that keep every relation of the form."""
    empty, largest = SCALES[scale]
    outcomes = [line.key for line in lines if line.outcome and line.key != "outcome_total"]
    rows: dict[str, list[int]] = {}
    for key in outcomes:
        counts = [0] * 6
        if rng.random() >= empty:
            counts[NATURAL] = _count(rng, largest)
            for column in range(1, 6):
                if rng.random() >= max(empty, 0.6):
                    counts[column] = _count(rng, max(2, largest // 12))
        rows[key] = counts
    done = [sum(rows[key][column] for key in outcomes) for column in range(6)]
    forward = [rng.randint(0, max(1, count // 6)) if count else 0 for count in done]
    there = [done[column] + forward[column] for column in range(6)]
    over = [rng.randint(0, max(1, count // 6)) if count else 0 for count in there]
    over = [min(over[column], there[column]) for column in range(6)]
    rows["new_received"] = [there[column] - over[column] for column in range(6)]
    rows["carried_over"] = over
    rows["outcome_total"] = done
    rows["carried_forward"] = forward
    return {line.key: [*rows[line.key], sum(rows[line.key])] for line in lines}


def review_counts(rng: Random, scale: str) -> dict[str, int]:
    """Counts of reviews and suits; each total is the sum of its four results."""
    empty, largest = SCALES[scale]
    counts: dict[str, int] = {}
    for group, _ in forms.REVIEW_GROUPS:
        parts = {
            name: 0 if rng.random() < empty else _count(rng, largest // 4 + 1)
            for name, _ in forms.RESULTS[:-1]
        }
        counts |= {f"{group}_{name}": count for name, count in parts.items()}
        counts[f"{group}_total"] = sum(parts.values())
    return counts


def proactive_figures(blocks: tuple[Block, ...], rng: Random, scale: str) -> dict[str, Number]:
    """Figures of section 二: large counts, amounts with up to six decimals, changes below zero."""
    size = {"none": 0, "tiny": 9, "office": 900, "city": 90_000, "full": 3_000_000}[scale]
    figures: dict[str, Number] = {}
    for key in (key for block in blocks for key in block.keys):
        name = key.rsplit(".", 1)[1]
        if name in {"amount_wanyuan", "amount"}:
            figures[key] = _amount(rng, size)
        elif name == "change":
            figures[key] = rng.choice((0, 0, 0, 1, -1, -2, rng.randint(-size - 1, size // 2 + 1)))
        elif name in {"issued", "repealed", "in_force", "newly_made", "newly_disclosed", "projects"}:
            figures[key] = rng.choice((0, rng.randint(0, 12), rng.randint(0, min(size, 999))))
        else:
            figures[key] = rng.choice((0, rng.randint(0, size), rng.randint(0, size)))
    return figures


def statistics_figures(rng: Random, scale: str) -> dict[str, Number]:
    """Figures of the national statistics table, keyed by code; headings have none."""
    empty, largest = SCALES[scale]
    figures: dict[str, Number] = {}
    for row in forms.STATISTICS:
        if row.unit == "万元":
            figures[row.code] = rng.choice((0, 0, _amount(rng, largest)))
        elif row.unit is not None:
            figures[row.code] = 0 if rng.random() < empty * 0.6 else rng.randint(0, largest * 3)
    _keep_sums(figures, forms.STAT_SUMS)
    return figures


def fujian_figures(rng: Random, scale: str, with_waiver: bool) -> tuple[dict[str, Number], dict[str, Number]]:
    """The year's figures and the cumulative ones of the Fujian table; both columns add up."""
    empty, largest = SCALES[scale]
    year: dict[str, Number] = {}
    total: dict[str, Number] = {}
    for row in forms.FUJIAN:
        if row.code == "4" and not with_waiver:
            continue
        year[row.code] = 0 if rng.random() < empty * 0.6 else rng.randint(0, largest * 3)
        total[row.code] = year[row.code] + rng.randint(0, largest * 20)
    _keep_sums(year, forms.FUJIAN_SUMS)
    _keep_sums(total, forms.FUJIAN_SUMS)
    return year, total


def break_requests(rows: dict[str, list[int]], rng: Random, times: int) -> None:
    """Change single counts, so that totals no longer fit. Totals never become 0 where something is to be
    summed: a zero may be printed as a blank, and a blank total is no statement."""
    for _ in range(times):
        key = rng.choice(list(rows))
        column = rng.randrange(7)
        rows[key][column] += rng.choice((1, 1, 2, 10, rng.randint(1, 99)))


def break_review(counts: dict[str, int], rng: Random) -> None:
    """Put one total of the reviews and suits wrong."""
    group = rng.choice(forms.REVIEW_GROUPS)[0]
    counts[f"{group}_total"] += rng.choice((1, 2, 7))


def break_statistics(figures: dict[str, Number], sums: dict[str, tuple[str, ...]], rng: Random) -> None:
    """Put one total of a statistics table wrong."""
    figures[rng.choice(list(sums))] += rng.choice((1, 2, 5))


def nonsense(lines: tuple[Line, ...], rng: Random) -> dict[str, list[int]]:
    """Counts that have nothing to do with each other: not one relation of the form holds."""
    return {line.key: [rng.randint(1, 97) for _ in range(7)] for line in lines}


def _count(rng: Random, largest: int) -> int:
    """Small counts are common, large ones rare."""
    return max(1, int(largest * rng.random() ** 3))


def _amount(rng: Random, size: int) -> Number:
    if size == 0 or rng.random() < 0.25:
        return 0
    digits = rng.choice((0, 1, 2, 2, 4, 6))
    if digits == 0:
        return rng.randint(1, size)
    scale = 10**digits
    whole = rng.randint(1, size * scale)
    # The last digit printed is never 0: 12.50 and 12.5 are the same number but not the same text.
    return Decimal(whole - whole % 10 + rng.randint(1, 9)).scaleb(-digits)


def _keep_sums(figures: dict[str, Number], sums: dict[str, tuple[str, ...]]) -> None:
    """Totals from their parts, inner ones (三/(三)/4 inside 三/(三)) first."""
    for total in sorted(sums, key=lambda code: -code.count("/")):
        figures[total] = sum((figures[part] for part in sums[total]), 0)
