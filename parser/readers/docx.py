"""DOCX: the parts of a WordprocessingML package, read for what a reader of the document sees.

Text that was inserted under tracked changes is there, text that was deleted is not (7 replaced by 8 is 8, and
never 78); content controls, hyperlinks and text boxes are read through; of alternative contents only one.
Word and WPS write the same parts. Source: ECMA-376 part 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree  # type: ignore[import-untyped]
from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Block, Cell, Document, Grid, Heading, Locator, Paragraph, State, Unreadable
from parser.folding import RAISED
from parser.readers.docx_characters import FIELD, MATHS, SYMBOL, WORD_ART, Fields, drawn
from parser.readers.docx_inserts import CHUNK, OBJECT, Inserts
from parser.readers.docx_numbers import Numbers, W, number_of
from parser.readers.docx_styles import GONE, RAISED_RUN, Styles
from parser.readers.package import Package

MOST_CELLS = 200_000
"""Cells of one document; a report has some hundreds."""

MOST_COLUMNS = 500
"""A wider span is a slip of the pen or an attack; it is cut to this."""

_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_OFFICE_DOCUMENT = "/officeDocument"
_CORE = "{http://purl.org/dc/elements/1.1/}title"

# What stands for nothing: properties, deleted and moved-away text, field codes, the second of two contents.
_PASSED_OVER = frozenset(
    {f"{W}{name}" for name in ("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "del", "moveFrom")}
    | {
        f"{W}{name}"
        for name in ("instrText", "delText", "delInstrText", "sdtPr", "sdtEndPr", "footnoteReference", "rt")
    }
    | {f"{_MC}Fallback"}
)
_LETTERS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-", f"{W}ptab": "\t"}


def read(payload: bytes) -> Document:
    """The document of a DOCX package. Raises `Unreadable`."""
    package = Package(payload)
    main = _main_part(package)
    root = _transitional(package.xml(main))
    body = root.find(f"{W}body")
    if body is None:
        raise Unreadable(State.DAMAGED, "The Word document has no body.")
    reader = _Reader(root, Inserts.of(package, main))
    reader.learn(package)
    blocks = tuple(reader.blocks(body))
    if not blocks:
        # A scan pasted into Word is a document of pictures.
        pictures = any("image" in name or "media/" in name for name in package.members)
        state = State.IMAGE_ONLY if pictures else State.EMPTY
        raise Unreadable(state, "The Word document has no text.")
    return Document("docx", blocks, meta=_meta(package), notes=tuple(reader.inserts.notes))


def _main_part(package: Package) -> str:
    if "_rels/.rels" in package:
        for relation in package.xml("_rels/.rels").iter(f"{_REL}Relationship"):
            target = (relation.get("Target") or "").lstrip("/")
            if (relation.get("Type") or "").endswith(_OFFICE_DOCUMENT) and target in package:
                return target
    return "word/document.xml"


def _transitional(root: Element) -> Element:
    """The same part in the names of the transitional form, where it is written in those of the strict one."""
    if root.tag.startswith(_STRICT):
        for node in root.iter():
            node.tag = node.tag.replace(_STRICT, W)
            for name in [name for name in node.attrib if name.startswith(_STRICT)]:
                node.set(name.replace(_STRICT, W), node.attrib.pop(name))
    return root


def _meta(package: Package) -> dict[str, str]:
    if "docProps/core.xml" not in package:
        return {}
    try:
        title = package.xml("docProps/core.xml").findtext(_CORE)
    except Unreadable:  # the properties are not the report
        return {}
    return {"title": title.strip()} if title and title.strip() else {}


@dataclass(slots=True)
class _Reader:
    """Walks one document in reading order."""

    root: Element
    inserts: Inserts
    numbers: Numbers = field(default_factory=Numbers)
    styles: Styles = field(default_factory=Styles)
    cells: int = 0
    paths: dict[Element, str] = field(default_factory=dict)

    def learn(self, package: Package) -> None:
        """Take lists and styles from their parts, where they are whole; a document can be read without."""
        for name, take in (
            ("word/numbering.xml", self.numbers.learn),
            ("word/styles.xml", self.styles.learn),
        ):
            if name in package:
                try:
                    take(_transitional(package.xml(name)))
                except Unreadable as problem:
                    if problem.state is not State.DAMAGED:
                        raise

    def blocks(self, parent: Element) -> Iterator[Block]:
        """The blocks below an element: paragraphs and tables, through content controls and insertions."""
        for child in parent:
            if child.tag == f"{W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{W}tbl":
                yield from self._table(child)
            elif child.tag == CHUNK:
                yield from self.inserts.blocks(child, self._path(child))
            elif child.tag not in _PASSED_OVER:
                yield from self.blocks(child)

    def _paragraph(self, node: Element) -> Iterator[Block]:
        text = (self._number(node) + self._text(node)).strip()
        if text:
            outline = self.styles.outline(node)
            locator = self._locator(node)
            yield Heading(text, outline, locator) if outline else Paragraph(text, locator)
        for box in self._boxes(node):
            yield from self.blocks(box)
        for sheet in node.iter(OBJECT):
            yield from self.inserts.blocks(sheet, self._path(sheet))

    def _table(self, node: Element) -> Iterator[Block]:
        rows = [row for row in self._children(node, "tr") if row.find(f"{W}trPr/{W}del") is None]
        lone = [self._children(row, "tc") for row in rows]
        if len(lone) == 1 and len(lone[0]) == 1 and lone[0][0].find(f"{W}tbl") is not None:
            # A frame round the page, not a table: what stands in it counts.
            yield from self.blocks(lone[0][0])
            return
        grid = self._grid(rows, node)
        if grid.cells:
            yield grid
        for cells in lone:
            for cell in cells:
                for nested in cell.iterchildren(f"{W}tbl"):
                    if self._lone_cell(nested) is None:
                        yield from self._table(nested)

    def _grid(self, rows: list[Element], node: Element) -> Grid:
        drawn: dict[tuple[int, int], Cell] = {}
        hanging: dict[int, tuple[int, int]] = {}
        for number, row in enumerate(rows):
            column = _count(row.find(f"{W}trPr/{W}gridBefore"), 0)
            left: tuple[int, int] | None = None
            for cell in self._children(row, "tc"):
                self.cells += 1
                if self.cells > MOST_CELLS:
                    raise Unreadable(State.TOO_LARGE, f"The document has more than {MOST_CELLS} cells.")
                span = max(1, _count(cell.find(f"{W}tcPr/{W}gridSpan"), 1))
                merge = cell.find(f"{W}tcPr/{W}vMerge")
                anchor = hanging.get(column)
                goes_on = merge is not None and merge.get(f"{W}val") != "restart"
                if left is not None and _joins_left(cell) and not self._cell_text(cell):
                    drawn[left] = replace(drawn[left], colspan=drawn[left].colspan + span)
                    column += span
                    continue
                if goes_on and anchor is not None and not self._cell_text(cell):
                    over = drawn[anchor]
                    drawn[anchor] = replace(over, rowspan=number - over.row + 1)
                else:
                    drawn[number, column] = Cell(
                        number, column, self._cell_text(cell), 1, span, self._locator(cell)
                    )  # fmt: skip
                    anchor = (number, column)
                left = anchor
                for covered in range(column, column + span):
                    hanging.pop(covered, None)
                if merge is not None:
                    hanging[column] = anchor
                column += span
        return Grid(tuple(drawn[place] for place in sorted(drawn)), self._locator(node))

    def _cell_text(self, cell: Element) -> str:
        lines = []
        for node in self._children(cell, "p", "tbl"):
            if node.tag == f"{W}tbl":
                lone = self._lone_cell(node)
                lines += [] if lone is None else [self._cell_text(lone)]
                continue
            line = (self._number(node) + self._text(node)).strip()
            lines.append(line)
            lines += [self._text(inner).strip() for box in self._boxes(node) for inner in box.iter(f"{W}p")]
        return "\n".join(line for line in lines if line)

    def _lone_cell(self, table: Element) -> Element | None:
        """The cell of a table that has no other and no table in it: a frame round what a cell says."""
        rows = self._children(table, "tr")
        cells = self._children(rows[0], "tc") if len(rows) == 1 else []
        return cells[0] if len(cells) == 1 and cells[0].find(f".//{W}tbl") is None else None

    def _children(self, parent: Element, *names: str) -> list[Element]:
        """The children of some kinds, also those inside content controls, insertions and alternatives."""
        found = []
        for child in parent:
            if child.tag in {f"{W}{name}" for name in names}:
                found.append(child)
            elif child.tag not in _PASSED_OVER and child.tag not in (f"{W}tbl", f"{W}tr", f"{W}tc", f"{W}p"):
                found += self._children(child, *names)
        return found

    def _text(self, node: Element) -> str:
        """The visible text of a paragraph; that of text boxes in it stands apart."""
        pieces: list[str] = []
        fields = Fields()
        waiting = [iter(node)]
        while waiting:
            child = next(waiting[-1], None)
            if child is None:
                waiting.pop()
            elif child.tag == FIELD:
                fields.meet(child)
            elif (text := _written(child)) is not None:
                pieces.append("" if fields.in_code else text)
            elif child.tag == f"{W}r" and (look := self.styles.look(child)):
                if look == GONE or fields.in_code:
                    fields.meet_all(child)
                elif look == RAISED_RUN and "".join(pieces).strip():
                    raised = "".join(text.text or "" for text in child.iter(f"{W}t"))
                    pieces.append(raised.translate(RAISED) if raised.isdigit() else raised)
                elif look == RAISED_RUN:
                    waiting.append(iter(child))
            elif child.tag not in _PASSED_OVER and child.tag != f"{W}txbxContent":
                waiting.append(iter(child))
        return "".join(pieces)

    def _boxes(self, node: Element) -> Iterator[Element]:
        """The contents of text boxes anchored in a paragraph, each once."""
        for box in node.iter(f"{W}txbxContent"):
            above = next(box.iterancestors(f"{W}txbxContent", f"{_MC}Fallback"), None)
            inside = above is not None and node in above.iterancestors()
            if not inside:
                yield box

    def _number(self, node: Element) -> str:
        own = node.find(f"{W}pPr/{W}numPr")
        style = self.styles.of(node)
        list_id, depth = style.list_id, style.depth
        if own is not None:
            chosen = own.find(f"{W}numId")
            list_id = chosen.get(f"{W}val") if chosen is not None else list_id
            depth = _count(own.find(f"{W}ilvl"), depth)
        if list_id in (None, "0") or not self._text(node).strip():
            return ""
        return self.numbers.next(list_id or "", depth)

    def _locator(self, node: Element) -> Locator:
        return Locator(xpath=self._path(node))

    def _path(self, node: Element) -> str:
        """The absolute XPath of a node, as `getpath` gives it, which counts all siblings each time."""
        path = self.paths.get(node)
        if path is None:
            parent = node.getparent()
            if parent is None:
                return self.root.getroottree().getpath(node)  # type: ignore[no-any-return]
            above = self._path(parent)
            seen: dict[str, list[Element]] = {}
            for child in parent:
                seen.setdefault(child.tag, []).append(child)
            for alike in seen.values():
                for number, child in enumerate(alike, 1):
                    place = f"[{number}]" if len(alike) > 1 else ""
                    name = f"{child.prefix}:" if child.prefix else ""
                    self.paths[child] = f"{above}/{name}{etree.QName(child).localname}{place}"
            path = self.paths[node]
        return path


def _count(node: Element | None, otherwise: int) -> int:
    """The number that an element holds, if it holds a sensible one."""
    return min(number_of(None if node is None else node.get(f"{W}val"), otherwise), MOST_COLUMNS)


def _written(node: Element) -> str | None:
    """What an element of a run shows; `None` for what holds other elements, or nothing that is seen."""
    if node.tag == f"{W}t":
        return node.text or ""
    if node.tag == WORD_ART:
        return node.get("string") or ""
    return drawn(node) if node.tag in MATHS or node.tag == SYMBOL else _LETTERS.get(node.tag)


def _joins_left(cell: Element) -> bool:
    """Whether a cell goes on with the one before it, in the way of old files (`hMerge`)."""
    merge = cell.find(f"{W}tcPr/{W}hMerge")
    return merge is not None and merge.get(f"{W}val") != "restart"
