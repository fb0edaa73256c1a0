"""The one report that is published as a PDF only.

Its table of section 三 breaks over two pages the way word processors break it: the header does not come
again, the vertical cell 三、本年度办理结果 does. Invariant output and uncompressed streams keep the octets
the same in every run; the font is one of the viewer's own (a CID font), so nothing is embedded.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.pdfencrypt import StandardEncryption  # type: ignore[import-untyped]
from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.platypus import (  # type: ignore[import-untyped]
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

from demo import tables
from demo.forms import REQUEST_ROWS
from demo.prose import passages
from demo.report import INVENTED, Report
from demo.tables import Rows

FONT = "STSong-Light"
ROWS_ON_FIRST_PAGE = 19
GRID = [
    ("GRID", (0, 0), (-1, -1), 0.5, "black"),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LEFTPADDING", (0, 0), (-1, -1), 2),
    ("RIGHTPADDING", (0, 0), (-1, -1), 2),
    ("TOPPADDING", (0, 0), (-1, -1), 5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
]
WIDTHS = {
    "proactive": (48, 40, 40, 40),
    "requests": (10, 16, 54, 14, 14, 14, 14, 14, 12, 12),
    "review_litigation": (11.5,) * 15,
}


def _style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=FONT, fontSize=size, leading=leading, wordWrap="CJK", **more)


TITLE = _style("title", 18, 26, alignment=1, spaceAfter=10)
HEADING = _style("heading", 13, 20, spaceBefore=6, spaceAfter=4)
BODY = _style("body", 11, 18, firstLineIndent=22)
CELL = _style("cell", 8.5, 11, alignment=1)


def report_pdf(report: Report, web_site: str) -> bytes:
    """The whole report as a PDF."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    story: list[Any] = [Paragraph(report.title, TITLE)]
    if report.invented:
        story.append(Paragraph(f"【{INVENTED}】本文件的数字、地址和人名均为演示而编造。", BODY))
    for passage in passages(report, web_site):
        if passage.kind == "heading":
            story.append(Paragraph(passage.text, HEADING))
        elif passage.kind == "text":
            story.append(Paragraph(passage.text, BODY))
        else:
            story += _tables(report, passage.text)
    octets = BytesIO()
    SimpleDocTemplate(
        octets,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=18 * mm,
        bottomMargin=16 * mm,
        title=report.title,
        author=report.agency,
        invariant=1,
        pageCompression=0,
    ).build(story)
    return octets.getvalue()


def _tables(report: Report, name: str) -> list[Any]:
    if name == "proactive":
        # The break stands here so that section 三 opens a page and surely needs a second one.
        return [_table(tables.proactive(report), WIDTHS[name]), PageBreak()]
    if name == "review_litigation":
        return [_table(tables.review_litigation(report), WIDTHS[name]), Spacer(1, 4 * mm)]
    header = tables.requests_header(report.dress.labels)
    first = tables.requests_body(report, REQUEST_ROWS[:ROWS_ON_FIRST_PAGE])
    second = tables.requests_body(report, REQUEST_ROWS[ROWS_ON_FIRST_PAGE:])
    widths = WIDTHS[name]
    return [_table([*header, *first], widths), PageBreak(), _table(second, widths), Spacer(1, 4 * mm)]


def _table(rows: Rows, widths: tuple[float, ...]) -> Table:
    """Cells with spans as reportlab wants them: a full grid and one SPAN command a spanning cell."""
    grid: list[list[Any]] = [[None] * len(widths) for _ in rows]
    spans: list[tuple[Any, ...]] = []
    for top, row in enumerate(rows):
        for cell in row:
            left = grid[top].index(None)
            bottom, right = top + cell.rowspan, left + cell.colspan
            for line in grid[top:bottom]:
                line[left:right] = [""] * cell.colspan
            grid[top][left] = Paragraph(cell.text, CELL)
            if cell.rowspan > 1 or cell.colspan > 1:
                spans.append(("SPAN", (left, top), (right - 1, bottom - 1)))
    return Table(grid, colWidths=[width * mm for width in widths], style=GRID + spans)


def locked_pdf() -> bytes:
    """A PDF of one line that opens with a password only."""
    octets = BytesIO()
    document = SimpleDocTemplate(
        octets,
        pagesize=A4,
        invariant=1,
        pageCompression=0,
        encrypt=StandardEncryption("replica", strength=128),
    )
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    document.build([Paragraph("此文件需要口令", BODY)])
    return octets.getvalue()
