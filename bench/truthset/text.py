"""Plain text with tab separated tables, and Markdown with `|`."""

from __future__ import annotations

from random import Random

from bench.truthset.content import Content, Heading, Text
from bench.truthset.layout import Table, matrix
from bench.truthset.naming import Title

TEXT_TABLES = ("grid", "grid", "ragged", "pulled", "loose")


def plain_text(content: Content, rng: Random, style: str) -> bytes:
    """The report as a text file. `style` of tables: `grid` keeps empty positions, `ragged` writes only the
    cells that begin in a row, `pulled` moves labels with empty cells before them to the left, `loose` moves
    figures as well (only where every figure is written: blanks could not be told from gaps)."""
    lines = ["", ""] if rng.random() < 0.3 else []
    airy = rng.random() < 0.6
    for piece in content.pieces:
        if isinstance(piece, Title):
            lines += piece.lines
        elif isinstance(piece, Heading | Text):
            lines += _page_cut(piece.text, rng)
        else:
            lines += _tabbed(piece, style, rng)
        if airy:
            lines.append("")
    encoding = rng.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "gb18030"))
    ending = rng.choice(("\n", "\n", "\r\n"))
    return ending.join(lines).encode(encoding)


def _page_cut(text: str, rng: Random) -> list[str]:
    """A paragraph, now and then cut in two by the end of a page."""
    if len(text) > 60 and rng.random() < 0.15:
        place = rng.randint(20, len(text) - 20)
        return [text[:place], "", text[place:]]
    return [text]


def _tabbed(table: Table, style: str, rng: Random) -> list[str]:
    if style == "ragged":
        rows = [[_one_line(cell.text) for cell in row] for row in table.rows]
    else:
        rows = [[_one_line(text) for text in row] for row in matrix(table)]
    if style == "pulled" and table.name == "requests":
        rows = [_pulled(row, rng) if number >= table.heads else row for number, row in enumerate(rows)]
    if style == "loose" and table.name == "requests":
        rows = [_loose(row, rng) if number >= table.heads else row for number, row in enumerate(rows)]
    lines = ["\t".join(row) for row in rows]
    if rng.random() < 0.3:
        lines.insert(rng.randint(min(4, len(lines)), len(lines)), "")
    return lines


def _pulled(row: list[str], rng: Random) -> list[str]:
    """The row with its label one cell further left, the gap behind it, as text taken from a PDF has it."""
    first = next((place for place, text in enumerate(row) if text), 0)
    if first == 0 or first > 2 or rng.random() < 0.6:
        return row
    moved = list(row)
    moved[first - 1], moved[first] = moved[first], ""
    return moved


def _loose(row: list[str], rng: Random) -> list[str]:
    """The row with a gap moved from before its figures to its end."""
    labels, figures = row[:3], row[3:]
    if not labels[2]:
        return [*labels[:2], *figures, ""]
    if not labels[0] and rng.random() < 0.3:
        return [labels[2], "", *figures, ""]
    return row


def markdown(content: Content, rng: Random) -> bytes:
    """The report as Markdown; tables with `|`, covered positions empty or repeated."""
    repeated = rng.random() < 0.4
    marks = rng.random() < 0.7
    lines: list[str] = []
    for piece in content.pieces:
        if isinstance(piece, Title):
            lines += [f"# {piece.lines[0]}", *piece.lines[1:], ""]
        elif isinstance(piece, Heading):
            lines += [f"## {piece.text}" if marks else f"**{piece.text}**", ""]
        elif isinstance(piece, Text):
            lines += [piece.text, ""]
        else:
            lines += [*_piped(piece, rng, repeated=repeated), ""]
    return "\n".join(lines).encode()


def _piped(table: Table, rng: Random, *, repeated: bool) -> list[str]:
    mark = rng.choice(("", "<br>"))
    rows = [[text.replace("\n", mark) for text in row] for row in matrix(table, repeated=repeated)]
    if rng.random() < 0.15:
        rows[-1] = [f"**{text}**" if text.strip() else text for text in rows[-1]]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [lines[0], "|" + " --- |" * table.columns, *lines[1:]]


def _one_line(text: str) -> str:
    return text.replace("\n", "")
