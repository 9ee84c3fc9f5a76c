WITH slate AS (
  SELECT DISTINCT game_date, season_year
  FROM `nba_raw.schedule`
  WHERE game_date >= @start_date AND game_date <= @end_date
    AND boxscore_expected
    AND season_phase IN ('regular', 'play_in', 'playoffs')
),
-- What each had behind him of this season.
samples AS (
  SELECT latest.analysis_date, latest.player_lookup, latest.team_abbr, latest.season_year,
    form.shot_games_last_10, form.shot_games_last_20,
    form.paint_attempts_last_10, form.paint_makes_last_10,
    form.mid_range_attempts_last_10, form.mid_range_makes_last_10,
    form.three_pt_attempts_last_10, form.three_pt_makes_last_10,
    form.paint_attempts_last_20, form.paint_makes_last_20,
    form.assisted_fg_makes_last_10,
    form.paint_attempts_last_10 + form.mid_range_attempts_last_10
      + form.three_pt_attempts_last_10 AS shots_last_10,
    form.paint_makes_last_10 + form.mid_range_makes_last_10 + form.three_pt_makes_last_10
      AS makes_last_10,
    form.paint_attempts_last_20 + form.mid_range_attempts_last_20
      + form.three_pt_attempts_last_20 AS shots_last_20
  FROM `nba_analytics.player_asof` AS latest
  JOIN slate
    ON slate.game_date = latest.analysis_date AND slate.season_year = latest.season_year
  JOIN `nba_analytics.player_form` AS form
    ON form.game_date = latest.last_game_date AND form.player_lookup = latest.player_lookup
    AND form.game_date >= @history_start AND form.game_date < @end_date
  WHERE latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
    AND latest.last_game_date >= DATE_SUB(latest.analysis_date, INTERVAL 60 DAY)
    AND form.games_played_season >= 3
)
SELECT
  analysis_date,
  player_lookup,
  team_abbr,
  season_year,
  shot_games_last_10 < 10 AS early_season_flag,
  IF(shot_games_last_10 < 10, CONCAT(CAST(shot_games_last_10 AS STRING), '_of_10_games'), NULL)
    AS insufficient_data_reason,
  shot_games_last_10 AS games_in_sample,
  CASE
    WHEN shot_games_last_10 >= 10 THEN 'high'
    WHEN shot_games_last_10 >= 5 THEN 'medium'
    ELSE 'low'
  END AS data_quality_tier,
  SAFE_DIVIDE(100 * paint_attempts_last_10, shots_last_10) AS paint_rate_last_10,
  SAFE_DIVIDE(100 * mid_range_attempts_last_10, shots_last_10) AS mid_range_rate_last_10,
  SAFE_DIVIDE(100 * three_pt_attempts_last_10, shots_last_10) AS three_pt_rate_last_10,
  SAFE_DIVIDE(paint_makes_last_10, paint_attempts_last_10) AS paint_pct_last_10,
  SAFE_DIVIDE(mid_range_makes_last_10, mid_range_attempts_last_10) AS mid_range_pct_last_10,
  SAFE_DIVIDE(three_pt_makes_last_10, three_pt_attempts_last_10) AS three_pt_pct_last_10,
  SAFE_DIVIDE(paint_attempts_last_10, shot_games_last_10) AS paint_attempts_per_game,
  SAFE_DIVIDE(mid_range_attempts_last_10, shot_games_last_10) AS mid_range_attempts_per_game,
  SAFE_DIVIDE(three_pt_attempts_last_10, shot_games_last_10) AS three_pt_attempts_per_game,
  SAFE_DIVIDE(100 * paint_attempts_last_20, shots_last_20) AS paint_rate_last_20,
  SAFE_DIVIDE(paint_makes_last_20, paint_attempts_last_20) AS paint_pct_last_20,
  shots_last_10 AS total_shots_last_10,
  SAFE_DIVIDE(100 * assisted_fg_makes_last_10, makes_last_10) AS assisted_rate_last_10,
  SAFE_DIVIDE(100 * (makes_last_10 - assisted_fg_makes_last_10), makes_last_10)
    AS unassisted_rate_last_10,
  -- Whole numbers on both sides: a rate of exactly 40 must not hang on a rounding.
  CASE
    WHEN shots_last_10 > 0 AND 100 * paint_attempts_last_10 >= 40 * shots_last_10 THEN 'paint'
    WHEN shots_last_10 > 0 AND 100 * three_pt_attempts_last_10 >= 40 * shots_last_10
      THEN 'perimeter'
    WHEN shots_last_10 > 0 AND 100 * mid_range_attempts_last_10 >= 35 * shots_last_10
      THEN 'mid_range'
    WHEN shots_last_10 > 0 THEN 'balanced'
  END AS primary_scoring_zone,
  CASE
    WHEN shot_games_last_10 >= 10 THEN 'excellent'
    WHEN shot_games_last_10 >= 7 THEN 'good'
    WHEN shot_games_last_10 >= 5 THEN 'limited'
    ELSE 'insufficient'
  END AS sample_quality_10,
  CASE
    WHEN shot_games_last_20 >= 20 THEN 'excellent'
    WHEN shot_games_last_20 >= 14 THEN 'good'
    WHEN shot_games_last_20 >= 10 THEN 'limited'
    ELSE 'insufficient'
  END AS sample_quality_20
FROM samples
