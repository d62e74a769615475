"""What the tables are made of: times that are always aware and in UTC, text that both databases can hold, keys.

Does not know any table (`db.schema`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Dialect, ForeignKey, Integer, Text, TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in, an aware UTC datetime out; SQLite keeps none of the zone itself."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC, and without zone where the database knows none. Naive datetimes are refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same moment, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PlainText(TypeDecorator[str]):
    """Text without what the databases can't hold: NUL (PostgreSQL) and lone surrogates (both).

    The last line of defence: addresses, headers and feeds may bring anything.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as both databases can hold it."""
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "").encode("utf-8", "ignore").decode()


def key() -> Column[Any]:
    """A number of its own for each row."""
    return Column("id", Integer, primary_key=True)


def ref(name: str, target: str, **options: Any) -> Column[Any]:
    """The number of a row of another table."""
    return Column(name, Integer, ForeignKey(target, ondelete=options.pop("ondelete", None)), **options)
