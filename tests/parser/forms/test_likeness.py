"""Labels and the rows they mean."""

from __future__ import annotations

import pytest

from parser.forms.likeness import Lexicon
from parser.forms.vocabulary import entries, entry, vocabulary

ROWS = Lexicon(vocabulary().request_rows)
STATISTICS = Lexicon(vocabulary().statistics)


@pytest.mark.parametrize("term", vocabulary().request_rows, ids=lambda term: term.key)
def test_every_row_of_the_form_is_itself(term: object) -> None:
    number = term.number.rpartition("/")[2]  # type: ignore[attr-defined]
    printed = f"{number}、{term.label}"  # type: ignore[attr-defined]
    match = ROWS.match(printed, [term.group] if term.group else [])  # type: ignore[attr-defined]
    assert match is not None
    assert match.term is term
    assert match.score == 1


@pytest.mark.parametrize(
    ("text", "after", "key"),
    [
        ("2.其他法律行政止公开", 4, "refused_law_prohibits"),
        ("5.属于三类内部事物信息", 7, "refused_internal_affairs"),
        ("1.逾期不补正", 20, "other_overdue_correction"),
        ("（六）其它处理", 20, "other_processing"),
        ("3.其它", 23, "other_misc"),
    ],
)
def test_slips_and_short_forms(text: str, after: int, key: str) -> None:
    match = ROWS.match(text, (), after)
    assert match is not None
    assert match.term.key == key


@pytest.mark.parametrize("text", ["9.属于天外来客事项", "补贴发放", "项目", "（八）另行统计", ""])
def test_what_the_form_does_not_have_is_unknown(text: str) -> None:
    assert ROWS.match(text, (), 5) is None


@pytest.mark.parametrize(
    "text",
    [
        "3.政务抖音公开政府信息数",
        "2.部门网站公开政府信息数",
        "8.告知通过信访途径办理数",
        "3.专职培训人员数",
    ],
)
def test_another_word_in_a_label_makes_another_label(text: str) -> None:
    assert STATISTICS.match(text) is None


@pytest.mark.parametrize("text", ["其他规范性文件", "其他行政许可", "政府分散采购", "行政奖励"])
def test_a_row_beside_those_of_section_two_is_none_of_them(text: str) -> None:
    assert Lexicon(vocabulary().proactive_rows).match(text) is None


def test_another_word_where_number_and_order_agree_is_a_guess_and_says_so() -> None:
    before = next(place for place, term in enumerate(vocabulary().request_rows) if term.number.endswith("/1"))
    second = vocabulary().request_rows[before + 1]
    match = ROWS.match(f"2.{second.label[:-2]}事项", (), before)
    assert match is not None
    assert match.term is second
    assert match.doubt == f"{second.label} has no “事项”"


def test_order_tells_equal_labels_apart() -> None:
    fourth = next(place for place, term in enumerate(vocabulary().statistics) if term.key == "四")
    fifth = next(place for place, term in enumerate(vocabulary().statistics) if term.key == "五")
    first = STATISTICS.match("（二）被依法纠错数", (), fourth + 1)
    second = STATISTICS.match("（二）被依法纠错数", (), fifth + 1)
    assert first is not None and second is not None
    assert (first.term.key, second.term.key) == ("四/(二)", "五/(二)")


def test_a_label_like_two_rows_names_its_rival() -> None:
    match = STATISTICS.match("网真申请数", (), -1)
    assert match is None or match.doubt is not None


def test_the_vocabulary_explains_every_key_in_two_languages() -> None:
    known = list(entries())
    assert len({one.key for one in known}) == len(known)
    assert all(one.label_zh and one.label_en and one.forms for one in known)
    fee = entry("proactive.administrative_fees.amount_wanyuan")
    assert fee is not None
    assert (fee.unit, fee.article, fee.forms) == ("万元", "20(8)", ("2021",))
    assert entry("requests.granted.moon") is None
