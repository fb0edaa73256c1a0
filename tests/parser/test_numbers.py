"""Cells as numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parser.numbers import Printed, is_unit, looks_like_value, read_change, read_number


@pytest.mark.parametrize(
    ("text", "value", "unit", "remark"),
    [
        ("0", "0", None, None),
        ("１２３", "123", None, None),
        ("1,234", "1234", None, None),
        ("1，234，567", "1234567", None, None),
        ("5949.088667", "5949.088667", None, None),
        ("301843件", "301843", "件", None),
        ("251000元", "251000", "元", None),
        ("12.5 万元", "12.5", "万元", None),
        ("-18", "-18", None, None),
        ("\u221218", "-18", None, None),
        ("＋3", "3", None, None),
        ("22（其中修订16件）", "22", None, "其中修订16件"),
        ("55(含自然失效29件)", "55", None, "含自然失效29件"),
        ("7（件）", "7", "件", None),
        ("约50", "50", None, "约"),
        ("\xa00", "0", None, None),
        ("10\u200b10", "1010", None, None),
        ("\u202a\u20667\u2069\u202c\ufe0f", "7", None, None),
        ("\uf031\uf032", "12", None, None),
        ("007", "7", None, None),
        ("￥4536", "4536", "元", None),
        ("人民币12.5万元", "12.5", "万元", None),
        ("4536元整", "4536", "元", None),
        ("零", "0", None, None),
        ("〇", "0", None, None),
        ("12。", "12", None, None),
        ("12（含上年2件", "12", None, "含上年2件"),
        ("12，其中网上1件", "12", None, "其中网上1件"),
        ("12件（注）", "12", "件", "注"),
        ("422¹", "422", None, "¹"),
        ("422①", "422", None, "①"),
        ("28①³", "28", None, "①³"),
        ("28①②。", "28", None, "①②"),
        ("28[1]*", "28", None, "[1]*"),
        ("422件[1]", "422", "件", "[1]"),
        ("422注2", "422", None, "注2"),
        ("422注", "422", None, "注"),
        ("22（其中修订16件）*", "22", None, "其中修订16件*"),
    ],
)
def test_numbers(text: str, value: str, unit: str | None, remark: str | None) -> None:
    assert read_number(text) == Printed(Decimal(value), unit, remark)


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\xa0", "/", "—", "－", "无", "-", "――"])
def test_what_stands_for_nothing_is_no_zero(text: str) -> None:
    printed = read_number(text)
    assert printed.value is None
    assert printed.understood == (text != "――")


@pytest.mark.parametrize(
    "text",
    (
        *("若干", "95 0", "1,23", "1.2.3", "12件3", "3（", "详见附件", "1.5万", "<5", "一", "12；3"),
        *("28①3", "12²3", "2½", "9" * 29, "0." + "3" * 28),
    ),
)
def test_anything_else_is_not_understood(text: str) -> None:
    assert read_number(text) == Printed(None, understood=False)


@pytest.mark.parametrize("text", ["O", "o", "Ｏ", "О", "○"])
def test_a_letter_typed_for_a_zero_says_so(text: str) -> None:
    assert read_number(text) == Printed(Decimal(0), letter=True)


def test_digits_on_two_lines_are_joined_and_say_so() -> None:
    assert read_number("59237.\n2449") == Printed(Decimal("59237.2449"))
    assert read_number("1808\n595") == Printed(Decimal(1808595), joined=True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", True),
        ("", True),
        ("—", True),
        ("12起案件", True),
        ("1.属于国家秘密", False),
        ("2023年度情况表", False),
        ("其他", False),
        ("3\ufeff、其他", False),
        ("\ufeff③网络申请数", False),
    ],
)
def test_values_are_told_from_labels(text: str, value: bool) -> None:
    assert looks_like_value(text) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-18", -18), ("＋3", 3), ("增7", 7), ("增加7项", 7), ("↑7", 7), ("（+7）", 7), ("减7", -7),
        ("减少1,007项", -1007), ("↓7", -7), ("—7", -7), ("持平", 0), ("0", 0),
    ],
)  # fmt: skip
def test_changes_in_words_and_signs(text: str, value: int) -> None:
    assert read_change(text).value == value


@pytest.mark.parametrize("text", ["增0减7", "+1-7", "—", "增", "12减3"])
def test_what_says_no_one_change(text: str) -> None:
    assert read_change(text).value is None


@pytest.mark.parametrize(
    ("text", "unit"), [("人 次", True), ("（万元）", True), ("件\u200b", True), ("人次数", False)]
)
def test_units_are_told_with_blanks_in_them(text: str, unit: bool) -> None:
    assert is_unit(text) is unit
