"""A made report in Rich Text Format, with the habits of different writers."""

from __future__ import annotations

import random

from tests.parser.made.tables import Rows
from tests.parser.readers.drawn.reports import Made

_COLUMN = 1100
"""Twips of a column."""


def text(made: Made, seed: int) -> bytes:
    """The report; how characters, rows and merged cells are written varies with the seed."""
    dice = random.Random(seed)
    letters = dice.choice((_octets, _code_points, _both))
    again = dice.random() < 0.5
    page = dice.choice(("\\ansicpg936", "\\ansicpg1252"))
    parts = [
        f"{{\\rtf1\\ansi{page}\\deff0{{\\fonttbl{{\\f0\\fnil\\fcharset134 {letters('宋体')};}}"
        "{\\f1\\froman\\fcharset0 Times New Roman;}}{\\colortbl;\\red0\\green0\\blue0;}"
        "{\\info{\\title x}{\\author y}}{\\header\\pard page 7\\par}\n"
    ]
    for block in made.blocks:
        if isinstance(block, str):
            parts.append(f"\\pard\\plain\\qj {{\\f0\\fs32 {letters(block)}}}\\par\n")
        else:
            parts.append(_table(block, letters, dice, again=again))
            parts.append("\\pard\\par\n")
    parts.append("}")
    return "".join(parts).encode("ascii")


def _table(rows: Rows, letters: object, dice: random.Random, *, again: bool) -> str:
    """`again` repeats the definition of a row behind its cells, as Word does."""
    assert callable(letters)
    taken: dict[tuple[int, int], int] = {}
    width = max(sum(across for _, _, across in row) for row in rows)
    lines = []
    for number, row in enumerate(rows):
        edges, cells, column = [], [], 0
        waiting = list(row)
        while column < width:
            if (number, column) in taken:
                across = taken[number, column]
                edges.append(f"\\clvmrg\\clbrdrt\\brdrs\\cellx{(column + across) * _COLUMN}")
                cells.append("\\pard\\intbl\\cell")
            elif waiting:
                shown, down, across = waiting.pop(0)
                taken |= {(number + below, column): across for below in range(1, down)}
                first = "\\clvmgf" if down > 1 else ""
                edges.append(
                    f"{first}\\clbrdrt\\brdrs\\cellx{(column + across) * _COLUMN + dice.randint(-9, 9)}"
                )
                inner = f"{{\\f0\\fs21 {letters(shown)}}}" if shown else dice.choice(("", "{\\f1 }"))
                cells.append(f"\\pard\\intbl\\qc {inner}\\cell")
            else:
                break
            column += across
        definition = f"\\trowd\\trgaph108\\trleft0{''.join(edges)}"
        behind = f"{{{definition}\\row}}" if again else "\\row"
        lines.append(f"{definition}\n{''.join(cells)}\n{behind}\n")
    return "".join(lines)


def _octets(text: str) -> str:
    return "".join(
        letter if letter.isascii() else "".join(f"\\'{octet:02x}" for octet in letter.encode("gb18030"))
        for letter in text
    )


def _code_points(text: str) -> str:
    return "".join(letter if letter.isascii() else f"\\u{_signed(letter)} ?" for letter in text)


def _both(text: str) -> str:
    """Each character twice: its code point, and its octets for old readers."""
    return "\\uc2 " + "".join(
        letter if letter.isascii() else f"\\u{_signed(letter)}{_octets(letter)}" for letter in text
    )


def _signed(letter: str) -> int:
    code = ord(letter)
    return code - 65536 if code > 32767 else code
