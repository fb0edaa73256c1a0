"""Made reports drawn as HTML pages and as text, each with a mess of its own."""

from __future__ import annotations

import random
from collections.abc import Callable
from html import escape

from tests.parser.made.content import Content
from tests.parser.made.drawing import Habits
from tests.parser.made.tables import Rows, proactive_tables, requests_table, review_table

Mess = Callable[[Rows, random.Random], Rows]


def overlong_rowspan(rows: Rows, dice: random.Random) -> Rows:
    """三、 spans far more rows than there are."""
    return [[(text, 30 if span > 12 else span, wide) for text, span, wide in row] for row in rows]


def missing_rowspans(rows: Rows, dice: random.Random) -> Rows:
    """Merged label cells lost their rowspan: the rows below are shifted left."""
    return [[(text, 1 if span > 3 else span, wide) for text, span, wide in row] for row in rows]


def spare_column(rows: Rows, dice: random.Random) -> Rows:
    """The header has one column more than the data: 自然人 spans two."""
    return [[(text, span, 2 if text == "自然人" else wide) for text, span, wide in row] for row in rows]


def blank_tail(rows: Rows, dice: random.Random) -> Rows:
    """Every row ends with a blank cell that belongs to nothing."""
    return [[*row, ("", 1, 1)] for row in rows]


def repeated_header(rows: Rows, dice: random.Random) -> Rows:
    """The page was cut: header and 三、 stand again in the middle."""
    cut = dice.randint(8, len(rows) - 4)
    return [*rows[:cut], *rows[:3], *rows[cut:]]


def huge_spans(rows: Rows, dice: random.Random) -> Rows:
    """A colspan of a thousand million."""
    return [
        [(text, span, 10**9 if text == "申请人情况" else wide) for text, span, wide in row] for row in rows
    ]


def plain(rows: Rows, dice: random.Random) -> Rows:
    """As the form draws it."""
    return rows


REQUEST_MESSES: tuple[Mess, ...] = (
    plain,
    overlong_rowspan,
    missing_rowspans,
    spare_column,
    blank_tail,
    repeated_header,
    huge_spans,
)


def html_page(content: Content, habits: Habits, seed: int) -> bytes:
    """A page; charset, wrapping of cells, layout tables and joins of tables vary with the seed."""
    dice = random.Random(seed)
    wrap = dice.choice(
        ("{}", "<p>{}</p>", '<p class="MsoNormal"><span>{}<o:p></o:p></span></p>', "\n  <p>{}</p>\n")
    )
    mess = dice.choice(REQUEST_MESSES)
    tables = proactive_tables(content, habits)
    if dice.random() < 0.5:
        tables = [[row for table in tables for row in table]]
    requests = mess(requests_table(content, habits), dice)
    review = review_table(content, habits)
    if dice.random() < 0.1:
        both: list[Rows] = [[*requests, [("四、政府信息公开行政复议、行政诉讼情况", 1, 10)], *review]]
    else:
        both = [requests, review]
    if dice.random() < 0.2:
        cut = dice.randint(9, len(both[0]) - 3)
        both[0:1] = [both[0][:cut], both[0][cut:]]
    drawn = [_table(rows, wrap, dice) for rows in (*tables, *both)]
    two, rest = drawn[: len(tables)], drawn[len(tables) :]
    body = _body(content, "".join(two), rest)
    if dice.random() < 0.2:
        body = f'<table width="100%"><tr><td>左</td><td>{body}</td></tr></table>'
    charset, declared = dice.choice(
        (("utf-8", "utf-8"), ("gb18030", "gb2312"), ("utf-8", "gbk"), ("gb18030", "utf-8"))
    )
    head = (
        f'<meta charset="{declared}"><meta name="ArticleTitle" content="{content.title}">'
        f'<meta content="{content.year + 1}-01-20 09:30" name="PubDate">'
        '<meta name="SiteName" content="某某网站">'
        f"<title>{content.title}_某某网站</title>"
    )
    page = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    return page.encode(charset, "replace")


