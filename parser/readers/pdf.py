"""PDF as a `Document`: the text layer and the ruled lines of each page, read with PDFium.

A page without a text layer worth the name is recognised from its picture (`parser.readers.scan`), page by
page; without the extra `ocr`, a document of such pages is `image_only`. PDFium is not safe for threads; one
process reads one document at a time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from parser.document import Block, Document, Grid, State, Unreadable
from parser.readers.geometry import Sheet
from parser.readers.geometry_flow import blocks, flows_of, set_furniture_aside
from parser.readers.pdf_font import bars
from parser.readers.pdf_page import read_page
from parser.readers.scan_pages import MOST_SCANNED, WANTING, can_read, recognised_page

MOST_PAGES = 500
"""A report of a province has some thirty pages."""

MOST_CHARACTERS = 1_000_000
"""Characters read of one document."""

_SCAN_SHARE = 0.5
_SCAN_TEXT = 40
_UNMAPPED_SHARE = 0.2
_END = re.compile(rb"startxref\s+\d+\s+%%EOF")
_OBJECT = re.compile(rb"\b\d+\s+\d+\s+obj\b")
_META = {"Title": "title", "Author": "author", "Creator": "creator", "Producer": "producer"}


def read(payload: bytes) -> Document:
    """The document of a PDF file.

    Raises `Unreadable`: `encrypted` (a password is needed to open it), `damaged`, `too_large`, `image_only`,
    `empty`.
    """
    with bars(), _opened(payload) as document:
        count = len(document)
        if count > MOST_PAGES:
            raise Unreadable(State.TOO_LARGE, f"The PDF has {count} pages; at most {MOST_PAGES} are read.")
        if count <= 0:
            raise Unreadable(State.EMPTY, "The PDF has no pages.")
        sheets, unread = _sheets(document, count)
        meta = {
            name: value
            for entry, name in _META.items()
            if (value := document.get_metadata_value(entry).strip())
        }
    _refuse_textless(sheets, unread)
    flows = flows_of(sheets)
    aside = set_furniture_aside(flows)
    found = tuple(blocks(flows))
    notes = (*_notes(sheets, unread), *_lost(sheets, found, aside))
    return Document("pdf", found, meta=meta, pages=count, notes=notes)


def _opened(payload: bytes) -> pypdfium2.PdfDocument:
    if not payload.strip():
        raise Unreadable(State.EMPTY, "The file is empty.")
    try:
        document = pypdfium2.PdfDocument(payload)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise Unreadable(State.ENCRYPTED, "The PDF is protected with a password.") from error
        if error.err_code == pdfium.FPDF_ERR_SECURITY:
            raise Unreadable(State.ENCRYPTED, "The PDF is encrypted in a way that is not known.") from error
        raise Unreadable(State.DAMAGED, "The PDF cannot be opened: its structure is damaged.") from error
    ends = [mark.end() for mark in _END.finditer(payload)]
    # PDFium repairs what it can and gives half a report for half a file; a report with holes is none.
    if not ends or _OBJECT.search(payload, ends[-1]):
        document.close()
        raise Unreadable(State.DAMAGED, "The PDF is cut off: its end mark is missing.")
    return document


def _sheets(document: pypdfium2.PdfDocument, count: int) -> tuple[list[Sheet], list[int]]:
    """The sheets of the pages that can be read, and the numbers of those that cannot."""
    sheets: list[Sheet] = []
    unread: list[int] = []
    characters = scanned = 0
    for index in range(count):
        page = pdfium.FPDF_LoadPage(document, index)
        if not page:
            unread.append(index + 1)
            continue
        try:
            sheets.append(read_page(page, index + 1))
            shapeless = _is_unmapped(sheets[-1]) and not _brings_its_fonts(page)
        finally:
            pdfium.FPDF_ClosePage(page)
        if scanned < MOST_SCANNED and not shapeless and _needs_eyes(sheets[-1]) and can_read():
            sheets[-1] = recognised_page(document, index)
            scanned += 1
        characters += len(sheets[-1].glyphs)
        if characters > MOST_CHARACTERS:
            raise Unreadable(
                State.TOO_LARGE, f"The PDF has more than {MOST_CHARACTERS} characters; so many are not read."
            )
    return sheets, unread


def _refuse_textless(sheets: Sequence[Sheet], unread: Sequence[int]) -> None:
    """Raise `Unreadable` where there is no text to read."""
    if not sheets:
        raise Unreadable(State.DAMAGED, "No page of the PDF can be read.")
    if not any(_has_text(sheet) for sheet in sheets):
        if any(sheet.images for sheet in sheets):
            raise Unreadable(State.IMAGE_ONLY, f"The pages are pictures without a text layer{_remedy()}.")
        if any(sheet.unmapped for sheet in sheets):
            reason = f"The characters of the PDF have no meaning but their shape{_remedy()}."
            raise Unreadable(State.IMAGE_ONLY, reason)
        if unread:
            raise Unreadable(State.DAMAGED, "The pages of the PDF that can be read hold no text.")
        raise Unreadable(State.EMPTY, "The pages of the PDF hold no text.")


def _remedy() -> str:
    return "" if can_read() else f"; {WANTING}"


def _needs_eyes(sheet: Sheet) -> bool:
    """Whether a page is better read from its picture: it is one, its text layer was recognised by somebody
    who cannot be asked, or its characters have no meaning but their shape."""
    if sheet.images > _SCAN_SHARE and (sheet.recognised or not _has_text(sheet)):
        return True
    return _is_unmapped(sheet)


def _is_unmapped(sheet: Sheet) -> bool:
    return sheet.unmapped > _UNMAPPED_SHARE * (sheet.unmapped + len(sheet.glyphs))


def _brings_its_fonts(page: object) -> bool:
    """Whether the shapes of a page's characters are in the file. Those of other fonts are our bars, in which
    nobody could recognise a thing."""
    for index in range(pdfium.FPDFPage_CountObjects(page)):
        item = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_TEXT:
            font = pdfium.FPDFTextObj_GetFont(item)
            if not font or pdfium.FPDFFont_GetIsEmbedded(font) != 1:
                return False
    return True


def _has_text(sheet: Sheet) -> bool:
    """Whether a sheet says anything; a page number or a scanner's mark on a whole picture does not count."""
    printed = sum(glyph.text != " " for glyph in sheet.glyphs)
    return printed > (_SCAN_TEXT if sheet.images > _SCAN_SHARE else 0)


