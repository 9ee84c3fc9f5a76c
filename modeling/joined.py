"""What is asked of the warehouse: the store beside the results, and why rows are left out."""

from __future__ import annotations

from pipeline.readiness import STORE
from processors.features import FEATURES

RESULTS = "nba_analytics.player_game_summary"
LINES = "nba_analytics.player_lines"
TABLES = (STORE, RESULTS, LINES)

NAMES = tuple(feature.name for feature in FEATURES)
FIRST_FEATURE = 12
"""Columns of `ROWS` before the features."""

JOINED = f"""
WITH stored AS (
  SELECT game_date, player_lookup, game_id, season_year, insufficient_data_reason,
    games_in_sample, missing_features, ready_feature_sets,
    {", ".join(NAMES)}
  FROM `{STORE}`
  WHERE game_date >= @first_date AND game_date <= @last_date
),
results AS (
  SELECT game_date, player_lookup, game_id, season_phase, is_dnp, points
  FROM `{RESULTS}`
  WHERE game_date >= @first_date AND game_date <= @last_date
),
games_over AS (
  SELECT DISTINCT game_id
  FROM results
),
joined AS (
  SELECT
    IF(stored.game_date IS NULL, results.game_date, stored.game_date) AS day,
    CASE
      WHEN stored.player_lookup IS NULL AND results.is_dnp THEN 'did_not_play'
      WHEN stored.player_lookup IS NULL THEN 'not_in_store'
      WHEN stored.insufficient_data_reason LIKE 'bootstrap_day_%' THEN 'bootstrap'
      WHEN games_over.game_id IS NULL THEN 'no_result'
      WHEN results.player_lookup IS NULL OR results.is_dnp THEN 'did_not_play'
      WHEN results.game_id != stored.game_id THEN 'another_game'
      WHEN results.points IS NULL THEN 'points_unknown'
    END AS left_out_reason,
    stored.game_date, stored.player_lookup, stored.game_id, stored.season_year,
    stored.games_in_sample, stored.missing_features, stored.ready_feature_sets,
    {", ".join(f"stored.{name}" for name in NAMES)},
    results.season_phase, results.points
  FROM stored
  FULL OUTER JOIN results
    ON results.game_date = stored.game_date AND results.player_lookup = stored.player_lookup
  LEFT JOIN games_over ON games_over.game_id = stored.game_id
)
"""

ROWS = f"""{JOINED}
SELECT joined.game_date, joined.player_lookup, joined.game_id, joined.season_year,
  joined.season_phase, joined.games_in_sample, joined.missing_features, joined.ready_feature_sets,
  joined.points, line.current_points_line, line.draftkings_line, line.consensus_line,
  {", ".join(f"joined.{name}" for name in NAMES)}
FROM joined
LEFT JOIN `{LINES}` AS line
  ON line.game_date = joined.game_date AND line.game_id = joined.game_id
  AND line.player_lookup = joined.player_lookup
  AND line.game_date >= @first_date AND line.game_date <= @last_date
WHERE joined.left_out_reason IS NULL
ORDER BY joined.game_date, joined.player_lookup
"""

LEFT_OUT = f"""{JOINED}
SELECT day, left_out_reason, COUNT(*) AS row_count
FROM joined
WHERE left_out_reason IS NOT NULL
GROUP BY day, left_out_reason
ORDER BY day, left_out_reason
"""
