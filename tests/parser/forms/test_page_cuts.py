"""Tables that pages cut: what the cut leaves of a header or a row is put together again."""

from __future__ import annotations

import pytest

from parser import parse
from tests.parser.forms.drawn import TITLE, doubts, full_requests, full_review, read, table, values


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
