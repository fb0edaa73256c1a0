"""HTML of the replica: text, links and tables in the dialects that real pages are written in."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

from demo.report import Markup
from demo.tables import Cell, Rows

NBSP = "&nbsp;"

TABLE_TAGS: dict[Markup, str] = {
    "plain": '<table class="nbtable" border="1" cellspacing="0" cellpadding="4" align="center">',
    "paragraph": '<table style="border-collapse:collapse;border:none" cellspacing="0" border="1">',
    "span": '<table width="100%" border="1" cellspacing="0" style="border-collapse: collapse;">',
    "word": '<table class="MsoNormalTable" border="1" cellspacing="0" cellpadding="0" width="100%"'
    ' style="border-collapse:collapse;mso-yfti-tbllook:1184;mso-padding-alt:0cm 5.4pt 0cm 5.4pt">',
}
CELL_STYLES: dict[Markup, str] = {
    "plain": "",
    "paragraph": ' style="padding:5px 5px 5px 5px ;border:1px solid windowtext" valign="center"',
    "span": ' valign="middle"',
    "word": ' valign="center" style="border:solid windowtext 1.0pt;mso-border-alt:solid windowtext .5pt"',
}
WORD_COMMENT = (
    "<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom>"
    "</w:WordDocument></xml><![endif]-->"
)


def text(value: str) -> str:
    """Text safe inside an element or a double-quoted attribute."""
    return escape(value, quote=True)


def href(page: str, target: str) -> str:
    """A link from `page` to `target`, relative within the site as TRS templates write them."""
    if urlsplit(target).scheme:
        return target
    relative = posixpath.relpath(target, posixpath.dirname(page) or "/")
    if target.endswith("/"):
        relative += "/"
    return relative if relative.startswith("../") else f"./{relative.removeprefix('./')}"


def anchor(page: str, target: str, label: str, *, css: str = "") -> str:
    """A link that carries its full text in `title`."""
    extra = f' class="{css}"' if css else ""
    return f'<a href="{text(href(page, target))}" title="{text(label)}"{extra}>{text(label)}</a>'


def cut(label: str, width: int) -> str:
    """What a listing shows of a long title."""
    return label if len(label) <= width else f"{label[: width - 1]}…"


def paragraph(value: str, markup: Markup, *, strong: bool = False) -> str:
    """One paragraph of an article's body."""
    inner = f"<strong>{text(value)}</strong>" if strong else text(value)
    if markup == "word":
        return (
            '<p class="MsoNormal" style="text-indent:32.0pt;mso-char-indent-count:2.0;line-height:28.0pt">'
            f'<span style="font-size:16.0pt;font-family:仿宋_GB2312">{inner}<span lang="EN-US"><o:p></o:p>'
            "</span></span></p>"
        )
    if markup == "span":
        return f'<p style="text-indent: 2em;"><span style="font-size: 18px;">{inner}</span>{NBSP}</p>'
    if markup == "plain":
        return f"<p>　　{inner}</p>"
    return f'<p style="text-indent: 2em;">{inner}</p>'


def table(rows: Rows, markup: Markup) -> str:
    """A table, every cell written in the dialect of its page."""
    lines = (f"<tr>{''.join(_cell(cell, markup) for cell in row)}</tr>" for row in rows)
    before = WORD_COMMENT if markup == "word" else ""
    return f"{before}{TABLE_TAGS[markup]}<tbody>\n{joined(lines)}\n</tbody></table>"


def joined(parts: Iterable[str]) -> str:
    return "\n".join(parts)


def _cell(cell: Cell, markup: Markup) -> str:
    spans = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    spans += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    return f"<td{spans}{CELL_STYLES[markup]}>{_content(cell, markup)}</td>"


def _content(cell: Cell, markup: Markup) -> str:
    value = text(cell.text)
    if markup == "plain":
        return NBSP * (2 * cell.indent) + value
    if markup == "paragraph":
        if not cell.number and len(cell.text) == 4 and cell.text.isalpha():
            # Narrow header cells are broken by hand into two paragraphs on real pages.
            value = f"{value[:2]}</p><p style='text-indent: 0em;'>{value[2:]}"
        return f'<p style="text-indent: {cell.indent}em;">{value or NBSP}</p>'
    if markup == "span":
        if cell.number:
            return f'<p align="center"><span style="font-size: 14px;">{NBSP}{value}</span></p>'
        return f"<p><span>{'　' * cell.indent}{value or NBSP}</span></p>"
    runs = (value[:2], value[2:]) if cell.number and len(value) > 3 else (value,)
    spans = "".join(f'<span lang="EN-US" style="font-size:10.5pt">{run}</span>' for run in runs)
    return f'<p class="MsoNormal" align="center" style="text-align:center">{spans}<o:p></o:p></p>'
