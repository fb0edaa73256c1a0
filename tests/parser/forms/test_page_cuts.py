"""Tables that pages cut: what the cut leaves of a header or a row is put together again."""

from __future__ import annotations

import pytest

from parser import parse
from tests.parser.forms.drawn import TITLE, doubts, full_requests, full_review, read, table, values
from tests.parser.forms.test_statistics import TITLE as OLD_TITLE
from tests.parser.forms.test_statistics import whole_rows


@pytest.mark.parametrize(
    ("name", "rows"), [("requests", full_requests()), ("review_litigation", full_review())]
)
def test_a_header_left_alone_at_the_end_of_a_page(name: str, rows: list[list[object]]) -> None:
    whole = read(table(rows))
    pages = f"<html><body><h1>{TITLE}</h1>{table(rows[:3])}{table(rows)}</body></html>"
    cut = parse(pages.encode()).report
    assert cut is not None
    assert values(cut, name) == values(whole, name)
    assert len(values(cut, name)) > 10
    assert doubts(cut) == set()


@pytest.mark.parametrize("apart", [True, False])
def test_a_header_that_the_cut_broke_into_other_rows(*, apart: bool) -> None:
    rows = full_requests()
    whole = read(table(rows))
    words = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    plain = [("", 1, 3), *((word, 1, 1) for word in words)]
    rest = [
        [("", 1, 3), ("自然人", 1, 6), ("总计", 1, 1)],
        [("", 1, 4), *((word, 1, 1) for word in words[1:6])],
    ]
    pieces = table(rest) + table([plain, *rows[3:]]) if apart else table([*rest, plain, *rows[3:]])
    cut = parse(f"<html><body><h1>{TITLE}</h1>{pieces}</body></html>".encode()).report
    assert cut is not None
    assert values(cut, "requests") == values(whole, "requests")
    assert doubts(cut) == set()


def test_a_header_repeated_by_the_page_over_the_one_that_the_clerk_typed() -> None:
    rows = full_requests()
    words = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    plain = [("", 1, 3), *((word, 1, 1) for word in words)]
    pieces = table([plain, *rows[3:10]]) + table([plain, *rows[:3], *rows[10:]])
    cut = parse(f"<html><body><h1>{TITLE}</h1>{pieces}</body></html>".encode()).report
    assert cut is not None
    assert values(cut, "requests") == values(read(table(rows)), "requests")
    assert doubts(cut) == set()


def test_a_typed_header_that_a_page_cuts_through_its_words_is_not_fuller_than_the_first() -> None:
    rows = full_requests()
    words = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    plain = [("", 1, 3), *((word, 1, 1) for word in words)]
    upper = [*rows[:2], [(word, 1, 1) for word in ("商业企业", "科研机构", "社会公益", "法律服务", "其他")]]
    lower = [("", 1, 3), *((word, 1, 1) for word in ("", "", "", "组织", "机构", "其他", "总计"))]
    pieces = table([plain, *rows[3:20], *upper]) + table([lower, *rows[20:]])
    cut = parse(f"<html><body><h1>{TITLE}</h1>{pieces}</body></html>".encode()).report
    assert cut is not None
    assert values(cut, "requests") == values(read(table(rows)), "requests")


@pytest.mark.parametrize("above", [True, False])
@pytest.mark.parametrize("label", ["（一）予以公开", "1.属于国家秘密", "3.其他", "（七）总计"])
def test_a_row_cut_behind_its_number_is_one_row(label: str, *, above: bool) -> None:
    rows = full_requests()
    whole = read(table(rows))
    at = next(place for place, row in enumerate(rows) if any(text == label for text, _, _ in row))
    behind = label.index("." if "." in label else "）") + 1
    number, name = label[:behind], label[behind:]
    blank = [("", 1, 1)] * 7
    upper = [(number if text == label else text, 1, wide) for text, _, wide in rows[at][:-7]]
    lower = [(name if text == label else "", 1, wide) for text, _, wide in rows[at][:-7]]
    first = [*rows[:at], [*upper, *(rows[at][-7:] if above else blank)]]
    second = [[*lower, *(blank if above else rows[at][-7:])], *rows[at + 1 :]]
    pages = f"<html><body><h1>{TITLE}</h1>{table(first)}{table(second)}</body></html>"
    cut = parse(pages.encode()).report
    assert cut is not None
    assert values(cut, "requests") == values(whole, "requests")
    assert doubts(cut) == set()


def test_a_row_cut_below_the_one_that_heads_it_leaves_its_number() -> None:
    rows = whole_rows()
    at = next(place for place, row in enumerate(rows) if row[0] == "（一）收到申请数")
    number = float(str(rows[at][2]))
    for above in (True, False):
        first = [*rows[:at], ["（一）收到申", "件", rows[at][2] if above else ""]]
        second = [["请数", "", "" if above else rows[at][2]], *rows[at + 1 :]]
        pages = f"<html><body><h1>{OLD_TITLE}</h1>{table(first)}{table(second)}</body></html>"
        cut = parse(pages.encode()).report
        assert cut is not None
        found = values(cut, "statistics")
        assert (found["三"], found["三/(一)"]) == (None, number)


