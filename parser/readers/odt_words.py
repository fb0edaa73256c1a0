"""The printed characters of OpenDocument paragraphs, in texts and in cells of sheets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.folding import RAISED
from parser.readers.odt_lists import STYLE, TEXT

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
UNPRINTED = {
    f"{TEXT}{name}"
    for name in (
        "tracked-changes",
        "note",
        "table-of-content",
        "hidden-text",
        "hidden-paragraph",
        "ruby-text",
    )
} | {f"{OFFICE}{name}" for name in ("annotation", "annotation-end", "forms", "scripts")}
"""Elements whose text is not printed where they stand."""

_BLANKS = re.compile(r"[ \t\r\n]+")
_LONGEST_GAP = 1000


@dataclass(slots=True)
class Words:
    """The names of the styles that put text out of sight or strike it out (`away`), that say the contrary
    (`shown`), and that raise it; `parents` are the styles that others rest on."""

    away: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    raised: set[str] = field(default_factory=set)
    parents: dict[str, str] = field(default_factory=dict)

    def learn(self, root: Element) -> None:
        """Take the styles of a part, those that others rest on before them."""
        for style in root.iter(f"{STYLE}style"):
            name = style.get(f"{STYLE}name", "")
            self.parents[name] = style.get(f"{STYLE}parent-style-name", "")
            for properties in style.iter(f"{STYLE}text-properties"):
                if _is_away(properties):
                    self.away.add(name)
                elif properties.get(f"{TEXT}display") == "true":
                    self.shown.add(name)
                if _is_raised(properties):
                    self.raised.add(name)
        for name in self.parents:
            if name not in self.away and self._rests_on_away(name):
                self.away.add(name)

    def _rests_on_away(self, name: str) -> bool:
        seen: set[str] = set()
        while name in self.parents and name not in seen and name not in self.shown:
            if name in self.away:
                return True
            seen.add(name)
            name = self.parents[name]
        return False

    def spoken(self, element: Element) -> str:
        """The printed characters of a paragraph; frames in it are blocks of their own. Raised digits behind a
        text are the mark of a note and stay raised."""
        pieces = [_BLANKS.sub(" ", element.text or "")]
        for child in element:
            tag, style = str(child.tag), child.get(f"{TEXT}style-name")
            if tag == f"{TEXT}s":
                pieces.append(" " * _count(child.get(f"{TEXT}c")))
            elif tag == f"{TEXT}tab":
                pieces.append("\t")
            elif tag == f"{TEXT}line-break":
                pieces.append("\n")
            elif tag not in UNPRINTED and not tag.startswith(DRAW) and not self._hides(child, style):
                inner = self.spoken(child)
                noted = style in self.raised and inner.isdigit() and "".join(pieces).strip()
                pieces.append(inner.translate(RAISED) if noted else inner)
            pieces.append(_BLANKS.sub(" ", child.tail or ""))
        return "".join(pieces)

    def _hides(self, span: Element, style: str | None) -> bool:
        """Whether a span is out of sight, and no other one right in it brings its text back."""
        inner = span[0].get(f"{TEXT}style-name") if len(span) == 1 and not span.text else None
        return style in self.away and inner not in self.shown


def _count(text: str | None) -> int:
    return min(int(text[:9]), _LONGEST_GAP) if text and text.isascii() and text.isdigit() else 1


def _is_away(properties: Element) -> bool:
    lines = (properties.get(f"{STYLE}text-line-through-{name}", "none") for name in ("style", "type"))
    return properties.get(f"{TEXT}display") == "none" or any(line != "none" for line in lines)


def _is_raised(properties: Element) -> bool:
    """Whether text stands above the line: `super 58%`, `33% 58%`."""
    height = (properties.get(f"{STYLE}text-position") or "").partition(" ")[0]
    return height == "super" or (height.endswith("%") and height.strip("0%").isdigit())
