"""Labels as they are compared: one spelling for everything that looks the same on paper.

Full-width and compatibility characters, blanks and line breaks, quotes, brackets and numbering styles vary
from report to report and carry no meaning; `fold` and `Label` take them away, and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
RAISED = str.maketrans("0123456789", _RAISED_DIGITS)
"""For readers: raised digits behind a text are the mark of a note and stay raised, since 12 with a raised 1
is not 121."""
# Radicals that PDF fonts map to instead of the character, and that NFKC leaves alone; marks of notes go.
_RADICALS = str.maketrans(
    "⺠⻓⻔⻅⻉⻋⻚⻛⻜⻢⻤⻥⻦⻩⻬⻰⺟⻄⻆⻣⻝⻘⻙⻳⻁",
    "民长门见贝车页风飞马鬼鱼鸟黄齐龙母西角骨食青韦龟虎",
    _RAISED_DIGITS,
)
_MARKS = str.maketrans(
    {
        **dict.fromkeys("﹙❨⟨〔［【", "("),
        **dict.fromkeys("﹚❩⟩〕］】", ")"),
        **dict.fromkeys("·•∙⋅・", "·"),
        "−": "-",
        "–": "-",
        "﹣": "-",
        "／": "/",
        "它": "他",
    }
)
_BLANKS = re.compile(r"[\s\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufe0e\ufe0f\ufeff\u00ad\u3000]+")
_QUOTES = re.compile("[“”\"'‘’「」『』〝〞*#`]")
_LOOK_ALIKE = str.maketrans("末曰己巳士入干千巢", "未日已已土人于于果")
"""Characters that differ by a stroke or two: a recogniser of scans, or a hurried typist, takes one for the
other, and no two labels differ by them alone."""
_VARIED = re.compile("[^\u4e00-\u9fff0-9]+|它")
"""Runs of characters that may be spelt otherwise. Han characters and digits are spelt in one way (but for 它)
and join with nothing beside them, so that each run between them can be folded by itself, and most runs, being
punctuation, are known already."""
_NUMERALS = "一二三四五六七八九十"
_TOP = re.compile(rf"^([{_NUMERALS}]{{1,3}})[、.,:]")
_MIDDLE = re.compile(rf"^\(([{_NUMERALS}]{{1,3}})\)[、.]?")
_LEAF = re.compile(r"^\(?(\d{1,2})(?:[.、,:)]+(?!\d)|(?=[^\d.,%/)(:\-、年月日件条次个人元万]))")
_OF_WHICH = re.compile(r"^其中[:,、]?(?:(\d)[.、])?")
_ASIDE = re.compile(r"\([^()]*\)")


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """The text in one spelling: NFKC, no blanks, no quotes, plain brackets; `其它` reads as `其他`."""
    return _VARIED.sub(_folded_run, text)


def _folded_run(found: re.Match[str]) -> str:
    return _fold_run(found[0])


@lru_cache(maxsize=4096)
def _fold_run(run: str) -> str:
    plain = unicodedata.normalize("NFKC", run.translate(_RADICALS))
    return _QUOTES.sub("", _BLANKS.sub("", plain)).translate(_MARKS)


@dataclass(frozen=True, slots=True)
class Label:
    """A folded label in parts: `（三）不予公开` has `level` 2, `number` `三`, `stem` `不予公开`.

    `level` is 1 for 一、 · 2 for （一） · 3 for 1. · 0 without number; `of_which` marks 其中：. `stem` has no
    punctuation, and one character for those that look alike; `bare` is the stem without what stood in
    brackets.
    """

    folded: str
    level: int
    number: str
    of_which: bool
    stem: str
    bare: str


_PUNCTUATION = re.compile(r"[、，,.。:;；：!?·()《》〈〉<>\-_/|]")


@lru_cache(maxsize=16384)
def label(text: str) -> Label:
    """Take a label apart."""
    folded = fold(text)
    rest, level, number = folded, 0, ""
    for depth, pattern in ((1, _TOP), (2, _MIDDLE), (3, _LEAF)):
        found = pattern.match(folded)
        if found:
            level, number, rest = depth, found.group(1), folded[found.end() :]
            break
    of_which = _OF_WHICH.match(rest)
    if of_which:
        number = number or (of_which.group(1) or "")
        rest = rest[of_which.end() :]
    rest = rest.translate(_LOOK_ALIKE)
    bare = _PUNCTUATION.sub("", _ASIDE.sub("", rest))
    stem = _PUNCTUATION.sub("", rest)
    return Label(folded, level, number, of_which is not None, stem, bare or stem)


_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "Ο": 0,
    "O": 0,
    "两": 2,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
    "陆": 6,
    "柒": 7,
    "捌": 8,
    "玖": 9,
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}


def chinese_number(text: str) -> int | None:
    """The number that Chinese numerals write: `二十三` is 23, `二〇二二` is 2022, `一万二千` is 12000; `None`
    where the characters are no number."""
    if not text:
        return None
    if all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total, section, digit = 0, 0, 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _UNITS:
            section += (digit or 1) * _UNITS[character]
            digit = 0
        elif character == "万":
            total += (section + digit) * 10000
            section, digit = 0, 0
        else:
            return None
    return total + section + digit