def test_a_column_label_cut_by_a_page_that_repeats_the_others() -> None:
    rows: list[list[object]] = [
        [("第二十条第（六）项", 1, 4)],
        ["信息内容", "上一年项", "本年增/减", "处理决定数量"],
    ]
    more: list[list[object]] = [
        ["信息内容", "目数量", "本年增/减", "处理决定数量"],
        ["行政处罚", "27435", "-2", "4529"],
    ]
    pages = f"<html><body><h1>{TITLE}</h1>{table(rows)}{table(more)}{table(full_requests())}</body></html>"
    report = parse(pages.encode()).report
    assert report is not None
    assert values(report, "proactive") == {
        "administrative_penalty.previous_items": 27435,
        "administrative_penalty.change": -2,
        "administrative_penalty.decisions": 4529,
    }
    assert "unknown_column" not in doubts(report)


@pytest.mark.parametrize("again", [True, False])
def test_a_row_whose_number_the_printer_repeats_on_both_pages(*, again: bool) -> None:
    rows = whole_rows()
    at = next(place for place, row in enumerate(rows) if row[0] == "2.兼职人员数")
    rows[at + 1] = [*rows[at + 1][:2], ""]
    rows[at] = [rows[at][0], "人", "10"]
    first = [*rows[:at], ["2.兼职人员", "人", "10"]]
    second = [rows[0], ["数", "人", "10" if again else "12"], *rows[at + 1 :]]
    pages = f"<html><body><h1>{OLD_TITLE}</h1>{table(first)}{table(second)}</body></html>"
    cut = parse(pages.encode()).report
    assert cut is not None
    found = values(cut, "statistics")
    assert (found["八/(三)/2"], found["八/(四)"]) == (10, None)
    assert doubts(cut) == (set() if again else {"unknown_row"})


def test_a_repeated_row_of_which_both_halves_are_labels() -> None:
    rows = full_requests()
    at = next(place for place, row in enumerate(rows) if any("其他法律行政法规" in str(cell) for cell in row))
    whole = read(table(rows))
    place = next(number for number, cell in enumerate(rows[at]) if "其他法律行政法规" in str(cell))
    numbers = [("7", 1, 1)] * 7
    upper = [*rows[:at], [*rows[at][:place], ("2.其他", 1, 1), *numbers]]
    lower = [[("", 1, 2), ("法律行政法规禁止公开", 1, 1), *numbers], *rows[at + 1 :]]
    cut = parse(f"<html><body><h1>{TITLE}</h1>{table(upper)}{table(lower)}</body></html>".encode()).report
    assert cut is not None
    found = values(cut, "requests")
    assert set(found) == set(values(whole, "requests"))
    assert found["refused_law_prohibits.natural_person"] == 7


def test_a_repeated_row_whose_second_half_is_a_label_too() -> None:
    rows = whole_rows()
    at = next(place for place, row in enumerate(rows) if "负责同志参加政府网站在线访谈" in str(row[0]))
    label, unit, number = rows[at]
    upper, tail, lower = str(label).partition("政府网站在线访谈")
    first = [*rows[:at], [upper, unit, number]]
    second = [rows[0], [tail + lower, unit, number], *rows[at + 1 :]]
    pages = f"<html><body><h1>{OLD_TITLE}</h1>{table(first)}{table(second)}</body></html>"
    cut = parse(pages.encode()).report
    assert cut is not None
    whole = parse(f"<html><body><h1>{OLD_TITLE}</h1>{table(rows)}</body></html>".encode()).report
    assert whole is not None
    assert values(cut, "statistics") == values(whole, "statistics")
    assert doubts(cut) == set()


@pytest.mark.parametrize(
    ("widest", "total", "doubt"), [("34", 135, "joined_rows"), ("340", 13, "unknown_row")]
)
def test_a_number_of_which_the_last_digits_stand_on_the_next_page(
    widest: str, total: int, doubt: str
) -> None:
    rows = full_requests()
    at = next(place for place, row in enumerate(rows) if any("信访举报" in str(cell) for cell in row))
    numbers = [(text, 1, 1) for text in ("45", "", "56", widest, "", "", "13")]
    upper = [*rows[:at], [*rows[at][:2], *numbers]]
    # Beside the digits: what is left of the group's label. Where a longer number is whole, none is broken.
    lower = [[("", 5, 1), ("处理", 5, 1), *([("", 1, 1)] * 7), ("5", 1, 1)], *rows[at + 1 :]]
    cut = parse(f"<html><body><h1>{TITLE}</h1>{table(upper)}{table(lower)}</body></html>".encode()).report
    assert cut is not None
    assert values(cut, "requests")["not_processed_petition.total"] == total
    assert doubt in doubts(cut)
