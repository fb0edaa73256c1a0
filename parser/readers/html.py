"""HTML pages, whatever made them: a CMS, Word, WPS, an export.

The tree is lxml's, so that every locator is an absolute XPath that resolves on the same bytes
(`tree_of(payload).xpath(locator)`). Tables become grids with our own span expansion
(`parser.readers.html_table`); tables that only lay out the page are walked through. The running text of the
article is told from the page's furniture by trafilatura, whose opinion on tables is not asked: it flattens
them.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import lxml.html  # type: ignore[import-untyped]
import trafilatura
from lxml import etree
from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Block, Document, Grid, Heading, Locator, Paragraph, State, Unreadable
from parser.folding import fold
from parser.readers.charset import decode
from parser.readers.html_table import build_grid, has_layout_parts, lays_out
from parser.readers.html_text import BLOCK_TAGS, SKIPPED_TAGS, is_hidden, own_text, paths, text_of
from parser.readers.page_tags import document_links, page_tags

_HEADING = re.compile(r"^h([1-6])$")
_FEWEST_CHARACTERS = 200
"""Characters of main text below which trafilatura found no article worth trusting."""
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

    Raises `Unreadable` when there is no page in the payload.
    """
    tree = tree_of(payload)
    walker = _Walker()
    walker.walk(tree)
    notes: list[str] = []
    if not any(isinstance(block, Grid) for block in walker.blocks):
        hidden = _Walker(with_hidden=True)
        hidden.walk(tree)
        if any(isinstance(block, Grid) for block in hidden.blocks):
            walker = hidden
            notes.append("The tables stand in a part of the page that its style hides.")
    meta = page_tags(tree)
    links = document_links(tree)
    blocks = _article(_without(walker.tables, tree), walker.blocks, meta)
    return Document("html", blocks, meta, links, notes=tuple(notes))


@dataclass(slots=True)
class _Walker:
    """Walks the tree once and writes down blocks in reading order."""

    with_hidden: bool = False
    blocks: list[Block] = field(default_factory=list)
    tables: list[Element] = field(default_factory=list)
    _inline: list[str] = field(default_factory=list)
    _inline_at: Element | None = None

    def walk(self, root: Element) -> None:
        """Fill `blocks` from an element."""
        self._enter(root, 0)
        self._flush()

    def _enter(self, element: Element, depth: int) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in SKIPPED_TAGS or (is_hidden(element) and not self.with_hidden):
            return
        if depth > _DEEPEST:
            self._say(element, " ".join(element.itertext()))
            return
        if tag == "table" and self._take_table(element):
            return
        level = _HEADING.match(tag)
        if level and element.find(".//table") is None:
            self._flush()
            text = text_of(element, self.with_hidden)
            if text:
                self.blocks.append(Heading(text, int(level.group(1)), _locator(element)))
            return
        block = tag in BLOCK_TAGS
        if block or tag == "br":
            self._flush()
        self._say(element, element.text)
        for child in element:
            self._enter(child, depth + 1)
            self._say(element, child.tail)
        if block:
            self._flush()

    def _take_table(self, table: Element) -> bool:
        """Write a data table down as a grid; `False` for one that lays out the page."""
        if has_layout_parts(table):
            return False
        grid = build_grid(table, self.with_hidden)
        if lays_out(grid):
            return False
        self._flush()
        self.tables.append(table)
        if grid.cells:
            self.blocks.append(grid)
        return True

    def _say(self, element: Element, text: str | None) -> None:
        if not text:
            return
        if self._inline_at is None and text.strip():
            self._inline_at = element
        self._inline.append(text)

    def _flush(self) -> None:
        text = own_text("".join(self._inline))
        if text and self._inline_at is not None:
            self.blocks.append(Paragraph(text, _locator(self._inline_at)))
        self._inline = []
        self._inline_at = None


def _locator(element: Element) -> Locator:
    return Locator(xpath=paths(element))


def _article(stripped: Element, blocks: list[Block], meta: dict[str, str]) -> tuple[Block, ...]:
    """The blocks of the page without its foot. Without an opinion from trafilatura all blocks stay."""
    if "title" not in meta and "ArticleTitle" not in meta:
        _add_metadata(stripped, meta)
    text = fold(_main_text(stripped))
    if len(text) < _FEWEST_CHARACTERS:
        return tuple(blocks)
    inside = [isinstance(block, Grid) or _is_spoken(block.text, text) for block in blocks]
    if True not in inside:
        return tuple(blocks)
    last = len(inside) - 1 - inside[::-1].index(True)
    return tuple(_without_foot(blocks, last))


def _main_text(tree: Element) -> str:
    """The running text of the article as trafilatura sees it; `""` where it sees none."""
    try:
        main = trafilatura.bare_extraction(
            tree,
            include_tables=False,
            include_comments=False,
            fast=True,
            favor_recall=True,
            with_metadata=False,
        )
    except Exception:  # noqa: BLE001 - a second opinion must not cost the page
        return ""
    return getattr(main, "text", None) or ""


def _is_spoken(text: str, main: str) -> bool:
    """Whether a block is main text, and no line of the page's foot that was taken for some."""
    folded = fold(text)
    return len(folded) > _SHORT and folded in main and not _FOOT.search(folded)


def _without_foot(blocks: list[Block], last: int) -> Iterator[Block]:
    """The article with what is printed above it (title, date, source) and below it (signature), up to the
    page's foot. `last` is the last block that is main text."""
    yield from blocks[: last + 1]
    for block in blocks[last + 1 :]:
        if isinstance(block, Paragraph | Heading) and _FOOT.search(fold(block.text)):
            return
        yield block


_FOOT = re.compile(
    r"网站标识码|ICP备|公网安备|版权所有|主办单位|承办单位|网站地图|打印本页|关闭窗口|上一篇|下一篇|扫一扫"
)


def _without(tables: list[Element], tree: Element) -> Element:
    """A copy of the page without its data tables, for trafilatura, which takes trees of `lxml.html` only.
    Their cells are ours, and slow it down."""
    whole = copy.deepcopy(tree)
    dropped = set(tables)
    for table, twin in list(zip(tree.iter("table"), whole.iter("table"), strict=True)):
        if table in dropped:
            _drop(twin)
    return lxml.html.document_fromstring(etree.tostring(whole, encoding="unicode", method="html"))


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
