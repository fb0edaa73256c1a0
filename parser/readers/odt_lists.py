"""Numbers that an OpenDocument text does not write out: `一、` in front of a heading is a style's work."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"

_DIGITS = "〇一二三四五六七八九"
_PLACE = re.compile(r"%(\d{1,2})%")
_HIGHEST = 99


@dataclass(frozen=True, slots=True)
class Level:
    """How one depth of a list is numbered: the kind of number, what stands round it, where it begins."""

    kind: str
    pattern: str
    start: int


@dataclass(slots=True)
class Lists:
    """The list styles of a document, and how far each has counted."""

    styles: dict[str, dict[int, Level]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def learn(self, root: Element) -> None:
        """Take the list styles of a part (`content.xml`, `styles.xml`)."""
        for style in root.iter(f"{TEXT}list-style"):
            levels = {}
            for level in style.iter(f"{TEXT}list-level-style-number"):
                depth = _count(level.get(f"{TEXT}level"), 1)
                pattern = level.get(f"{LOEXT}num-list-format") or level.get(f"{STYLE}num-list-format")
                if pattern is None:
                    before, behind = level.get(f"{STYLE}num-prefix", ""), level.get(f"{STYLE}num-suffix", "")
                    pattern = f"{before}%{depth}%{behind}"
                start = _count(level.get(f"{TEXT}start-value"), 1)
                levels[depth] = Level(level.get(f"{STYLE}num-format", ""), pattern, start)
            self.styles[style.get(f"{STYLE}name", "")] = levels

    def begin(self, style: str, goes_on: bool) -> None:
        """A list begins; unless it goes on with another, its numbers begin anew."""
        if not goes_on:
            self.counts.pop(style, None)

    def next(self, style: str, depth: int, start: int | None) -> str:
        """The number in front of the next item at this depth, `""` where it has none."""
        levels = self.styles.get(style, {})
        level = levels.get(depth)
        counts = self.counts.setdefault(style, {})
        counts[depth] = start or counts.get(depth, (level.start if level else 1) - 1) + 1
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        if level is None or not level.kind:
            return ""

        def spoken(found: re.Match[str]) -> str:
            place = int(found.group(1))
            kind = levels[place].kind if place in levels else level.kind
            return written(counts.get(place, 1), kind)

        return _PLACE.sub(spoken, level.pattern)


def written(number: int, kind: str) -> str:
    """A number as a list style writes it (`1`, `a`, `一, 二, 三, ...`); digits for kinds not known."""
    sample = kind[:1]
    if not 0 < number <= _HIGHEST:
        return str(number)
    if sample == "一":
        tens, ones = divmod(number, 10)
        head = "" if not tens else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
        return head + (_DIGITS[ones] if ones else "")
    if sample == "①" and number <= 20:
        return chr(0x2460 + number - 1)
    if sample == "１":
        return "".join(chr(0xFF10 + int(digit)) for digit in str(number))
    if sample in ("a", "A") and number <= 26:
        return chr(ord(sample) + number - 1)
    if sample in ("i", "I"):
        roman = _roman(number)
        return roman if sample == "I" else roman.lower()
    return str(number)


def _roman(number: int) -> str:
    parts = ((90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    text = ""
    for value, letters in parts:
        text += letters * (number // value)
        number %= value
    return text


def _count(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else otherwise
