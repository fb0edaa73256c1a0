"""Years, periods and days."""

from __future__ import annotations

import pytest

from parser.dates import arabic, day_in_tag, day_in_url, first_year, labelled_day, period_in
from parser.folding import fold


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("从 2022 年 1 月 1 日至 12 月 31 日", ("2022-01-01", "2022-12-31")),
        ("自2023年1月1日起至2023年12月31日止", ("2023-01-01", "2023-12-31")),
        ("2019年1月1日到12月31日止", ("2019-01-01", "2019-12-31")),
        ("二〇二二年一月一日至十二月三十一日", ("2022-01-01", "2022-12-31")),
        ("2008年5月1日—2008年12月31日", ("2008-05-01", "2008-12-31")),
        ("2021.01.01-2021.12.31", ("2021-01-01", "2021-12-31")),
        ("2022年13月1日至12月31日", None),
        ("2022年全年", None),
    ],
)
def test_spans_of_days(text: str, period: tuple[str, str] | None) -> None:
    assert period_in(fold(text)) == period


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("发布日期：2020-01-31", "2020-01-31"),
        ("发布时间： 2024-03-08 15:34 来源：办公室", "2024-03-08 15:34"),
        ("时间：2024年3月8日", "2024-03-08"),
        ("公开日期 [2024/03/08]", "2024-03-08"),
        ("填报日期：2019年2月13日", None),
        ("统计时间：2019年2月13日", None),
        ("会议于2019年2月13日召开", None),
    ],
)
def test_days_behind_a_label_of_publication(text: str, day: str | None) -> None:
    assert labelled_day(text) == day


def test_days_in_tags_and_urls() -> None:
    assert day_in_tag("2024-03-08 9:05") == "2024-03-08 09:05"
    assert day_in_tag("soon") is None
    assert day_in_url("https://x.example/202403/t20240308_87885.htm") == "2024-03-08"
    assert day_in_url("https://x.example/art/2018/2/28/art_1_2.html") == "2018-02-28"
    assert day_in_url("https://x.example/content/post_1.html") is None


def test_chinese_years() -> None:
    assert arabic("二○二二年十二月") == "2022年12月"
    assert first_year("二〇二三年度") == 2023
    assert first_year("去年") is None
