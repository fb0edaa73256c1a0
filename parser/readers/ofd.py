"""OFD, the national fixed-layout format (GB/T 33190): pages of placed characters and lines.

The pages go through the same geometry as those of a PDF; those that are pictures are recognised. Signatures
and annotations are no part of the report and are not looked at; attachments are named and not read.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Block, Document, Grid, State, Unreadable
from parser.readers.geometry import Glyph, Sheet
from parser.readers.geometry_flow import blocks, flows_of, set_furniture_aside
from parser.readers.ofd_page import MOST_OBJECTS, PageReader, name, page_size
from parser.readers.ofd_pictures import recognised_page
from parser.readers.overprints import without_overprints
from parser.readers.package import Package
from parser.readers.scan_pages import MOST_SCANNED, WANTING, can_read
from parser.readers.strikes import struck
from parser.readers.turning import turn_upright
from parser.readers.watermarks import watermarks

MOST_PAGES = 500
MOST_CHARACTERS = 1_000_000
"""Characters read of one file."""

MOST_WORK = 600_000
"""Objects of all pages together, as `parser.readers.ofd_page` counts them."""

_SCAN_SHARE = 0.5
_SCAN_TEXT = 40
"""Characters on a picture that say no more than a page number or a scanner's mark."""


def read(payload: bytes) -> Document:
    """Turn an OFD file into a document. Raises `Unreadable`."""
    package = Package(payload)
    root = package.xml("OFD.xml")
    if any(name(element) == "Encryptions" for element in root.iter()):
        raise Unreadable(State.ENCRYPTED, "The OFD file is encrypted.")
    bodies = [element for element in root.iter() if name(element) == "DocBody"]
    meta: dict[str, str] = {}
    sheets: list[Sheet] = []
    attached: list[str] = []
    for body in bodies:
        title = _text(body, "Title").strip()
        if title:
            meta.setdefault("title", title)
        location = _text(body, "DocRoot").strip()
        part = _Body(package, _path(package, "", location))
        attached += part.attached()
        for sheet in part.sheets(len(sheets)):
            sheets.append(sheet)
            if len(sheets) > MOST_PAGES or sum(len(one.glyphs) for one in sheets) > MOST_CHARACTERS:
                raise Unreadable(State.TOO_LARGE, "The OFD file has more pages or characters than are read.")
    _refuse_textless(sheets)
    flows = flows_of(sheets)
    aside = set_furniture_aside(flows)
    found = tuple(blocks(flows))
    notes = (*_notes(sheets), *_lost(sheets, found, aside), *_unread(attached))
    return Document("ofd", found, meta=meta, pages=len(sheets), notes=notes)


@dataclass(slots=True)
class _Body:
    """One document of the file: `path` is that of its `Document.xml`."""

    package: Package
    path: str
    units: dict[str, Element] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    drawn: dict[str, Element] = field(default_factory=dict)
    media: dict[str, str] = field(default_factory=dict)
    work: int = MOST_WORK
    scanned: int = 0

    def attached(self) -> list[str]:
        """The names of the files that are attached to it, but for data that a program keeps for itself."""
        location = _text(self.package.xml(self.path), "Attachments").strip()
        try:
            root = self.package.xml(_path(self.package, self.path, location)) if location else None
        except Unreadable:  # without them the text still stands
            return []
        found = root.iter() if root is not None else ()
        return [
            str(one.get("Name") or _text(one, "FileLoc").strip())
            for one in found
            if name(one) == "Attachment" and one.get("Visible") != "false"
        ]

    def sheets(self, before: int) -> Iterator[Sheet]:
        """Its pages in order; `before` pages of other documents come first."""
        root = self.package.xml(self.path)
        size = _text(root, "PhysicalBox")
        pages = []
        for element in root.iter():
            tag = name(element)
            if tag == "Page":
                pages.append(element.get("BaseLoc", ""))
            elif tag == "TemplatePage":
                self.templates[element.get("ID", "")] = element.get("BaseLoc", "")
            elif tag in ("PublicRes", "DocumentRes"):
                self._learn((element.text or "").strip())
        if len(pages) > MOST_PAGES:
            raise Unreadable(State.TOO_LARGE, f"The OFD file has more than {MOST_PAGES} pages.")
        for number, location in enumerate(pages, before + 1):
            page = self.package.xml(_path(self.package, self.path, location))
            yield self._sheet(page, number, size)

    def _learn(self, location: str) -> None:
        """Take the composite units and the images of a resource part; fonts are not needed."""
        part = _path(self.package, self.path, location)
        try:
            root = self.package.xml(part)
        except Unreadable:  # without them the text still stands
            return
        for unit in root.iter():
            if name(unit) == "CompositeGraphicUnit":
                self.units[unit.get("ID", "")] = unit
            elif name(unit) == "MultiMedia" and unit.get("Type") == "Image":
                file = posixpath.join(root.get("BaseLoc", ""), _text(unit, "MediaFile").strip())
                self.media[unit.get("ID", "")] = _path(self.package, part, file)

    def _sheet(self, page: Element, number: int, size: str) -> Sheet:
        width, height = page_size(_text(page, "PhysicalBox") or size)
        reader = PageReader(Sheet(number, width, height), self.units.get)
        behind = [element for element in page if name(element) == "Template"]
        for element in behind:
            template = self._template(element.get("TemplateID", ""))
            if template is not None:
                reader.take(template)
        reader.take(page)
        reader.finish()
        self.work -= MOST_OBJECTS - reader.left
        if self.work < 0:
            raise Unreadable(State.TOO_LARGE, "The OFD file draws more than any report.")
        return self._seen(_as_printed(reader.sheet), reader)

    def _seen(self, sheet: Sheet, reader: PageReader) -> Sheet:
        """The sheet; where it is a picture, as it was recognised from that."""
        area = sheet.width * sheet.height
        covered = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one.box for one in reader.pictures))
        sheet.images = max(sheet.images, min(covered / area, 1.0))
        printed = sum(glyph.text != " " for glyph in sheet.glyphs)
        if sheet.images <= _SCAN_SHARE or printed > _SCAN_TEXT:
            return sheet
        if self.scanned < MOST_SCANNED and can_read():
            self.scanned += 1
            found = recognised_page(sheet, reader.pictures, self._picture)
            if found is not None:
                return found
        if reader.unseen and not printed:
            sheet.glyphs, sheet.recognised = reader.unseen, True
        return sheet

    def _picture(self, number: str) -> bytes:
        return self.package.read(self.media.get(number, ""))

    def _template(self, number: str) -> Element | None:
        if number not in self.drawn and number in self.templates:
            try:
                part = _path(self.package, self.path, self.templates[number])
                self.drawn[number] = self.package.xml(part)
            except Unreadable:
                del self.templates[number]
        return self.drawn.get(number)


