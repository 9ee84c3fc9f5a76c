"""The season calendar: what is asked and what is answered."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from pipeline.audit.verdict import Word
from pipeline.outcome import Status
from pipeline.state import State
from service.models.answers import CoverageOf, Instant


class Which(BaseModel):
    """Which season, and which month of it cell by cell."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    season: str | None = Field(
        default=None, max_length=20, description="2025-26; else the newest that has begun."
    )
    month: str | None = Field(
        default=None,
        max_length=20,
        description="2026-02; else the newest with something to be mended, else the latest begun.",
    )


class SeasonOf(BaseModel):
    """A season that the schedule knows."""

    label: str
    first: date
    last: date
    begun: bool


class MonthOf(BaseModel):
    """A month of the season."""

    month: str
    dates: int = Field(description="With games.")
    undone: int = Field(description="Dates of tables that can be mended.")


class DayOf(BaseModel):
    """A date with games."""

    date: date
    games: int
    final: int
    phase: str


class TableOf(BaseModel):
    """One table over the season."""

    table: str
    coverage: CoverageOf
    words: list[str] = Field(
        description="Of each of the season's dates: an outcome, a state, or `coming`."
    )


class LastSaidOf(BaseModel):
    """What the run that spoke of a date last said of it."""

    status: Status
    reason: str
    rows: int | None
    run_id: str
    recorded_at: Instant


class CellOf(BaseModel):
    """One table on one date of the month."""

    table: str
    date: date
    word: str = Field(description="What it is shown as.")
    state: State
    reason: str = Field(description="Of the state.")
    rows: int = Field(description="Stored there now.")
    blind: Word | None = Field(description="The latest audit of blindness of these rows.")
    last: LastSaidOf | None = Field(description="Null where no run has spoken of it.")


class Calendar(BaseModel):
    """A season: its tables whole, and one month of it cell by cell."""

    today: date
    seasons: list[SeasonOf] = Field(description="The newest that has begun first.")
    season: str | None = Field(description="Null where the schedule knows of none.")
    month: str | None
    months: list[MonthOf]
    days: list[DayOf] = Field(description="The season's dates with games.")
    tables: list[TableOf] = Field(description="In the order in which they are computed.")
    cells: list[CellOf] = Field(description="Of the month, table by table.")
    fill: list[str] = Field(description="The commands that fill the season's gaps.")
