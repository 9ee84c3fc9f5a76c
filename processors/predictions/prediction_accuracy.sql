-- The last word before tip-off counts.
WITH last_words AS (
  SELECT said.game_date, said.player_lookup, said.system_id, said.is_backfill, said.as_of,
    said.game_id, said.season_year, said.predicted_points, said.current_points_line,
    said.points_line_provider, said.points_line_bookmaker, said.edge, said.recommendation,
    said.model_id, said.model_state,
    CAST(ROUND(100 * said.predicted_points) AS INT64) AS predicted_x100,
    CAST(ROUND(100 * said.current_points_line) AS INT64) AS line_x100
  FROM `nba_predictions.player_prop_predictions` AS said
  WHERE said.game_date >= @start_date AND said.game_date <= @end_date
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY said.game_date, said.player_lookup, said.system_id, said.is_backfill
    ORDER BY said.as_of DESC) = 1
),
games AS (
  SELECT DISTINCT finished.game_date, finished.game_id
  FROM `nba_raw.schedule` AS finished
  JOIN `nba_analytics.player_game_summary` AS summary
    ON summary.game_id = finished.game_id AND summary.game_date = finished.game_date
    AND summary.game_date >= @start_date AND summary.game_date <= @end_date
  WHERE finished.game_date >= @start_date AND finished.game_date <= @end_date
    AND finished.status = 'final'
),
results AS (
  SELECT last_words.game_date, last_words.player_lookup, last_words.system_id,
    last_words.is_backfill, last_words.as_of, last_words.game_id, last_words.season_year,
    last_words.predicted_points, last_words.current_points_line, last_words.points_line_provider,
    last_words.points_line_bookmaker, last_words.edge, last_words.recommendation,
    last_words.model_id, last_words.model_state, last_words.predicted_x100, last_words.line_x100,
    CASE
      WHEN summary.player_lookup IS NULL THEN 'not_in_box_score'
      WHEN summary.game_id != last_words.game_id THEN 'another_game'
      WHEN summary.is_dnp THEN 'did_not_play'
      WHEN summary.points IS NULL THEN 'points_unknown'
    END AS void_reason,
    summary.points
  FROM last_words
  JOIN games
    ON games.game_date = last_words.game_date AND games.game_id = last_words.game_id
  LEFT JOIN `nba_analytics.player_game_summary` AS summary
    ON summary.game_date = last_words.game_date
    AND summary.player_lookup = last_words.player_lookup
    AND summary.game_date >= @start_date AND summary.game_date <= @end_date
),
graded AS (
  SELECT game_date, player_lookup, system_id, is_backfill, as_of, game_id, season_year,
    predicted_points, current_points_line, points_line_provider, points_line_bookmaker, edge,
    recommendation, model_id, model_state, predicted_x100, line_x100, void_reason,
    IF(void_reason IS NULL, points, NULL) AS actual_points
  FROM results
)
SELECT
  game_date,
  player_lookup,
  system_id,
  is_backfill,
  as_of,
  game_id,
  season_year,
  predicted_points,
  current_points_line,
  points_line_provider,
  points_line_bookmaker,
  edge,
  recommendation,
  model_id,
  model_state,
  actual_points,
  SAFE_DIVIDE(predicted_x100 - 100 * actual_points, 100) AS error,
  SAFE_DIVIDE(ABS(predicted_x100 - 100 * actual_points), 100) AS absolute_error,
  100 * actual_points = line_x100 AS is_push,
  CASE
    WHEN 100 * actual_points = line_x100 THEN NULL
    WHEN recommendation = 'OVER' THEN 100 * actual_points > line_x100
    WHEN recommendation = 'UNDER' THEN 100 * actual_points < line_x100
  END AS prediction_correct,
  void_reason IS NOT NULL AS is_voided,
  void_reason
FROM graded
