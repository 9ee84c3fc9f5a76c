"""Parameters of what is looked at: as strict as bodies."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from pipeline.coverage import By
from service.models.requests import Day

Overall = Literal[
    "completed",
    "completed_with_findings",
    "blocked",
    "failed",
    "skipped",
    "passed",
    "undetermined",
]
"""Of work; of a message that asks for none; of a verification."""
TABLES = "Between commas; none means every computed table."


class Tables(BaseModel):
    """Which tables."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tables: str = Field(default="", max_length=4000, description=TABLES)

    @property
    def names(self) -> list[str]:
        return [name.strip() for name in self.tables.split(",") if name.strip()]


class Covering(Tables):
    """How finely coverage is told."""

    by: By = Field(default=By.SEASON, description="A line a season, or a line a month.")


class Since(BaseModel):
    """From which moment on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: AwareDatetime | None = Field(default=None, description="Else a day ago.")


class Over(Tables):
    """Which tables over which dates."""

    start: Day
    end: Day | None = Field(default=None, description="Else the first date alone.")


class Planning(Over):
    """Which tables over which dates, and whether it is to be priced."""

    force: bool = Field(default=False, description="As if what is fresh were asked for by force.")
    bytes: bool = Field(
        default=False, description="Also say what the statements would read, by dry run."
    )
    chunk: int | None = Field(
        default=None,
        ge=1,
        le=400,
        description="Priced so many dates at a time; else as a range is computed here.",
    )


class Runs(BaseModel):
    """Which runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=20, ge=1, le=1000)
    run_id: str | None = Field(
        default=None, max_length=100, description="This one, with its outcomes."
    )
    correlation_id: str | None = Field(
        default=None,
        max_length=200,
        description="Asked for under this id.",
    )
    table: str | None = Field(
        default=None, max_length=200, description="That said something of it."
    )
    date: Day | None = Field(default=None, description="That said something of it.")
    status: Overall | None = Field(default=None, description="The overall word.")