def _body(content: Content, two: str, rest: list[str]) -> str:
    if len(rest) == 1:
        tables = rest[0]
    else:
        tables = "".join(rest[:-1]) + "<p>四、政府信息公开行政复议、行政诉讼情况</p>" + rest[-1]
    year = content.year
    return (
        f"<div>首页 &gt; 年报</div><h1>{content.title}</h1><p>发布时间：{year + 1}-01-20</p>"
        f"<p>本报告依照条例编制，数据统计期限为{year}年1月1日至{year}年12月31日。联系地址：云溪路1号，邮编：123456。</p>"
        f"<p>一、总体情况</p><p>这一年，本机关的公开工作按计划进行，没有发生大的变化，各项制度继续执行。</p>"
        f"<p>二、主动公开政府信息情况</p>{two}<p>三、收到和处理政府信息公开申请情况</p>{tables}"
        f"<p>五、存在的主要问题及改进情况</p><p>问题不多，改进继续。</p><p>六、其他需要报告的事项</p><p>未收取信息处理费。</p>"
    )


def _table(rows: Rows, wrap: str, dice: random.Random) -> str:
    """One table element; spans of 1 are left out or written in odd ways."""
    parts = ['<table border="1"><tbody>' if dice.random() < 0.7 else "<table>"]
    for row in rows:
        parts.append("<tr>")
        for text, rowspan, colspan in row:
            spans = ""
            if rowspan > 1:
                spans += f' rowspan="{rowspan}"'
            if colspan > 1:
                spans += f" colspan={colspan}"
            elif dice.random() < 0.02:
                spans += ' colspan="1px"'
            shown = escape(text) or dice.choice(("", "&nbsp;"))
            parts.append(f"<td{spans}>{wrap.format(shown)}</td>")
        parts.append("</tr>")
    parts.append("</tbody></table>" if parts[0].endswith("<tbody>") else "</table>")
    return "".join(parts)


def _spread(rows: Rows, *, keep_place: bool) -> list[list[str]]:
    """Rows as lists of texts: with blanks where merged cells were (`keep_place`), or without."""
    taken: set[tuple[int, int]] = set()
    spread: list[list[str]] = []
    for number, row in enumerate(rows):
        line: list[str] = []
        column = 0
        for text, rowspan, colspan in row:
            while (number, column) in taken:
                column += 1
                if keep_place:
                    line.append("")
            line.append(text)
            if keep_place:
                line.extend([""] * (colspan - 1))
            taken |= {(number + r, column + c) for r in range(rowspan) for c in range(colspan)}
            column += colspan
        while keep_place and (number, column) in taken:
            line.append("")
            column += 1
        spread.append(line)
    return spread


def text_page(content: Content, habits: Habits, seed: int) -> bytes:
    """A text export: tabs or bars, merged cells kept as blanks or lost, lines cut at page breaks."""
    dice = random.Random(seed)
    mark = dice.choice(("\t", "\t", " | ", "|"))
    keep = dice.random() < 0.5
    trim = dice.random() < 0.3 and mark == "\t" and keep is False
    year = content.year

    def lines(rows: Rows) -> list[str]:
        out = []
        for cells in _spread(rows, keep_place=keep):
            line = mark.join(cells)
            if mark == "|":
                line = f"|{line}|"
            out.append(line.rstrip("\t") if trim and any(cells) else line)
        return out

    blocks = [
        content.title,
        f"本报告的统计期限为{year}年1月1日至{year}年12月31日（地址：云溪路1号；邮编：123456；电话：0950-1234567）。",
        "一、总体情况",
        "这一年，本机关的公开工作按计划进行，没有发生大的变化，各项制度继续执行。",
        "二、主动公开政府信息情况",
        *(line for table in proactive_tables(content, habits) for line in lines(table)),
        "三、收到和处理政府信息公开申请情况",
    ]
    rows = lines(requests_table(content, habits))
    if dice.random() < 0.4:
        cut = dice.randint(6, len(rows) - 3)
        rows[cut:cut] = dice.choice(([""], ["", "- 3 -", ""], ["", "", ""]))
    blocks += rows
    blocks += ["四、政府信息公开行政复议、行政诉讼情况", *lines(review_table(content, habits))]
    blocks += [
        "五、存在的主要问题及改进情况",
        "问题不多，改进继续。",
        "六、其他需要报告的事项",
        "未收取信息处理费。",
    ]
    gap = dice.choice(("\n", "\n\n")) if keep else "\n"
    text = "\n".join(blocks) if gap == "\n" else "\n".join(blocks).replace("情况\n", "情况\n\n")
    return text.encode(dice.choice(("utf-8", "gb18030", "utf-8-sig")))
