"""HTML pages, whatever made them: a CMS, Word, WPS, an export.

The tree is lxml's, so that every locator is an absolute XPath that resolves on the same bytes
(`tree_of(payload).xpath(locator)`). Tables become grids with our own span expansion
(`parser.readers.html_table`); tables that only lay out the page are walked through. The running text of the
article is told from the page's furniture by trafilatura, whose opinion on tables is not asked: it flattens
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import lxml.html  # type: ignore[import-untyped]
import trafilatura
from lxml import etree
from lxml.etree import _Element as Element  # type: ignore[import-untyped]
from trafilatura.settings import Extractor

from parser.document import Block, Document, Grid, Heading, Locator, Paragraph, State, Unreadable
from parser.folding import fold
from parser.readers.charset import decode
from parser.readers.html_boxes import Boxes
from parser.readers.html_lines import holds_blanks, is_preformatted, preformatted, regrouped
from parser.readers.html_table import build_grid, has_layout_parts, holds_sheet, lays_out
from parser.readers.html_text import BLOCK_TAGS, SKIPPED_TAGS, hidden_in, own_text, paths, text_of
from parser.readers.page_images import candidates
from parser.readers.page_tags import document_links, page_tags
from parser.readers.sheet_tables import tables_and_lines

MOST_TAGS = 300_000
"""Tags of a page, end tags counted; a report as Word writes it has some ten thousands."""

_HEADING = re.compile(r"^h([1-6])$")
_FEWEST_CHARACTERS = 200
"""Characters of main text below which trafilatura found no article worth trusting."""
_ENOUGH_CHARACTERS = 2 * _FEWEST_CHARACTERS
"""Characters outside tables from which trafilatura finds an article: on 226 pages, two thirds of them or
more."""
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that no XML text can hold, and lxml refuses."""
_SHORT = 8
"""Folded characters up to which a line may stand in the main text by chance."""
_DEEPEST = 200


def tree_of(payload: bytes) -> Element:
    """The element tree that the locators of a page refer to.

    Raises `Unreadable` (damaged) when the payload has no element at all.
    """
    text = _NO_XML.sub("", decode(payload).text)
    # An XML declaration makes lxml refuse text that is already decoded.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        tree = etree.fromstring(text, etree.HTMLParser(huge_tree=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(State.DAMAGED, "The page has no element that could be read.") from error
    if tree is None:
        raise Unreadable(State.DAMAGED, "The page has no element that could be read.")
    return tree


def read(payload: bytes) -> Document:
    """Turn a page into a document.

    Raises `Unreadable` when there is no page in the payload, or more tags than a report can have.
    """
    if payload.count(b"<") > MOST_TAGS:
        raise Unreadable(State.TOO_LARGE, f"The page has more than {MOST_TAGS} tags.")
    tree = tree_of(payload)
    hidden = hidden_in(tree)
    walker = _Walker(hidden, Boxes(tree, hidden))
    walker.walk(tree)
    notes: list[str] = []
    if not any(isinstance(block, Grid) for block in walker.blocks):
        unveiled = _Walker(frozenset(), Boxes(tree, frozenset()))
        unveiled.walk(tree)
        if any(isinstance(block, Grid) for block in unveiled.blocks):
            if not _spoken(walker.blocks) < _FEWEST_CHARACTERS <= _spoken(unveiled.blocks):
                notes.append("The tables stand in a part of the page that its style hides.")
            # Else the whole article stands there, and a script shows it, as on the pages of WeChat.
            walker = unveiled
    meta = page_tags(tree, hidden)
    links = document_links(tree, hidden)
    blocks = _article(tree, walker.tables, walker.blocks, meta)
    images = () if walker.tables else candidates(tree, hidden)
    return Document("html", blocks, meta, links, notes=tuple(notes), images=images)


