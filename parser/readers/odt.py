"""OpenDocument texts: ODT from LibreOffice, and from WPS and Word when asked for it.

The tables are mapped as they are drawn: spans, covered cells, repeated cells. What is not printed is left
out: deletions of tracked changes, comments, notes, hidden text. Locators are XPaths in `content.xml`, with
the prefixes that office programs use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Block, Cell, Document, Grid, Heading, Locator, Paragraph, State, Unreadable
from parser.readers.nesting import table_or_layout, unframed
from parser.readers.odt_lists import TEXT, Lists
from parser.readers.odt_words import DRAW, OFFICE, UNPRINTED, Words
from parser.readers.package import Package

MOST_CELLS = 150_000
MOST_COLUMNS = 200
MOST_BLOCKS = 50_000

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
_PREFIXES = {_LOEXT: "loext:", OFFICE: "office:", _TABLE: "table:", TEXT: "text:", DRAW: "draw:"}
_ROW_GROUPS = {f"{_TABLE}{name}" for name in ("table-header-rows", "table-rows", "table-row-group")}
_COLUMNS = tuple(
    f"{_TABLE}{name}"
    for name in ("table-column", "table-columns", "table-header-columns", "table-column-group")
)
_BOXES = (f"{DRAW}text-box", f"{DRAW}custom-shape", f"{DRAW}rect")

Step = tuple[str, Element, str]
"""Tag, element, and XPath of a child."""


def read(payload: bytes) -> Document:
    """Turn an OpenDocument text or spreadsheet into a document. Raises `Unreadable`."""
    package = Package(payload)
    if "META-INF/manifest.xml" in package and b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise Unreadable(State.ENCRYPTED, "The document is protected with a password.")
    content = package.xml("content.xml")
    styles = package.xml("styles.xml") if "styles.xml" in package else None
    pictures = any(name.startswith("Pictures/") for name in package.members)
    found = document(content, "/office:document-content", styles, pictures=pictures)
    return replace(found, meta=_meta(package)) if found.format == "odt" else found


def document(content: Element, path: str, styles: Element | None, *, pictures: bool = False) -> Document:
    """The document of a `content.xml`, or of a flat file that is all in one; `path` is the XPath of its root.

    Raises `Unreadable`.
    """
    body = content.find(f"{OFFICE}body")
    text = body.find(f"{OFFICE}text") if body is not None else None
    if text is None:
        from parser.readers import ods  # noqa: PLC0415 - a sheet among texts

        return ods.document(content)
    reader = _Reader()
    for root in (styles, content):
        if root is not None:
            reader.learn(root)
    try:
        blocks = tuple(reader.flow(text, f"{path}/office:body[1]/office:text[1]"))
    except RecursionError as error:
        raise Unreadable(State.DAMAGED, "The document is nested too deeply.") from error
    if not blocks:
        # A scan pasted into a text is a document of pictures.
        state = State.IMAGE_ONLY if pictures else State.EMPTY
        raise Unreadable(state, "The document has no text.")
    return Document("odt", blocks)


def _meta(package: Package) -> dict[str, str]:
    if "meta.xml" not in package:
        return {}
    try:
        root = package.xml("meta.xml")
    except Unreadable:
        return {}
    title = root.findtext(".//{http://purl.org/dc/elements/1.1/}title")
    return {"title": title.strip()} if title and title.strip() else {}


@dataclass(slots=True)
class _Reader:
    """Walks the text once. `cells` and `blocks` count what was made of it, against the limits."""

    lists: Lists = field(default_factory=Lists)
    words: Words = field(default_factory=Words)
    cells: int = 0
    blocks: int = 0

    def learn(self, root: Element) -> None:
        """Take list styles, and those that hide, strike out or raise text."""
        self.lists.learn(root)
        self.words.learn(root)

    def flow(self, element: Element, path: str, lead: str = "") -> Iterator[Block]:
        """Blocks below an element; `lead` is the number in front of the first paragraph."""
        for tag, child, place in _steps(element, path):
            if tag in UNPRINTED or (tag == f"{TEXT}section" and child.get(f"{TEXT}display") == "none"):
                continue
            if tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self._paragraph(child, place, lead)
                lead = ""
            elif tag == f"{_TABLE}table":
                yield from self._table(child, place)
            elif tag == f"{TEXT}list":
                yield from self._list(child, place, child.get(f"{TEXT}style-name", ""), 1)
            else:
                yield from self.flow(child, place)

    def _paragraph(self, element: Element, path: str, lead: str) -> Iterator[Block]:
        if element.get(f"{TEXT}style-name") in self.words.away:
            return
        text = _tidy(lead + self.words.spoken(element))
        if text:
            self.blocks += 1
            if self.blocks > MOST_BLOCKS:
                raise Unreadable(State.TOO_LARGE, f"The text has more than {MOST_BLOCKS} paragraphs.")
            locator = Locator(xpath=path)
            if element.tag == f"{TEXT}h":
                level = element.get(f"{TEXT}outline-level", "1")
                yield Heading(text, int(level) if level in "123456789" and level else 1, locator)
            else:
                yield Paragraph(text, locator)
        yield from self._boxes(element, path)

    def _boxes(self, element: Element, path: str) -> Iterator[Block]:
        """What stands in frames anchored in a paragraph."""
        for tag, child, place in _steps(element, path):
            if tag in UNPRINTED:
                continue
            if tag in _BOXES:
                yield from self.flow(child, place)
            elif len(child):
                yield from self._boxes(child, place)

    def _list(self, element: Element, path: str, style: str, depth: int) -> Iterator[Block]:
        if depth == 1:
            goes_on = element.get(f"{TEXT}continue-numbering") == "true"
            self.lists.begin(style, goes_on or f"{TEXT}continue-list" in element.attrib)
        for tag, item, place in _steps(element, path):
            lead = ""
            if tag == f"{TEXT}list-item":
                first = next((child for child in item if isinstance(child.tag, str)), None)
                if first is not None and first.tag != f"{TEXT}list":
                    start = _number(item.get(f"{TEXT}start-value"), 0, 999) or None
                    lead = self.lists.next(style, depth, start)
            for inner_tag, child, inner in _steps(item, place):
                if inner_tag == f"{TEXT}list":
                    yield from self._list(child, inner, child.get(f"{TEXT}style-name", style), depth + 1)
                elif inner_tag in (f"{TEXT}p", f"{TEXT}h"):
                    yield from self._paragraph(child, inner, lead)
                    lead = ""
                elif inner_tag == f"{_TABLE}table":
                    yield from self._table(child, inner)

    def _table(self, table: Element, path: str) -> Iterator[Block]:
        """A grid; or what stands in the cells, where a table lays out other tables."""
        cells: list[Cell] = []
        inside: list[Block] = []
        taken: set[tuple[int, int]] = set()
        width = _width(table)
        for number, row, place in self._rows(table, path):
            # A row with as many cells as there are columns, covered ones counted, says where each stands,
            # whatever spans claim; where covered cells are left out, spans tell.
            spans_tell = sum(_repeated(element) for element in row) != width
            column = 0
            for tag, element, where in _steps(row, place):
                repeated = _repeated(element)
                if tag == f"{_TABLE}covered-table-cell":
                    column += repeated
                    continue
                if tag != f"{_TABLE}table-cell":
                    continue
                blocks = unframed(self.flow(element, where))
                inside.extend(blocks)
                for _ in range(repeated):
                    while spans_tell and (number, column) in taken:
                        column += 1
                    if column >= MOST_COLUMNS:
                        break
                    cell = self._cell(element, blocks, number, column, where)
                    cells.append(cell)
                    if cell.rowspan * cell.colspan > 1:
                        self._count(cell.rowspan * cell.colspan)
                        taken.update(
                            (number + down, column + across)
                            for down in range(cell.rowspan)
                            for across in range(cell.colspan)
                        )
                    column += 1
        grid = Grid(tuple(_within(cells)), Locator(xpath=path)) if cells else None
        yield from table_or_layout(grid, inside)

    def _cell(self, element: Element, blocks: Sequence[Block], row: int, column: int, path: str) -> Cell:
        self._count(1)
        text = "\n".join(block.text for block in blocks if not isinstance(block, Grid))
        down = _number(element.get(f"{_TABLE}number-rows-spanned"), 1, 1000)
        across = _number(element.get(f"{_TABLE}number-columns-spanned"), 1, MOST_COLUMNS - column)
        return Cell(row, column, text, down, across, Locator(xpath=path))

    def _count(self, cells: int) -> None:
        self.cells += cells
        if self.cells > MOST_CELLS:
            raise Unreadable(State.TOO_LARGE, f"The tables have more than {MOST_CELLS} cells.")

    def _rows(self, table: Element, path: str, first: int = 0) -> Iterator[tuple[int, Element, str]]:
        """Rows with their numbers; a row that is repeated comes as often as it is drawn."""
        number = first
        for tag, child, place in _steps(table, path):
            if tag in _ROW_GROUPS:
                for found in self._rows(child, place, number):
                    number = found[0] + 1
                    yield found
            elif tag == f"{_TABLE}table-row":
                for _ in range(_number(child.get(f"{_TABLE}number-rows-repeated"), 1, MOST_CELLS + 1)):
                    self._count(1)
                    yield number, child, place
                    number += 1


def _width(table: Element) -> int:
    """How many columns a table declares; those of tables inside it are none of them."""
    columns = (column for child in table if child.tag in _COLUMNS for column in child.iter(_COLUMNS[0]))
    return sum(_repeated(column) for column in columns)


def _repeated(element: Element) -> int:
    return _number(element.get(f"{_TABLE}number-columns-repeated"), 1, MOST_COLUMNS)


def _within(cells: list[Cell]) -> Iterator[Cell]:
    """Cells whose spans end with the table's last row."""
    rows = max(cell.row for cell in cells) + 1
    for cell in cells:
        yield replace(cell, rowspan=min(cell.rowspan, rows - cell.row))


def _steps(element: Element, path: str) -> Iterator[Step]:
    """Children with their XPaths, in one pass."""
    counts: Counter[str] = Counter()
    for child in element:
        tag = child.tag
        if not isinstance(tag, str):
            continue
        counts[tag] += 1
        space, _, name = tag.rpartition("}")
        prefix = _PREFIXES.get(f"{space}}}", "*:")
        # LibreOffice has a name space of its own for the tables in drawn shapes.
        yield (
            (f"{_TABLE}{name}" if prefix == "loext:" else tag),
            child,
            f"{path}/{prefix}{name}[{counts[tag]}]",
        )


def _number(text: str | None, otherwise: int, most: int) -> int:
    """A counting number, at most `most`."""
    if not text or not text.isascii() or not text.isdigit():
        return otherwise
    return max(min(int(text[:9]), most), min(otherwise, 1))


def _tidy(text: str) -> str:
    lines = (line.strip(" \u3000\t") for line in text.replace("\xa0", " ").split("\n"))
    return "\n".join(line for line in lines if line)
