"""Numbers that Word does not write out: `一、` in front of a heading is often a list's work, not text.

Source: ECMA-376 part 1, §17.9 (numbering).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.readers.odt_lists import written

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_PLACE = re.compile(r"%([1-9])")
_KINDS = {
    "decimal": "1",
    "decimalZero": "1",
    "decimalFullWidth": "１",
    "decimalEnclosedCircle": "①",
    "decimalEnclosedCircleChinese": "①",
    "chineseCounting": "一",
    "chineseCountingThousand": "一",
    "ideographDigital": "一",
    "japaneseCounting": "一",
    "taiwaneseCountingThousand": "一",
    "lowerLetter": "a",
    "upperLetter": "A",
    "lowerRoman": "i",
    "upperRoman": "I",
}
"""Kinds of numbers, as a sample of each. Others (bullets, none) print nothing that is text."""


@dataclass(frozen=True, slots=True)
class Level:
    """How one depth of a list is numbered: the kind of number, the text round it (`%1、`), its start."""

    kind: str
    pattern: str
    start: int


@dataclass(slots=True)
class Numbers:
    """The lists of a document, and how far each has counted."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    restarts: dict[str, dict[int, int]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def learn(self, root: Element) -> None:
        """Take the lists of the part `numbering.xml`."""
        for abstract in root.iter(f"{W}abstractNum"):
            levels = {}
            for level in abstract.iter(f"{W}lvl"):
                levels[number_of(level.get(f"{W}ilvl"), 0)] = Level(
                    _KINDS.get(_value(level, "numFmt") or "decimal", ""),
                    _value(level, "lvlText") or "",
                    number_of(_value(level, "start"), 1),
                )
            self.levels[abstract.get(f"{W}abstractNumId", "")] = levels
        for num in root.iter(f"{W}num"):
            list_id = num.get(f"{W}numId", "")
            self.lists[list_id] = _value(num, "abstractNumId") or ""
            for override in num.iter(f"{W}lvlOverride"):
                start = _value(override, "startOverride")
                if start is not None:
                    depth = number_of(override.get(f"{W}ilvl"), 0)
                    self.restarts.setdefault(list_id, {})[depth] = number_of(start, 1)

    def next(self, list_id: str, depth: int) -> str:
        """The number in front of the next paragraph of a list at a depth (from 0); `""` where it has none."""
        abstract = self.lists.get(list_id, "")
        levels = self.levels.get(abstract, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self.counts.setdefault(abstract, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        # A list that shares another's pattern may begin anew, once.
        counts[depth] = self.restarts.get(list_id, {}).pop(depth, counts[depth])
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        if not level.kind:
            return ""

        def fill(place: re.Match[str]) -> str:
            at = int(place.group(1)) - 1
            outer = levels.get(at)
            return written(counts.get(at, outer.start if outer else 1), outer.kind if outer else "1")

        return _PLACE.sub(fill, level.pattern)


def number_of(text: str | None, otherwise: int) -> int:
    """The integer that an attribute holds, if it holds a sensible one."""
    return int(text) if text is not None and re.fullmatch(r"\d{1,6}", text) else otherwise


def _value(parent: Element, name: str) -> str | None:
    node = parent.find(f"{W}{name}")
    value: str | None = None if node is None else node.get(f"{W}val")
    return value
