"""The feature catalogue: what each feature is, where it comes from, which sets hold it.

The order is a contract with stored models: append, never insert.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from processors.columns import Column, Type


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One column of the store that a model may read."""

    index: int
    name: str
    unit: str
    formula: str
    """In a sentence; precise enough to compute it by hand."""
    source: str
    """The table that it mainly comes from."""
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    """Whether it takes whole values only."""
    required: bool = True
    about_the_line: bool = False
    """Whether it carries what the bookmakers said."""

    @property
    def column(self) -> Column:
        return Column(
            name=self.name,
            type=Type.INT64 if self.whole else Type.FLOAT64,
            description=f"Feature {self.index}. {self.formula}",
            unit=self.unit,
            digits=None if self.whole else 6,
            minimum=self.minimum,
            maximum=self.maximum,
        )


CACHE = "nba_precompute.player_daily_cache"
COMPOSITE = "nba_precompute.player_composite_factors"
DEFENSE = "nba_precompute.team_defense_zone_analysis"
ZONES = "nba_precompute.player_shot_zone_analysis"
CONTEXT = "nba_analytics.upcoming_player_game_context"
TEAM_CONTEXT = "nba_analytics.upcoming_team_game_context"
FORM = "nba_analytics.player_form"
TEAM_FORM = "nba_analytics.team_form"
SUMMARY = "nba_analytics.player_game_summary"
LINES = "nba_analytics.player_lines"
REPORTS = "nba_raw.injury_report"

LATEST = "after his latest game of this season (player_form)"
MONTHS = "his played games of this season in [D-60 days, D)"


