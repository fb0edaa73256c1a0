"""Damaged tables: whatever is cut out, doubled or shifted, no wrong number comes without a doubt."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from parser import parse
from tests.parser.forms.drawn import TITLE, full_requests, read, table
from tests.parser.made.content import make
from tests.parser.made.drawing import Habits
from tests.parser.made.tables import Rows, requests_table

HEADER = 3
"""Header rows of the table; data rows come after them, each with seven values at its end."""


def _some(rows: Rows, dice: random.Random) -> int:
    return dice.randrange(HEADER, len(rows))


def value_lost(rows: Rows, dice: random.Random) -> None:
    rows[_some(rows, dice)].pop(-dice.randint(1, 7))


def blank_added(rows: Rows, dice: random.Random) -> None:
    row = rows[_some(rows, dice)]
    row.insert(len(row) - dice.randint(0, 7), ("", 1, 1))


def label_lost(rows: Rows, dice: random.Random) -> None:
    rows[_some(rows, dice)].pop(0)


def label_blank(rows: Rows, dice: random.Random) -> None:
    row = rows[_some(rows, dice)]
    row[-8] = ("", 1, row[-8][2])


def row_lost(rows: Rows, dice: random.Random) -> None:
    rows.pop(_some(rows, dice))


def rows_swapped(rows: Rows, dice: random.Random) -> None:
    at = dice.randrange(HEADER, len(rows) - 1)
    rows[at], rows[at + 1] = rows[at + 1], rows[at]


def values_merged(rows: Rows, dice: random.Random) -> None:
    row = rows[_some(rows, dice)]
    at = len(row) - dice.randint(2, 7)
    row[at] = (row[at][0], 1, 2)
    row.pop(at + 1)


def value_spans_two_rows(rows: Rows, dice: random.Random) -> None:
    at, back = dice.randrange(HEADER, len(rows) - 1), dice.randint(1, 7)
    rows[at][-back] = (rows[at][-back][0], 2, 1)
    rows[at + 1].pop(-back)


def header_row_lost(rows: Rows, dice: random.Random) -> None:
    rows.pop(dice.randrange(HEADER))


def header_cell_lost(rows: Rows, dice: random.Random) -> None:
    row = rows[dice.choice((1, 2))]
    row.pop(dice.randrange(len(row)))


def strange_row(rows: Rows, dice: random.Random) -> None:
    rows.insert(_some(rows, dice), [("合计栏", 1, 3), *((str(dice.randint(1, 99)), 1, 1) for _ in range(7))])


def label_doubled(rows: Rows, dice: random.Random) -> None:
    at = dice.randrange(HEADER + 2, len(rows))
    rows[at][-8] = (rows[at - 1][-8][0], 1, rows[at][-8][2])


def cell_spoiled(rows: Rows, dice: random.Random) -> None:
    rows[_some(rows, dice)][-dice.randint(1, 7)] = (dice.choice(("见附件", "12/3", "1 2", "O", "3-4")), 1, 1)


def numbers_below_their_label(rows: Rows, dice: random.Random) -> None:
    at = _some(rows, dice)
    rows[at : at + 1] = [rows[at][:-7], [("", 1, 3), *rows[at][-7:]]]


DAMAGES: tuple[Callable[[Rows, random.Random], None], ...] = (
    value_lost,
    blank_added,
    label_lost,
    label_blank,
    row_lost,
    rows_swapped,
    values_merged,
    value_spans_two_rows,
    header_row_lost,
    header_cell_lost,
    strange_row,
    label_doubled,
    cell_spoiled,
    numbers_below_their_label,
)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_no_silent_error(damage: Callable[[Rows, random.Random], None]) -> None:
    for seed in range(20):
        dice = random.Random(seed)
        content = make(seed, "2021")
        rows = [list(row) for row in requests_table(content, Habits())]
        damage(rows, dice)
        page = f"<html><body><h1>{TITLE}</h1>{table(rows)}</body></html>"
        report = parse(page.encode()).report
        assert report is not None, seed
        truth = content.figures()
        wrong = {
            one.key for one in report.figures if one.value is not None and truth.get(one.key) != one.value
        }
        doubts = [one for one in report.doubts if one.kind != "missing_table"]
        assert not wrong or doubts, (seed, wrong)
        assert len(wrong) <= 7, (seed, wrong)


def test_the_blank_that_fits_the_sum_is_put_where_a_cell_is_missing() -> None:
    content = make(1, "2021")
    rows = [list(row) for row in requests_table(content, Habits())]
    content.requests["granted"] = [*content.requests["granted"]]
    at = next(place for place, row in enumerate(rows) if any("予以公开" in text for text, _, _ in row))
    rows[at][-7:] = [(text, 1, 1) for text in ("1", "2", "3", "4", "5", "15")]
    report = parse(f"<html><body><h1>{TITLE}</h1>{table(rows)}</body></html>".encode()).report
    assert report is not None
    assert "column_alignment" in {doubt.kind for doubt in report.doubts}
    assert not any(figure.key.startswith("requests.granted.") for figure in report.figures)


def test_a_run_of_digits_as_long_as_a_book_takes_no_time() -> None:
    started = time.process_time()
    parse(f"{TITLE}\n六、其他需要报告的事项\n信息处理费{'7' * 200_000}次。".encode())
    assert time.process_time() - started < 5


def test_a_table_of_a_thousand_rows_of_one_shape_takes_no_square_of_time() -> None:
    rows = full_requests()
    spare = [[("", 1, 1), *row[:-1], ("", 1, 1), row[-1]] for row in rows[3:]]
    started = time.process_time()
    read(table([*rows, *spare * 60]))
    assert time.process_time() - started < 10
