"""Styles of a Word document: what they bring along for paragraphs, and what they do to text.

Source: ECMA-376 part 1, 17.7.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.readers.docx_numbers import W, number_of

GONE, RAISED_RUN = "gone", "raised"
"""What a run may be: out of sight or struck out, or raised above the line."""

_MOST_STYLES = 20
"""Styles that rest on one another, after which nobody asks for more."""
_DEEPEST = 99
"""Levels of a list."""
_AWAY = frozenset({f"{W}vanish", f"{W}strike", f"{W}dstrike"})


@dataclass(slots=True)
class Style:
    """What a style brings along: of a paragraph its place in the outline (from 1) and its list, of characters
    what it does to their text."""

    based_on: str | None = None
    outline: int | None = None
    list_id: str | None = None
    depth: int = 0
    look: str | None = None


@dataclass(slots=True)
class Styles:
    """The styles of a document by their numbers."""

    known: dict[str, Style] = field(default_factory=dict)

    def learn(self, root: Element) -> None:
        """Take the styles of a part."""
        for node in root.iter(f"{W}style"):
            based_on = node.find(f"{W}basedOn")
            outline = node.find(f"{W}pPr/{W}outlineLvl")
            chosen = node.find(f"{W}pPr/{W}numPr/{W}numId")
            self.known[node.get(f"{W}styleId", "")] = Style(
                based_on.get(f"{W}val") if based_on is not None else None,
                _count(outline, 9) + 1 if outline is not None else None,
                chosen.get(f"{W}val") if chosen is not None else None,
                min(_count(node.find(f"{W}pPr/{W}numPr/{W}ilvl"), 0), _DEEPEST),
                _look(own) if (own := node.find(f"{W}rPr")) is not None else None,
            )

    def outline(self, node: Element) -> int | None:
        """The place of a paragraph in the outline, from 1; `None` for running text."""
        own = node.find(f"{W}pPr/{W}outlineLvl")
        level = _count(own, 9) + 1 if own is not None else self.of(node).outline
        return level if level is not None and level < 10 else None

    def of(self, node: Element) -> Style:
        """The style of a paragraph, with what it inherits."""
        chosen = node.find(f"{W}pPr/{W}pStyle")
        name: str | None = chosen.get(f"{W}val") if chosen is not None else None
        found = Style()
        seen: set[str] = set()
        while name is not None and name not in seen and name in self.known:
            seen.add(name)
            style = self.known[name]
            if found.outline is None:
                found.outline = style.outline
            if found.list_id is None:
                found.list_id, found.depth = style.list_id, style.depth
            name = style.based_on
        return found

    def look(self, run: Element) -> str:
        """What its own properties do to the text of a run, or else its style and those that this rests on."""
        properties = run.find(f"{W}rPr")
        look = _look(properties) if properties is not None else None
        if look is None and properties is not None:
            look = self._look_of_style(properties.find(f"{W}rStyle"))
        if look is None:
            above = next(run.iterancestors(f"{W}p"), None)
            look = self._look_of_style(above.find(f"{W}pPr/{W}pStyle")) if above is not None else None
        return look or ""

    def _look_of_style(self, chosen: Element | None) -> str | None:
        """What a style, or the next of those that it rests on, does to text."""
        name = chosen.get(f"{W}val") if chosen is not None else None
        for _ in range(_MOST_STYLES):
            style = self.known.get(name or "")
            if style is None or style.look is not None:
                return style.look if style else None
            name = style.based_on
        return None


def _look(properties: Element) -> str | None:
    """What properties do to text: out of sight or struck out, raised, nothing; `None` where they say none of
    it."""
    look = None
    for one in properties:
        if one.tag in _AWAY:
            if one.get(f"{W}val") not in ("0", "false", "off"):
                return GONE
            look = look or ""
        elif one.tag == f"{W}vertAlign":
            look = RAISED_RUN if one.get(f"{W}val") == "superscript" else look or ""
    return look


def _count(node: Element | None, otherwise: int) -> int:
    return number_of(None if node is None else node.get(f"{W}val"), otherwise)
