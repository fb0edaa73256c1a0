"""Lines of text in the one font of the made PDFs."""

from __future__ import annotations

from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def width_of(text: str, size: float) -> float:
    """Width in points."""
    return float(pdfmetrics.stringWidth(text, FONT, size))


def wrapped(text: str, size: float, room: float) -> list[str]:
    """Lines that fit into `room`; Chinese may break anywhere, numbers are kept whole where they fit."""
    lines, line, width = [], "", 0.0
    for char in text:
        step = width_of(char, size)
        if width + step > room and line:
            keep = len(line.rstrip("0123456789.,")) if char.isdigit() else len(line)
            keep = keep or len(line)
            lines.append(line[:keep])
            line = line[keep:]
            width = width_of(line, size)
        line += char
        width += step
    return [*lines, line]
