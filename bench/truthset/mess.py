"""What happens to tables after they were filled in: captions and notes in rows of their own, headers cut
down, other tables beside them. The figures stay, and stay in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from bench.truthset import forms
from bench.truthset.content import Content
from bench.truthset.layout import Cell, Row, Table, placed

CAPTIONS = {
    "requests": ("收到和处理政府信息公开申请情况统计表", "附表2", "单位：件"),
    "review_litigation": ("政府信息公开行政复议、行政诉讼情况统计表", "附表3"),
    "proactive": ("主动公开政府信息情况统计表", "附表1"),
    "statistics": ("政府信息公开情况统计表", "（单位：见各行）"),
}
NOTES = (
    "注：本表由办公室汇总填报。",
    "备注：空格表示没有发生。",
    "注：上年结转数以台账为准，含跨年办理的2件。",
)


def spoil(content: Content, rng: Random) -> None:
    """Change the tables of a report here and there."""
    heads = rng.choice(("full",) * 5 + ("flat", "unspanned", "short"))
    total_first = heads != "unspanned" and rng.random() < 0.04
    content.features += ["total_first"] if total_first else []
    caption, note = rng.random() < 0.12, rng.random() < 0.12
    content.features += [f"heads={heads}", *(["caption"] if caption else []), *(["note"] if note else [])]
    for place, piece in enumerate(content.pieces):
        if not isinstance(piece, Table) or piece.name == "other":
            continue
        table = piece
        if table.name == "requests" and table.heads == 3:
            table = _heads(_total_first(table) if total_first else table, heads)
        elif table.name == "requests" and not table.heads and total_first:
            table = _total_first(table)
        if caption and table.heads and rng.random() < 0.7:
            text = rng.choice(CAPTIONS[table.name])
            row = [Cell(text, "head", 1, table.columns)]
            table = replace(table, rows=[row, *table.rows], heads=table.heads + 1)
        if note and rng.random() < 0.7:
            table = replace(table, rows=[*table.rows, [Cell(rng.choice(NOTES), "label", 1, table.columns)]])
        content.pieces[place] = table


def _total_first(table: Table) -> Table:
    """总计 before the applicants instead of after them, in the header and in every row."""
    rows: list[Row] = []
    for row in table.rows:
        moved = list(row)
        if row[-1].kind == "value":
            moved.insert(len(row) - 7, moved.pop())
        elif len(row) == 3 and row[1].colspan == 5:
            # The middle row of the header, also where it stands again after a cut.
            moved.insert(0, moved.pop())
        rows.append(moved)
    return replace(table, rows=rows)


def _heads(table: Table, kind: str) -> Table:
    """The header of the table of requests: `flat` in one row, `short` without 申请人情况, `unspanned` with
    empty cells instead of spans downwards."""
    body = table.rows[3:]
    if kind == "unspanned":
        return replace(table, rows=[*_unspanned(table.rows[:3], table.widths), *body])
    corner, middle = table.rows[0][0], table.rows[1]
    one_column = [replace(cell, rowspan=1) for cell in middle if cell.colspan == 1]
    left = 1 if middle[-1].colspan == 1 else 2
    if kind == "short":
        rows: list[Row] = [[replace(corner, rowspan=2), *table.rows[1]], table.rows[2]]
        return replace(table, rows=[*rows, *body], heads=2)
    if kind == "flat":
        leaves = [*one_column[:left], *table.rows[2], *one_column[left:]]
        return replace(table, rows=[[replace(corner, rowspan=1), *leaves], *body], heads=1)
    return table


def _unspanned(heads: Sequence[Row], widths: tuple[float, ...]) -> list[Row]:
    rows: list[list[tuple[int, Cell]]] = [[] for _ in heads]
    for number, column, cell in placed(Table(list(heads), widths)):
        for below in range(number, min(number + cell.rowspan, len(rows))):
            text = cell.text if below == number else ""
            rows[below].append((column, replace(cell, text=text, rowspan=1)))
    return [[cell for _, cell in sorted(row, key=lambda one: one[0])] for row in rows]


def contact_table(agency: str, rng: Random) -> Table:
    """A table that is none of the report's: whom to ask."""
    phone, code = str(rng.randint(2000000, 8999999)), str(rng.randint(100000, 799999))
    rows = [
        [Cell("受理机构", "label"), Cell(f"{agency}办公室"), Cell("联系电话", "label"), Cell(phone)],
        [Cell("办公时间", "label"), Cell("工作日 8:30—12:00"), Cell("邮编", "label"), Cell(code)],
    ]
    return Table(rows, (16, 40, 16, 20), 0, "other")


def unrelated_table(agency: str, year: int, rng: Random) -> Table:
    """A table of counts that have no key: columns of the web site, offices of the agency, earlier years; some
    speak of requests, as the report's own tables do."""
    if rng.random() < 0.15:
        return contact_table(agency, rng)
    heads, names = rng.choice(
        (
            (("序号", "栏目", "更新数量"), ("通知公告", "工作动态", "政策解读", "人事信息")),
            (("序号", "科室", "报送信息数"), ("综合科", "法规科", "业务一科", "业务二科")),
            (("序号", "科室", "收到申请", "予以公开", "不予公开"), ("综合科", "法规科", "业务一科")),
            (("序号", "年度", "申请数量", "办结数量"), (f"{year - 2}年", f"{year - 1}年", f"{year}年")),
        )
    )
    rows = [[Cell(head, "head") for head in heads]]
    for number, label in enumerate(names, 1):
        counts = [Cell(str(rng.randint(0, 400))) for _ in heads[2:]]
        rows.append([Cell(str(number)), Cell(label, "label"), *counts])
    return Table(rows, (10, 40, *[20] * (len(heads) - 2)), 1, "other")


def without_a_row(lines: Sequence[forms.Line], rng: Random) -> tuple[forms.Line, ...]:
    """The rows of the form but one, which somebody left out: an outcome that seldom happens."""
    rare = [line.key for line in lines if line.group and line.key not in {"granted", "unable_not_held"}]
    gone = rng.choice(rare)
    return tuple(line for line in lines if line.key != gone)
