"""Pages whose text does not run from left to right, turned upright."""

from __future__ import annotations

from collections import Counter

from parser.readers.geometry import Rule, Sheet, turned


def turn_upright(sheet: Sheet) -> None:
    """Turn the sheet so that most of its characters read from left to right."""
    turns = Counter(glyph.turn for glyph in sheet.glyphs if glyph.text != " ")
    turn = turns.most_common(1)[0][0] if turns else 0
    if turn == 0:
        return
    quarters = (-turn) % 4
    width, height = sheet.width, sheet.height
    for glyph in sheet.glyphs:
        box = (glyph.left, glyph.top, glyph.right, glyph.bottom)
        glyph.left, glyph.top, glyph.right, glyph.bottom = turned(box, quarters, width, height)
        glyph.turn = (glyph.turn + quarters) % 4
    across, down = sheet.across, sheet.down
    for _ in range(quarters):
        across, down = (
            [Rule(rule.at, height - rule.end, height - rule.start) for rule in down],
            [Rule(height - rule.at, rule.start, rule.end) for rule in across],
        )
        width, height = height, width
    sheet.across, sheet.down = across, down
    sheet.panels = [turned(panel, quarters, sheet.width, sheet.height) for panel in sheet.panels]
    sheet.width, sheet.height, sheet.turn = width, height, quarters