@dataclass(slots=True)
class _Walker:
    """Walks the tree once and writes down blocks in reading order, without the elements in `hidden`."""

    hidden: frozenset[Element]
    boxes: Boxes
    blocks: list[Block] = field(default_factory=list)
    tables: list[Element] = field(default_factory=list)
    _held: dict[int, str] = field(default_factory=dict)
    _inline: list[str] = field(default_factory=list)
    _inline_at: Element | None = None

    def walk(self, root: Element) -> None:
        """Fill `blocks` from an element."""
        self._enter(root, 0)
        self._flush()
        self.blocks = regrouped(self.blocks, self._held)

    def _enter(self, element: Element, depth: int) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in SKIPPED_TAGS or element in self.hidden:
            return
        if depth > _DEEPEST:
            self._say(element, " ".join(element.itertext()))
            return
        if (tag == "table" and self._take_table(element)) or self._take_boxes(element):
            return
        if is_preformatted(element) and self._take_lines(element):
            return
        level = _HEADING.match(tag)
        if level and element.find(".//table") is None:
            self._flush()
            text = text_of(element, self.hidden)
            if text:
                self.blocks.append(Heading(text, int(level.group(1)), _locator(element)))
            return
        block = tag in BLOCK_TAGS
        if block or tag == "br":
            self._flush()
        self._say(element, element.text)
        runs = self.boxes.runs(element) if block else {}
        last: Element | None = None
        for child in element:
            if child in runs:
                grid, last = runs[child]
                self._flush()
                self.blocks.append(grid)
            if last is None:
                self._enter(child, depth + 1)
            elif last is child:
                last = None
            self._say(element, child.tail)
        if block:
            self._flush()

    def _take_table(self, table: Element) -> bool:
        """Write a data table down as a grid; `False` for one that lays out the page."""
        if has_layout_parts(table):
            return False
        grid = build_grid(table, self.hidden)
        sheet = holds_sheet(grid)
        if not sheet and (lays_out(grid) or grid.columns == 1):
            # A table of one column is a stack of lines.
            return False
        self._flush()
        self.tables.append(table)
        if sheet:
            self.blocks.extend(tables_and_lines(grid.cells))
            return True
        if grid.cells:
            self.blocks.append(grid)
        return True

    def _take_lines(self, element: Element) -> bool:
        """Write down tables that are lines of preformatted text, if there are any."""
        found = preformatted(element, self.hidden)
        if found is None:
            return False
        self._flush()
        self.tables.append(element)
        self.blocks.extend(found)
        return True

    def _take_boxes(self, element: Element) -> bool:
        """Write down a table that is drawn with boxes, if the element says that it is one."""
        grid = self.boxes.table(element)
        if grid is None:
            return False
        self._flush()
        self.tables.append(element)
        self.blocks.append(grid)
        return True

    def _say(self, element: Element, text: str | None) -> None:
        if not text:
            return
        if self._inline_at is None and text.strip():
            self._inline_at = element
        self._inline.append(text)

    def _flush(self) -> None:
        written = "".join(self._inline)
        text = own_text(written)
        if text and self._inline_at is not None:
            if holds_blanks(written):
                self._held[len(self.blocks)] = written
            self.blocks.append(Paragraph(text, _locator(self._inline_at)))
        self._inline = []
        self._inline_at = None


def _spoken(blocks: list[Block]) -> int:
    """Characters outside tables."""
    return sum(len(block.text) for block in blocks if not isinstance(block, Grid))


def _locator(element: Element) -> Locator:
    return Locator(xpath=paths(element))


