"""Tables that somebody typed into a text document with tabs, blanks or bars between their cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from parser.document import Block, Document, Grid, Locator
from parser.readers.placing import placed
from parser.readers.text import blocks_of


def with_typed_tables(document: Document) -> Document:
    """The document; where it has no table, with those that its lines make when they are read as plain text.
    Places stay those of its paragraphs."""
    if any(isinstance(block, Grid) for block in document.blocks):
        return document
    lines = [
        (line, place)
        for place, block in enumerate(document.blocks)
        if not isinstance(block, Grid)
        for line in block.text.split("\n")
    ]
    grids = [block for block in blocks_of([line for line, _ in lines]) if isinstance(block, Grid)]
    tables: dict[int, list[Grid]] = {}
    taken: set[int] = set()
    for grid in grids:
        owners = [lines[cell.locator.line - 1][1] for cell in grid.cells if cell.locator.line]
        tables.setdefault(min(owners, default=0), []).append(grid)
        taken.update(owners)

    def here(place: Locator) -> Locator:
        return document.blocks[lines[place.line - 1][1]].locator if place.line else place

    def blocks() -> Iterator[Block]:
        for place, block in enumerate(document.blocks):
            yield from (placed(grid, here) for grid in tables.get(place, ()))
            if place not in taken:
                yield block

    return replace(document, blocks=tuple(blocks())) if grids else document
