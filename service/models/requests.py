"""Bodies of requests: strict, so that a misspelled field is never silently ignored."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from pipeline.days import WORDS, parse_day
from processors.errors import UsageError

PROCESSORS = "Table names or processor names; none means the five precompute tables."
FORCE = "Compute and publish again what is fresh."
ABOUT = "Kept in the run's record."


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("day", "a date is written as text: YYYY-MM-DD")
    try:
        return parse_day(value)
    except UsageError as error:
        details: dict[str, Any] = {"nearest": error.details["nearest"], "said": error.message}
        raise PydanticCustomError("day", "{said}", details) from error


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "format": "date"}, {"enum": list(WORDS)}],
            "description": "YYYY-MM-DD or a word for a day near today, Eastern.",
            "examples": ["2024-11-18", "TODAY"],
        }
    ),
]
Word = Annotated[str, Field(max_length=200)]


class Body(BaseModel):
    """Nothing is guessed and nothing is dropped."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Work(Body):
    """What every request for work may say."""

    processors: list[Word] = Field(default=[], max_length=100, description=PROCESSORS)
    backfill_mode: bool = Field(default=False, description="Publish nothing to downstream topics.")
    force: bool = Field(default=False, description=FORCE)
    dataset_prefix: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9_]{0,30}$",
        description="Compute into tables of this prefix, from the same raw ones: a rehearsal.",
    )
    correlation_id: Word | None = Field(default=None, description=ABOUT)
    triggered_by: Word | None = Field(default=None, description=ABOUT)

    @property
    def about(self) -> dict[str, str]:
        said = {"correlation_id": self.correlation_id, "triggered_by": self.triggered_by}
        return {name: value for name, value in said.items() if value is not None}


class ProcessDate(Work):
    """One date."""

    analysis_date: Day
    dry_run: bool = Field(default=False, description="Say what would be done, and do nothing.")


class Predict(Body):
    """One date, to be predicted."""

    analysis_date: Day
    backfill_mode: bool = Field(
        default=False,
        description="Say of a date whose games have begun what would have been said before.",
    )
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None,
        description="The one model that speaks, by its id; else the active one of each system.",
    )
    force: bool = Field(default=False, description=FORCE)
    correlation_id: Word | None = Field(default=None, description=ABOUT)
    triggered_by: Word | None = Field(default=None, description=ABOUT)

    @property
    def work(self) -> ProcessDate:
        """The same as a date of one table."""
        return ProcessDate.model_validate(
            {**self.model_dump(exclude={"model"}), "processors": ["predictions"]}
        )


class ProcessRange(Work):
    """Dates, or a range of them."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["dates"]}, {"required": ["start", "end"]}]}
    )

    dates: list[Day] | None = Field(default=None, min_length=1, max_length=4000)
    start: Day | None = None
    end: Day | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> ProcessRange:
        if (self.dates is None) == (self.start is None):
            raise PydanticCustomError("dates", "give either dates, or start with end")
        if (self.start is None) != (self.end is None):
            raise PydanticCustomError("dates", "start and end belong together")
        return self


class Reconcile(Work):
    """The last days and today."""

    days: int = Field(default=7, ge=1, le=400)


class Verify(Body):
    """Dates whose stored rows are to be scanned against the ledger."""

    start: Day | None = Field(default=None, description="First date; else seven days before today.")
    end: Day | None = Field(default=None, description="Last date; else yesterday.")
    whole: bool = Field(
        default=False, description="Every season up to yesterday, instead of a range."
    )
    tables: list[Word] = Field(
        default=[], max_length=100, description="None means every computed table."
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Verify:
        if self.whole and (self.start or self.end):
            raise PydanticCustomError("dates", "give either a range or whole, not both")
        return self


class Query(Body):
    """A read, in BigQuery SQL."""

    sql: str = Field(min_length=1, max_length=100_000)
    limit: int = Field(
        default=1000, ge=1, description="Rows at most; the setting's maximum holds too."
    )
