"""The stored rows of a date, as they are asked for and shown."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from processors.columns import Type


class RowsAsked(BaseModel):
    """Which rows of the date."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str = Field(
        default="",
        max_length=200,
        description="Else ml_feature_store_v2, or where it has none the first table with rows.",
    )
    player: str = Field(
        default="", max_length=100, description="A part of a name or of a player_lookup."
    )
    page: int = Field(default=1, ge=1, le=1_000_000)


class ColumnOf(BaseModel):
    """A column as the contract declares it."""

    name: str
    type: Type
    unit: str
    digits: int | None = Field(description="Of FLOAT64: decimals that are kept.")
    description: str
    is_key: bool


class RowsOfDate(BaseModel):
    """One page of a table's rows, in the order of the key."""

    table: str
    date: date
    date_column: str
    player: str
    has_players: bool = Field(description="Whether rows can be found by player.")
    columns: list[ColumnOf]
    rows: list[list[Any]]
    names: list[str | None] = Field(
        description="Of each row's player; null where the table has none or nobody knows him."
    )
    in_all: int = Field(description="Rows of the date.")
    in_search: int = Field(description="Of those, what was looked for.")
    page: int
    pages: int = Field(description="The last page's number; 0 where there is no row.")
