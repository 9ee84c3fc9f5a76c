WITH by_themselves AS (
  SELECT game_date, player_lookup, system_id, as_of, game_id, team_abbr, opponent_team_abbr,
    season_year, tipoff_at, CAST(ROUND(100 * predicted_points) AS INT64) AS predicted_x100,
    model_id, model_state, feature_set, feature_vector, feature_hash, created_at
  FROM `nba_predictions.system_predictions`
  WHERE game_date >= @start_date AND game_date <= @end_date
),
dates AS (
  SELECT DISTINCT game_date FROM by_themselves
),
records AS (
  SELECT dates.game_date, past.system_id,
    SUM(past.predictions_graded) AS graded,
    SUM(CAST(ROUND(100 * past.absolute_error_sum) AS INT64)) AS error_x100
  FROM dates
  JOIN `nba_predictions.system_errors` AS past
    ON past.game_date < dates.game_date
    AND past.game_date >= DATE_SUB(dates.game_date, INTERVAL 30 DAY)
    AND past.game_date >= DATE_SUB(@start_date, INTERVAL 30 DAY) AND past.game_date < @end_date
  GROUP BY dates.game_date, past.system_id
),
-- 1 / mean absolute error in millionths: whole, so that sums are the same in any order. Who is off
-- by less than a hundredth counts as off by that.
weights AS (
  SELECT game_date, system_id,
    CAST(ROUND(SAFE_DIVIDE(100000000 * graded, GREATEST(error_x100, graded))) AS INT64)
      AS weight_micros
  FROM records
  WHERE graded >= 50
),
together AS (
  SELECT said.game_date, said.player_lookup, said.game_id, said.team_abbr,
    said.opponent_team_abbr, said.season_year, said.tipoff_at, MAX(said.as_of) AS as_of,
    SUM(weights.weight_micros * said.predicted_x100) AS weighted_sum,
    SUM(weights.weight_micros) AS weight_sum,
    STRING_AGG(
      CONCAT(
        said.system_id, ':', CAST(10000 * said.predicted_x100 AS STRING), ',',
        said.system_id, '_weight:', CAST(weights.weight_micros AS STRING)),
      ',' ORDER BY said.system_id) AS feature_vector
  FROM by_themselves AS said
  JOIN weights ON weights.game_date = said.game_date AND weights.system_id = said.system_id
  GROUP BY said.game_date, said.player_lookup, said.game_id, said.team_abbr,
    said.opponent_team_abbr, said.season_year, said.tipoff_at
  HAVING COUNT(*) >= 2
),
said AS (
  SELECT game_date, player_lookup, system_id, as_of, game_id, team_abbr, opponent_team_abbr,
    season_year, tipoff_at, predicted_x100, model_id, model_state, feature_set, feature_vector,
    feature_hash, created_at
  FROM by_themselves
  UNION ALL
  SELECT game_date, player_lookup, 'ensemble' AS system_id, as_of, game_id, team_abbr,
    opponent_team_abbr, season_year, tipoff_at,
    CAST(ROUND(SAFE_DIVIDE(weighted_sum, weight_sum)) AS INT64) AS predicted_x100,
    CAST(NULL AS STRING) AS model_id, CAST(NULL AS STRING) AS model_state,
    CAST(NULL AS STRING) AS feature_set, feature_vector,
    TO_HEX(SHA256(feature_vector)) AS feature_hash, CAST(NULL AS TIMESTAMP) AS created_at
  FROM together
),
-- A model may have spoken before his line was last seen; the row speaks for both. What was told
-- can't have known a line that was seen later.
priced AS (
  SELECT said.game_date, said.player_lookup, said.system_id, TRUE AS is_backfill,
    GREATEST(said.as_of, COALESCE(player.points_line_captured_at, said.as_of)) AS as_of,
    said.game_id, said.team_abbr, said.opponent_team_abbr, said.season_year, said.tipoff_at,
    said.predicted_x100, player.current_points_line, player.points_line_provider,
    player.points_line_bookmaker, player.points_line_captured_at,
    CAST(ROUND(1000000 * store.points_std_last_10) AS INT64) AS deviation_micros,
    CAST(NULL AS FLOAT64) AS told_confidence,
    said.model_id, said.model_state, said.feature_set, said.feature_vector, said.feature_hash,
    said.created_at
  FROM said
  JOIN `nba_analytics.upcoming_player_game_context` AS player
    ON player.game_date = said.game_date AND player.player_lookup = said.player_lookup
    AND player.game_date >= @start_date AND player.game_date <= @end_date
  JOIN `nba_predictions.ml_feature_store_v2` AS store
    ON store.game_date = said.game_date AND store.player_lookup = said.player_lookup
    AND store.game_date >= @start_date AND store.game_date <= @end_date
  UNION ALL
  SELECT told.game_date, told.player_lookup, told.system_id, FALSE AS is_backfill, told.as_of,
    told.game_id, told.team_abbr, told.opponent_team_abbr, games.season_year, games.tipoff_at,
    CAST(ROUND(100 * told.predicted_points) AS INT64) AS predicted_x100,
    told.current_points_line, told.points_line_provider, told.points_line_bookmaker,
    told.points_line_captured_at, CAST(NULL AS INT64) AS deviation_micros,
    told.confidence AS told_confidence, told.model_id, told.model_state, told.feature_set,
    told.feature_vector, told.feature_hash, told.as_of AS created_at
  FROM `nba_raw.live_predictions` AS told
  JOIN `nba_raw.schedule` AS games
    ON games.game_id = told.game_id AND games.game_date = told.game_date
    AND games.game_date >= @start_date AND games.game_date <= @end_date
  WHERE told.game_date >= @start_date AND told.game_date <= @end_date
    AND told.as_of < games.tipoff_at
    AND (told.points_line_captured_at IS NULL OR told.points_line_captured_at <= told.as_of)
),
edges AS (
  SELECT game_date, player_lookup, system_id, is_backfill, as_of, game_id, team_abbr,
    opponent_team_abbr, season_year, tipoff_at, predicted_x100, current_points_line,
    points_line_provider, points_line_bookmaker, points_line_captured_at, deviation_micros,
    told_confidence, model_id, model_state, feature_set, feature_vector, feature_hash, created_at,
    predicted_x100 - CAST(ROUND(100 * current_points_line) AS INT64) AS edge_x100
  FROM priced
)
SELECT
  game_date,
  player_lookup,
  system_id,
  is_backfill,
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
  IF(is_backfill,
    SAFE_DIVIDE(10000 * ABS(edge_x100), 10000 * ABS(edge_x100) + deviation_micros),
    told_confidence) AS confidence,
  model_id,
  model_state,
  feature_set,
  feature_vector,
  feature_hash,
  created_at
FROM edges
