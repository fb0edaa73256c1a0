"""Web archives (MHTML, RFC 2557): what Word and Excel save as a single-file web page, often under the name of
a DOC or XLS file.

The page inside is read as HTML. A workbook has a page for each sheet, which are read one after the other;
places then name the sheet. What else the archive holds (pictures, styles) is not looked at.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.errors import MessageError
from html import unescape
from urllib.parse import unquote

from parser.document import Document, Locator, State, Unreadable
from parser.readers import html
from parser.readers.charset import decode
from parser.readers.placing import placed

MOST_OCTETS = 32 * 1024 * 1024
MOST_PARTS = 500
_LONGEST = 20_000
"""Characters that say all about one sheet."""

_HEAD = re.compile(rb"\A\s*(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+")
_SHEET, _SHEET_ENDS = "<x:ExcelWorksheet>", "</x:ExcelWorksheet>"
_FIELD = r"<x:{0}(?:\s[^>]*)?>([^<]*)</x:{0}>"
_NAME, _VISIBLE = (re.compile(_FIELD.format(tag), re.IGNORECASE) for tag in ("Name", "Visible"))
_SOURCE = re.compile(r"<x:WorksheetSource\s[^>]*HRef\s*=\s*[\"']([^\"']+)", re.IGNORECASE)
_FRAMES = re.compile(r"<frameset\b", re.IGNORECASE)
_LINKED = re.compile(r"<link\s+id=[\"']?shLink[\"']?\s+href=[\"']?([^\"'\s>]+)", re.IGNORECASE)
_FRAMED = re.compile(r"<frame\s[^>]*?\bsrc=[\"']?([^\"'\s>]+)", re.IGNORECASE)
_TABS = re.compile("tabstrip")


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of the archive, its address, and the sheet's name where it is one of a workbook."""

    address: str
    octets: bytes
    sheet: str | None = None


def is_archive(payload: bytes) -> bool:
    """Whether the octets begin with the head of such a message."""
    head = _HEAD.match(payload[:4096])
    if head is None:
        return False
    fields = head.group().lower()
    return b"mime-version:" in fields and (b"multipart/" in fields or b"text/html" in fields)


def read(payload: bytes) -> Document:
    """Turn a web archive into a document. Raises `Unreadable`."""
    if len(payload) > MOST_OCTETS:
        raise Unreadable(State.TOO_LARGE, f"The web archive has more than {MOST_OCTETS} octets.")
    pages = list(_pages(payload))
    if not pages:
        raise Unreadable(State.DAMAGED, "The web archive holds no page.")
    shown, notes = _shown(pages)
    found = [(page, html.read(page.octets)) for page in shown]
    blocks = []
    for page, document in found:

        def here(place: Locator, sheet: str | None = page.sheet) -> Locator:
            return replace(place, sheet=sheet) if sheet else place

        blocks += [placed(block, here) for block in document.blocks]
        notes += document.notes
    if not blocks:
        raise Unreadable(State.EMPTY, "The pages of the web archive hold no text.")
    return Document("mhtml", tuple(blocks), found[0][1].meta if found else {}, notes=tuple(notes))


def _pages(payload: bytes) -> Iterator[_Page]:
    """The pages of the archive in order."""
    try:
        message = email.message_from_bytes(payload.lstrip(), policy=email.policy.compat32)
        for number, part in enumerate(message.walk()):
            if number > MOST_PARTS:
                raise Unreadable(State.TOO_LARGE, f"The web archive has more than {MOST_PARTS} parts.")
            if part.get_content_type() in ("text/html", "application/xhtml+xml"):
                octets = part.get_payload(decode=True)
                if isinstance(octets, bytes) and octets.strip():
                    yield _Page(str(part.get("Content-Location", "")), octets)
    except (MessageError, ValueError, LookupError, RecursionError) as error:
        raise Unreadable(State.DAMAGED, f"The web archive is damaged: {error}.") from error


def _shown(pages: list[_Page]) -> tuple[list[_Page], list[str]]:
    """The first page; where that is the frame of a workbook, the pages of its visible sheets."""
    notes: list[str] = []
    sheets: list[_Page] = []
    by_name = {_file(page.address): page for page in pages[1:]}
    for told in decode(pages[0].octets).text.split(_SHEET, MOST_PARTS)[1:]:
        about = told[:_LONGEST].partition(_SHEET_ENDS)[0]
        source, name, visible = (sign.search(about) for sign in (_SOURCE, _NAME, _VISIBLE))
        page = by_name.get(_file(source.group(1))) if source else None
        if page is None:
            continue
        title = unescape(name.group(1)).strip() if name else _file(page.address)
        if visible and "hidden" in visible.group(1).lower():
            notes.append(f"The sheet “{title}” is hidden; it is left out.")
        else:
            sheets.append(replace(page, sheet=title))
    return sheets or list(_framed(pages[0], by_name)) or pages[:1], notes


def _framed(frame: _Page, by_name: dict[str, _Page]) -> Iterator[_Page]:
    """The pages that a frame names for its sheets, or shows."""
    text = decode(frame.octets).text
    if not _FRAMES.search(text):
        return
    for sign in (_LINKED, _FRAMED):
        names = dict.fromkeys(_file(unescape(found)) for found in sign.findall(text)[:MOST_PARTS])
        pages = [by_name[name] for name in names if name in by_name and not _TABS.match(name)]
        if pages:
            yield from pages
            return


def _file(address: str) -> str:
    """The last step of an address, as programs of Windows compare it."""
    return unquote(address.replace("\\", "/").rpartition("/")[2]).lower()
