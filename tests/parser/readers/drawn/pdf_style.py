"""Ways in which programs draw a table into a PDF. A `Style` is fixed for one document."""

from __future__ import annotations

import random
from dataclasses import dataclass

RULED = ("solid", "hair", "gray", "dashed", "dotted", "cells", "fills", "double", "shaded")
"""Borders from which every cell can be told."""

LOOSE = ("none", "horizontal", "three_line", "columns")
"""Borders that leave the columns, or rows and columns, to the eye."""


@dataclass
class Style:
    """`turn`: the page's /Rotate, the content drawn so that it reads upright; `sideways`: content drawn at a
    right angle without /Rotate. `group` is how 三、 stands in its narrow cell. `text` is how strings are
    cut: a cell line at a time, or a character at a time. `cut` is what a page cut does to a table's edges.
    """

    border: str = "solid"
    turn: int = 0
    sideways: bool = False
    landscape: bool = False
    size: float = 8.0
    align: str = "center"
    group: str = "stacked"
    text: str = "line"
    order: str = "rows"
    cut: str = "closed"
    repeat_header: bool = False
    page_number: str = "- {} -"
    running_head: bool = False
    bold_twice: bool = False
    row_height: float = 19.0
    page_height: float = 842.0
    invisible: bool = False


def random_style(seed: int, border: str) -> Style:
    """A style with that border and everything else by chance."""
    dice = random.Random(seed)
    sideways = dice.random() < 0.08
    return Style(
        border=border,
        turn=0 if sideways else dice.choice((0, 0, 0, 0, 90, 180, 270)),
        sideways=sideways,
        landscape=dice.random() < 0.15,
        size=dice.choice((7.0, 8.0, 8.0, 9.0)),
        align=dice.choice(("center", "center", "left", "right")),
        group=dice.choice(("stacked", "vertical", "rotated", "two_columns", "wrapped")),
        text=dice.choice(("line", "line", "letter")),
        order=dice.choice(("rows", "rows", "columns", "random")),
        cut=dice.choice(("closed", "open_below", "open_sides")),
        repeat_header=dice.random() < 0.2,
        page_number=dice.choice(("- {} -", "— {} —", "{}", "第 {} 页", "")),
        running_head=dice.random() < 0.15,
        bold_twice=dice.random() < 0.2,
        row_height=dice.choice((17.0, 19.0, 23.0)),
    )
