"""What a report says: bytes in, report out.

`parse` is a pure function of the payload: the same octets give the same reading on every machine, without a
network, a model or a clock. It imports nothing from the other rooms. The way through the room:

    payload ──► readers ──► Document ──► forms ──► Report ──► checks ──► findings
    (bytes)     one a file   blocks,     labels     figures    relations
                format       grids       to keys               of the form

`parse` never raises for what a payload contains: what cannot be read is a named `State`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_MODULES = ("parser.document", "parser.report", "parser.version", "parser.reading")


def __getattr__(name: str) -> object:
    """Load what is asked for when it is asked for: a crawl needs the encoding of a page and nothing else."""
    if name in __all__:
        for module in _MODULES:
            members = vars(import_module(module))
            if name in members:
                return members[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
