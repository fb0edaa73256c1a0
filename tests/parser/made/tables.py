"""The tables of a made report as rows of (text, rowspan, colspan) cells, before any format draws them."""

from __future__ import annotations

from tests.parser.made.content import (
    COLUMN_LABELS,
    FIRST,
    GRANTED,
    LAST,
    NOT_PROCESSED,
    OTHER,
    REFUSED,
    RESULTS,
    REVIEW_GROUPS,
    SECOND,
    TOTAL,
    UNABLE,
    Content,
)
from tests.parser.made.drawing import Habits

CellSpec = tuple[str, int, int]
Rows = list[list[CellSpec]]
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


def requests_table(content: Content, habits: Habits) -> Rows:
    """Section 三 with the spans of the form: three label columns, seven value columns."""
    rows: Rows = [
        [(CORNER, 3, 3), ("申请人情况", 1, 7)],
        [("自然人", 2, 1), ("法人或其他组织", 1, 5), ("总计", 2, 1)],
        [(label, 1, 1) for label in COLUMN_LABELS[1:6]],
    ]

    def values(key: str) -> list[CellSpec]:
        return [(habits.value(value), 1, 1) for value in content.requests[key]]

    for key, label in (FIRST, SECOND):
        rows.append([(habits.label(label), 1, 3), *values(key)])
    groups = [
        ("（三）不予公开", REFUSED),
        ("（四）无法提供", UNABLE),
        ("（五）不予处理", NOT_PROCESSED),
        *([] if content.one_row else [("（六）其他处理", OTHER)]),
    ]
    inner: Rows = [[(habits.label(label), 1, 2), *values(key)] for key, label in GRANTED]
    for group, members in groups:
        for place, (key, label) in enumerate(members):
            head = [(habits.label(group), len(members), 1)] if place == 0 else []
            inner.append([*head, (habits.label(label), 1, 1), *values(key)])
    if content.one_row:
        inner.append([(habits.label("（六）其他处理"), 1, 2), *values("other_processing")])
    inner.append([(habits.label(TOTAL[1]), 1, 2), *values(TOTAL[0])])
    inner[0].insert(0, ("三、本年度办理结果", len(inner), 1))
    return [*rows, *inner, [(habits.label(LAST[1]), 1, 3), *values(LAST[0])]]


def review_table(content: Content, habits: Habits) -> Rows:
    """Section 四: two header rows of groups, one of results, one of numbers."""
    return [
        [("行政复议", 1, 5), ("行政诉讼", 1, 10)],
        [*((label, 2, 1) for _, label in RESULTS), ("未经复议直接起诉", 1, 5), ("复议后起诉", 1, 5)],
        [(label, 1, 1) for _ in range(2) for _, label in RESULTS],
        [
            (habits.value(content.review[f"{group}_{result}"]), 1, 1)
            for group, _ in REVIEW_GROUPS
            for result, _ in RESULTS
        ],
    ]


def proactive_tables(content: Content, habits: Habits) -> list[Rows]:
    """Section 二, a table a block."""
    if content.form == "2021":
        spec = [
            ("一", ("本年制发件数", "本年废止件数", "现行有效件数"), ("issued", "repealed", "in_force"),
             (("规章", "regulations"), ("行政规范性文件", "normative_documents"))),
            ("五", ("本年处理决定数量",), ("decisions",), (("行政许可", "administrative_licensing"),)),
            ("六", ("本年处理决定数量",), ("decisions",),
             (("行政处罚", "administrative_penalty"), ("行政强制", "administrative_compulsion"))),
            ("八", ("本年收费金额（单位：万元）",), ("amount_wanyuan",),
             (("行政事业性收费", "administrative_fees"),)),
        ]  # fmt: skip
    else:
        items = ("上一年项目数量", "本年增/减", "处理决定数量")
        keys = ("previous_items", "change", "decisions")
        spec = [
            ("一", ("本年新制作数量", "本年新公开数量", "对外公开总数量"),
             ("newly_made", "newly_disclosed", "total_disclosed"),
             (("规章", "regulations"), ("规范性文件", "normative_documents"))),
            ("五", items, keys,
             (("行政许可", "administrative_licensing"), ("其他对外管理服务事项", "other_public_services"))),
            ("六", items, keys,
             (("行政处罚", "administrative_penalty"), ("行政强制", "administrative_compulsion"))),
            ("八", items[:2], keys[:2], (("行政事业性收费", "administrative_fees"),)),
            ("九", ("采购项目数量", "采购总金额"), ("projects", "amount"),
             (("政府集中采购", "central_procurement"),)),
        ]  # fmt: skip
    tables: list[Rows] = []
    for number, header, fields, members in spec:
        spans = {1: (3,), 2: (1, 2), 3: (1, 1, 1)}[len(header)]
        rows: Rows = [[(f"第二十条第（{number}）项", 1, 4)], [("信息内容", 1, 1)]]
        rows[1] += [(label, 1, span) for label, span in zip(header, spans, strict=True)]
        for label, key in members:
            cells = [
                (habits.value(content.proactive[f"{key}.{name}"]), 1, span)
                for name, span in zip(fields, spans, strict=True)
            ]
            rows.append([(label, 1, 1), *cells])
        tables.append(rows)
    return tables
