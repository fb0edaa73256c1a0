"""Readers turn bytes into a `Document`, one module a file format.

The format is found in the bytes, never in a name or a declared type, because both lie. Readers are imported
when their format is met: a PDF library is not loaded to read a page.
"""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import import_module
from typing import cast

from parser.document import Document, State, Unreadable
from parser.readers.charset import decode
from parser.readers.stacked import unstacked

READERS = {
    "html": "html",
    "text": "text",
    "csv": "separated",
    "mhtml": "mhtml",
    "xml": "office_xml",
    "pdf": "pdf",
    "docx": "docx",
    "doc": "doc",
    "rtf": "rtf",
    "odt": "odt",
    "ods": "odt",
    "xlsx": "sheets",
    "xls": "sheets",
    "ofd": "ofd",
    "image": "image",
    "ole": "ole",
}
"""The module in this folder that reads a format; `ole` only says why such a file is not read."""

BUNDLES = ("zip", "7z", "rar")
"""Archives of several files: which of them is the document, `parser.bundle` finds."""

_MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF87a", "image"),
    (b"GIF89a", "image"),
    (b"BM", "bitmap"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "rtf"),
)
# Without <br>, which Markdown writes inside the cells of a table.
_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|meta|title|table|tbody|tr|td|div|p|span|article|font|a|h[1-6]|ul)"
    r"(?=[\s>/])",
    re.IGNORECASE,
)
_MESSAGE = re.compile(rb"mime-version:", re.IGNORECASE)
_OFFICE_XML = re.compile(
    r"^\s*(?:<\?[^>]*\?>\s*|<!--(?:(?!-->).)*-->\s*)*"
    r"<(?:\w+:)?(?:wordDocument|package|document|Workbook|UOF)\s[^>]*"
    r"(?:office/word/2003/wordml|office/2006/xmlPackage|opendocument:xmlns:office|office:spreadsheet|schemas\.uof\.org)",
    re.DOTALL,
)
"""The root of a document that an office program writes as one XML file, with its name space."""
_TYPED = frozenset({"docx", "doc", "rtf", "odt"})
"""Formats whose paragraphs may be the rows of a table."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_SAMPLE = 65536
_JUNK_SHARE = 0.05


def detect(payload: bytes) -> str:
    """The file format by content: one of `READERS` or `BUNDLES`, or one that nothing here reads (`archive`,
    `presentation`, `binary`). Files of WPS are what they are made of: `doc`, `docx`, `xls`, `xlsx`."""
    head = payload[:1024]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        from parser.readers import package  # noqa: PLC0415 - only when its format is met

        return package.kind(payload)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            if kind == "ole":
                from parser.readers import ole  # noqa: PLC0415 - only when its format is met

                return ole.kind(payload)
            if kind != "bitmap":
                return kind
            if payload[6:10] == b"\x00\x00\x00\x00":
                return "image"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image"
    # Last of the marks, since junk may stand before it, and a bundle may begin with a PDF.
    if b"%PDF-" in head:
        return "pdf"
    if _MESSAGE.search(head):
        from parser.readers import mhtml  # noqa: PLC0415 - only when its format is met

        if mhtml.is_archive(payload):
            return "mhtml"
    return _text_kind(payload)


def read(payload: bytes, kind: str) -> Document:
    """Read a payload as the given format (a result of `detect`).

    Raises `Unreadable` where there is no reader for it, or where the reader cannot make a document of it.
    """
    if kind not in READERS:
        raise Unreadable(State.UNSUPPORTED, f"Files of this kind ({kind}) are not read.")
    try:
        reader = import_module(f"parser.readers.{READERS[kind]}")
    except ModuleNotFoundError as missing:
        raise Unreadable(State.UNSUPPORTED, f"Files of this kind ({kind}) are not read.") from missing
    document = cast("Document", reader.read(payload))
    if kind in _TYPED:
        from parser.readers.typed import with_typed_tables  # noqa: PLC0415 - only when its formats are met

        document = with_typed_tables(document)
    return replace(document, blocks=unstacked(document.blocks))


def _text_kind(payload: bytes) -> str:
    sample = decode(payload[:_SAMPLE]).text
    if len(_CONTROL.findall(sample)) > len(sample) * _JUNK_SHARE:
        return "binary"
    if _OFFICE_XML.match(sample):
        return "xml"
    if _TAG.search(sample) or sample.lstrip("\ufeff \t\r\n").startswith("<"):
        return "html"
    from parser.readers import separated  # noqa: PLC0415 - only when a text is met

    return "csv" if separated.sign_of(payload) else "text"
