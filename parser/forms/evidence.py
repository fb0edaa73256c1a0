"""What in a document speaks for one form or another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parser.document import Document, Grid
from parser.folding import fold
from parser.forms.proactive import printed_fields
from parser.forms.regions import PROACTIVE, Region
from parser.report import Figure


@dataclass(frozen=True, slots=True)
class Evidence:
    """`kinds` are the tables found, `fields` the columns of section 二 as printed, `rows` the keys of rows
    that
    have figures (`requests.granted`), `prose` the folded running text."""

    kinds: frozenset[str]
    fields: frozenset[str]
    rows: frozenset[str]
    prose: str


def gather(document: Document, found: Sequence[Region], figures: Mapping[str, Figure]) -> Evidence:
    """Collect the evidence of a document."""
    fields = frozenset(
        field for region in found if region.kind == PROACTIVE for field in printed_fields(region)
    )
    prose = "\n".join(fold(block.text) for block in document.blocks if not isinstance(block, Grid))
    return Evidence(
        kinds=frozenset(region.kind for region in found),
        fields=fields,
        rows=frozenset(key.rpartition(".")[0] for key in figures),
        prose=prose,
    )
