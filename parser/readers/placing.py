"""Blocks whose places are led back to another file: the archive, or the one of several images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from parser.document import Block, Grid, Locator


def placed(block: Block, place: Callable[[Locator], Locator]) -> Block:
    """The block with `place` applied to its locator and those of its cells."""
    if isinstance(block, Grid):
        cells = tuple(replace(cell, locator=place(cell.locator)) for cell in block.cells)
        return Grid(cells, place(block.locator))
    return replace(block, locator=place(block.locator))
