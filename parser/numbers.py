"""What a cell says as a number: value, unit and remark, with nothing guessed.

A cell is one of: blank; a mark that stands for "nothing" (`/`, `—`, `无`); a number, perhaps with a unit, a
remark and the mark of a note (`22（其中修订16件）`, `251000元`, `12¹`); or something else, which is not
understood and must become a doubt.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

UNITS = (
    "万元",
    "亿元",
    "元",
    "人次",
    "件次",
    "人",
    "件",
    "条",
    "次",
    "篇",
    "个",
    "项",
    "份",
    "部",
    "户",
    "宗",
    "起",
    "期",
    "场",
    "家",
    "%",
)
"""Units that stand behind a number in a cell; longer ones first."""

NOTHING = frozenset({"/", "-", "--", "---", "—", "——", "–", "―", "─", "无", "N/A", "n/a", "\\", "\\\\", "//"})
"""Marks printed where there is nothing to count. They are kept as printed and are never 0."""

MOST_DIGITS = 28
"""Digits of a number: sums of longer ones would be rounded, and no report counts so much."""

_UNIT = "|".join(UNITS)
_NUMBER = re.compile(
    rf"^(?P<about>约|共|计)?(?P<coin>¥|人民币|RMB)?(?P<sign>[-+])?(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d+)(?P<fraction>\.\d+)?"
    rf"(?P<unit>{_UNIT})?(?:(?<=元)整)?(?P<open>\()?(?P<rest>.*)$",
    re.DOTALL,
)
_ASIDE = re.compile(r"^[,;、。]*(?=其中|含|包括|包含|不含|罚款|罚没)")
"""What parts a number from a remark without brackets (`12，其中网上1件`)."""
_NOTE = re.compile(
    "(?<=[0-9０-９%％件次条项元人个)）])"
    r"(?:[\u00b9\u00b2\u00b3\u2070-\u2079]+|[①-⑳⑴-⒇]|[*＊※#★☆]{1,3}|注[0-9０-９]{0,2}"
    r"|[\[［〔【](?:注?[0-9０-９]{1,2}|注)[\]］〕】]|。){1,4}$"
)
"""The marks of notes behind a number, or a full stop."""
_ZERO_LETTERS = frozenset("oOＯｏΟοОо○◯")
"""What is typed for a zero; only where it stands alone."""
_ZEROS = frozenset("零〇")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff]")
_SYMBOLS = str.maketrans({chr(0xF000 + ord(sign)): sign for sign in "0123456789.,-"})
"""Digits of fonts with an order of their own, which writers of files leave in the private area of Unicode."""
_HAN = re.compile("[\u4e00-\u9fff]")
_BLANKS = re.compile(r"\s+")
_PARTED = re.compile(r"\d\s+(?=\d)")
_MINUS = re.compile("[\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d]")


@dataclass(frozen=True, slots=True)
class Printed:
    """The meaning of a cell. `understood` is false where the text is no number, no blank and no mark for
    nothing; `value` is then `None`. `joined` is true where digits of two lines were read as one number,
    `letter` where a letter stands for a zero."""

    value: Decimal | None
    unit: str | None = None
    remark: str | None = None
    understood: bool = True
    joined: bool = False
    letter: bool = False


_BLANK = Printed(None)
_NOT_UNDERSTOOD = Printed(None, understood=False)


@lru_cache(maxsize=8192)
def read_number(text: str) -> Printed:
    """Read the text of one cell.

    Thousands separators are accepted where they stand right (`1,234`, `1，234`); a comma elsewhere makes the
    cell not understood, since `1,23` may be two numbers as well as one, and so does a blank between digits.
    A line break between digits is a narrow column: the digits are joined, and `joined` says so.
    """
    visible = _INVISIBLE.sub("", text).strip().translate(_SYMBOLS)
    note = _NOTE.search(visible)
    plain = visible[: note.start()] if note else visible
    plain = _MINUS.sub("-", _plain(plain)).strip()
    tight = _BLANKS.sub("", plain)
    if not tight:
        return _BLANK
    if tight in NOTHING:
        return Printed(None)
    if visible in _ZEROS or visible in _ZERO_LETTERS:
        return Printed(Decimal(0), letter=visible in _ZERO_LETTERS)
    parted = _PARTED.search(plain)
    joined = parted is not None and "\n" in parted.group()
    if parted and not joined:
        return _NOT_UNDERSTOOD
    found = _NUMBER.match(tight)
    if not found:
        return _NOT_UNDERSTOOD
    remark = _remark(found)
    if remark is None:
        return _NOT_UNDERSTOOD
    digits = found["digits"].replace(",", "") + (found["fraction"] or "")
    if len(digits.replace(".", "")) > MOST_DIGITS:
        return _NOT_UNDERSTOOD
    value = Decimal(digits)
    if found["sign"] == "-":
        value = -value
    unit = found["unit"] or ("元" if found["coin"] else None)
    if remark in UNITS and unit is None:
        unit, remark = remark, ""
    if found["about"] == "约":
        remark = f"约；{remark}" if remark else "约"
    if note:
        remark += note[0].strip("。")
    return Printed(value, unit, remark or None, joined=joined)


def _plain(text: str) -> str:
    """The text in NFKC, but for marks and fractions (`①`, `²`, `½`), which would become digits."""
    if all(unicodedata.category(sign) != "No" for sign in text):
        return unicodedata.normalize("NFKC", text)
    return "".join(
        sign if unicodedata.category(sign) == "No" else unicodedata.normalize("NFKC", sign) for sign in text
    )


def _remark(found: re.Match[str]) -> str | None:
    """What stands behind the number, when it is a remark: in brackets, of which the closing one may be
    missing behind words, or begun by a word that begins remarks. `None` where it is anything else."""
    rest = found["rest"]
    if found["open"]:
        inside = rest.removesuffix(")")
        return inside if inside and (rest.endswith(")") or _HAN.search(inside)) else None
    if not rest:
        return ""
    aside = _ASIDE.match(rest)
    return rest[aside.end() :] if aside else None


def read_change(text: str) -> Printed:
    """Read a cell that says by how much something went up or down: with a sign, an arrow or in words."""
    found = _CHANGE.match(unicodedata.normalize("NFKC", _BLANKS.sub("", text)))
    if found is None:
        return read_number(text)
    if found["same"]:
        return Printed(Decimal(0))
    printed = read_number(found["count"])
    down = found["way"][0] in "减↓—–―"
    return replace(printed, value=-printed.value) if down and printed.value is not None else printed


_CHANGE = re.compile(
    r"^(?:(?P<same>持平|不变|无变化|无增减)|\(?(?P<way>增加?|新增|减少?|[↑↓+—–―])(?P<count>\d[\d,.]*[项件个]?)\)?)$"
)


def is_unit(text: str) -> bool:
    """Whether a cell holds a unit and nothing else (`条`, `人 次`, `（万元）`)."""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))).strip("()") in UNITS


@lru_cache(maxsize=8192)
def looks_like_value(text: str) -> bool:
    """Whether a cell holds a value (or nothing) rather than a label."""
    return read_number(text).understood or _figure_first(text)


def _figure_first(text: str) -> bool:
    """A number followed by something not understood (`12起案件`) is still a value; a number that only counts
    the label behind it (`1.属于国家秘密`, `①政府公报公开数`) is none, nor is a year (`2023年度情况表`)."""
    visible = _BLANKS.sub("", _INVISIBLE.sub("", text))
    if visible[:1] in _CIRCLED:
        return False
    found = _LEADING.match(unicodedata.normalize("NFKC", visible))
    rest = "年" if found is None else found["rest"]
    return not rest.startswith("年") and (len(rest) <= _SHORT_REST or rest.startswith(UNITS))


_CIRCLED = frozenset("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑴⑵⑶⑷⑸⑹⑺⑻⑼❶❷❸❹❺❻❼❽❾")
_LEADING = re.compile(r"^[-+]?\d[\d,]*(?:\.\d+)?(?![.、)\d])(?P<rest>.*)$", re.DOTALL)
_SHORT_REST = 5
