WITH results AS (
  SELECT said.game_date, said.system_id,
    ABS(CAST(ROUND(100 * said.predicted_points) AS INT64) - 100 * played.points) AS error_x100
  FROM `nba_predictions.system_predictions` AS said
  JOIN `nba_raw.schedule` AS finished
    ON finished.game_id = said.game_id AND finished.game_date = said.game_date
    AND finished.status = 'final'
    AND finished.game_date >= @start_date AND finished.game_date <= @end_date
  JOIN `nba_analytics.player_game_summary` AS played
    ON played.game_date = said.game_date AND played.player_lookup = said.player_lookup
    AND played.game_id = said.game_id
    AND played.game_date >= @start_date AND played.game_date <= @end_date
  WHERE said.game_date >= @start_date AND said.game_date <= @end_date
    AND NOT played.is_dnp AND played.points IS NOT NULL
)
SELECT
  game_date,
  system_id,
  COUNT(*) AS predictions_graded,
  SAFE_DIVIDE(SUM(error_x100), 100) AS absolute_error_sum
FROM results
GROUP BY game_date, system_id
