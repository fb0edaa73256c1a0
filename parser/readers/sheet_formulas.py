"""Sums that a workbook leaves to the program that opens it.

Programs that write workbooks without working them out store formulas without results (or with 0). Whoever
opens the file sees the sums; so sums and differences of cells of the same sheet are worked out here, and no
other formula is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

Place = tuple[int, int]

_MOST_FORMULAS = 1_000
_MOST_CELLS = 500
"""Cells that one formula adds."""
_MOST_ROUNDS = 10
"""Formulas that rest on one another."""

_LONGEST = 1_000
_REF = r"\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6}"
_NUMBER = r"[0-9]{1,15}(?:\.[0-9]{1,15})?"
_ARGUMENT = rf"(?:{_REF}(?::{_REF})?|-?{_NUMBER})"
_TERM = re.compile(rf"([+-]?)(?:SUM\(({_ARGUMENT}(?:,{_ARGUMENT})*)\)|({_REF})|({_NUMBER}))(?=[+-]|$)")
_IS_NUMBER = re.compile(rf"-?{_NUMBER}")
_PARTS = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]+)")


def results(
    formulas: Mapping[Place, str], numbers: Mapping[Place, float], texts: Collection[Place]
) -> dict[Place, float]:
    """The results of those formulas that are plain sums, by row and column from 0. `numbers` are the cells
    that hold one, `texts` those that hold anything. A sum passes over texts; a formula that needs the result
    of one that is not understood has none either."""
    if len(formulas) > _MOST_FORMULAS:
        return {}
    known = {place: Decimal(repr(value)) for place, value in numbers.items() if place not in formulas}
    waiting = {place: _tidy(formula) for place, formula in formulas.items()}
    found: dict[Place, float] = {}
    for _ in range(_MOST_ROUNDS):
        done = {
            place: value
            for place, text in waiting.items()
            if (value := _value(text, known, texts, waiting)) is not None
        }
        if not done:
            break
        known |= done
        found |= {place: float(value) for place, value in done.items()}
        waiting = {place: text for place, text in waiting.items() if place not in done}
    return found


def _tidy(formula: str) -> str:
    """A formula without blanks; none that nobody writes."""
    return re.sub(r"\s+", "", formula).removeprefix("=").upper() if len(formula) <= _LONGEST else ""


def _value(
    text: str, known: Mapping[Place, Decimal], texts: Collection[Place], waiting: Collection[Place]
) -> Decimal | None:
    total, end = Decimal(0), 0
    while term := _TERM.match(text, end):
        sign, arguments, reference, number = term.groups()
        if end and not sign:
            return None
        end = term.end()
        amount = Decimal(number) if number else Decimal(0)
        for place in _places(arguments or reference or ""):
            if place is None or place in waiting or (reference and place in texts and place not in known):
                return None
            amount += known.get(place, Decimal(0))
        amount += sum(map(Decimal, filter(_IS_NUMBER.fullmatch, (arguments or "").split(","))), Decimal(0))
        total += -amount if sign == "-" else amount
    return total if end and end == len(text) else None


def _places(arguments: str) -> Iterator[Place | None]:
    """The cells of references and areas; `None` where they are too many."""
    count = 0
    for argument in arguments.split(","):
        corners = [_place(*found.groups()) for found in _PARTS.finditer(argument)]
        if not corners:
            continue
        (top, left), (bottom, right) = min(corners), max(corners)
        left, right = min(left, right), max(left, right)
        count += (bottom - top + 1) * (right - left + 1)
        if count > _MOST_CELLS:
            yield None
            return
        yield from ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))


def _place(letters: str, row: str) -> Place:
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - 64
    return int(row) - 1, column - 1
