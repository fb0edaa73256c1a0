"""Tables and prose as HTML: the markup of editors that officials use, with its usual damage."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from random import Random

from bench.truthset import pages
from bench.truthset.content import Content, Heading, Text
from bench.truthset.layout import Cell, Row, Table
from bench.truthset.naming import Title

MARKUPS = ("plain", "plain", "styled", "word", "wps", "old", "thead")
CHARSETS = (
    ("utf-8", "utf-8"),
    ("utf-8", "utf-8"),
    ("utf-8", "utf-8"),
    ("gbk", "gbk"),
    ("gb2312", "gb18030"),
    ("gb2312", "utf-8"),
    ("utf-8", "gb18030"),
    ("", "utf-8"),
    ("", "gb18030"),
)
"""Declared and real."""

BORDERS = "border-left:1px solid windowtext;border-right:1px solid windowtext;border-top:none"


@dataclass
class Damage:
    """What is wrong with the spans of a page: see `_damaged`."""

    long_rowspan: bool = False
    junk_colspan: bool = False
    wide_person: bool = False
    spare_cells: bool = False
    uneven: bool = False
    empty_rows: bool = False


def some_damage(rng: Random) -> Damage:
    """One kind of damage in every third page, now and then two."""
    damage = Damage()
    for _ in range(rng.choice((0, 0, 1, 2))):
        setattr(damage, rng.choice(list(vars(damage))), True)
    return damage


def html(content: Content, rng: Random, damage: Damage | None = None) -> bytes:
    """The report as a page."""
    declared, real = rng.choice(CHARSETS)
    markup = rng.choice(MARKUPS)
    damage = some_damage(rng) if damage is None else damage
    content.features += [markup, f"{declared or 'undeclared'}={real}"]
    content.features += [name for name, on in vars(damage).items() if on]
    writer = _Writer(markup, damage, rng)
    shell = rng.choice(pages.SHELLS)
    content.features.append(shell)
    title_in_body = shell == "fragment" or rng.random() < 0.8
    body = writer.body(content, title_in_body=title_in_body)
    if shell != "fragment" and rng.random() < 0.03:
        content.features.append("twice")
        body += f'<div class="mobile" style="display:none">{body}</div>'
    text = pages.wrap(shell, body, content, declared, rng, title_shown=not title_in_body)
    if rng.random() < 0.04:
        content.features.append("entities")
        return text.encode("ascii", "xmlcharrefreplace")
    return text.encode(real, "xmlcharrefreplace")


class _Writer:
    def __init__(self, markup: str, damage: Damage, rng: Random) -> None:
        self.markup = markup
        self.damage = damage
        self.rng = rng
        self.breaks = rng.choice(("<br />", "<br>", "</p><p>"))
        self.th = rng.random() < 0.2
        self.tagged = rng.random() < 0.2

    def body(self, content: Content, *, title_in_body: bool) -> str:
        written = []
        for piece in content.pieces:
            if isinstance(piece, Title):
                if title_in_body:
                    written.append(self._title(piece))
            elif isinstance(piece, Heading):
                written.append(self._heading(piece.text))
            elif isinstance(piece, Text):
                written.append(self._paragraph(piece.text))
            else:
                written.append(self._table(piece))
        return "\n".join(written)

    def _title(self, title: Title) -> str:
        lines = [escape(line) for line in title.lines]
        if self.markup == "word":
            return "".join(
                f'<p class=MsoNormal align=center style="text-align:center"><b><span style="font-size:22pt">'
                f"{line}</span></b><o:p></o:p></p>"
                for line in lines
            )
        return f'<p style="text-align: center;font-weight: bold;">{"<br/>".join(lines)}</p>'

    def _heading(self, text: str) -> str:
        text = escape(text)
        if self.markup == "word":
            return f'<p class=MsoNormal style="text-indent:32.0pt"><span>{text}</span></p>'
        if self.markup == "thead":
            return f"<h3>{text}</h3>"
        return f'<p style="text-indent: 2em;"><strong>&nbsp;{text}</strong>&nbsp;</p>'

    def _paragraph(self, text: str) -> str:
        text = escape(text)
        if self.markup == "word":
            return f'<p class=MsoNormal style="text-indent:32.0pt">{_spanned(text, self.rng)}<o:p></o:p></p>'
        if self.markup == "old":
            return f"<P>　　{text}"
        return f'<p style="text-indent: 2em;">{text}</p>'

    def _table(self, table: Table) -> str:
        rows = _damaged(table, self.damage, self.rng)
        written = []
        for number, row in enumerate(rows):
            head = number < table.heads
            cells = "".join(self._cell(cell, head=head) for cell in row)
            written.append(f"<TR>{cells}" if self.markup == "old" else f"<tr>{cells}</tr>")
        if self.markup == "old":
            return f'<TABLE border=1 cellSpacing=0 width="100%"><TBODY>{"".join(written)}</TBODY></TABLE>'
        if self.markup == "thead" and table.heads:
            top, rest = "".join(written[: table.heads]), "".join(written[table.heads :])
            return f"<table border='1'><thead>{top}</thead><tbody>{rest}</tbody></table>"
        if self.markup in {"word", "wps"}:
            columns = "".join(f'<col width="{int(width * 7)}">' for width in table.widths)
            kind = "MsoTableGrid" if self.markup == "word" else "ke-zeroborder"
            return (
                f'<div align=center><table class={kind} border=1 cellspacing=0 cellpadding=0 style="'
                f'border-collapse:collapse;mso-yfti-tbllook:1184"><colgroup>{columns}</colgroup>'
                f"{''.join(written)}</table></div>"
            )
        return (
            '<table style="border-collapse:collapse;border:none" cellspacing="0" align="center" border="1">'
            f"<tbody>{''.join(written)}</tbody></table>"
        )

    def _cell(self, cell: Cell, *, head: bool) -> str:
        spans = self._spans(cell)
        text = self._text(cell.text)
        if self.markup == "old":
            return f'<TD{spans} vAlign=center align="middle">{text}'
        if self.markup == "word":
            style = "width:31.5pt;border:solid windowtext 1.0pt;mso-border-alt:solid windowtext .5pt"
            return (
                f'<td width=42{spans} valign=top style="{style}"><p class=MsoNormal align=center '
                f'style="text-align:center">{_spanned(text, self.rng)}<o:p></o:p></p></td>'
            )
        if self.markup == "wps":
            return f'<td{spans} valign="center"><p class="p0" style="margin:0pt">{text}</p></td>'
        if self.markup == "styled":
            return f'<td{spans} style="padding:5px;{BORDERS}" valign="center"><p>{text}</p></td>'
        tag = "th" if head and (self.th or self.markup == "thead") else "td"
        return f"<{tag}{spans}>{text}</{tag}>"

    def _spans(self, cell: Cell) -> str:
        rowspan, colspan = str(cell.rowspan), str(cell.colspan)
        if self.damage.long_rowspan and cell.rowspan > 9:
            rowspan = str(cell.rowspan + 8)
        single = cell.colspan == 1 and cell.kind == "value"
        if self.damage.junk_colspan and single and self.rng.random() < 0.1:
            return f' colspan="{self.rng.choice(("", "0", "1px", "abc"))}"'
        shown = f' rowspan="{rowspan}"' if cell.rowspan > 1 else ""
        return f'{shown} colspan="{colspan}"' if cell.colspan > 1 else shown

    def _text(self, text: str) -> str:
        written = escape(text, quote=self.rng.random() < 0.5).replace("\u00a0", "&nbsp;")
        if not text and self.rng.random() < 0.2:
            written = "<br/>" if self.markup != "word" else "<span lang=EN-US>&nbsp;</span>"
        without_p = self.markup in {"old", "plain", "thead"}
        mark = "<br>" if without_p and self.breaks == "</p><p>" else self.breaks
        written = written.replace("\n", mark)
        if text and self.tagged and self.rng.random() < 0.3:
            written = self.rng.choice(
                (
                    f'<font face="宋体">{written}</font>',
                    f"<b>{written}</b>",
                    f"<!-- 单元格 99 -->{written}",
                    f'<span style="display:inline-block"><span>{written}</span></span>',
                )
            )
        return f"\n      {written}\n    " if self.rng.random() < 0.03 else written


def _spanned(text: str, rng: Random) -> str:
    """Text in spans as Word cuts it: between scripts, and sometimes inside a number."""
    if "<" in text or "&" in text or not text:
        return f"<span lang=EN-US>{text}</span>"
    place = rng.randint(0, len(text))
    left, right = text[:place], text[place:]
    return f'<span style="font-family:仿宋">{left}</span><span lang=EN-US style="color:black">{right}</span>'


def _damaged(table: Table, damage: Damage, rng: Random) -> list[Row]:
    """The rows with what goes wrong when tables are copied from one editor to another. The order of the
    figures in a row never changes, so that a person can still read them."""
    rows = [list(row) for row in table.rows]
    if damage.wide_person and table.name == "requests":
        rows = _wide_person(rows, table.heads, rng)
    if damage.uneven and table.name == "proactive":
        rows = _uneven(rows, rng)
    if damage.spare_cells:
        rows = [[*row, Cell("", "spare")] if rng.random() < 0.5 else row for row in rows]
    if damage.empty_rows:
        for _ in range(2):
            rows.insert(rng.randint(0, len(rows)), []) if not _spanning(rows) else rows.append([])
    return rows


def _spanning(rows: list[Row]) -> bool:
    return any(cell.rowspan > 1 for row in rows for cell in row)


def _wide_person(rows: list[Row], heads: int, rng: Random) -> list[Row]:
    """A grid of eight figure columns: 自然人 over two of them, a spare blank cell in the header, and in each
    row one figure over two columns."""
    place = rng.choice((0, 0, rng.randint(0, 6)))
    widened: list[Row] = []
    for number, row in enumerate(rows):
        if number < heads:
            wide = [
                Cell(cell.text, cell.kind, cell.rowspan, cell.colspan + 1)
                if "".join(cell.text.split()) in {"申请人情况", "自然人"}
                else cell
                for cell in row
            ]
            widened.append(wide)
            continue
        figures = [position for position, cell in enumerate(row) if cell.kind == "value"]
        wide = list(row)
        if figures:
            chosen = figures[min(place, len(figures) - 1)]
            cell = row[chosen]
            wide[chosen] = Cell(cell.text, cell.kind, cell.rowspan, cell.colspan + 1)
        widened.append(wide)
    if heads == 3:
        widened[2] = [*widened[2], Cell("", "head")] if rng.random() < 0.5 else widened[2]
    return widened


def _uneven(rows: list[Row], rng: Random) -> list[Row]:
    """Five grid columns instead of four: each row gives the extra one to another of its cells."""
    uneven: list[Row] = []
    for row in rows:
        chosen = rng.randrange(len(row)) if len(row) < 4 else rng.choice((1, 2))
        uneven.append(
            [
                Cell(cell.text, cell.kind, cell.rowspan, cell.colspan + 1) if place == chosen else cell
                for place, cell in enumerate(row)
            ]
        )
    return uneven
