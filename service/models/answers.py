"""Bodies of answers: the whole truth, whatever the code."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from pipeline.audit.verdict import Word
from pipeline.ledger import Event
from pipeline.outcome import Status
from pipeline.state import State


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


Instant = Annotated[datetime, AfterValidator(_in_utc)]
"""As the ledger has it, where every moment is UTC and says nothing of a zone."""


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    field: str
    value: Any = None
    message: str
    nearest: str | None = None


class Error(BaseModel):
    """What happened, and what to do."""

    status: str = "failed"
    error: str = Field(description="The error's code: see docs/errors.md.")
    message: str
    retryable: bool
    faults: list[Fault] = []
    details: dict[str, Any] = {}


class OutcomeOf(BaseModel):
    """What became of one date of one table."""

    processor: str
    table: str
    date: date
    status: Status
    reason: str
    rows: int
    rows_expected: int | None = Field(
        default=None, description="Of what was computed now; else null."
    )
    evidence: dict[str, Any]
    duration_ms: int
    logic_version: str | None = None
    output_fingerprint: str | None = None
    transient: bool = Field(description="Whether a retry helps.")


class PlannedItem(BaseModel):
    """What would be done for one date of one table, and why."""

    table: str
    date: date
    state: State
    reason: str
    asked: bool


class PriceOf(BaseModel):
    """What the statements of one table come to."""

    table: str
    statements: int
    bytes: int | None = Field(description="Read, by dry run; null where reading costs nothing.")
    modifications: int = Field(
        description="Of its partitions: dates that are published one by one. Several at once are"
        " DML, which counts for none."
    )
    share: float | None = Field(
        description="Of the modifications that BigQuery allows a table in a day."
    )


class CostOf(BaseModel):
    """What a plan would read and replace; what may turn out fresh is counted too."""

    said: str
    statements: int
    bytes: int | None = Field(description="Of all tables.")
    dry_runs: int = Field(description="Other statements are taken to read what those near them do.")
    waiting: int = Field(
        description="Statements that read what earlier ones make and isn't there yet: of these"
        " less is foretold than will be read."
    )
    findings: list[str] = Field(description="Tables that a day's modifications don't suffice for.")
    tables: list[PriceOf]


class Plan(BaseModel):
    """Before anything is computed."""

    counts: dict[str, dict[State, int]]
    items: list[PlannedItem]
    cost: CostOf | None = Field(default=None, description="Where it is asked for.")


class Processed(BaseModel):
    """What became of a date: `results` holds the asked tables, `prepared` what they stand on."""

    status: str
    analysis_date: date
    season_year: int | None
    season_day: int | None
    results: list[OutcomeOf]
    prepared: list[OutcomeOf]
    run_id: str | None
    logic_versions: dict[str, str]
    plan: Plan | None = Field(default=None, description="Of a dry run: nothing was done.")
    published: int = Field(default=0, description="Completion messages sent.")
    publish_error: str | None = None


class RangeEnd(BaseModel):
    """The last line of a range: what came of it, and where to go on."""

    status: str
    exit_code: int
    run_id: str
    dates_done: int
    continue_from: date | None
    stopped_because: str | None
    counts: dict[Status, int]
    published: int = Field(default=0, description="Completion messages sent.")
    publish_error: str | None = None
    duplicate_of: str | None = Field(
        default=None, description="The run that has answered this firing of the scheduler already."
    )


class GapOf(BaseModel):
    """Dates in a row that do not stand, for one reason."""

    first: date
    last: date
    dates: int
    state: State
    reason: str
    fill: str = Field(description="The command that fills it.")


class DatesOf(BaseModel):
    """So many dates."""

    dates: int
    first: date | None = None
    last: date | None = None


class CoverageOf(BaseModel):
    """One table in one season or month, against what can be achieved."""

    table: str
    season: str
    month: str | None = Field(description="Where it is asked for by month.")
    achievable: int = Field(description="Dates that are neither bootstrap nor still to come.")
    standing: int
    share: float | None
    bootstrap: int
    coming: int = Field(description="Dates after today with no game over.")
    games: int = Field(description="On the achievable dates.")
    games_standing: int
    rows: int
    states: dict[State, int]
    gaps: list[GapOf]
    blind: dict[Word, int] = Field(description="Dates by what the audit of blindness last said.")
    unaudited: int = Field(description="Standing dates of whose rows it hasn't spoken.")
    other_code: DatesOf = Field(
        description="Written by other code than the code that runs, the blocked ones too."
    )
    unproven: DatesOf = Field(description="Stored, and the ledger has no word of them.")


class Coverage(BaseModel):
    """Every table in every season."""

    coverage: list[CoverageOf]
    fill: list[str] = Field(description="The commands that fill every gap.")


class Handoff(BaseModel):
    """What whoever comes next has to know."""

    written_at: Instant
    since: Instant
    page: str = Field(description="Markdown.")
    next: list[str] = Field(description="The commands to go on with.")


class OutcomeSeen(BaseModel):
    """What became of one date of one table, as the ledger has it."""

    processor: str
    table: str
    date: date
    status: Status
    reason: str
    rows: int | None
    duration_ms: int
    logic_version: str | None
    evidence: dict[str, Any]
    recorded_at: Instant


class RunSeen(BaseModel):
    """A request for work, as the ledger has it."""

    run_id: str
    event: Event = Field(description="`started` is running, or was killed a moment ago.")
    status: str | None = Field(description="The overall word of what was done.")
    started_at: Instant
    ended_at: Instant | None
    request: dict[str, Any]
    detail: dict[str, Any] = Field(description="Such as `continue_from`, where it stopped.")
    outcomes: list[OutcomeSeen] | None = Field(
        default=None, description="Of a run that is asked for by its id."
    )
    of_date: dict[Status, int] | None = Field(
        default=None, description="Where a date is asked for: its tables by their outcome."
    )


class Runs(BaseModel):
    """The newest first."""

    runs: list[RunSeen]


class VerdictOf(BaseModel):
    """Of the stored rows of one date of one table."""

    table: str
    date: date
    verdict: Word
    reason: str
    evidence: dict[str, Any]


class PartOf(BaseModel):
    """One thing that a verification looks at."""

    part: str
    verdict: Word
    said: str
    findings: list[str] = Field(description="What made it fail or leaves it open, one a line.")


class Verified(BaseModel):
    """Whether what is stored is what the ledger last proved, and stands up to its audits."""

    verdict: Word = Field(description="Of the rows; `failed` where any part is.")
    audit_id: str
    run_id: str
    counts: dict[Word, int] = Field(description="Of the rows: dates of tables.")
    parts: list[PartOf]
    differences: list[VerdictOf] = Field(
        description="Every verdict of the rows that isn't `passed`."
    )
    duplicate_of: str | None = Field(
        default=None, description="The run that has answered this firing of the scheduler already."
    )


class Rows(BaseModel):
    """The rows of a query."""

    columns: list[str]
    rows: list[list[Any]]
    truncated: bool


class Ready(BaseModel):
    """Whether work can be done here."""

    ready: bool
    reason: str | None = None


class Version(BaseModel):
    """What runs here, as far as anybody may know."""

    version: str
    commit: str | None
    built_at: str | None
    revision: str | None = Field(default=None, description="Of Cloud Run, where it runs there.")
    engine: str
    schema_state: str
    logic_versions: dict[str, str]
    settings: dict[str, Any]