def _notes(sheets: Sequence[Sheet], unread: Sequence[int]) -> Iterator[str]:
    for number in unread:
        yield f"Page {number} cannot be read: its content is damaged."
    for sheet in sheets:
        here = f"Page {sheet.number}"
        if sheet.images > _SCAN_SHARE and not _has_text(sheet):
            yield f"{here} is a picture without a text layer; what it shows was not read."
        if sheet.recognised:
            yield f"{here}: the text is an invisible layer that somebody recognised from a picture."
        if sheet.unmapped:
            yield f"{here}: {sheet.unmapped} characters have no Unicode meaning and were not read."
        if sheet.struck:
            yield f"{here}: {sheet.struck} characters have a line through them and were left out."
        if sheet.misplaced:
            yield f"{here}: {sheet.misplaced} characters lie off the page and were not read."
        if sheet.crowded:
            yield f"{here} holds more characters or lines than are looked at; some were not read."


def _lost(sheets: Sequence[Sheet], found: Sequence[Block], aside: str) -> Iterator[str]:
    """Compare what the blocks say with the text layer itself, character by character."""
    expected = Counter[str]()
    for sheet in sheets:
        expected.update(sheet.layer)
        expected.subtract(sheet.aside)
    said = [aside]
    for block in found:
        said += [cell.text for cell in block.cells] if isinstance(block, Grid) else [block.text]
    expected.subtract(Counter("".join(said)))
    lost = "".join(
        letter * count for letter, count in sorted(expected.items()) if count > 0 and not letter.isspace()
    )
    if lost:
        few = lost if len(lost) <= 20 else f"{lost[:20]}…"
        yield f"{len(lost)} characters of the text layer ({few}) are in no table and no paragraph."
