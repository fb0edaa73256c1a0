"""Made reports of the three forms as paragraphs and tables, with the truth of every printed figure."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from parser import Reading
from tests.parser.made.content import Value, make
from tests.parser.made.drawing import habits
from tests.parser.made.tables import Rows, proactive_tables, requests_table, review_table
from tests.parser.readers.drawn import statistics

FORMS = ("2021", "2019", "pre2019")

Block = str | Rows
"""A paragraph, or the rows of a table as (text, rowspan, colspan) cells."""


@dataclass(frozen=True)
class Made:
    """`truth` holds every figure by key; `None` where nothing is printed."""

    form: str
    title: str
    year: int
    blocks: list[Block]
    truth: dict[str, Value]

    @property
    def tables(self) -> list[Rows]:
        return [block for block in self.blocks if not isinstance(block, str)]


def report(form: str, seed: int) -> Made:
    """The report of that form and seed."""
    return _statistical(seed) if form == "pre2019" else _national(form, seed)


def _national(form: str, seed: int) -> Made:
    content, printed = make(seed, form), habits(seed)
    year = content.year
    blocks: list[Block] = [
        content.title,
        f"本报告依照条例编制，数据统计期限为{year}年1月1日至{year}年12月31日。",
        "一、总体情况",
        "这一年，本机关的公开工作按计划进行，没有发生大的变化，各项制度继续执行。",
        "二、主动公开政府信息情况",
        *proactive_tables(content, printed),
        "三、收到和处理政府信息公开申请情况",
        requests_table(content, printed),
        "四、政府信息公开行政复议、行政诉讼情况",
        review_table(content, printed),
        "五、存在的主要问题及改进情况",
        "问题不多，改进继续。",
        "六、其他需要报告的事项",
        "未收取信息处理费。",
    ]
    return Made(form, content.title, year, blocks, content.figures())


def _statistical(seed: int) -> Made:
    dice = random.Random(seed)
    year = dice.randint(2014, 2018)
    values = statistics.numbers(dice)
    title = f"青禾县人民政府{year}年政府信息公开工作年度报告"
    blocks: list[Block] = [
        title,
        "一、概述",
        "这一年，本机关的公开工作按计划进行，没有发生大的变化，各项制度继续执行。",
        "二、主动公开情况",
        "公开的内容和上一年相同，主要经由政府网站公布，公报照旧出版。",
        "附件：政府信息公开情况统计表",
        statistics.rows(values),
    ]
    truth = {f"statistics.{code}": value for code, value in values.items()}
    return Made("pre2019", title, year, blocks, truth)


def errors(made: Made, reading: Reading) -> dict[str, tuple[Value, object]]:
    """What a reading got wrong, by key: the truth and what was read (`"nothing"` where a printed figure is
    missing); an invented figure has the truth `None`."""
    if reading.report is None:
        return {"": (None, f"{reading.state}: {reading.reason}")}
    read: dict[str, Decimal | None] = {figure.key: figure.value for figure in reading.report.figures}
    wrong: dict[str, tuple[Value, object]] = {}
    for key, value in made.truth.items():
        found = read.get(key, None if value is None else "nothing")
        if found != value:
            wrong[key] = (value, found)
    for key, found in read.items():
        if key not in made.truth and found is not None:
            wrong[key] = (None, found)
    return wrong
