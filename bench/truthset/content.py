"""A whole report before it has a file format: title, prose and tables in order, and its truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from bench.truthset import forms, layout, numbers, prose, relations
from bench.truthset.ink import Ink, Printed
from bench.truthset.layout import Cuts, Table
from bench.truthset.naming import Name, Title
from bench.truthset.numbers import Number, Numbers

REMARKS = {
    "regulations.issued": "（其中修订{}件）",
    "normative_documents.issued": "（其中修订{}件）",
    "normative_documents.repealed": "（含自然失效{}件）",
    "administrative_penalty.decisions": "（其中简易程序{}件）",
    "new_received": "（其中网上{}件）",
}
UNITS = {"decisions": "件", "issued": "件", "repealed": "件", "in_force": "件", "amount_wanyuan": "万元"}


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Text:
    text: str


Piece = Title | Heading | Text | Table


@dataclass
class Content:
    """The pieces of a document in reading order, its agency's name, year, and the truth about it.
    `payload` is the file itself where it is not to be written from the pieces."""

    pieces: list[Piece]
    name: Name
    year: int
    title: Title
    truth: dict[str, Any]
    payload: bytes | None = None
    features: list[str] = field(default_factory=list)


@dataclass
class Draft:
    """What a report is made from, beside its figures."""

    form: str
    name: Name
    year: int
    title: Title
    ink: Ink
    shape: Shape
    rng: Random


@dataclass
class Shape:
    """How the tables of a report are drawn (see `layout`); `absent` names a table that was left out,
    `length` is that of the prose (passages a paragraph)."""

    groups: str = "spans"
    cuts: Cuts = field(default_factory=Cuts)
    blocks_apart: bool = False
    other_in_one_row: bool = False
    short_labels: bool = False
    notes: bool = True
    lead: str = ""
    columns: str = ""
    absent: str = ""
    length: int = 1


def national(draft: Draft, counts: Numbers, lines: Sequence[forms.Line]) -> Content:
    """A report in the 2019 or 2021 form: three tables in six sections."""
    form, name, year, title = draft.form, draft.name, draft.year, draft.title
    ink, shape, rng = draft.ink, draft.shape, draft.rng
    blocks: Sequence[forms.Block] = forms.PROACTIVE_2021 if form == "2021" else forms.PROACTIVE_2019
    unit_in_head = counts.amount_unit is not None and rng.random() < 0.2
    if unit_in_head:
        blocks = _unit_in_head(blocks, counts.amount_unit or "")
    proactive = {
        key: _proactive(draft, key, value, None if unit_in_head else counts.amount_unit)
        for key, value in counts.proactive.items()
        if shape.absent != "proactive"
    }
    needed = _needed_zeros(counts.requests)
    requests = {
        key: [
            Printed("", None)
            if value == numbers.LEFT_OUT
            else ink.number(
                value,
                rng,
                remark=REMARKS.get(key, "") if column == 0 else "",
                unit="件",
                written=(key, column) in needed,
            )
            for column, value in enumerate(row)
        ]
        for key, row in counts.requests.items()
    }
    review = {
        key: ink.number(value, rng, written=key in _needed_review(counts.review))
        for key, value in counts.review.items()
        if shape.absent != "review"
    }
    if shape.short_labels:
        lines = [
            forms.Line(line.key, forms.SHORT_LABELS.get(line.key, line.leaf), line.group, line.outcome)
            for line in lines
        ]
    texts = {key: [printed.text for printed in row] for key, row in requests.items()}
    pieces: list[Piece] = [
        title,
        *_texts(prose.preamble(draft.form, name, year, rng)),
        Heading("一、总体情况"),
    ]
    pieces += _texts(prose.overview(name, year, rng, shape.length))
    pieces.append(Heading("二、主动公开政府信息情况"))
    if proactive:
        shown = {key: one.text for key, one in proactive.items()}
        pieces += layout.proactive_tables(blocks, shown, ink, rng, apart=shape.blocks_apart)
    else:
        pieces.append(Text("本年度没有需要填报的事项。"))
    pieces.append(Heading("三、收到和处理政府信息公开申请情况"))
    pieces += layout.requests_table(lines, texts, ink, rng, groups=shape.groups, cuts=shape.cuts)
    if rng.random() < 0.2:
        pieces.append(Text(prose.footnote(rng)))
    pieces.append(
        Heading(
            rng.choice(
                (
                    "四、政府信息公开行政复议、行政诉讼情况",
                    "四、政府信息公开行政复议、行政诉讼情况",
                    "四、政府信息公开行政法复议、行政诉讼情况",
                    "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况",
                )
            )
        )
    )
    if review:
        pieces.append(layout.review_table({key: one.text for key, one in review.items()}, ink, rng))
    else:
        pieces.append(Text("本年度没有因政府信息公开引起的行政复议和行政诉讼。"))
    pieces.append(Heading(rng.choice(("五、存在的主要问题及改进情况", "五、存在问题及改进情况"))))
    pieces += _texts(prose.problems(name, year, rng))
    pieces += [Heading("六、其他需要报告的事项"), Text(prose.fee(name, year, rng))]
    tables = {
        "proactive": _nested(proactive, counts.amount_unit if form == "2019" else None),
        "requests": {key: [one.value for one in row] for key, row in requests.items()},
        "review_litigation": {key: one.value for key, one in review.items()},
        "statistics": [],
    }
    return Content(pieces, name, year, title, truth(form, name, year, title, tables))


def statistical(draft: Draft, counts: Numbers) -> Content:
    """A report of the years before 2019 with a statistics table: the national one, or Fujian's with its
    cumulative column (where `counts.cumulative` has figures)."""
    name, year, title = draft.name, draft.year, draft.title
    ink, shape, rng = draft.ink, draft.shape, draft.rng
    fujian = bool(counts.cumulative)
    sums = forms.FUJIAN_SUMS if fujian else forms.STAT_SUMS
    rows = [row for row in forms.FUJIAN if row.code in counts.statistics] if fujian else forms.STATISTICS
    printed: dict[str, list[Printed]] = {}
    needed = _needed_statistics(counts.statistics, sums)
    for code, value in counts.statistics.items():
        printed[code] = [ink.number(value, rng, written=code in needed)]
        if fujian:
            printed[code].append(ink.number(counts.cumulative[code], rng))
    first = rng.choice((("统计指标", "单位"), ("统计指标", "单位"), ("指标名称", "计量单位")))
    heads = (*first, "本年度", "历年累计") if fujian else (*first, "统计数")
    tables = layout.statistics_tables(
        rows,
        {code: tuple(one.text for one in row) for code, row in printed.items()},
        ink,
        rng,
        heads=heads,
        notes=shape.notes,
        cuts=shape.cuts,
        lead=shape.lead,
        columns=shape.columns,
    )
    pieces: list[Piece] = [title, *_texts(prose.preamble(draft.form, name, year, rng))]
    pieces += _old_sections(name, year, rng)
    pieces.append(Heading(f"附件：{year}年度政府信息公开情况统计表"))
    pieces.append(Text(f"填报单位（盖章）：{name.agency}"))
    pieces += tables
    signature = f"单位负责人：林某  审核人：方某  填报人：章某  联系电话：{rng.randint(2000000, 8999999)}"
    pieces.append(Text(f"{signature}  填报日期：{year + 1}年2月{rng.randint(1, 28)}日"))
    codes = []
    for row in rows:
        values = [one.value for one in printed.get(row.code, ())] or [None]
        entry: dict[str, Any] = {"code": row.code, "label": row.label, "unit": row.unit, "value": values[0]}
        if fujian:
            entry["value_cumulative"] = values[1]
        codes.append(entry)
    return Content(pieces, name, year, title, truth("pre2019", name, year, title, _only(statistics=codes)))


def told(draft: Draft) -> Content:
    """A report of the first years: prose only, no figure in a table of the form."""
    name, year, title, rng = draft.name, draft.year, draft.title, draft.rng
    pieces: list[Piece] = [
        title,
        *_texts(prose.preamble(draft.form, name, year, rng)),
        *_old_sections(name, year, rng),
    ]
    return Content(pieces, name, year, title, truth("pre2019", name, year, title, _only()))


def truth(form: str, name: Name, year: int, title: Title, tables: dict[str, Any]) -> dict[str, Any]:
    """The truth file of a report, without its id."""
    return {
        "state": "report",
        "format": form,
        "agency": name.agency,
        "agency_also": list(name.also),
        "year": year,
        "title": title.text,
        "tables": tables,
        "violations": relations.hard_violations(tables),
    }


def _proactive(draft: Draft, key: str, value: Number, amount_unit: str | None) -> Printed:
    """A figure of section 二; a purchase amount with its unit in the cell, unless that stands in the head."""
    name = key.rsplit(".", 1)[1]
    printed = draft.ink.number(
        value, draft.rng, remark=REMARKS.get(key, ""), unit=UNITS.get(name, ""), signed=name == "change"
    )
    if name == "amount" and amount_unit and printed.value is not None:
        return Printed(printed.text + amount_unit, printed.value)
    return printed


def _unit_in_head(blocks: Sequence[forms.Block], unit: str) -> tuple[forms.Block, ...]:
    """采购总金额（万元）: the unit stands in the header instead of the cell."""
    last = blocks[-1]
    head = f"{last.heads[1]}（{unit}）"
    return (*blocks[:-1], forms.Block(last.item, (last.heads[0], head), last.fields, last.rows))


def _nested(printed: dict[str, Printed], amount_unit: str | None) -> dict[str, dict[str, Any]]:
    nested: dict[str, dict[str, Any]] = {}
    for key, one in printed.items():
        row, name = key.rsplit(".", 1)
        nested.setdefault(row, {})[name] = one.value
        if name == "amount":
            nested[row]["amount_unit"] = amount_unit if one.value is not None else None
    return nested


def _needed_zeros(rows: dict[str, list[int]]) -> set[tuple[str, int]]:
    """Zeros that must be written. Left blank, a total would say nothing, or a sum would have no part at all;
    then nobody could tell whether a relation is broken."""
    needed = set()
    for column in range(7):
        parts = any(row[column] > 0 for key, row in rows.items() if key not in relations.NOT_OUTCOMES)
        others = rows["new_received"][column], rows["carried_over"][column], rows["carried_forward"][column]
        if parts or any(others):
            needed.add(("outcome_total", column))
        if rows["outcome_total"][column] and not parts:
            needed.add(("granted", column))
        if rows["outcome_total"][column] or others[2]:
            needed.add(("new_received", column))
    needed.update((key, 0) for key, row in rows.items() if row[6] > 0 and not any(row[:6]))
    return needed


def _needed_review(counts: dict[str, int]) -> set[str]:
    needed = set()
    for group, _ in forms.REVIEW_GROUPS:
        parts = any(counts[f"{group}_{name}"] for name, _ in forms.RESULTS[:-1])
        if parts or counts[f"{group}_total"]:
            needed |= {f"{group}_total", f"{group}_upheld"}
    return needed


def _needed_statistics(figures: dict[str, Number], sums: dict[str, tuple[str, ...]]) -> set[str]:
    needed = set()
    for total, parts in sums.items():
        if figures[total] or any(figures[part] for part in parts):
            needed |= {total, parts[0]}
    return needed


def _only(**tables: Any) -> dict[str, Any]:
    return {"proactive": {}, "requests": {}, "review_litigation": {}, "statistics": []} | tables


def _texts(paragraphs: Sequence[str]) -> list[Text]:
    return [Text(paragraph) for paragraph in paragraphs]


def _old_sections(name: Name, year: int, rng: Random) -> list[Piece]:
    pieces: list[Piece] = []
    for heading, text in prose.OLD_SECTIONS:
        pieces += [Heading(heading), Text(prose.fill(text, name, year, rng))]
    return pieces


def as_json(value: object) -> int | float | None:
    """`json.dumps` default: an exact decimal as the float that prints the same digits."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)
