"""The types of columns, so that SQLite and PostgreSQL keep and order the same.

Times are UTC and aware. Numbers are exact. Text is in the order of its octets in UTF-8, whatever language a
server was set up for; it has no length limit unless it is a digest or a word of our own, since what strangers
write may be longer than anybody thought.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

BigKey = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit key; SQLite only auto-numbers columns of type INTEGER."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """Text, or JSON with text in it, with U+FFFD for each NUL, which PostgreSQL does not take, and for each
    lone surrogate, which has no UTF-8."""
    if isinstance(value, str):
        plain = value.isascii() and "\0" not in value
        return value if plain else _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value


class Words(TypeDecorator[str]):
    """Text; with a length where it is a digest or a word of our own."""

    impl = String
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        collation = "C" if dialect.name == "postgresql" else None
        kind = Text(collation=collation) if self.length is None else String(self.length, collation=collation)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite returns naive ones, which this turns back into aware ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactNumber(TypeDecorator[Decimal]):
    """A `Decimal` kept as its digits: SQLite has no exact decimal type, and 314.4765 must stay 314.4765."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)