def _all() -> tuple[Feature, ...]:
    listed: list[Feature] = []

    def add(name: str, unit: str, source: str, formula: str, **more: object) -> None:
        listed.append(
            Feature(
                index=len(listed),
                name=name,
                unit=unit,
                source=source,
                formula=formula,
                **more,  # type: ignore[arg-type]
            )
        )

    add("points_avg_last_5", "points", CACHE, "The daily cache's.")
    add("points_avg_last_10", "points", CACHE, "The daily cache's.")
    add("points_avg_season", "points", CACHE, "The daily cache's.")
    add("points_std_last_10", "points", CACHE, "The daily cache's.", minimum=0)
    add("games_in_last_7_days", "games", CACHE, "The daily cache's.", whole=True, minimum=0)
    add(
        "fatigue_score",
        "score",
        COMPOSITE,
        "The composite factors'.",
        whole=True,
        minimum=0,
        maximum=100,
    )
    add(
        "shot_zone_mismatch_score",
        "points",
        COMPOSITE,
        "The composite factors'.",
        minimum=-10,
        maximum=10,
    )
    add("pace_score", "points", COMPOSITE, "The composite factors'.", minimum=-3, maximum=3)
    add("usage_spike_score", "points", COMPOSITE, "The composite factors'.", minimum=-3, maximum=3)
    add(
        "rest_advantage",
        "days",
        CONTEXT,
        "days_rest - the opponent's team_days_rest, clamped to +-2; NULL where either is.",
        whole=True,
        minimum=-2,
        maximum=2,
    )
    add(
        "injury_risk",
        "level",
        REPORTS,
        "By player_status: available 0, probable 1, questionable 2; 0 where the game has a report"
        " before tip-off and he is not on it; NULL where the game has none.",
        whole=True,
        minimum=0,
        maximum=2,
        required=False,
    )
    add(
        "recent_trend",
        "level",
        FORM,
        "d = mean points of his last 2 games - mean of the 3 before them, " + LATEST + "; d >= 5:"
        " 2, >= 2: 1, <= -5: -2, <= -2: -1, else 0; NULL with fewer than 5 games.",
        whole=True,
        minimum=-2,
        maximum=2,
    )
    add(
        "minutes_change",
        "level",
        FORM,
        "r = (minutes_avg_last_10 - minutes_avg_season) / minutes_avg_season, " + LATEST + "; r >="
        " .20: 2, >= .10: 1, <= -.20: -2, <= -.10: -1, else 0; NULL where either is, or the season"
        " mean is 0.",
        whole=True,
        minimum=-2,
        maximum=2,
    )
    add(
        "opponent_def_rating",
        "points per 100 possessions",
        DEFENSE,
        "defensive_rating_last_15 of the opponent.",
    )
    add("opponent_pace", "possessions per 48 minutes", DEFENSE, "opponent_pace of the opponent.")
    add("home_away", "flag", CONTEXT, "1 at home, 0 away.", whole=True, minimum=0, maximum=1)
    add(
        "back_to_back",
        "flag",
        CONTEXT,
        "1 where he played the day before.",
        whole=True,
        minimum=0,
        maximum=1,
    )
    add(
        "playoff_game",
        "flag",
        CONTEXT,
        "1 in the playoffs; the play-in is 0.",
        whole=True,
        minimum=0,
        maximum=1,
    )
    add("pct_paint", "share", ZONES, "paint_rate_last_10 / 100.", minimum=0, maximum=1)
    add("pct_mid_range", "share", ZONES, "mid_range_rate_last_10 / 100.", minimum=0, maximum=1)
    add("pct_three", "share", ZONES, "three_pt_rate_last_10 / 100.", minimum=0, maximum=1)
    add(
        "pct_free_throw",
        "share",
        FORM,
        "ft_made_sum_last_10 / points_sum_last_10, " + LATEST + ", at most .5; NULL without a"
        " point.",
        minimum=0,
        maximum=0.5,
    )
    add("team_pace", "possessions per 48 minutes", CACHE, "team_pace_last_10.")
    add("team_off_rating", "points per 100 possessions", CACHE, "team_off_rating_last_10.")
    add(
        "team_win_pct",
        "share",
        TEAM_FORM,
        "win_pct_season of his team after its latest game; NULL with fewer than 5 decided games.",
        minimum=0,
        maximum=1,
    )
    add(
        "vegas_points_line",
        "points",
        CONTEXT,
        "current_points_line.",
        required=False,
        about_the_line=True,
    )
    add(
        "vegas_opening_line",
        "points",
        CONTEXT,
        "opening_points_line.",
        required=False,
        about_the_line=True,
    )
    add("vegas_line_move", "points", CONTEXT, "line_movement.", required=False, about_the_line=True)
    add(
        "has_vegas_line",
        "flag",
        CONTEXT,
        "1 where he has a line, else 0.",
        whole=True,
        minimum=0,
        maximum=1,
        required=False,
        about_the_line=True,
    )
    add(
        "avg_points_vs_opponent",
        "points",
        SUMMARY,
        "Mean points of his played games against the opponent in [D-365 days, D), across seasons;"
        " NULL without one.",
        required=False,
    )
    add("games_vs_opponent", "games", SUMMARY, "How many these are.", whole=True, minimum=0)
    add("minutes_avg_last_10", "minutes", CACHE, "The daily cache's.", minimum=0)
    add("ppm_avg_last_10", "points per minute", FORM, "ppm_avg_last_10 " + LATEST + ".")
    add(
        "dnp_rate",
        "share",
        FORM,
        "1 - his games / team games, over the games of his team up to its latest before D, since"
        " the first he played in his present stint (stint_first_team_game_number), at most the"
        " latest 10; NULL where his latest game of this season was for another team or there is"
        " none.",
        minimum=0,
        maximum=1,
    )
    add("pts_slope_10g", "points per game", FORM, "points_slope_last_10 " + LATEST + ".")
    add(
        "pts_vs_season_zscore",
        "deviations",
        FORM,
        "(points_avg_last_5 - points_avg_season) / points_std_last_10, " + LATEST + ", clamped to"
        " +-3; NULL where the deviation is unknown or 0.",
        minimum=-3,
        maximum=3,
    )
    add(
        "breakout_flag",
        "flag",
        FORM,
        "1 where points_avg_last_5 > points_avg_season + 1.5 points_std_last_10, " + LATEST + ";"
        " NULL where one is.",
        whole=True,
        minimum=0,
        maximum=1,
    )
    add(
        "star_teammates_out",
        "players",
        CONTEXT,
        "The context's.",
        whole=True,
        minimum=0,
        required=False,
    )
    add("game_total_line", "points", CONTEXT, "game_total.", required=False, about_the_line=True)
    add("days_rest", "days", CONTEXT, "The context's.", whole=True, minimum=0)
    add("minutes_load_last_7d", "minutes", CONTEXT, "minutes_in_last_7_days.", minimum=0)
    add(
        "spread_magnitude",
        "points",
        CONTEXT,
        "The size of game_spread.",
        minimum=0,
        required=False,
        about_the_line=True,
    )
    add(
        "implied_team_total",
        "points",
        CONTEXT,
        "game_total / 2 - game_spread / 2.",
        required=False,
        about_the_line=True,
    )
    add("points_avg_last_3", "points", FORM, "points_avg_last_3 " + LATEST + ".")
    add("scoring_trend_slope", "points per game", FORM, "points_slope_last_7 " + LATEST + ".")
    add(
        "deviation_from_avg_last3",
        "deviations",
        SUMMARY,
        "(points_avg_last_3 - m) / s with m the mean and s the sample deviation of points over "
        + MONTHS
        + "; NULL with fewer than 2 of them or s = 0.",
    )
    add(
        "consecutive_games_below_avg",
        "games",
        SUMMARY,
        "How many of " + MONTHS + ", from the latest backwards without a gap, had fewer points than"
        " their mean; NULL without one.",
        whole=True,
        minimum=0,
    )
    add(
        "teammate_usage_available",
        "rate",
        SUMMARY,
        "Sum, over the players of his team in the context, himself not counted, whose player_status"
        " is out or doubtful, of the mean usage_rate (rounded to 6 digits) of their played games of"
        " this season in [D-30 days, D), where their mean minutes in these are above 10; 0 where"
        " there is none; NULL where the game has no report before tip-off.",
        minimum=0,
        required=False,
    )
    add("usage_rate_last_5", "rate", FORM, "usage_rate_last_5 " + LATEST + ".")
    add(
        "games_since_structural_change",
        "games",
        FORM,
        "games_since_structural_change " + LATEST + "; 0 where the date is more than 14 days after"
        " that game or he is to play for another team than in it.",
        whole=True,
        minimum=0,
        maximum=30,
    )
    add(
        "multi_book_line_std",
        "points",
        LINES,
        "player_lines'.",
        minimum=0,
        required=False,
        about_the_line=True,
    )
    add(
        "prop_over_streak",
        "games",
        FORM,
        "prop_over_streak " + LATEST + ".",
        whole=True,
        minimum=0,
        required=False,
        about_the_line=True,
    )
    add(
        "prop_under_streak",
        "games",
        FORM,
        "prop_under_streak " + LATEST + ".",
        whole=True,
        minimum=0,
        required=False,
        about_the_line=True,
    )
    add(
        "line_vs_season_avg",
        "points",
        CONTEXT,
        "current_points_line - points_avg_season of the daily cache.",
        required=False,
        about_the_line=True,
    )
    return tuple(listed)


FEATURES: tuple[Feature, ...] = _all()

_V12 = tuple(feature.name for feature in FEATURES)
SETS: Mapping[str, tuple[str, ...]] = {
    "v9": _V12[:33],
    "v10": _V12[:37],
    "v11": _V12[:39],
    "v12": _V12,
    "v12_noveg": tuple(name for name in _V12 if name not in _V12[25:29]),
    "v12_blind": tuple(one.name for one in FEATURES if not one.about_the_line),
}
"""`v12_noveg` is as users know it and still carries odds; only `v12_blind` is without the line."""


def required_of(features: tuple[str, ...]) -> tuple[str, ...]:
    by_name = {feature.name: feature for feature in FEATURES}
    return tuple(name for name in features if by_name[name].required)
