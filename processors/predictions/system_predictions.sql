-- What is said of a game whose tip-off nobody knows was said in the morning or doesn't count.
WITH games AS (
  SELECT game_id, game_date, tipoff_at,
    TIMESTAMP_ADD(TIMESTAMP(game_date), INTERVAL 10 HOUR) AS morning
  FROM `nba_raw.schedule`
  WHERE game_date >= @start_date AND game_date <= @end_date
),
candidates AS (
  SELECT
    store.game_date, store.player_lookup, store.game_id, store.team_abbr,
    store.opponent_team_abbr, store.season_year, games.tipoff_at,
    expected_players.points_line_captured_at, expected_players.injury_report_at,
    COALESCE(TIMESTAMP_SUB(games.tipoff_at, INTERVAL 8 HOUR), games.morning) AS eve_of_the_game,
    CAST(ROUND(1000000 * store.points_avg_last_5) AS INT64) AS last_5_micros,
    CAST(ROUND(1000000 * store.points_avg_last_10) AS INT64) AS last_10_micros,
    CAST(ROUND(1000000 * store.points_avg_season) AS INT64) AS season_micros,
    CAST(ROUND(10 * store.shot_zone_mismatch_score) AS INT64) AS mismatch_x10
  FROM `nba_predictions.ml_feature_store_v2` AS store
  JOIN `nba_analytics.upcoming_player_game_context` AS expected_players
    ON expected_players.game_date = store.game_date
    AND expected_players.player_lookup = store.player_lookup
    AND expected_players.game_date >= @start_date AND expected_players.game_date <= @end_date
  JOIN games ON games.game_id = store.game_id AND games.game_date = store.game_date
  WHERE store.game_date >= @start_date AND store.game_date <= @end_date
),
-- What was seen last of his line or of the report, else the morning: all of it before tip-off.
moments AS (
  SELECT game_date, player_lookup, game_id, team_abbr, opponent_team_abbr, season_year, tipoff_at,
    last_5_micros, last_10_micros, season_micros, mismatch_x10,
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
),
by_rule AS (
  SELECT game_date, player_lookup, 'moving_average' AS system_id, as_of, game_id, team_abbr,
    opponent_team_abbr, season_year, tipoff_at,
    CAST(ROUND(SAFE_DIVIDE(blend_x10_micros, 100000)) AS INT64) AS predicted_x100,
    averages AS feature_vector
  FROM moments
  UNION ALL
  SELECT game_date, player_lookup, 'zone_matchup' AS system_id, as_of, game_id, team_abbr,
    opponent_team_abbr, season_year, tipoff_at,
    CAST(ROUND(SAFE_DIVIDE(blend_x10_micros * (1000 + mismatch_x10), 100000000)) AS INT64)
      AS predicted_x100,
    CONCAT(averages, ',shot_zone_mismatch_score:', CAST(100000 * mismatch_x10 AS STRING))
      AS feature_vector
  FROM moments
),
by_model AS (
  SELECT said.game_date, said.player_lookup, said.system_id, said.as_of, said.game_id,
    said.predicted_points, said.model_id, said.model_state, said.feature_set,
    said.feature_vector, said.feature_hash, said.created_at
  FROM `nba_raw.model_predictions` AS said
  JOIN games ON games.game_id = said.game_id AND games.game_date = said.game_date
  WHERE said.game_date >= @start_date AND said.game_date <= @end_date
    AND said.as_of < games.tipoff_at
  UNION ALL
  SELECT said.game_date, said.player_lookup, said.system_id, said.as_of, said.game_id,
    said.predicted_points, said.model_id, said.model_state, said.feature_set,
    said.feature_vector, said.feature_hash, said.created_at
  FROM `nba_raw.model_predictions` AS said
  JOIN games ON games.game_id = said.game_id AND games.game_date = said.game_date
  WHERE said.game_date >= @start_date AND said.game_date <= @end_date
    AND games.tipoff_at IS NULL AND said.as_of <= games.morning
),
last_words AS (
  SELECT game_date, player_lookup, system_id, as_of, game_id,
    CAST(ROUND(100 * predicted_points) AS INT64) AS predicted_x100, model_id, model_state,
    feature_set, feature_vector, feature_hash, created_at
  FROM by_model
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_date, player_lookup, game_id, system_id ORDER BY as_of DESC) = 1
),
spoken AS (
  SELECT game_date, player_lookup, system_id, as_of, game_id, team_abbr, opponent_team_abbr,
    season_year, tipoff_at, predicted_x100, CAST(NULL AS STRING) AS model_id,
    CAST(NULL AS STRING) AS model_state, CAST(NULL AS STRING) AS feature_set, feature_vector,
    TO_HEX(SHA256(feature_vector)) AS feature_hash, CAST(NULL AS TIMESTAMP) AS created_at
  FROM by_rule
  UNION ALL
  SELECT candidates.game_date, candidates.player_lookup, last_words.system_id, last_words.as_of,
    candidates.game_id, candidates.team_abbr, candidates.opponent_team_abbr,
    candidates.season_year, candidates.tipoff_at, last_words.predicted_x100, last_words.model_id,
    last_words.model_state, last_words.feature_set, last_words.feature_vector,
    last_words.feature_hash, last_words.created_at
  FROM candidates
  JOIN last_words
    ON last_words.game_date = candidates.game_date
    AND last_words.player_lookup = candidates.player_lookup
    AND last_words.game_id = candidates.game_id
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
  model_id,
  model_state,
  feature_set,
  feature_vector,
  feature_hash,
  created_at
FROM spoken
WHERE predicted_x100 IS NOT NULL
