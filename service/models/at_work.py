"""What is at work, and what was tried and isn't done."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from pipeline.outcome import Status
from service.models.answers import Instant


class UnderwayOf(BaseModel):
    """A run that hasn't ended."""

    run_id: str
    since: Instant
    dataset_prefix: str | None = Field(description="Of a rehearsal.")
    request: dict[str, Any]
    at_hand: bool = Field(description="False where only the ledger knows of it: no request for it.")
    table: str | None = Field(description="At work on it now; null while it waits for its turn.")
    dates: int
    dates_done: int
    outcomes: dict[Status, int] = Field(description="Told so far: dates of tables.")
    outcomes_in_all: int
    last_date: date | None
    last_said_at: Instant | None


class CampaignOf(BaseModel):
    """One backfill, as far as it has come; how much it will ask for only the client knows."""

    campaign: str
    at_work: bool = Field(description="A request of it works or waits, or ended within 10 seconds.")
    tables: list[str]
    force: bool
    triggered_by: str | None
    began_at: Instant
    last_said_at: Instant
    requests: int
    requests_open: int
    dates_asked: int = Field(description="So far.")
    dates_done: int
    statuses: dict[Status, int] = Field(description="Dates done, by the worst of their tables.")
    last_date: date | None
    dates_per_minute: float | None = Field(
        description="Over the last five minutes; null where it has only begun."
    )


class AtWork(BaseModel):
    """At one moment: what works and waits, and the backfills of the last day."""

    as_of: Instant
    places: int = Field(description="Requests that may work or wait.")
    places_taken: int
    runs: list[UnderwayOf] = Field(description="The first come first.")
    campaigns: list[CampaignOf] = Field(description="The latest first.")


class FailureOf(BaseModel):
    """What failed, was rejected or is blocked, for one reason."""

    state: Status
    tables: list[str]
    dates: int = Field(description="Each table's by themselves.")
    first: date
    last: date
    example: str = Field(description="The sentence of one of them.")
    example_table: str
    example_date: date


class Failures(BaseModel):
    """What was last tried since a moment and isn't done; causes before what follows from them."""

    since: Instant
    failures: list[FailureOf]