def _article(
    tree: Element, tables: list[Element], blocks: list[Block], meta: dict[str, str]
) -> tuple[Block, ...]:
    """The blocks of the page without its foot. Without an opinion from trafilatura all blocks stay.

    Takes `tables` out of the tree. Trafilatura, which takes longer than all else, is asked only where its
    answer can matter: where something behind the last table looks like a foot, and the article may go on
    behind that.
    """
    untitled = "title" not in meta and "ArticleTitle" not in meta
    foot = _first_foot(blocks)
    asked = foot is not None and not _is_plain(blocks, foot)
    text = ""
    if untitled or asked:
        stripped = _without(tables, tree)
        if untitled:
            _add_metadata(stripped, meta)
        text = fold(_main_text(stripped)) if asked else ""
    if not asked:
        return tuple(blocks[:foot])
    if len(text) < _FEWEST_CHARACTERS:
        return tuple(blocks)
    spoken = (place for place in reversed(range(len(blocks))) if _is_spoken(blocks[place], text))
    last = next(spoken, None)
    return tuple(blocks) if last is None else tuple(_without_foot(blocks, last))


def _first_foot(blocks: list[Block]) -> int | None:
    """The first block behind the last table that looks like the page's foot."""
    grids = [place for place, block in enumerate(blocks) if isinstance(block, Grid)]
    behind = range(grids[-1] + 1 if grids else 0, len(blocks))
    return next((place for place in behind if _is_foot(blocks[place])), None)


def _is_plain(blocks: list[Block], foot: int) -> bool:
    """Whether an article with words enough ends at a foot: nothing but more of the foot comes behind it."""
    if any(len(_folded(block)) > _SHORT and not _is_foot(block) for block in blocks[foot + 1 :]):
        return False
    return sum(len(_folded(block)) for block in blocks[:foot]) >= _ENOUGH_CHARACTERS


def _folded(block: Block) -> str:
    return "" if isinstance(block, Grid) else fold(block.text)


@cache
def _extraction() -> Extractor:
    """What is asked of trafilatura. Made once, because making it reads a configuration file."""
    return Extractor(output_format="python", fast=True, recall=True, comments=False, tables=False)


def _main_text(tree: Element) -> str:
    """The running text of the article as trafilatura sees it; `""` where it sees none."""
    try:
        main = trafilatura.bare_extraction(tree, options=_extraction())
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a second opinion must not cost the page
        return ""
    return getattr(main, "text", None) or ""


def _is_spoken(block: Block, main: str) -> bool:
    """Whether a block is a table or main text, and no line of the page's foot that was taken for some."""
    if isinstance(block, Grid):
        return True
    folded = fold(block.text)
    return len(folded) > _SHORT and folded in main and not _is_foot(block)


def _without_foot(blocks: list[Block], last: int) -> Iterator[Block]:
    """The article with what is printed above it (title, date, source) and below it (signature), up to the
    page's foot. `last` is the last block that is main text."""
    yield from blocks[: last + 1]
    for block in blocks[last + 1 :]:
        if _is_foot(block):
            return
        yield block


def _is_foot(block: Block) -> bool:
    if isinstance(block, Grid):
        return False
    folded = fold(block.text)
    return any(word in folded for word in _FOOT)


_FOOT = (
    *("网站标识码", "ICP备", "公网安备", "版权所有", "主办单位", "承办单位", "网站地图"),
    *("打印本页", "关闭窗口", "上一篇", "下一篇", "扫一扫"),
)


def _without(tables: list[Element], tree: Element) -> Element:
    """The page without its data tables, whose cells are ours, as the tree of `lxml.html` that trafilatura
    asks for. They are taken out of the page's own tree, since nobody needs it any more."""
    for table in tables:
        _drop(table)
    return lxml.html.document_fromstring(etree.tostring(tree, encoding="unicode", method="html"))


def _drop(element: Element) -> None:
    """Take an element out, and leave the text behind it where it is."""
    parent = element.getparent()
    before = element.getprevious()
    tail = element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _add_metadata(tree: Element, meta: dict[str, str]) -> None:
    """Title and site name where the page has no tags of its own; dates are read from labels only, since
    guessing took the reporting period for the day of publication."""
    found = trafilatura.extract_metadata(tree, extensive=False)
    if found is None:
        return
    for name, value in (("title", found.title), ("SiteName", found.sitename)):
        if value and name not in meta:
            meta[name] = value
