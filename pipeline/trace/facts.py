"""What a trace stands on: games, lines and what is known of the date, before anything is cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class PlayerGame:
    """One game of his, as player_game_summary has it."""

    day: date
    game_id: str
    season_year: int
    team: str
    opponent: str
    is_home: bool
    played: bool
    seconds: int | None
    points: int | None
    fg_attempted: int | None
    ft_made: int | None
    ft_attempted: int | None
    turnovers: int | None
    usage_rate: float | None
    has_shots: bool
    paint: int | None
    mid_range: int | None
    three: int | None
    line: float | None
    """His points line before that game's own tip-off."""

    @property
    def result(self) -> str | None:
        """Against his line; a push and a game without a line are none."""
        if self.points is None or self.line is None or self.points == self.line:
            return None
        return "over" if self.points > self.line else "under"


@dataclass(frozen=True, kw_only=True)
class TeamGame:
    """One game of a team, from both sides."""

    day: date
    game_id: str
    team: str
    opponent: str
    is_home: bool
    points: int | None
    allowed: int | None
    won: bool | None
    possessions: float | None
    pace: float | None
    offensive_rating: float | None
    opponent_possessions: float | None
    opponent_pace: float | None
    defensive_rating: float | None
    paint_allowed: int | None
    """Points from there."""
    mid_range_allowed: int | None
    three_allowed: int | None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One snapshot of a bookmaker's board: the player's points, or the game's spread and total."""

    provider: str
    bookmaker: str
    captured_at: datetime
    before_tipoff: bool
    points: float | None = None
    spread: float | None = None
    """Of the home team."""
    total: float | None = None


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Who plays whom, when; what the context and the store hold of him; empty where they don't."""

    day: date
    player: str
    name: str | None
    season_year: int | None
    game_id: str | None
    tipoff_at: datetime | None
    season_phase: str | None
    team: str | None
    opponent: str | None
    is_home: bool | None
    expected: bool
    """Whether the upcoming context has him."""
    status: str | None
    reported_at: datetime | None
    stars_out: int | None
    age: int | None
    latest_day: date | None
    """Of his latest game before the date, as player_asof has it."""
    latest_team: str | None
    store_rows: int
    """Of everyone, on the date."""
    context_rows: int
    quarantined: str | None
    """Why his row was set aside, where it was."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything up to and including the date; newest first."""

    setting: Setting
    games: Sequence[PlayerGame] = ()
    """This season's and those of the year before the date; also where he did not play."""
    team_games: Sequence[TeamGame] = ()
    opponent_games: Sequence[TeamGame] = ()
    lines: Sequence[Line] = ()
    game_lines: Sequence[Line] = ()
