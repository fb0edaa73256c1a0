"""Documents that are no annual report, and reports that cannot be read without a doubt.

The truth of the first says `not_a_report`. The truth of the second has the figures that exist and
`doubt_expected`; with `may_miss` a parser may leave figures out, but never make them up or move them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from random import Random
from typing import Any

from bench.truthset import content as contents
from bench.truthset import forms, layout, mess, naming, numbers, prose
from bench.truthset.content import Content, Heading, Piece, Shape, Text
from bench.truthset.ink import Ink
from bench.truthset.layout import Cell, Table
from bench.truthset.naming import Name, Title

UNSEEN = (
    "（八）转其他机关处理",
    "（八）电话告知办结",
    "9.涉及历史遗留事项",
    "（九）纳入信用信息管理",
)
NO_SUCH_TABLES: dict[str, Any] = {
    "proactive": {},
    "requests": {},
    "review_litigation": {},
    "statistics": [],
}


def some(rng: Random, ending: str) -> Content:
    """One of these documents, in a kind that the file format allows."""
    kinds = ["budget", "rule_of_law", "notice", "guide", "english"]
    kinds += ["unseen_label", "missing_column", "two_tables", "nonsense"] * 2
    if ending == "html":
        kinds += ["listing", "shell", "shell"]
    return KINDS[rng.choice(kinds)](rng)


def _other(kind: str, pieces: list[Piece], name: Name, year: int) -> Content:
    truth: dict[str, Any] = {
        "state": "not_a_report",
        "kind": kind,
        "format": None,
        "agency": None,
        "year": None,
        "tables": NO_SUCH_TABLES,
        "violations": [],
    }
    title = pieces[0]
    assert isinstance(title, Title)
    return Content(pieces, name, year, title, truth)


def _budget(rng: Random) -> Content:
    name, year = naming.some_name(rng), rng.randint(2015, 2025)
    heads = ("项目", "预算数", "上年执行数", "增减")
    labels = ("一般公共服务支出", "公共安全支出", "教育支出", "社会保障和就业支出", "总计")
    rows = [[Cell(head, "head") for head in heads]]
    rows += [[Cell(label), *[Cell(f"{rng.uniform(0, 900):.2f}") for _ in range(3)]] for label in labels]
    pieces: list[Piece] = [
        Title((f"{name.agency}{year}年部门预算公开",)),
        Text(f"根据预算法和政府信息公开条例的规定，现将{name.agency}{year}年部门预算公开如下。"),
        Heading("一、部门概况"),
        Text(prose.fill(prose.OLD_SECTIONS[0][1], name, year, rng)),
        Heading("二、收支总表"),
        Table(rows, (30, 20, 20, 20), 1, "other"),
        Heading("三、其他事项说明"),
        Text(f"政府采购预算{rng.randint(10, 900)}万元，行政事业性收费{rng.randint(1, 90)}万元。"),
    ]
    return _other("budget", pieces, name, year)


def _rule_of_law(rng: Random) -> Content:
    name, year = naming.some_name(rng), rng.randint(2019, 2025)
    pieces: list[Piece] = [
        Title((f"{name.agency}{year}年法治政府建设年度报告",)),
        Text(f"{year}年，{name.agency}坚持依法行政，现将有关情况报告如下。"),
        Heading("一、主要举措和成效"),
        Text(
            f"全年办理行政许可{rng.randint(9, 999)}件，行政处罚{rng.randint(9, 99)}件，行政复议"
            f"{rng.randint(1, 40)}件，被诉案件{rng.randint(1, 30)}件，公开政府信息{rng.randint(99, 999)}条。"
        ),
        Heading("二、存在的不足和原因"),
        *[Text(text) for text in prose.problems(name, year, rng)],
        Heading("三、下一年度工作安排"),
        Text("继续规范执法程序，健全公平竞争审查，落实政府信息公开工作年度报告制度。"),
    ]
    return _other("rule_of_law", pieces, name, year)


def _notice(rng: Random) -> Content:
    name, year = naming.some_name(rng), rng.randint(2019, 2025)
    pieces: list[Piece] = [
        Title((f"关于做好{year}年政府信息公开工作年度报告编制和发布工作的通知",)),
        Text("各科室、所属各单位："),
        Text(f"为做好{year}年政府信息公开工作年度报告的编制、报送和发布，现将有关事项通知如下。"),
        Heading("一、编制要求"),
        Text("年度报告应当包括总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况等六个部分。"),
        Heading("二、时间安排"),
        Text(f"请于{year + 1}年1月{rng.randint(5, 15)}日前报送，{year + 1}年1月31日前统一发布。"),
        Text(f"{name.agency}"),
    ]
    return _other("notice", pieces, name, year)


def _guide(rng: Random) -> Content:
    name, year = naming.some_name(rng), rng.randint(2019, 2025)
    pieces: list[Piece] = [
        Title((f"{name.agency}政府信息公开指南",)),
        Text("为便于公民、法人和其他组织获取政府信息，编制本指南。"),
        Heading("一、主动公开"),
        Text("公开范围包括规章、行政规范性文件、行政许可、行政处罚等事项；年度报告在每年1月31日前公布。"),
        Heading("二、依申请公开"),
        Text("申请人可以当面、邮寄或者通过网络提出申请，自收到之日起20个工作日内答复。"),
        mess.contact_table(name.agency, rng),
    ]
    return _other("guide", pieces, name, year)


def _english(rng: Random) -> Content:
    name, year = naming.some_name(rng), rng.randint(2015, 2025)
    heads = ("Item", str(year - 1), str(year))
    labels = ("Vessels inspected", "Permits issued", "Complaints closed", "Total")
    rows = [[Cell(head, "head") for head in heads]]
    rows += [[Cell(label), *[Cell(str(rng.randint(1, 999))) for _ in range(2)]] for label in labels]
    pieces: list[Piece] = [
        Title((f"Annual Report {year} of the Harbour Office",)),
        Text(f"The office received {rng.randint(10, 99)} requests for information and answered all of them."),
        Heading("1. Overview"),
        Text("Openness is a matter of routine. Figures below are preliminary."),
        Table(rows, (40, 20, 20), 1, "other"),
    ]
    return _other("english", pieces, name, year)


def _listing(rng: Random) -> Content:
    name, last = naming.some_name(rng), rng.randint(2020, 2025)
    links = "".join(
        f'<li><a href="./{year + 1}01/t{year + 1}0120_{rng.randint(1000, 9999)}.html">'
        f"{name.agency}{year}年政府信息公开工作年度报告</a><span>{year + 1}-01-20</span></li>"
        for year in range(last, last - 8, -1)
    )
    page = (
        f'<html><head><meta charset="utf-8"><meta name="ColumnName" content="政府信息公开年报">'
        f"<title>政府信息公开年报_{name.place}人民政府网</title></head><body><div>当前位置：首页</div>"
        f'<ul class="list">{links}</ul><script>createPageHTML(2,0,"index","html");</script></body></html>'
    )
    content = _other("listing", [Title(("政府信息公开年报",))], name, last)
    content.payload = page.encode()
    return content


def _shell(rng: Random) -> Content:
    """A page that has only the title and a link to the document, or the document in a viewer."""
    name, year = naming.some_name(rng), rng.randint(2013, 2025)
    title = f"{name.agency}{year}年政府信息公开工作年度报告"
    file = f"P0{year + 1}0120{rng.randint(10**8, 10**9)}.{rng.choice(('pdf', 'pdf', 'doc', 'docx'))}"
    link = rng.choice(
        (
            f'<p><a href="./{file}">{title}.{file.rsplit(".", 1)[1]}</a></p>',
            f'<p>附件：<a href="./{file}">点击下载</a></p>',
            f'<p><iframe src="/generic/web/viewer.html?file=./{file}"></iframe></p>',
            f'<p><embed src="./{file}" type="application/pdf" width="100%"></p>',
        )
    )
    page = (
        f'<html><head><meta charset="utf-8"><meta name="ArticleTitle" content="{escape(title)}">'
        f"<title>{title}</title></head><body><h1>{title}</h1>"
        f'<div class="TRS_Editor">{link}</div><p>来源：{name.agency}</p>'
        f"</body></html>"
    )
    content = _other("shell", [Title((title,))], name, year)
    content.payload = page.encode()
    content.truth["attachments"] = [file]
    return content


def _plain_report(rng: Random, *, counts: str = "office", nonsense: bool = False) -> Content:
    """A report in the 2021 form without any mess, to put one thing wrong in it."""
    name, year = naming.some_name(rng), rng.randint(2021, 2025)
    title = Title((f"{name.printed}{year}年政府信息公开工作年度报告",))
    lines = forms.REQUESTS_2021
    figures = numbers.Numbers(
        requests=numbers.nonsense(lines, rng) if nonsense else numbers.request_counts(lines, rng, counts),
        review=numbers.review_counts(rng, counts),
        proactive=numbers.proactive_figures(forms.PROACTIVE_2021, rng, counts),
    )
    draft = contents.Draft("2021", name, year, title, Ink(), Shape(), rng)
    content = contents.national(draft, figures, lines)
    content.truth |= {"doubt_expected": True}
    return content


def _requests(content: Content) -> tuple[int, Table]:
    return next(
        (place, piece)
        for place, piece in enumerate(content.pieces)
        if isinstance(piece, Table) and piece.name == "requests"
    )


def _unseen_label(rng: Random) -> Content:
    """A row whose label is in no form, with figures, among the outcomes or below them."""
    content = _plain_report(rng)
    place, table = _requests(content)
    counts = [rng.randint(1, 9) for _ in range(6)]
    figures = [Cell(str(count)) for count in [*counts, sum(counts)]]
    label = rng.choice(UNSEEN)
    rows = [list(row) for row in table.rows]
    if label.startswith("（"):
        at = len(rows) - 2 if rng.random() < 0.5 else len(rows) - 1
        rows.insert(at, [Cell(label, "label", 1, 2), *figures])
    else:
        at = next(number for number, row in enumerate(rows) if row[0].text == "（四）无法提供")
        rows.insert(at, [Cell(label, "label"), *figures])
        rows = _longer(rows, "（三）不予公开")
    rows = _longer(rows, forms.OUTCOMES)
    content.pieces[place] = replace(table, rows=rows)
    content.truth |= {"kind": "unseen_label", "violations": None}
    return content


def _longer(rows: list[layout.Row], label: str) -> list[layout.Row]:
    """The rows with the cell of that label one row longer."""
    return [
        [replace(cell, rowspan=cell.rowspan + 1) if cell.text == label else cell for cell in row]
        for row in rows
    ]


def _missing_column(rng: Random) -> Content:
    """The table of requests without one of the columns of 法人或其他组织."""
    content = _plain_report(rng)
    place, table = _requests(content)
    gone = rng.randint(1, 5)
    rows: list[layout.Row] = []
    for number, row in enumerate(table.rows):
        if number == 0:
            rows.append([row[0], replace(row[1], colspan=6)])
        elif number == 1:
            rows.append([row[0], replace(row[1], colspan=4), row[2]])
        elif number == 2:
            rows.append([cell for column, cell in enumerate(row, 1) if column != gone])
        else:
            first = len(row) - 7
            rows.append([cell for column, cell in enumerate(row) if column != first + gone])
    content.pieces[place] = replace(table, rows=rows, widths=table.widths[:-1])
    for counts in content.truth["tables"]["requests"].values():
        counts[gone] = None
    content.truth |= {"kind": "missing_column", "violations": None, "may_miss": True}
    return content


def _two_tables(rng: Random) -> Content:
    """Two tables of requests: this year's and, before or after it, another one with other figures."""
    content, other = _plain_report(rng), _plain_report(rng, counts="city")
    place, _ = _requests(content)
    _, second = _requests(other)
    said = Text(rng.choice(("上年度同期情况如下：", "附：所属单位汇总情况", "附：全系统情况")))
    content.pieces[place + 1 : place + 1] = [said, second]
    tables = [content.truth["tables"]["requests"], other.truth["tables"]["requests"]]
    content.truth |= {
        "kind": "two_tables",
        "violations": None,
        "may_miss": True,
        "alternatives": {"requests": tables},
    }
    return content


def _nonsense(rng: Random) -> Content:
    """A table of requests in which nothing adds up."""
    content = _plain_report(rng, nonsense=True)
    content.truth |= {"kind": "nonsense", "violations": None, "may_miss": True}
    return content


KINDS: dict[str, Callable[[Random], Content]] = {
    "budget": _budget,
    "rule_of_law": _rule_of_law,
    "notice": _notice,
    "guide": _guide,
    "english": _english,
    "listing": _listing,
    "shell": _shell,
    "unseen_label": _unseen_label,
    "missing_column": _missing_column,
    "two_tables": _two_tables,
    "nonsense": _nonsense,
}
