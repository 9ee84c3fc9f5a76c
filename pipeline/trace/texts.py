"""The statements of a trace: as many as stand here, whoever the player is."""

from __future__ import annotations

from processors.features import FEATURES

STORE = "nba_predictions.ml_feature_store_v2"

SETTING = f"""
WITH who AS (
  SELECT @day AS game_date, @player AS player_lookup
),
contexts AS (
  SELECT game_date, player_lookup, game_id, season_year, season_phase, team_abbr,
    opponent_team_abbr, is_home, player_status, injury_report_at, star_teammates_out, player_age
  FROM `nba_analytics.upcoming_player_game_context`
  WHERE game_date = @day AND player_lookup = @player
),
latest_games AS (
  SELECT player_lookup, last_game_date, team_abbr
  FROM `nba_analytics.player_asof`
  WHERE analysis_date = @day AND player_lookup = @player
),
slate AS (
  SELECT game_id, season_year, season_phase, tipoff_at, home_team, away_team
  FROM `nba_raw.schedule`
  WHERE game_date = @day AND boxscore_expected
    AND season_phase IN ('regular', 'play_in', 'playoffs')
),
set_aside AS (
  SELECT MAX(reason) AS reason
  FROM `nba_ops.quarantine`
  WHERE recorded_at >= @since AND table_name = '{STORE}' AND partition_date = @day
    AND ENDS_WITH(row_key, CONCAT(' ', @player))
),
held AS (
  SELECT COUNT(*) AS store_rows
  FROM `{STORE}`
  WHERE game_date = @day
),
expected_players AS (
  SELECT COUNT(*) AS context_rows
  FROM `nba_analytics.upcoming_player_game_context`
  WHERE game_date = @day
)
SELECT people.player_name, slate.game_id, slate.tipoff_at,
  slate.season_phase, COALESCE(contexts.team_abbr, latest_games.team_abbr) AS team_abbr,
  slate.home_team, slate.away_team, contexts.player_lookup IS NOT NULL AS is_expected,
  contexts.player_status, contexts.injury_report_at, contexts.star_teammates_out,
  contexts.player_age, latest_games.last_game_date, latest_games.team_abbr AS latest_team,
  held.store_rows, expected_players.context_rows, set_aside.reason
FROM who
CROSS JOIN held
CROSS JOIN expected_players
CROSS JOIN set_aside
LEFT JOIN contexts ON contexts.player_lookup = who.player_lookup
LEFT JOIN latest_games ON latest_games.player_lookup = who.player_lookup
LEFT JOIN slate
  ON COALESCE(contexts.team_abbr, latest_games.team_abbr) IN (slate.home_team, slate.away_team)
  AND COALESCE(contexts.game_id, slate.game_id) = slate.game_id
LEFT JOIN `nba_raw.players` AS people ON people.player_lookup = who.player_lookup
"""

STORED = f"""
SELECT early_season_flag, insufficient_data_reason, missing_features, ready_feature_sets,
  feature_quality_score, logic_version, run_id, processed_at,
  {", ".join(one.name for one in FEATURES)}
FROM `{STORE}`
WHERE game_date = @day AND player_lookup = @player
"""

GAMES = """
SELECT game.game_date, game.game_id, game.season_year, game.team_abbr, game.opponent_team_abbr,
  game.is_home, NOT game.is_dnp AS played, game.seconds_played, game.points,
  game.fg_attempted, game.ft_made, game.ft_attempted, game.turnovers, game.usage_rate,
  game.has_shots, game.paint_attempts, game.mid_range_attempts, game.three_pt_attempts,
  line.current_points_line, game.player_name
FROM `nba_analytics.player_game_summary` AS game
LEFT JOIN `nba_analytics.player_lines` AS line
  ON line.game_date = game.game_date AND line.game_id = game.game_id
  AND line.player_lookup = game.player_lookup
  AND line.game_date >= @first_day AND line.game_date <= @day
WHERE game.player_lookup = @player
  AND game.game_date >= @first_day AND game.game_date <= @day
ORDER BY game.game_date DESC
"""

TEAMS = """
SELECT own.game_date, own.game_id, own.team_abbr, own.opponent_team_abbr, own.is_home,
  own.points_scored, other.points_allowed, own.win_flag, own.possessions, own.pace,
  own.offensive_rating, other.opponent_possessions, other.opponent_pace, other.defensive_rating,
  2 * other.paint_makes_allowed AS paint_allowed,
  2 * other.mid_range_makes_allowed AS mid_range_allowed,
  3 * other.three_pt_makes_allowed AS three_allowed
FROM `nba_analytics.team_offense_game_summary` AS own
LEFT JOIN `nba_analytics.team_defense_game_summary` AS other
  ON other.game_date = own.game_date AND other.defending_team_abbr = own.team_abbr
  AND other.game_date >= @season_start AND other.game_date <= @day
WHERE own.team_abbr IN (@team, @opponent) AND own.season_year = @season_year
  AND own.game_date >= @season_start AND own.game_date <= @day
ORDER BY own.game_date DESC
"""

LINES = """
SELECT TRUE AS is_of_player, provider, bookmaker, captured_at, points_line,
  CAST(NULL AS FLOAT64) AS spread_home, CAST(NULL AS FLOAT64) AS total
FROM `nba_raw.odds_player_points`
WHERE game_date = @day AND game_id = @game_id AND player_lookup = @player
UNION ALL
SELECT FALSE AS is_of_player, provider, bookmaker, captured_at,
  CAST(NULL AS FLOAT64) AS points_line, spread_home, total
FROM `nba_raw.odds_game_lines`
WHERE game_date = @day AND game_id = @game_id
ORDER BY captured_at DESC, provider, bookmaker
"""

NAMES = """
SELECT player_lookup, player_name FROM `nba_raw.players`
ORDER BY player_lookup
"""