def _as_printed(sheet: Sheet) -> Sheet:
    """The sheet upright, without the second print of characters that are to look bold, without watermarks and
    without what has a line through it."""
    turn_upright(sheet)
    _keep(sheet, without_overprints(sheet.glyphs))
    _leave_out(sheet, watermarks(sheet.glyphs))
    taken_back = struck(sheet.glyphs, sheet.across)
    sheet.struck = len({glyph.order for glyph in taken_back})
    _leave_out(sheet, taken_back)
    return sheet


def _leave_out(sheet: Sheet, glyphs: Sequence[Glyph]) -> None:
    orders = {glyph.order for glyph in glyphs}
    if orders:
        _keep(sheet, [glyph for glyph in sheet.glyphs if glyph.order not in orders])


def _keep(sheet: Sheet, kept: list[Glyph]) -> None:
    sheet.layer -= Counter(glyph.text for glyph in sheet.glyphs) - Counter(glyph.text for glyph in kept)
    sheet.glyphs = kept


def _path(package: Package, base: str, location: str) -> str:
    """The part that `location` means in the part `base`: beside it, or from the root of the package."""
    plain = location.replace("\\", "/")
    beside = posixpath.normpath(posixpath.join("/", posixpath.dirname(base), plain)).lstrip("/")
    absolute = posixpath.normpath(posixpath.join("/", plain)).lstrip("/")
    return absolute if beside not in package and absolute in package else beside


def _text(element: Element, tag: str) -> str:
    """The text of the first element of this name below."""
    return next((one.text or "" for one in element.iter() if name(one) == tag), "")


def _refuse_textless(sheets: Sequence[Sheet]) -> None:
    """Raise `Unreadable` where there is no text to read."""
    if any(glyph.text != " " for sheet in sheets for glyph in sheet.glyphs):
        return
    if any(sheet.images or sheet.unmapped for sheet in sheets):
        remedy = "" if can_read() else f"; {WANTING}"
        raise Unreadable(State.IMAGE_ONLY, f"The pages of the OFD file hold no text{remedy}.")
    raise Unreadable(State.EMPTY, "The pages of the OFD file hold no text.")


def _unread(attached: Sequence[str]) -> Iterator[str]:
    if attached:
        names = "”, “".join(attached[:3])
        yield f"{len(attached)} attachments of the OFD file (“{names[:100]}”) were not read."


def _notes(sheets: Sequence[Sheet]) -> Iterator[str]:
    for sheet in sheets:
        here = f"Page {sheet.number}"
        if sheet.images > _SCAN_SHARE and not sheet.glyphs:
            yield f"{here} is a picture; what it shows was not read."
        if sheet.recognised:
            yield f"{here}: the text is an invisible layer that somebody recognised from a picture."
        if sheet.unmapped:
            yield f"{here}: {sheet.unmapped} characters have no Unicode meaning and were not read."
        if sheet.misplaced:
            yield f"{here}: {sheet.misplaced} characters lie off the page and were not read."
        if sheet.struck:
            yield f"{here}: {sheet.struck} characters have a line through them and were left out."
        if sheet.crowded:
            yield f"{here} holds more characters or lines than are looked at; some were not read."


def _lost(sheets: Sequence[Sheet], found: Sequence[Block], aside: str) -> Iterator[str]:
    """Compare what the blocks say with the pages' characters."""
    expected = Counter[str]()
    for sheet in sheets:
        expected.update(sheet.layer)
    for block in found:
        for text in [cell.text for cell in block.cells] if isinstance(block, Grid) else [block.text]:
            expected.subtract(text)
    expected.subtract(aside)
    lost = "".join(letter * count for letter, count in sorted(expected.items()) if count > 0)
    if lost:
        few = lost if len(lost) <= 20 else f"{lost[:20]}…"
        yield f"{len(lost)} characters of the pages ({few}) are in no table and no paragraph."
