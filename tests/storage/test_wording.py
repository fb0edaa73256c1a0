"""Texts side by side: chapters, sentences, and marks within a sentence."""

from __future__ import annotations

import pytest

from storage.wording import chapters, edits, marked, sentences


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("受理申请12件。", "受理申请15件。", "受理申请[-12-]{+15+}件。"),
        ("金额1,234.50元", "金额1,234.60元", "金额[-1,234.50-]{+1,234.60+}元"),
        ("全年主动公开信息", "全年依法主动公开信息", "全年{+依法+}主动公开信息"),
        ("占95%。", "占96%。", "占[-95%-]{+96%+}。"),
        ("same", "same", "same"),
        (None, "来了", "{+来了+}"),
        ("走了", None, "[-走了-]"),
    ],
)
def test_marks_enclose_what_went_and_what_came(old: str | None, new: str | None, shown: str) -> None:
    assert marked(old, new) == shown


def test_sentences_end_with_their_marks_and_lines() -> None:
    assert sentences("第一。第二！“第三。”第四；\n第五\n\n  第六") == [
        "第一。", "第二！", "“第三。”", "第四；", "第五", "第六",
    ]  # fmt: skip


def test_only_sentences_that_differ_are_told() -> None:
    old = "一切照旧。受理12件。旧话一句。末尾。"
    new = "一切照旧。受理13件。完全另一个新的说法来了。末尾。又一句。"
    told = [(edit.old, edit.new) for edit in edits(old, new)]
    assert told == [
        ("受理12件。", "受理13件。"),
        ("旧话一句。", None),
        (None, "完全另一个新的说法来了。"),
        (None, "又一句。"),
    ]
    assert not list(edits(old, old))


def test_chapters_are_paired_by_their_headings() -> None:
    old = [
        {"heading": "一、总体情况", "text": "概况。"},
        {"heading": "二、主动公开", "text": "公开12条。"},
        {"heading": "三、问题", "text": "不足。"},
    ]
    new = [
        {"heading": "一、总体情况", "text": "概况。"},
        {"heading": "二、主动公开情况", "text": "公开13条。"},
        {"heading": "三、问题", "text": "不足。"},
        {"heading": "四、其他", "text": "无。"},
    ]
    changed, came = chapters(old, new)
    assert (changed.heading, changed.edits[0].marked) == ("二、主动公开{+情况+}", "公开[-12-]{+13+}条。")
    assert (came.old, came.new, came.heading, came.edits[0].marked) == (
        None, "四、其他", "{+四、其他+}", "{+无。+}",
    )  # fmt: skip
    (went,) = chapters(new[:2], new[:1])
    assert (went.old, went.new, went.edits[0].new) == ("二、主动公开情况", None, None)


def test_a_sentence_without_end_is_not_compared_word_by_word() -> None:
    old, new = "长" * 5_000, "长" * 4_999 + "短"
    assert [edit.marked for edit in edits(old, new)] == [f"[-{old}-]", f"{{+{new}+}}"]
