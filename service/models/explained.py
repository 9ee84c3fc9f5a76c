"""A date explained: its place in the calendar, its tables, and what each of them reads."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from pipeline.state import State
from service.models.answers import OutcomeSeen


class LatestOutcome(OutcomeSeen):
    """What was said last, and by which run."""

    run_id: str


class ReadOf(BaseModel):
    """How much of an input is there, of the dates that the table above it may read."""

    required: bool
    present: bool = Field(description="Whether it is enough.")
    found: int
    needed: int = Field(description="All that could be there; 0 where any number will do.")
    what: str
    window: str = Field(description="As the contract has it; empty for a table without dates.")
    first: date | None
    last: date | None


class BranchOf(BaseModel):
    """One table of a date and what it reads."""

    table: str
    state: State | None
    rows: int | None
    summary: str
    word: str | None = Field(
        default=None,
        description="What it is shown as: its state, the outcome that proved it or the last try"
        " that failed, `coming` where nothing is late.",
    )
    reason: str | None = Field(default=None, description="Why it is in that state.")
    read: ReadOf | None = Field(default=None, description="Where it is another table's input.")
    latest: LatestOutcome | None = Field(
        default=None, description="What the ledger said last; of inputs it isn't repeated."
    )
    inputs: list[BranchOf]


class Around(BaseModel):
    """Where the date stands in the calendar."""

    season: str | None = Field(description="Null between seasons.")
    season_day: int | None
    games: int
    games_over: int
    bootstrap: str | None = Field(description="Why the precompute tables leave it out.")
    is_coming: bool = Field(description="After today, no game over: nothing of it is late.")
    previous: date | None = Field(description="The nearest date with games before it.")
    next: date | None = Field(description="The nearest date with games after it.")


class Explained(BaseModel):
    """A date as a tree, with the first thing that is missing and the command that repairs it."""

    date: date
    expectation: str
    around: Around
    tables: list[BranchOf]
    first_missing: str | None
    repair: str | None
