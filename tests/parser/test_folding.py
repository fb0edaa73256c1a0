"""One spelling for labels."""

from __future__ import annotations

import pytest

from parser.folding import chinese_number, fold, label


@pytest.mark.parametrize(
    "text",
    [
        "（三） 不予 公开",
        "(三)不予公开",
        "㈢不予公开",
        "﹙三﹚不予\n公开",
        "（三）“不予公开”",
        "（三）不予公\u200b开",
        "\u2067（三）不予公开\u2069",
        "（三）不予公开²",
        "⑶不予公开",
    ],
)
def test_spellings_of_a_label_fold_alike(text: str) -> None:
    assert fold(text) == ("(3)不予公开" if text.startswith("⑶") else "(三)不予公开")


@pytest.mark.parametrize(
    ("text", "level", "number", "stem"),
    [
        ("三、本年度办理结果", 1, "三", "本年度办理结果"),
        ("（七）总计", 2, "七", "总计"),
        ("8.属于行政查询事项", 3, "8", "属于行政查询事项"),
        ("8、属于行政查询事项", 3, "8", "属于行政查询事项"),
        ("8．属于行政查询事项", 3, "8", "属于行政查询事项"),
        ("3. 危及‘三安全一稳定’", 3, "3", "危及三安全一稳定"),
        ("其他", 0, "", "其他"),
        ("2018年度", 0, "", "2018年度"),
    ],
)
def test_parts_of_a_label(text: str, level: int, number: str, stem: str) -> None:
    parts = label(text)
    assert (parts.level, parts.number, parts.stem) == (level, number, stem)


def test_of_which_and_asides() -> None:
    assert label("其中：涉及国家秘密").of_which
    # A scan's 末 for 未 is no other column.
    assert label("尚末审结").stem == label("尚未审结").stem != label("结果维持").stem
    assert label("（二）部分公开（区分处理的，只计这一情形）").bare == "部分公开"


def test_radicals_of_pdf_fonts_are_their_characters() -> None:
    assert fold("⼆、⺠政") == "二、民政"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十", 10),
        ("二十三", 23),
        ("一百零五", 105),
        ("二〇二二", 2022),
        ("一万二千", 12000),
        ("三", 3),
        ("甲", None),
    ],
)
def test_numbers_in_chinese(text: str, number: int | None) -> None:
    assert chinese_number(text) == number
