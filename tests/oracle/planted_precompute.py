"""The same for the precompute tables; all of them show in the middle of the season."""

from __future__ import annotations

from tests.oracle.planted import Planted

PLANTED_PRECOMPUTE: dict[str, tuple[Planted, ...]] = {
    "team_defense_zone_analysis": (
        Planted(
            "a month of 29 days",
            "DATE_SUB(standings.analysis_date, INTERVAL 30 DAY)",
            "DATE_SUB(standings.analysis_date, INTERVAL 29 DAY)",
        ),
        Planted(
            "the day's own game",
            "game.game_date < standings.analysis_date",
            "game.game_date <= standings.analysis_date",
        ),
        Planted(
            "what it shot for what it allowed",
            "game.defending_team_abbr = standings.team_abbr",
            "game.opponent_team_abbr = standings.team_abbr",
        ),
        Planted(
            "the season before the month",
            "PARTITION BY analysis_date ORDER BY span)",
            "PARTITION BY analysis_date ORDER BY span DESC)",
        ),
        Planted(
            "a three is worth two",
            "SAFE_DIVIDE(3 * samples.three_pt_makes",
            "SAFE_DIVIDE(2 * samples.three_pt_makes",
        ),
        Planted(
            "fifteen games are early",
            "samples.games_last_15 < 15",
            "samples.games_last_15 <= 15",
            times=2,
        ),
        Planted(
            "strongest where weakest",
            "against_league.paint_gap <= against_league.mid_range_gap",
            "against_league.paint_gap >= against_league.mid_range_gap",
        ),
    ),
    "player_shot_zone_analysis": (
        Planted("window of 59 days", "INTERVAL 60 DAY", "INTERVAL 59 DAY"),
        Planted("window of 30 days", "INTERVAL 60 DAY", "INTERVAL 30 DAY"),
        Planted(
            "two games are enough", "form.games_played_season >= 3", "form.games_played_season >= 2"
        ),
        Planted(
            "divided by the games of 20",
            "SAFE_DIVIDE(paint_attempts_last_10, shot_games_last_10)",
            "SAFE_DIVIDE(paint_attempts_last_10, shot_games_last_20)",
        ),
        Planted(
            "rate of 20 over the shots of 10",
            "SAFE_DIVIDE(100 * paint_attempts_last_20, shots_last_20)",
            "SAFE_DIVIDE(100 * paint_attempts_last_20, shots_last_10)",
        ),
        Planted(
            "assisted of all shots",
            "100 * assisted_fg_makes_last_10, makes_last_10",
            "100 * assisted_fg_makes_last_10, shots_last_10",
        ),
        Planted(
            "forty percent are not enough",
            "100 * paint_attempts_last_10 >= 40",
            "100 * paint_attempts_last_10 > 40",
        ),
        Planted(
            "mid-range from forty percent",
            "mid_range_attempts_last_10 >= 35",
            "mid_range_attempts_last_10 >= 40",
        ),
    ),
    "player_daily_cache": (
        Planted(
            "two games are enough",
            "WHERE form.games_played_season >= 3",
            "WHERE form.games_played_season >= 2",
        ),
        Planted(
            "four games are needed",
            "WHERE form.games_played_season >= 3",
            "WHERE form.games_played_season >= 4",
        ),
        Planted(
            "the team of his latest game",
            "team_standings.team_abbr = expected_players.team_abbr",
            "team_standings.team_abbr = latest.team_abbr",
        ),
        Planted("usage of ten games", "form.usage_rate_season AS", "form.usage_rate_last_10 AS"),
        Planted(
            "without shots no row",
            "LEFT JOIN `nba_precompute.player_shot_zone_analysis`",
            "JOIN `nba_precompute.player_shot_zone_analysis`",
        ),
        Planted(
            "sample capped at nine",
            "LEAST(form.games_played_season, 10)",
            "LEAST(form.games_played_season, 9)",
        ),
        Planted(
            "ten games are early",
            "form.games_played_season < 10",
            "form.games_played_season <= 10",
            times=2,
        ),
    ),
    "player_composite_factors": (
        Planted("three games in a week", "games_in_last_7_days >= 4", "games_in_last_7_days >= 3"),
        Planted(
            "freshness above 100", "GREATEST(freshness, 0), 100)", "GREATEST(freshness, 0), 105)"
        ),
        Planted(
            "his own team's defense",
            "defense.team_abbr = expected_players.opponent_team_abbr",
            "defense.team_abbr = expected_players.team_abbr",
        ),
        Planted(
            "a month of 29 days",
            "DATE_SUB(team_standings.analysis_date, INTERVAL 30 DAY)",
            "DATE_SUB(team_standings.analysis_date, INTERVAL 29 DAY)",
        ),
        Planted(
            "the day's own game",
            "game.game_date < team_standings.analysis_date",
            "game.game_date <= team_standings.analysis_date",
        ),
        Planted("divided by two", "4 * league.teams", "2 * league.teams"),
        Planted(
            "the other team twice",
            "own.team_abbr = expected_players.team_abbr",
            "own.team_abbr = expected_players.opponent_team_abbr",
        ),
        Planted(
            "one star out is two",
            "star_teammates_out >= 2 THEN 130",
            "star_teammates_out >= 1 THEN 130",
        ),
        Planted(
            "usage clamped at four",
            "-3000000), 3000000) AS usage_micros",
            "-4000000), 4000000) AS usage_micros",
        ),
    ),
    "ml_feature_store_v2": (
        Planted(
            "recent games of 59 days",
            "past.game_date >= DATE_SUB(on_the_slate.game_date, INTERVAL 60 DAY)",
            "past.game_date >= DATE_SUB(on_the_slate.game_date, INTERVAL 59 DAY)",
        ),
        Planted(
            "usage left by 29 days",
            "DATE_SUB(expected_players.game_date, INTERVAL 30 DAY)",
            "DATE_SUB(expected_players.game_date, INTERVAL 29 DAY)",
        ),
        Planted(
            "the day's own game",
            "past.game_date < on_the_slate.game_date",
            "past.game_date <= on_the_slate.game_date",
            times=2,
        ),
        Planted(
            "meetings with his own team",
            "past.opponent_team_abbr = on_the_slate.opponent_team_abbr",
            "past.opponent_team_abbr = on_the_slate.team_abbr",
        ),
        Planted(
            "deviation of a population",
            "recent_form.games * (recent_form.games - 1)",
            "recent_form.games * recent_form.games",
        ),
        Planted("rest clamped at three", "team_days_rest, -2), 2)", "team_days_rest, -3), 3)"),
        Planted(
            "his own team's rest",
            "opponent.team_abbr = player.opponent_team_abbr",
            "opponent.team_abbr = player.team_abbr",
        ),
        Planted(
            "two points more are no trend",
            "histories.points_sum_last_5 >= 12 THEN 1",
            "histories.points_sum_last_5 > 12 THEN 1",
        ),
        Planted(
            "the mean itself is below",
            "points * games >= points_sum",
            "points * games > points_sum",
        ),
        Planted(
            "the other team's total",
            "player.game_total - player.game_spread",
            "player.game_total + player.game_spread",
        ),
        Planted("fourteen days are a change", "DAY) > 14,", "DAY) >= 14,"),
        Planted(
            "z-score clamped at two",
            "-3 * histories.deviation_micros), 3 * histories",
            "-2 * histories.deviation_micros), 2 * histories",
        ),
        Planted("nine games of the team", "LEAST(10, team_standings", "LEAST(9, team_standings"),
        Planted(
            "share of 38 features", "39) AS feature_quality_score", "38) AS feature_quality_score"
        ),
        Planted("who is doubtful plays", "IN ('out', 'doubtful')", "IN ('out')"),
    ),
    "system_predictions": (
        Planted("the blend of four", "5 * last_5_micros", "4 * last_5_micros"),
        Planted("a match-up ten times as heavy", "(1000 + mismatch_x10)", "(100 + mismatch_x10)"),
        Planted(
            "the report forgotten",
            "COALESCE(injury_report_at, eve_of_the_game)",
            "eve_of_the_game",
        ),
    ),
    "system_errors": (
        Planted("equal errors count once", "SUM(error_x100)", "SUM(DISTINCT error_x100)"),
        Planted(
            "errors that cancel",
            "ABS(CAST(ROUND(100 * said.predicted_points) AS INT64) - 100 * played.points)",
            "CAST(ROUND(100 * said.predicted_points) AS INT64) - 100 * played.points",
        ),
        Planted(
            "in whole points",
            "SAFE_DIVIDE(SUM(error_x100), 100)",
            "ROUND(SAFE_DIVIDE(SUM(error_x100), 100))",
        ),
    ),
    "player_prop_predictions": (
        Planted(
            "the line's side turned",
            "predicted_x100 - CAST(ROUND(100 * current_points_line) AS INT64)",
            "CAST(ROUND(100 * current_points_line) AS INT64) - predicted_x100",
        ),
        Planted("half a point is enough", "edge_x100 >= 100", "edge_x100 >= 50"),
        Planted(
            "the day's own errors",
            "past.game_date < dates.game_date",
            "past.game_date <= dates.game_date",
        ),
        Planted(
            "a month of 29 days",
            "DATE_SUB(dates.game_date, INTERVAL 30 DAY)",
            "DATE_SUB(dates.game_date, INTERVAL 29 DAY)",
        ),
        Planted("weighed by the error", "weights.weight_micros * said", "said"),
        Planted("all alike", "GREATEST(error_x100, graded)", "graded"),
        Planted("any record will do", "graded >= 50", "graded >= 5000"),
    ),
    "prediction_accuracy": (
        Planted("a push is lost", "WHEN 100 * actual_points = line_x100 THEN NULL", ""),
        Planted("who sat out scored", "WHEN summary.is_dnp THEN 'did_not_play'", ""),
        Planted(
            "under wins over",
            "WHEN recommendation = 'UNDER' THEN 100 * actual_points < line_x100",
            "WHEN recommendation = 'UNDER' THEN 100 * actual_points > line_x100",
        ),
        Planted("only who is in the box score", "LEFT JOIN `nba_analytics", "JOIN `nba_analytics"),
    ),
}
"""By table."""
