"""Spreadsheets: XLS, XLSX and ET, one grid a visible sheet, numbers as the sheet shows them.

The readers are our own: the fast library (calamine) takes memory for every cell of the used range at once, so
that one cell in the last corner of a sheet kills the process, and it does not tell number formats.
"""

from __future__ import annotations

from parser.document import Block, Document, State, Unreadable
from parser.readers import biff, ole, xlsx
from parser.readers.package import Package


def read(payload: bytes) -> Document:
    """Turn a workbook into a document. Raises `Unreadable`."""
    if payload.startswith(b"PK"):
        kind, contents = "xlsx", list(xlsx.sheets(Package(payload)))
    else:
        kind, contents = "xls", list(biff.sheets(ole.stream(payload, "Workbook", "WORKBOOK", "Book")))
    blocks: list[Block] = []
    notes: list[str] = []
    for content in contents:
        shown = list(content.blocks())
        if shown and content.hidden:
            notes.append(f"The sheet “{content.name}” is hidden; it is left out.")
            continue
        blocks.extend(shown)
        notes.extend(content.notes.values())
    if not blocks:
        raise Unreadable(State.EMPTY, "No sheet of the workbook shows anything.")
    return Document(kind, tuple(blocks), notes=tuple(notes))
