"""Tables in cells of other tables: frames round a text, or what a table lays out on the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parser.document import Block, Grid, Paragraph


def unframed(blocks: Iterable[Block]) -> list[Block]:
    """The blocks of a cell, where a table of one cell is a frame round its text."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Grid) and len(block.cells) == 1:
            cell = block.cells[0]
            found += [Paragraph(cell.text, cell.locator)] if cell.text else []
        else:
            found.append(block)
    return found


def table_or_layout(grid: Grid | None, inside: Sequence[Block]) -> list[Block]:
    """A table and those in its cells, which come behind it; or only what stands in its cells (`inside`),
    where that is more than the table itself: it lays out others."""
    if grid is None:
        return []
    nested = [block for block in inside if isinstance(block, Grid)]
    if sum(len(one.cells) for one in nested) > len(grid.cells):
        return list(inside)
    return [grid, *nested]
