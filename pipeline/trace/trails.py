"""The trail of each feature: which games it comes from, and which columns say how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.trace.facts import PlayerGame, TeamGame
from pipeline.trace.history import History
from processors.features import (
    CACHE,
    COMPOSITE,
    CONTEXT,
    DEFENSE,
    FORM,
    LINES,
    TEAM_CONTEXT,
    TEAM_FORM,
    ZONES,
)


class Whose(StrEnum):
    """Which of the lists of a trace a window is of."""

    PLAYER = "player"
    TEAM = "team"
    OPPONENT = "opponent"
    LINES = "lines"
    GAME_LINES = "game_lines"
    NOBODY = "nobody"


Games = Sequence[PlayerGame] | Sequence[TeamGame]


def _nothing(_: History) -> Games:
    return ()


@dataclass(frozen=True)
class Window:
    """Some games, or the lines; `of` picks them from a history."""

    whose: Whose
    says: str
    of: Callable[[History], Games] = _nothing


def _last(size: int) -> Window:
    return Window(Whose.PLAYER, f"his last {size} played games", lambda of: of.games[:size])


def _days(size: int) -> Window:
    says = f"his played games of the {size} days before"
    return Window(Whose.PLAYER, says, lambda of: of.within(size))


LATEST = Window(Whose.PLAYER, "his latest game", lambda of: of.games[:1])
SEASON = Window(Whose.PLAYER, "his played games of this season", lambda of: of.games)
SHOTS = Window(Whose.PLAYER, "his last 10 games with shots known", lambda of: of.with_shots()[:10])
MEETINGS = Window(
    Whose.PLAYER, "his played games against the opponent within a year", lambda of: of.meetings
)
STINT = Window(
    Whose.TEAM, "his team's last 10 since he joined it", lambda of: of.team_games_of_stint()
)
STINT_GAMES = Window(Whose.PLAYER, "his played games for it", lambda of: of.stint)
TEAM_10 = Window(Whose.TEAM, "his team's last 10 games", lambda of: of.team_games[:10])
TEAM_SEASON = Window(Whose.TEAM, "his team's games of this season", lambda of: of.team_games)
OPPONENT_LATEST = Window(
    Whose.OPPONENT, "the opponent's latest game", lambda of: of.opponent_games[:1]
)
OPPONENT_10 = Window(Whose.OPPONENT, "the opponent's last 10", lambda of: of.opponent_games[:10])
OPPONENT_15 = Window(Whose.OPPONENT, "the opponent's last 15", lambda of: of.opponent_games[:15])
BOARD = Window(Whose.LINES, "his lines before tip-off")
GAME_BOARD = Window(Whose.GAME_LINES, "the game's lines before tip-off")
LEAGUE = Window(Whose.NOBODY, "every team's games of the 30 days before")
TEAMMATES = Window(Whose.NOBODY, "the games of teammates, and the injury reports before tip-off")
REPORTS = Window(Whose.NOBODY, "the injury reports before tip-off")
SCHEDULE = Window(Whose.NOBODY, "the schedule of the date")
AGE = Window(Whose.NOBODY, "his age")

Said = tuple[str, str]


@dataclass(frozen=True)
class Trail:
    """Where a feature comes from; `said_by` are the columns that it is handed down through."""

    windows: tuple[Window, ...]
    said_by: tuple[Said, ...] = ()
    unchecked: str | None = None
    """Why it is not computed anew here, where it isn't."""


def _cache(name: str, *then: Said) -> tuple[Said, ...]:
    return ((CACHE, name), *then)


def _line(name: str) -> tuple[Said, ...]:
    return ((CONTEXT, name), (LINES, name))


ON_THE_DATE = "it is read from the schedule of the date; no game goes into it"
OF_THE_LEAGUE = "it takes every team's games, which stand not here"
OF_TEAMMATES = "it takes the teammates' games and reports, which stand not here"

