WITH candidates AS (
  SELECT
    store.game_date, store.player_lookup, store.game_id, store.team_abbr,
    store.opponent_team_abbr, store.season_year, games.tipoff_at,
    expected_players.current_points_line, expected_players.points_line_provider,
    expected_players.points_line_bookmaker, expected_players.points_line_captured_at,
    expected_players.injury_report_at,
    TIMESTAMP_SUB(games.tipoff_at, INTERVAL 8 HOUR) AS eve_of_the_game,
    CAST(ROUND(100 * expected_players.current_points_line) AS INT64) AS line_x100,
    CAST(ROUND(1000000 * store.points_avg_last_5) AS INT64) AS last_5_micros,
    CAST(ROUND(1000000 * store.points_avg_last_10) AS INT64) AS last_10_micros,
    CAST(ROUND(1000000 * store.points_avg_season) AS INT64) AS season_micros,
    CAST(ROUND(1000000 * store.points_std_last_10) AS INT64) AS deviation_micros,
    CAST(ROUND(10 * store.shot_zone_mismatch_score) AS INT64) AS mismatch_x10
  FROM `nba_predictions.ml_feature_store_v2` AS store
  JOIN `nba_analytics.upcoming_player_game_context` AS expected_players
    ON expected_players.game_date = store.game_date
    AND expected_players.player_lookup = store.player_lookup
    AND expected_players.game_date >= @start_date AND expected_players.game_date <= @end_date
  JOIN `nba_raw.schedule` AS games
    ON games.game_id = store.game_id AND games.game_date = store.game_date
    AND games.game_date >= @start_date AND games.game_date <= @end_date
  WHERE store.game_date >= @start_date AND store.game_date <= @end_date
),
-- What was seen last of his line or of the report, else the morning: all of it before tip-off.
moments AS (
  SELECT game_date, player_lookup, game_id, team_abbr, opponent_team_abbr, season_year, tipoff_at,
    current_points_line, points_line_provider, points_line_bookmaker, points_line_captured_at,
    line_x100, last_5_micros, last_10_micros, season_micros, deviation_micros, mismatch_x10,
    GREATEST(
      eve_of_the_game,
      COALESCE(points_line_captured_at, eve_of_the_game),
      COALESCE(injury_report_at, eve_of_the_game)) AS as_of,
    5 * last_5_micros + 3 * last_10_micros + 2 * season_micros AS blend_x10_micros,
    CONCAT(
      'points_avg_last_5:', CAST(last_5_micros AS STRING),
      ',points_avg_last_10:', CAST(last_10_micros AS STRING),
      ',points_avg_season:', CAST(season_micros AS STRING)) AS averages
  FROM candidates
  WHERE tipoff_at IS NOT NULL
),
spoken AS (
  SELECT game_date, player_lookup, 'moving_average' AS system_id, as_of, game_id, team_abbr,
    opponent_team_abbr, season_year, tipoff_at, current_points_line, points_line_provider,
    points_line_bookmaker, points_line_captured_at, line_x100, deviation_micros,
    CAST(ROUND(SAFE_DIVIDE(blend_x10_micros, 100000)) AS INT64) AS predicted_x100,
    averages AS feature_vector
  FROM moments
  UNION ALL
  SELECT game_date, player_lookup, 'zone_matchup' AS system_id, as_of, game_id, team_abbr,
    opponent_team_abbr, season_year, tipoff_at, current_points_line, points_line_provider,
    points_line_bookmaker, points_line_captured_at, line_x100, deviation_micros,
    CAST(ROUND(SAFE_DIVIDE(blend_x10_micros * (1000 + mismatch_x10), 100000000)) AS INT64)
      AS predicted_x100,
    CONCAT(averages, ',shot_zone_mismatch_score:', CAST(100000 * mismatch_x10 AS STRING))
      AS feature_vector
  FROM moments
),
edges AS (
  SELECT game_date, player_lookup, system_id, as_of, game_id, team_abbr, opponent_team_abbr,
    season_year, tipoff_at, current_points_line, points_line_provider, points_line_bookmaker,
    points_line_captured_at, deviation_micros, predicted_x100, feature_vector,
    predicted_x100 - line_x100 AS edge_x100
  FROM spoken
  WHERE predicted_x100 IS NOT NULL
)
SELECT
  game_date,
  player_lookup,
  system_id,
  as_of,
  game_id,
  team_abbr,
  opponent_team_abbr,
  season_year,
  tipoff_at,
  SAFE_DIVIDE(predicted_x100, 100) AS predicted_points,
  current_points_line,
  points_line_provider,
  points_line_bookmaker,
  points_line_captured_at,
  SAFE_DIVIDE(edge_x100, 100) AS edge,
  CASE
    WHEN edge_x100 IS NULL THEN 'NO_LINE'
    WHEN edge_x100 >= 100 THEN 'OVER'
    WHEN edge_x100 <= -100 THEN 'UNDER'
    ELSE 'PASS'
  END AS recommendation,
  SAFE_DIVIDE(10000 * ABS(edge_x100), 10000 * ABS(edge_x100) + deviation_micros) AS confidence,
  feature_vector,
  TO_HEX(SHA256(feature_vector)) AS feature_hash
FROM edges
