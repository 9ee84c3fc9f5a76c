"""Rows as they come from Google's client, turned into what DuckDB's engine gives: once, here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from processors.errors import WarehouseFailed
from warehouse.interface import Row

REFUSED = ("NUMERIC", "BIGNUMERIC", "DECIMAL", "BIGDECIMAL", "INTERVAL", "GEOGRAPHY", "RANGE")
"""Types whose Python values meet none of ours."""
INSTANTS = ("TIMESTAMP", "RANGE")
UNREADABLE = ("INTERVAL",)
"""Those that a user's own query may not give either: their values have no text of BigQuery's."""


class ColumnOf(Protocol):
    """What is read of a column of Google's schema."""

    @property
    def name(self) -> str: ...

    @property
    def field_type(self) -> str: ...

    @property
    def fields(self) -> Sequence[ColumnOf]: ...


class RowOf(Protocol):
    """Google's row. Not its `values()`, which copies every one of them deeply."""

    def __getitem__(self, key: slice, /) -> Row: ...


def converted(schema: Sequence[ColumnOf], rows: Iterable[RowOf]) -> list[Row]:
    """Timestamps are naive UTC; a NUMERIC is refused before a row is read, because a Decimal
    beside a float once lost rows in silence."""
    if refused := named(schema, REFUSED):
        raise WarehouseFailed(
            f"the text gives {refused}: CAST it to FLOAT64, INT64 or STRING there"
        )
    return as_read(schema, rows)


def as_read(schema: Sequence[ColumnOf], rows: Iterable[RowOf]) -> list[Row]:
    """As `converted`, with a NUMERIC as the Decimal that DuckDB gives, too."""
    if not any(_holds(one, INSTANTS) for one in schema):
        return [row[:] for row in rows]
    return [tuple(_naive(value) for value in row[:]) for row in rows]


def named(schema: Sequence[ColumnOf], types: Collection[str]) -> str:
    """The columns that are of one of the types, or hold one."""
    return ", ".join(f"{one.name} ({one.field_type})" for one in schema if _holds(one, types))


def _holds(column: ColumnOf, types: Collection[str]) -> bool:
    return column.field_type in types or any(_holds(one, types) for one in column.fields)


def _naive(value: object) -> object:
    match value:
        case datetime() if value.tzinfo is not None:
            return value.astimezone(UTC).replace(tzinfo=None)
        case list():
            return [_naive(one) for one in value]
        case dict():
            return {name: _naive(one) for name, one in value.items()}
        case _:
            return value
