"""Rows in quarantine, as they are asked for and shown."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from service.models.answers import Instant
from service.models.requests import Day


class QuarantineAsked(BaseModel):
    """Of which date and table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: Day
    table: str = Field(default="", max_length=200, description="Else every table.")
    limit: int = Field(default=5, ge=1, le=1000, description="Rows shown of each reason.")


class BadRowOf(BaseModel):
    """A row as it was computed."""

    key: str
    row: dict[str, Any]


class SetAsideOf(BaseModel):
    """What one run set aside of one table for one reason."""

    table: str
    reason: str
    run_id: str
    is_latest: bool = Field(description="Whether no run has computed the date since.")
    rows: int = Field(description="All of them; `examples` holds the first by key.")
    recorded_at: Instant
    examples: list[BadRowOf]


class Quarantine(BaseModel):
    """Of one date, by table, the newest run first."""

    date: date
    set_aside: list[SetAsideOf]
