"""Tables that a page writes as lines of text: in `<pre>`, in paragraphs whose columns blanks hold apart that
no browser joins, or with a paragraph for each cell. They are read as text is (`parser.readers.text`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Block, Grid, Locator, Paragraph
from parser.numbers import read_number
from parser.readers.html_text import SKIPPED_TAGS, paths
from parser.readers.text import blocks_of

_HELD = re.compile("[\xa0\u2000-\u200a\u3000]{2}")
_LONGEST = 400
_MOST = 400_000
"""Characters of a preformatted text that is looked at; the longest report seen has 60,000."""
_MOST_BLOCKS = 10_000
_DEEPEST = 200
_JOINED = re.compile(r"[ \t\r\n\f\v]+")
_FEWEST, _FEWEST_VALUES = 3, 10
_SHORT = 20
_PROSE = 60
_PRE = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)\b(?!-line)", re.IGNORECASE)


def holds_blanks(text: str) -> bool:
    """Whether a line holds blanks between words that a browser draws as wide as they are."""
    return len(text) < _LONGEST and _HELD.search(text.strip()) is not None


def is_preformatted(element: Element) -> bool:
    """Whether a browser keeps the lines and blanks of an element."""
    if element.tag == "pre":
        return True
    style = element.get("style")
    return style is not None and "white-space" in style and _PRE.search(style) is not None


def preformatted(element: Element, hidden: frozenset[Element]) -> list[Block] | None:
    """The blocks of such an element; `None` where no table is among them."""
    text = "".join(_spelled(element, hidden, 0))
    if len(text) > _MOST:
        return None
    found = list(blocks_of(_with_wide_blanks(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")))
    if not any(isinstance(block, Grid) for block in found):
        return None
    here = Locator(xpath=paths(element))
    return [_placed(block, lambda _: here) for block in found]


def regrouped(blocks: Sequence[Block], held: Mapping[int, str]) -> list[Block]:
    """The blocks, with paragraphs made tables where they draw some: with blanks, or with a cell in each.
    `held` is the text of those paragraphs that hold blanks, by their place, as the page has it."""
    if len(blocks) > _MOST_BLOCKS:
        return list(blocks)
    values = sum(_is_value(block) for block in blocks)
    if len(held) < _FEWEST and values < _FEWEST_VALUES:
        return list(blocks)
    found: list[Block] = []
    for is_text, group in groupby(enumerate(blocks), key=lambda one: isinstance(one[1], Paragraph)):
        members = list(group)
        plain = [block for _, block in members]
        holding = sum(place in held for place, _ in members) >= _FEWEST
        drawn = holding or sum(map(_is_value, plain)) >= _FEWEST_VALUES
        found += _tables(members, held) or plain if is_text and drawn else plain
    return found


def _is_value(block: Block) -> bool:
    """Whether a paragraph is a number, or a sign for none, and nothing else."""
    return isinstance(block, Paragraph) and len(block.text) < _SHORT and read_number(block.text).understood


def _tables(members: Sequence[tuple[int, Block]], held: Mapping[int, str]) -> list[Block] | None:
    """The blocks of neighbouring paragraphs as lines of a text; `None` where no table is among them."""
    lines: list[str] = []
    sources: list[Block] = []
    for place, block in members:
        text = "" if isinstance(block, Grid) else held.get(place, block.text)
        apart = place not in held and len(text) > _PROSE
        # Running text is parted from what is around it, lest it is joined.
        for line in ("", text, "") if apart else (text,):
            lines.append(_with_wide_blanks(_JOINED.sub(" ", line)))
            sources.append(block)
    found = list(blocks_of(list(lines)))
    if not any(isinstance(block, Grid) for block in found):
        return None
    return [_placed(block, lambda place: sources[(place.line or 1) - 1].locator) for block in found]


def _with_wide_blanks(text: str) -> str:
    """The text with plain blanks, two for one that is an em wide."""
    return re.sub("[\u2001\u2003\u3000]", "  ", re.sub("[\xa0\u2000\u2002\u2004-\u200a]", " ", text))


def _spelled(element: Element, hidden: frozenset[Element], depth: int) -> Iterator[str]:
    """The text of an element with its blanks and line breaks."""
    if depth > _DEEPEST:
        yield from element.itertext()
        return
    yield element.text or ""
    for child in element:
        if child.tag == "br":
            yield "\n"
        elif isinstance(child.tag, str) and child.tag not in SKIPPED_TAGS and child not in hidden:
            yield from _spelled(child, hidden, depth + 1)
        yield child.tail or ""


def _placed(block: Block, where: Callable[[Locator], Locator]) -> Block:
    """The block with places on the page for lines of the text."""
    if isinstance(block, Grid):
        cells = tuple(replace(cell, locator=where(cell.locator)) for cell in block.cells)
        return Grid(cells, where(block.locator))
    return replace(block, locator=where(block.locator))
