"""What a report says: bytes in, report out.

`parse` is a pure function of the payload: the same octets give the same reading on every machine, without a
network, a model or a clock. It imports nothing from the other rooms. The way through the room:

    payload ──► readers ──► Document ──► forms ──► Report ──► checks ──► findings
    (bytes)     one a file   blocks,     labels     figures    relations
                format       grids       to keys               of the form

`parse` never raises for what a payload contains: what cannot be read is a named `State`.
"""

from __future__ import annotations

from parser.document import (
    Block,
    Cell,
    Document,
    Grid,
    Heading,
    Link,
    Locator,
    Paragraph,
    State,
    Unreadable,
)
from parser.reading import MAX_PAYLOAD, parse
from parser.report import Doubt, Figure, Finding, Reading, Report, Section
from parser.version import PARSER_VERSION

__all__ = [
    "MAX_PAYLOAD",
    "PARSER_VERSION",
    "Block",
    "Cell",
    "Document",
    "Doubt",
    "Figure",
    "Finding",
    "Grid",
    "Heading",
    "Link",
    "Locator",
    "Paragraph",
    "Reading",
    "Report",
    "Section",
    "State",
    "Unreadable",
    "parse",
]
