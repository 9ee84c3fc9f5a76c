"""The trace of a player's date: every feature, and the games that it came from."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from pipeline.trace.absence import Why
from pipeline.trace.checking import Verdict
from pipeline.trace.trails import Whose
from service.models.answers import Instant

Number = int | float | None


class SettingOf(BaseModel):
    """Who plays whom, and what is known of him before tip-off."""

    game_id: str | None
    tipoff_at: Instant | None
    season_phase: str | None
    team: str | None
    opponent: str | None
    is_home: bool | None
    expected: bool = Field(description="Whether upcoming_player_game_context has him.")
    player_status: str | None
    injury_report_at: Instant | None


class RowOf(BaseModel):
    """What his row of the store says of itself."""

    is_placeholder: bool = Field(description="Of a bootstrap day: every feature is NULL.")
    early_season_flag: bool | None
    insufficient_data_reason: str | None
    missing_features: list[str]
    ready_feature_sets: list[str]
    feature_quality_score: float | None
    logic_version: str
    run_id: str
    processed_at: Instant


class AbsentOf(BaseModel):
    """Why he has no row."""

    why: Why
    reason: str


class SaidByOf(BaseModel):
    """A column that the feature is handed down through."""

    table: str
    column: str
    description: str


class WindowOf(BaseModel):
    """Games that go into a feature, or the lines."""

    whose: Whose
    says: str
    games: list[date] = Field(description="Their dates, newest first.")


class CheckOf(BaseModel):
    """A stored value against the games, without and with those of the date."""

    verdict: Verdict
    recomputed: Number = Field(description="From the games before the date.")
    steps: str | None = Field(description="How; null where it isn't computed anew here.")
    leaked: Number = Field(description="The same as if the date's own game were let in.")
    leaked_steps: str | None
    tells_apart: bool = Field(description="Whether the two differ.")
    door: str | None = Field(description="What let the date in, where the value shows it.")
    unchecked: str | None = Field(description="Why it isn't computed anew here.")


class FeatureOf(BaseModel):
    """One feature of the row."""

    index: int
    name: str
    unit: str
    source: str = Field(description="The table that it mainly comes from.")
    sentence: str
    said_by: list[SaidByOf]
    sets: list[str]
    required: bool
    value: Number
    comes_from: list[WindowOf]
    check: CheckOf


class GameOf(BaseModel):
    """One game of his."""

    date: date
    of_the_date: bool = Field(description="The date's own: in no number.")
    game_id: str
    season_year: int
    team: str
    opponent: str
    is_home: bool
    played: bool
    seconds_played: int | None
    points: int | None
    fg_attempted: int | None
    ft_made: int | None
    ft_attempted: int | None
    turnovers: int | None
    usage_rate: float | None
    has_shots: bool
    paint_attempts: int | None
    mid_range_attempts: int | None
    three_pt_attempts: int | None
    line: float | None = Field(description="His points line before that game's tip-off.")


class TeamGameOf(BaseModel):
    """One game of a team, from both sides."""

    date: date
    of_the_date: bool
    game_id: str
    opponent: str
    is_home: bool
    won: bool | None
    points: int | None
    allowed: int | None
    possessions: float | None
    pace: float | None
    offensive_rating: float | None
    opponent_possessions: float | None
    opponent_pace: float | None
    defensive_rating: float | None
    paint_points_allowed: int | None
    mid_range_points_allowed: int | None
    three_pt_points_allowed: int | None


class LineOf(BaseModel):
    """A snapshot of a bookmaker's board."""

    provider: str
    bookmaker: str
    captured_at: Instant
    before_tipoff: bool = Field(description="What came later is in no number.")
    points: float | None
    spread_home: float | None
    total: float | None


class Traced(BaseModel):
    """Everything that a player's row of a date came from."""

    date: date
    player_lookup: str
    player_name: str | None
    season_year: int | None
    setting: SettingOf
    row: RowOf | None
    absent: AbsentOf | None = Field(description="Where there is no row.")
    verdicts: dict[Verdict, int]
    features: list[FeatureOf]
    games: list[GameOf] = Field(
        description="This season's up to the date, and those against the opponent within a year."
    )
    team_games: list[TeamGameOf]
    opponent_games: list[TeamGameOf]
    lines: list[LineOf]
    game_lines: list[LineOf]
