"""Habits of drawing: how a value and a label are printed. A `Habits` is fixed for one report."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

TYPOS = {
    "2.其他法律行政法规禁止公开": "2.其他法律行政止公开",
    "4.保护第三方合法权益": "4.保护第三方合法权宜",
    "7.属于行政执法案卷": "7.属于行政执法卷宗",
    "3.补正后申请内容仍不明确": "3.补正后申请内容任不明确",
    "1.信访举报投诉类申请": "1.信访举报投拆类申请",
    "4.无正当理由大量反复申请": "4.无正当理由大量重复申请",
    "四、结转下年度继续办理": "四、结转下年度继读办理",
}
SHORT = {
    "（二）部分公开（区分处理的，只计这一情形，不计其他情形）": "（二）部分公开",
    "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请": "1.逾期不补正",
    "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请": "2.逾期不缴费",
}
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass
class Habits:
    """How one agency prints."""

    nothing: str = ""
    zero: str = "0"
    full_width: bool = False
    thousands: str = ""
    number_mark: str = "."
    brackets: str = "（）"
    quotes: str = "“”"
    typo: str = ""
    short: bool = False
    inner_blank: bool = False

    def value(self, value: Decimal | None) -> str:
        """A value as it stands in a cell."""
        if value is None:
            return self.nothing
        if value == 0:
            return self.zero
        text = f"{value:,f}".replace(",", self.thousands) if self.thousands else f"{value:f}"
        return text.translate(_WIDE) if self.full_width else text

    def label(self, label: str) -> str:
        """A label as it is printed."""
        if label == self.typo:
            label = TYPOS[label]
        if self.short:
            label = SHORT.get(label, label)
        if label[0].isdigit():
            label = label[0] + self.number_mark + label[2:]
        label = label.replace("（", self.brackets[0]).replace("）", self.brackets[1])
        left, right = (self.quotes[:1], self.quotes[1:2]) if self.quotes else ("", "")
        label = label.replace("“", left).replace("”", right)
        if self.inner_blank and len(label) > 6:
            label = label[:5] + " " + label[5:]
        return label


def habits(seed: int) -> Habits:
    """Random habits."""
    dice = random.Random(seed)
    return Habits(
        nothing=dice.choice(("", "", "", "/", "—", "无", "-")),
        zero=dice.choice(("0", "0", "0", "０", "0 ")),
        full_width=dice.random() < 0.08,
        thousands=dice.choice(("", "", "", "", ",", "，")),
        number_mark=dice.choice((".", ".", "、", "．", ". ")),
        brackets=dice.choice(("（）", "（）", "()")),
        quotes=dice.choice(("“”", "“”", '""', "", "‘’")),
        typo=dice.choice(("", "", *TYPOS)),
        short=dice.random() < 0.2,
        inner_blank=dice.random() < 0.1,
    )
