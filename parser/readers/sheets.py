"""Spreadsheets: XLS, XLSX and ET, one grid a visible sheet, numbers as the sheet shows them.

The readers are our own: the fast library (calamine) takes memory for every cell of the used range at once, so
that one cell in the last corner of a sheet kills the process, and it does not tell number formats.
"""

from __future__ import annotations

from parser.document import Document
from parser.readers import biff, ole, xlsx
from parser.readers.package import Package
from parser.readers.sheet_content import shown


def read(payload: bytes) -> Document:
    """Turn a workbook into a document. Raises `Unreadable`."""
    if payload.startswith(b"PK"):
        return shown("xlsx", xlsx.sheets(Package(payload)))
    return shown("xls", biff.sheets(ole.stream(payload, "Workbook", "WORKBOOK", "Book")))
