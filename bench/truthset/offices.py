"""What offices make of the form itself: sums of groups, columns that count the rows, tables on their side or
in parts, notes and letters in cells. What is printed stays what the truth says.

Documents whose places are drawn (PDF, scans) are left as they are: there the lines of a table are the
question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from random import Random
from typing import Any

from bench.truthset import forms
from bench.truthset.content import Content
from bench.truthset.layout import Cell, Row, Table

ENDINGS = frozenset(
    ("html", "txt", "md", "docx", "docx-lo", "rtf", "odt", "ods", "xlsx", "mhtml", "csv", "xml")
)
OFTEN = 0.3
MARKS = ("①", "¹", "*", "[1]", "（含上年1件", "，其中网上1件", "。")
"""What stands behind a number and is none of it; the open bracket is a slip of the pen."""
ZEROS = ("〇", "零", "O", "o")
GROUPS = ("不予公开", "无法提供", "不予处理", "其他处理")
VALUES = len(forms.APPLICANTS)


def rework(content: Content, ending: str) -> None:
    """Change the tables of a report here and there. Drawn from the report's own figures and not from the dice
    of the document, so that nothing else in it changes."""
    rng = Random(f"{content.title.text}/{content.truth['tables']}/{ending}")
    if ending not in ENDINGS or rng.random() >= OFTEN:
        return
    for name, kinds in KINDS.items():
        places = [
            place for place, one in enumerate(content.pieces) if isinstance(one, Table) and one.name == name
        ]
        if len(places) != 1 or rng.random() < 0.4:
            continue
        table = content.pieces[places[0]]
        kind = rng.choice(list(kinds))
        assert isinstance(table, Table)
        made = kinds[kind](table, content, rng)
        if made is not None:
            content.pieces[places[0] : places[0] + 1] = made
            content.features.append(kind)
    if rng.random() < 0.3:
        content.features.append("marks")
        _in_cells(content, rng, _marked)
    if rng.random() < 0.15:
        content.features.append("letters")
        zero = rng.choice(ZEROS)
        _in_cells(content, rng, lambda text, _: zero if text == "0" else text)


def _in_cells(content: Content, rng: Random, change: Callable[[str, Random], str]) -> None:
    for place, piece in enumerate(content.pieces):
        if isinstance(piece, Table) and piece.name != "other":
            body = [
                [replace(cell, text=change(cell.text, rng)) if cell.kind == "value" else cell for cell in row]
                for row in piece.rows[piece.heads :]
            ]
            content.pieces[place] = replace(piece, rows=[*piece.rows[: piece.heads], *body])


def _marked(text: str, rng: Random) -> str:
    return text + rng.choice(MARKS) if text.isascii() and text.isdigit() and rng.random() < 0.04 else text


Rows = list[tuple[str, list[str]]]
"""Rows with one label each, and their texts."""


def _flat(table: Table, content: Content) -> Rows | None:
    """The rows of the table of requests, each under its own label alone; `None` where something is cut or
    moved that a label alone does not tell."""
    if table.heads != 3 or "total_first" in content.features:
        return None
    rows: Rows = []
    for row in table.rows[3:]:
        labels = [cell.text for cell in row if cell.kind == "label"]
        values = [cell.text for cell in row if cell.kind == "value"]
        if not labels or len(values) != VALUES or any(cell.kind == "head" for cell in row):
            return None
        rows.append((labels[-1], values))
    return rows if len(rows) == len(content.truth["tables"]["requests"]) else None


def _drawn(table: Table, rows: Rows, heads: Sequence[str] = ("项目",)) -> Table:
    names = [label for _, label in forms.APPLICANTS]
    body: list[Row] = [[Cell(label, "label"), *map(Cell, values)] for label, values in rows]
    width = (30, *[7] * (len(heads) - 1 + VALUES))
    return Table([[Cell(text, "head") for text in (*heads, *names)], *body], width, 1, table.name)


def _sums(content: Content, members: Sequence[str]) -> list[str]:
    rows = [content.truth["tables"]["requests"][key] for key in members]
    return [str(sum(row[column] or 0 for row in rows)) for column in range(VALUES)]


def _grouped(rows: Rows, content: Content) -> list[tuple[str, list[str], Rows]]:
    """The rows by group: its label (empty for rows without one), the keys of its rows, the rows."""
    by_key = {line.key: line for lines in (forms.REQUESTS_2021, forms.REQUESTS_2019) for line in lines}
    keyed = list(zip(content.truth["tables"]["requests"], rows, strict=True))
    found = []
    for group, members in groupby(keyed, key=lambda one: by_key[one[0]].group or ""):
        pairs = list(members)
        found.append((group, [key for key, _ in pairs], [row for _, row in pairs]))
    return found


def group_sums(table: Table, content: Content, rng: Random) -> list[Any] | None:
    """Groups on rows of their own, each with the sum of its rows."""
    rows = _flat(table, content)
    if rows is None:
        return None
    out: Rows = []
    for group, keys, members in _grouped(rows, content):
        out += [(group, _sums(content, keys)), *members] if group else members
    return [_drawn(table, out)]


def subtotals(table: Table, content: Content, rng: Random) -> list[Any] | None:
    """A 小计 below the rows of each group."""
    rows = _flat(table, content)
    if rows is None:
        return None
    out: Rows = []
    for group, keys, members in _grouped(rows, content):
        head = [(group, [""] * VALUES)] if group else []
        out += [*head, *members, *([("小计", _sums(content, keys))] if group else [])]
    return [_drawn(table, out)]


def row_numbers(table: Table, content: Content, rng: Random) -> list[Any] | None:
    """A column that counts the rows, or names their unit, behind the labels."""
    rows = _flat(table, content)
    if rows is None:
        return None
    name = rng.choice(("行次", "单位", "序号"))
    cells = [["件" if name == "单位" else str(number)] for number, _ in enumerate(rows, 1)]
    counted = [(label, [*cell, *values]) for cell, (label, values) in zip(cells, rows, strict=True)]
    return [_drawn(table, counted, ("项目", name))]


def turned(table: Table, content: Content, rng: Random) -> list[Any] | None:
    """Applicants down the left, results across the top."""
    rows = _flat(table, content)
    if rows is None:
        return None
    heads: Row = [Cell("项目", "head"), *(Cell(label, "head") for label, _ in rows)]
    body: list[Row] = [
        [Cell(name, "label"), *(Cell(values[column]) for _, values in rows)]
        for column, (_, name) in enumerate(forms.APPLICANTS)
    ]
    return [Table([heads, *body], (12, *[5] * len(rows)), 1, table.name)]


def _review(table: Table) -> tuple[list[str], list[list[str]]] | None:
    """The labels of the results, and the five texts of each remedy."""
    if table.heads != 3 or len(table.rows) != 4:
        return None
    texts = [cell.text for cell in table.rows[3]]
    return [cell.text for cell in table.rows[1][:5]], [texts[start : start + 5] for start in (0, 5, 10)]


def parted(table: Table, content: Content, rng: Random) -> list[Any] | None:
    """A table for each remedy."""
    taken = _review(table)
    if taken is None:
        return None
    return [
        Table(
            [[Cell(name, "head", 1, 5)], [Cell(text, "head") for text in taken[0]], [*map(Cell, texts)]],
            (10,) * 5,
            2,
            table.name,
        )
        for (_, name), texts in zip(forms.REVIEW_GROUPS, taken[1], strict=True)
    ]


def by_remedy(table: Table, content: Content, rng: Random) -> list[Any] | None:
    """A row for each remedy."""
    taken = _review(table)
    if taken is None:
        return None
    heads: Row = [Cell("类型", "head"), *(Cell(text, "head") for text in taken[0])]
    body: list[Row] = [
        [Cell(name, "label"), *map(Cell, texts)]
        for (_, name), texts in zip(forms.REVIEW_GROUPS, taken[1], strict=True)
    ]
    return [Table([heads, *body], (20, *[10] * 5), 1, table.name)]


def organs(table: Table, content: Content, rng: Random) -> list[Any] | None:
    """A row for each of several organs, and one for all of them."""
    if _review(table) is None:
        return None
    heads: list[Row] = [[Cell("单位", "head", 3), *table.rows[0]], *table.rows[1:3]]
    body: list[Row] = [
        [Cell(name, "label"), *(Cell(str(rng.randint(0, 9))) for _ in range(15))]
        for name in ("公安局", "民政局")
    ]
    body.insert(rng.choice((0, 2)), [Cell("合计", "label"), *table.rows[3]])
    return [Table([*heads, *body], (10, *table.widths), 3, table.name)]


def _is_plain(table: Table) -> bool:
    """Whether a statistics table is one header and rows as wide as that."""
    wide = len(table.rows[0])
    body = table.rows[1:]
    return (
        table.heads == 1
        and wide >= 3
        and all(len(row) == wide and all(cell.kind != "head" for cell in row) for row in body)
    )


def coded(table: Table, content: Content, rng: Random) -> list[Any] | None:
    """A column of codes between labels and units."""
    if not _is_plain(table) or table.rows[0][0].text == "序号":
        return None
    name = rng.choice(("代码", "序号", ""))
    codes = [Cell(name, "head"), *(Cell(f"{number:02}", "code") for number in range(1, len(table.rows)))]
    rows = [[row[0], code, *row[1:]] for row, code in zip(table.rows, codes, strict=True)]
    return [replace(table, rows=rows, widths=(table.widths[0], 6, *table.widths[1:]))]


def halves(table: Table, content: Content, rng: Random) -> list[Any] | None:
    """Both halves of a table side by side."""
    if not _is_plain(table) or len(table.rows[0]) != 3:
        return None
    body = table.rows[1:]
    middle = (len(body) + 1) // 2
    blank: Row = [Cell("", "label"), Cell(""), Cell("")]
    right = [*body[middle:], *[blank] * (2 * middle - len(body))]
    rows = [[*one, *other] for one, other in zip(body[:middle], right, strict=True)]
    return [replace(table, rows=[table.rows[0] * 2, *rows], widths=table.widths * 2)]


Kind = Callable[[Table, Content, Random], "list[Any] | None"]
KINDS: dict[str, dict[str, Kind]] = {
    "requests": {
        "group_sums": group_sums,
        "subtotals": subtotals,
        "row_numbers": row_numbers,
        "turned": turned,
    },
    "review_litigation": {"parted": parted, "by_remedy": by_remedy, "organs": organs},
    "statistics": {"coded": coded, "halves": halves},
}
"""The changes by name, for each table."""
