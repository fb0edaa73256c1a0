"""The statistics table written as a list: a line for each row, its number behind a colon."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from parser.document import Block, Cell, Document, Grid, Paragraph
from parser.forms.likeness import Lexicon
from parser.numbers import UNITS

_FEWEST = 5
_LONGEST = 100
_ROW = re.compile(
    rf"^(?P<label>.{{3,}}?)\s*[:：]\s*(?P<number>[-−]?[\d０-９][\d０-９,，.．]*|[/—－无])\s*"
    rf"(?P<unit>{'|'.join(UNITS)})?\s*[。；;，,]?$"
)


def as_table(document: Document, rows: Lexicon) -> Document:
    """The document with such lines as rows of a table, each where it is; `rows` are the form's labels."""
    found = {place: row for place, block in enumerate(document.blocks) if (row := _row(block, rows))}
    if len(found) < _FEWEST:
        return document
    blocks = tuple(found.get(place, block) for place, block in enumerate(document.blocks))
    return replace(document, blocks=blocks)


def _row(block: Block, rows: Lexicon) -> Grid | None:
    if not isinstance(block, Paragraph) or len(block.text) > _LONGEST:
        return None
    read = _ROW.match(block.text.strip())
    if read is None or not rows.knows(read["label"]):
        return None
    return Grid(tuple(_cells(block, read)), block.locator)


def _cells(block: Paragraph, read: re.Match[str]) -> Iterator[Cell]:
    for column, name in enumerate(("label", "unit", "number")):
        yield Cell(0, column, read[name] or "", locator=block.locator)
