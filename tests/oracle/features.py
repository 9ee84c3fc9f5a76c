"""The features in their order, and which sets are ready without which of them."""

from __future__ import annotations

from collections.abc import Mapping

from tests.oracle.numbers import ratio

Row = dict[str, object]

FEATURES = (
    "points_avg_last_5",
    "points_avg_last_10",
    "points_avg_season",
    "points_std_last_10",
    "games_in_last_7_days",
    "fatigue_score",
    "shot_zone_mismatch_score",
    "pace_score",
    "usage_spike_score",
    "rest_advantage",
    "injury_risk",
    "recent_trend",
    "minutes_change",
    "opponent_def_rating",
    "opponent_pace",
    "home_away",
    "back_to_back",
    "playoff_game",
    "pct_paint",
    "pct_mid_range",
    "pct_three",
    "pct_free_throw",
    "team_pace",
    "team_off_rating",
    "team_win_pct",
    "vegas_points_line",
    "vegas_opening_line",
    "vegas_line_move",
    "has_vegas_line",
    "avg_points_vs_opponent",
    "games_vs_opponent",
    "minutes_avg_last_10",
    "ppm_avg_last_10",
    "dnp_rate",
    "pts_slope_10g",
    "pts_vs_season_zscore",
    "breakout_flag",
    "star_teammates_out",
    "game_total_line",
    "days_rest",
    "minutes_load_last_7d",
    "spread_magnitude",
    "implied_team_total",
    "points_avg_last_3",
    "scoring_trend_slope",
    "deviation_from_avg_last3",
    "consecutive_games_below_avg",
    "teammate_usage_available",
    "usage_rate_last_5",
    "games_since_structural_change",
    "multi_book_line_std",
    "prop_over_streak",
    "prop_under_streak",
    "line_vs_season_avg",
)

OPTIONAL = {10, *range(25, 30), 37, 38, 41, 42, 47, *range(50, 54)}

NO_VEGAS = set(range(54)) - set(range(25, 29))

SETS = {
    "v9": set(range(33)),
    "v10": set(range(37)),
    "v11": set(range(39)),
    "v12": set(range(54)),
    "v12_noveg": NO_VEGAS,
    "v12_blind": NO_VEGAS - {38, 41, 42, *range(50, 54)},
}


def readiness(values: Mapping[str, object]) -> Row:
    """What is missing of a row's features, and what it is fit for all the same."""
    missing = {
        index
        for index, name in enumerate(FEATURES)
        if values[name] is None and index not in OPTIONAL
    }
    required = len(SETS["v12"] - OPTIONAL)
    return {
        "required_default_count": sum(index <= 38 for index in missing),
        "missing_features": ",".join(FEATURES[index] for index in sorted(missing)),
        "ready_feature_sets": ",".join(
            name for name, members in SETS.items() if not members & missing
        ),
        "feature_quality_score": ratio(100 * (required - len(missing)), required, 1),
    }
