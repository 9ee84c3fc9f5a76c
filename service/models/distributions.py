"""Distributions of features: what is asked and what is answered."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from pipeline.audit.canaries import What
from pipeline.audit.verdict import Word
from pipeline.readiness import Phase
from service.models.answers import Instant


class WhichSeason(BaseModel):
    """Of which season."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    season: str | None = Field(
        default=None, max_length=20, description="2025-26; else the newest with rows."
    )


class SpreadOf(BaseModel):
    """One feature over a season or a month. Quartiles are values that are held: a quarter, a half,
    three quarters of the rows with a value hold no more."""

    month: date | None = Field(description="Its first day; null is the whole season.")
    rows: int
    nulls: int
    null_share: float
    distinct: int
    most_frequent: float | None = Field(description="The lowest, where several are.")
    most_frequent_share: float | None = Field(description="Of the rows with a value.")
    lowest: float | None
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
    highest: float | None


class JumpOf(BaseModel):
    """The NULL share of a month is another than that of the month before."""

    month: date
    before: float
    after: float


class FindingOf(BaseModel):
    """What the canaries found."""

    what: What
    found: str
    threshold: str


class DistributionOf(BaseModel):
    """One feature over a season and its months."""

    index: int
    name: str
    unit: str
    formula: str
    source: str
    minimum: float | None
    maximum: float | None
    whole: bool
    required: bool
    about_the_line: bool
    sets: list[str]
    season: SpreadOf
    months: list[SpreadOf]
    constant: bool = Field(description="One value in every row of the season that has one.")
    stuck: list[date] = Field(description="Months in which what is measured holds one value.")
    jumps: list[JumpOf]
    findings: list[FindingOf] = Field(description="Of the last canaries of the season.")


class CanariesOf(BaseModel):
    """The last word of the canaries on the store of a season."""

    verdict: Word
    reason: str
    recorded_at: Instant
    rows: int = Field(description="Stored when it was spoken.")
    outdated: bool = Field(description="What it measured isn't what stands now.")


class ReadinessOf(BaseModel):
    """Rows of one phase of the season from which a feature set can be read."""

    feature_set: str
    phase: Phase
    rows: int
    ready: int
    share: float
    wants_explaining: bool = Field(description="`tipoff features --readiness` says why so few.")
    missing: dict[str, int] = Field(description="Rows that lack a required feature, worst first.")


class Distributions(BaseModel):
    """Every feature over one season."""

    seasons: list[str] = Field(description="With rows in the store, the oldest first.")
    season: str | None = Field(description="Null where the store holds no row.")
    first_date: date | None = Field(description="Of the season's processed days.")
    last_date: date | None
    rows: int
    canaries: CanariesOf | None = Field(description="Null where nobody has audited.")
    readiness: list[ReadinessOf]
    features: list[DistributionOf]


class BinOf(BaseModel):
    """Rows from `low` to below `high`; in the last bin, and of whole values, `high` is in."""

    low: float
    high: float
    rows: int


class SeasonSpread(BaseModel):
    """One feature over a whole season."""

    season: str
    spread: SpreadOf


class DistributionInDepth(BaseModel):
    """One feature: a season by month and by value, and the seasons beside it."""

    season: str
    feature: DistributionOf
    canaries: CanariesOf | None = Field(description="Of the whole store; null: not audited.")
    bins: list[BinOf]
    seasons: list[SeasonSpread] = Field(description="The oldest first.")
