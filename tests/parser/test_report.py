"""Values in JSON."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from parser.report import number


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal(7), "7"),
        (Decimal("7.00"), "7"),
        (Decimal("5949.088667"), "5949.088667"),
        (Decimal("-0.1"), "-0.1"),
        (Decimal("73802895.90"), "73802895.9"),
        (Decimal("12345678901234567.89"), '"12345678901234567.89"'),
        (None, "null"),
        ("25 reviews", '"25 reviews"'),
    ],
)
def test_a_number_is_shown_with_its_own_digits_or_as_text(value: Decimal | str | None, shown: str) -> None:
    assert json.dumps(number(value)) == shown