TRAILS: dict[str, Trail] = {
    "points_avg_last_5": Trail(
        (_last(5),), _cache("points_avg_last_5", (FORM, "points_avg_last_5"))
    ),
    "points_avg_last_10": Trail(
        (_last(10),), _cache("points_avg_last_10", (FORM, "points_avg_last_10"))
    ),
    "points_avg_season": Trail((SEASON,), _cache("points_avg_season", (FORM, "points_avg_season"))),
    "points_std_last_10": Trail(
        (_last(10),), _cache("points_std_last_10", (FORM, "points_std_last_10"))
    ),
    "games_in_last_7_days": Trail(
        (_days(7),), _cache("games_in_last_7_days", (CONTEXT, "games_in_last_7_days"))
    ),
    "fatigue_score": Trail((LATEST, _days(14), AGE), ((COMPOSITE, "fatigue_score"),)),
    "shot_zone_mismatch_score": Trail(
        (SHOTS, OPPONENT_15, LEAGUE),
        (
            (COMPOSITE, "shot_zone_mismatch_score"),
            (ZONES, "primary_scoring_zone"),
            (DEFENSE, "paint_defense_vs_league_avg"),
        ),
        OF_THE_LEAGUE,
    ),
    "pace_score": Trail(
        (TEAM_10, OPPONENT_10, LEAGUE), ((COMPOSITE, "pace_score"),), OF_THE_LEAGUE
    ),
    "usage_spike_score": Trail(
        (SEASON, TEAMMATES),
        (
            (COMPOSITE, "usage_spike_score"),
            (CONTEXT, "projected_usage_rate"),
            (FORM, "usage_rate_season"),
        ),
    ),
    "rest_advantage": Trail(
        (LATEST, OPPONENT_LATEST), ((CONTEXT, "days_rest"), (TEAM_CONTEXT, "team_days_rest"))
    ),
    "injury_risk": Trail(
        (REPORTS,),
        ((CONTEXT, "player_status"),),
        "it is read from the reports; no game goes into it",
    ),
    "recent_trend": Trail((_last(5),)),
    "minutes_change": Trail(
        (SEASON,), ((FORM, "minutes_avg_last_10"), (FORM, "minutes_avg_season"))
    ),
    "opponent_def_rating": Trail(
        (OPPONENT_15,),
        ((DEFENSE, "defensive_rating_last_15"), (TEAM_FORM, "defensive_rating_last_15")),
    ),
    "opponent_pace": Trail(
        (OPPONENT_15,), ((DEFENSE, "opponent_pace"), (TEAM_FORM, "opponent_pace_last_15"))
    ),
    "home_away": Trail((SCHEDULE,), ((CONTEXT, "is_home"),), ON_THE_DATE),
    "back_to_back": Trail((LATEST,), ((CONTEXT, "back_to_back"),)),
    "playoff_game": Trail((SCHEDULE,), ((CONTEXT, "season_phase"),), ON_THE_DATE),
    "pct_paint": Trail((SHOTS,), ((ZONES, "paint_rate_last_10"),)),
    "pct_mid_range": Trail((SHOTS,), ((ZONES, "mid_range_rate_last_10"),)),
    "pct_three": Trail((SHOTS,), ((ZONES, "three_pt_rate_last_10"),)),
    "pct_free_throw": Trail(
        (_last(10),), ((FORM, "ft_made_sum_last_10"), (FORM, "points_sum_last_10"))
    ),
    "team_pace": Trail((TEAM_10,), _cache("team_pace_last_10", (TEAM_FORM, "pace_last_10"))),
    "team_off_rating": Trail(
        (TEAM_10,), _cache("team_off_rating_last_10", (TEAM_FORM, "offensive_rating_last_10"))
    ),
    "team_win_pct": Trail((TEAM_SEASON,), ((TEAM_FORM, "win_pct_season"),)),
    "vegas_points_line": Trail((BOARD,), _line("current_points_line")),
    "vegas_opening_line": Trail((BOARD,), _line("opening_points_line")),
    "vegas_line_move": Trail((BOARD,), _line("line_movement")),
    "has_vegas_line": Trail((BOARD,), ((CONTEXT, "has_prop_line"),)),
    "avg_points_vs_opponent": Trail((MEETINGS,)),
    "games_vs_opponent": Trail((MEETINGS,)),
    "minutes_avg_last_10": Trail(
        (_last(10),), _cache("minutes_avg_last_10", (FORM, "minutes_avg_last_10"))
    ),
    "ppm_avg_last_10": Trail((_last(10),), ((FORM, "ppm_avg_last_10"),)),
    "dnp_rate": Trail((STINT, STINT_GAMES), ((FORM, "stint_first_team_game_number"),)),
    "pts_slope_10g": Trail((_last(10),), ((FORM, "points_slope_last_10"),)),
    "pts_vs_season_zscore": Trail((SEASON,), ((FORM, "points_std_last_10"),)),
    "breakout_flag": Trail((SEASON,), ((FORM, "points_std_last_10"),)),
    "star_teammates_out": Trail((TEAMMATES,), ((CONTEXT, "star_teammates_out"),), OF_TEAMMATES),
    "game_total_line": Trail(
        (GAME_BOARD,), ((CONTEXT, "game_total"), (TEAM_CONTEXT, "game_total"))
    ),
    "days_rest": Trail((LATEST,), ((CONTEXT, "days_rest"),)),
    "minutes_load_last_7d": Trail((_days(7),), ((CONTEXT, "minutes_in_last_7_days"),)),
    "spread_magnitude": Trail(
        (GAME_BOARD,), ((CONTEXT, "game_spread"), (TEAM_CONTEXT, "game_spread"))
    ),
    "implied_team_total": Trail(
        (GAME_BOARD,), ((TEAM_CONTEXT, "game_total"), (TEAM_CONTEXT, "game_spread"))
    ),
    "points_avg_last_3": Trail((_last(3),), ((FORM, "points_avg_last_3"),)),
    "scoring_trend_slope": Trail((_last(7),), ((FORM, "points_slope_last_7"),)),
    "deviation_from_avg_last3": Trail((_last(3), _days(60)), ((FORM, "points_avg_last_3"),)),
    "consecutive_games_below_avg": Trail((_days(60),)),
    "teammate_usage_available": Trail((TEAMMATES,), (), OF_TEAMMATES),
    "usage_rate_last_5": Trail((_last(5),), ((FORM, "usage_rate_last_5"),)),
    "games_since_structural_change": Trail((SEASON,), ((FORM, "games_since_structural_change"),)),
    "multi_book_line_std": Trail((BOARD,), ((LINES, "multi_book_line_std"),)),
    "prop_over_streak": Trail((SEASON,), ((FORM, "prop_over_streak"),)),
    "prop_under_streak": Trail((SEASON,), ((FORM, "prop_under_streak"),)),
    "line_vs_season_avg": Trail(
        (BOARD, SEASON), ((CONTEXT, "current_points_line"), (CACHE, "points_avg_season"))
    ),
}
