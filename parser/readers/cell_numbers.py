"""Numbers of spreadsheet cells as the sheet shows them.

A workbook keeps a binary number and a format. What people see is `3` for 3.0, `1,234.50` for 1234.5 with
`#,##0.00`, and never the noise of a float (`314.47649999999999`). Only formats whose effect is certain are
followed; for others the plain number is given, and `Shown.faithful` says that it may look different.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import isfinite

from parser.numbers import read_number

GENERAL = "General"

BUILT_IN = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", **dict.fromkeys(range(14, 18), "yyyy-mm-dd"),
    **dict.fromkeys(range(18, 22), "h:mm"), 22: "yyyy-mm-dd", **dict.fromkeys(range(27, 37), "yyyy-mm-dd"),
    37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 41: "#,##0", 42: "#,##0", 43: "#,##0.00",
    44: "#,##0.00", 45: "mm:ss", 46: "h:mm", 47: "mm:ss", 48: "##0.0E+0", 49: "@",
    **dict.fromkeys(range(50, 59), "yyyy-mm-dd"),
}  # fmt: skip
"""Formats that have a number and no text in the file."""

_QUOTED = re.compile(r'"([^"]*)"|\\(.)')
_BRACKETS = re.compile(r"\[(?!\$)[^\]<>=]*\]|\[\$[^\]]*\]")
_PADS = re.compile(r"[_*].?")
_DIGITS = re.compile(r"^([^#0?]*?)([#0?,]*[#0?])(?:\.([#0?]*))?(%?)([^#0?,.%]*)$")
_DATE = re.compile(r"[yYdD]|[年月日]")
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_LAST_DAY = 2_958_465
_LARGE = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Shown:
    """`text` is what the cell shows; `rounded` is true where the cell holds more digits than it shows,
    `faithful` false where the format was not understood and the plain number stands instead."""

    text: str
    rounded: bool = False
    faithful: bool = True


def show(number: float, format_code: str) -> Shown:
    """A cell's number under a number format."""
    if not isfinite(number):
        return Shown("#NUM!")
    exact = _exact(number)
    section = format_code.split(";", maxsplit=1)[0].strip()
    if section.lower() in ("", "general", "@", "g/通用格式"):
        return Shown(f"{exact:f}")
    shape = _shape(section)
    if shape is None:
        if _DATE.search(_BRACKETS.sub("", section)) and 0 < number <= _LAST_DAY:
            return Shown((_EPOCH + timedelta(days=int(number))).date().isoformat())
        return Shown(f"{exact:f}", faithful=False)
    shifted = exact * 100 if shape.percent else exact
    if abs(shifted) >= _LARGE:
        return Shown(f"{exact:f}", faithful=False)
    rounded = shifted.quantize(Decimal(1).scaleb(-shape.most), ROUND_HALF_UP)
    text = f"{rounded:,f}" if shape.thousands else f"{rounded:f}"
    if shape.least < shape.most and "." in text:
        whole, _, fraction = text.partition(".")
        fraction = fraction[: shape.least] + fraction[shape.least :].rstrip("0")
        text = f"{whole}.{fraction}" if fraction else whole
    text = f"{shape.before}{text}{'%' if shape.percent else ''}{shape.after}"
    return Shown(text, rounded=rounded != shifted)


def shown_as(text: str, number: float) -> Shown:
    """A cell that holds a number, by the text that the program that wrote the file has shown for it: the text
    where it says the number or rounds it, else the plain number (a bar for 0, `三十八`, a date, nothing)."""
    exact = _exact(number) if isfinite(number) else None
    said = read_number(text)
    if exact is None or said.value == exact:
        return Shown(text)
    if said.value is None:
        return Shown(f"{exact:f}", faithful=not text.strip() or (said.understood and exact == 0))
    _, _, fraction = f"{said.value:f}".partition(".")
    rounded = abs(said.value - exact) <= Decimal(5).scaleb(-len(fraction) - 1)
    return Shown(text, rounded=True) if rounded else Shown(f"{exact:f}", faithful=False)


@dataclass(frozen=True, slots=True)
class _Shape:
    before: str
    after: str
    thousands: bool
    least: int
    most: int
    percent: bool


@lru_cache(maxsize=1024)
def _shape(section: str) -> _Shape | None:
    """What a section of a format does, or `None` where that is not plain: scaling, fractions, exponents,
    conditions, dates."""
    # Literal characters are set apart first, so that a quoted `0` or `.` is no placeholder.
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literals.append(found.group(1) if found.group(1) is not None else found.group(2))
        return chr(0xE000 + len(literals) - 1)

    if len(section) > 255:
        return None
    plain = _PADS.sub("", _BRACKETS.sub("", _QUOTED.sub(keep, section)))
    found = _DIGITS.match(plain)
    if found is None or "[" in plain or re.search(r"[eE/]|[yYmMdDhHsS]", plain):
        return None
    before, whole, fraction, percent, after = found.groups()

    def spoken(text: str) -> str:
        return "".join(
            literals[ord(one) - 0xE000] if 0xE000 <= ord(one) < 0xE000 + len(literals) else one
            for one in text
        ).strip()

    fraction = fraction or ""
    return _Shape(
        before=spoken(before).lstrip("-"),
        after=spoken(after),
        thousands="," in whole,
        least=sum(one in "0?" for one in fraction),
        most=len(fraction),
        percent=bool(percent),
    )


def _exact(number: float) -> Decimal:
    """The number with the 15 digits that spreadsheets show at most."""
    return Decimal(f"{number:.15g}").normalize() if number else Decimal(0)
