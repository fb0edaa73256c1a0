"""Placeholder shape until the forms are in: a document becomes a reading."""

from __future__ import annotations

from parser.document import Document, State
from parser.report import Reading


def compose(document: Document) -> Reading:
    """A reading of the document."""
    return Reading(State.NOT_A_REPORT, document.format, "No table of a national form was found.")
