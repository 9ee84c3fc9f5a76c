WITH expected_players AS (
  SELECT game_date, player_lookup, game_id, season_year, team_abbr, opponent_team_abbr,
    days_rest, back_to_back, games_in_last_7_days, minutes_in_last_7_days,
    avg_minutes_per_game_last_7, back_to_backs_last_14_days, star_teammates_out,
    projected_usage_rate, player_age
  FROM `nba_analytics.upcoming_player_game_context`
  WHERE game_date >= @start_date AND game_date <= @end_date
),
-- How each stood after his latest game of this season.
histories AS (
  SELECT expected_players.game_date, expected_players.player_lookup, form.games_played_season,
    form.usage_rate_season
  FROM expected_players
  JOIN `nba_analytics.player_asof` AS latest
    ON latest.analysis_date = expected_players.game_date
    AND latest.player_lookup = expected_players.player_lookup
    AND latest.season_year = expected_players.season_year
    AND latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
  JOIN `nba_analytics.player_form` AS form
    ON form.game_date = latest.last_game_date AND form.player_lookup = latest.player_lookup
    AND form.game_date >= @history_start AND form.game_date < @end_date
),
team_standings AS (
  SELECT latest.analysis_date, latest.team_abbr, latest.season_year,
    CAST(ROUND(1000000 * form.pace_last_10) AS INT64) AS pace_micros,
    form.pace_micros_sum_season, form.pace_games_season
  FROM `nba_analytics.team_asof` AS latest
  JOIN `nba_analytics.team_form` AS form
    ON form.game_date = latest.last_game_date AND form.team_abbr = latest.team_abbr
    AND form.game_date >= @history_start AND form.game_date < @end_date
  WHERE latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
),
-- The league is each team alike: first each team's own mean, then the mean over teams.
last_month AS (
  SELECT team_standings.analysis_date, team_standings.team_abbr,
    SUM(CAST(ROUND(1000000 * game.pace) AS INT64)) AS pace_micros_sum,
    COUNT(game.pace) AS pace_games
  FROM team_standings
  JOIN `nba_analytics.team_offense_game_summary` AS game
    ON game.team_abbr = team_standings.team_abbr
    AND game.season_year = team_standings.season_year
    AND game.game_date < team_standings.analysis_date
    AND game.game_date >= DATE_SUB(team_standings.analysis_date, INTERVAL 30 DAY)
    AND game.game_date >= DATE_SUB(@start_date, INTERVAL 30 DAY) AND game.game_date < @end_date
  GROUP BY team_standings.analysis_date, team_standings.team_abbr
),
spans AS (
  SELECT analysis_date, 'month' AS span, pace_micros_sum, pace_games
  FROM last_month
  UNION ALL
  SELECT analysis_date, 'season' AS span, pace_micros_sum_season AS pace_micros_sum,
    pace_games_season AS pace_games
  FROM team_standings
),
span_paces AS (
  SELECT analysis_date, span, COUNT(*) AS teams,
    SUM(CAST(ROUND(SAFE_DIVIDE(pace_micros_sum, pace_games)) AS INT64)) AS pace_micros
  FROM spans
  WHERE pace_games >= 5
  GROUP BY analysis_date, span
),
-- The month where it holds twenty teams, else the season so far.
league AS (
  SELECT analysis_date, teams, pace_micros
  FROM span_paces
  WHERE span = 'season' OR teams >= 20
  QUALIFY ROW_NUMBER() OVER (PARTITION BY analysis_date ORDER BY span) = 1
),
match_ups AS (
  SELECT expected_players.game_date, expected_players.player_lookup,
    CASE zones.primary_scoring_zone
      WHEN 'perimeter' THEN CAST(ROUND(1000000 * zones.three_pt_rate_last_10) AS INT64)
      WHEN 'mid_range' THEN CAST(ROUND(1000000 * zones.mid_range_rate_last_10) AS INT64)
      WHEN 'paint' THEN CAST(ROUND(1000000 * zones.paint_rate_last_10) AS INT64)
      WHEN 'balanced' THEN CAST(ROUND(1000000 * zones.paint_rate_last_10) AS INT64)
    END AS rate_micros,
    CASE zones.primary_scoring_zone
      WHEN 'perimeter'
        THEN CAST(ROUND(1000000 * defense.three_pt_defense_vs_league_avg) AS INT64)
      WHEN 'mid_range'
        THEN CAST(ROUND(1000000 * defense.mid_range_defense_vs_league_avg) AS INT64)
      WHEN 'paint' THEN CAST(ROUND(1000000 * defense.paint_defense_vs_league_avg) AS INT64)
      WHEN 'balanced' THEN CAST(ROUND(1000000 * defense.paint_defense_vs_league_avg) AS INT64)
    END AS gap_micros
  FROM expected_players
  JOIN `nba_precompute.player_shot_zone_analysis` AS zones
    ON zones.analysis_date = expected_players.game_date
    AND zones.player_lookup = expected_players.player_lookup
    AND zones.analysis_date >= @start_date AND zones.analysis_date <= @end_date
  JOIN `nba_precompute.team_defense_zone_analysis` AS defense
    ON defense.analysis_date = expected_players.game_date
    AND defense.team_abbr = expected_players.opponent_team_abbr
    AND defense.analysis_date >= @start_date AND defense.analysis_date <= @end_date
),
-- Whole numbers as far as they go: a threshold must not hang on the last bit of a float.
parts AS (
  SELECT expected_players.game_date, expected_players.player_lookup,
    IF(expected_players.days_rest IS NULL OR expected_players.minutes_in_last_7_days IS NULL,
      NULL,
      100
      + CASE
        WHEN expected_players.back_to_back THEN -15
        WHEN expected_players.days_rest >= 2 THEN 5
        ELSE 0
      END
      - IF(expected_players.games_in_last_7_days >= 4, 10, 0)
      - IF(expected_players.minutes_in_last_7_days > 240, 10, 0)
      - IF(expected_players.avg_minutes_per_game_last_7 > 35, 8, 0)
      - CASE
        WHEN expected_players.back_to_backs_last_14_days >= 2 THEN 12
        WHEN expected_players.back_to_backs_last_14_days = 1 THEN 5
        ELSE 0
      END
      - CASE
        WHEN expected_players.player_age >= 35 THEN 10
        WHEN expected_players.player_age >= 30 THEN 5
        ELSE 0
      END) AS freshness,
    match_ups.gap_micros * LEAST(match_ups.rate_micros, 50000000) AS mismatch_e12_by_50,
    (own.pace_micros + other.pace_micros) * league.teams - 2 * league.pace_micros
      AS pace_gap_micros,
    4 * league.teams AS pace_divisor,
    3 * (CAST(ROUND(1000000 * expected_players.projected_usage_rate) AS INT64)
      - CAST(ROUND(1000000 * histories.usage_rate_season) AS INT64)) AS usage_gap_e7,
    CASE
      WHEN expected_players.projected_usage_rate <= histories.usage_rate_season THEN 100
      WHEN expected_players.star_teammates_out >= 2 THEN 130
      WHEN expected_players.star_teammates_out = 1 THEN 115
      ELSE 100
    END AS usage_boost_x100
  FROM expected_players
  LEFT JOIN histories
    ON histories.game_date = expected_players.game_date
    AND histories.player_lookup = expected_players.player_lookup
  LEFT JOIN match_ups
    ON match_ups.game_date = expected_players.game_date
    AND match_ups.player_lookup = expected_players.player_lookup
  LEFT JOIN team_standings AS own
    ON own.analysis_date = expected_players.game_date
    AND own.team_abbr = expected_players.team_abbr
  LEFT JOIN team_standings AS other
    ON other.analysis_date = expected_players.game_date
    AND other.team_abbr = expected_players.opponent_team_abbr
  LEFT JOIN league ON league.analysis_date = expected_players.game_date
),
scores AS (
  SELECT game_date, player_lookup,
    LEAST(GREATEST(freshness, 0), 100) AS fatigue_score,
    LEAST(GREATEST(CAST(ROUND(SAFE_DIVIDE(
      mismatch_e12_by_50 * IF(ABS(mismatch_e12_by_50) > 250000000000000, 12, 10),
      50000000000000)) AS INT64), -100), 100) AS mismatch_tenths,
    LEAST(GREATEST(CAST(ROUND(SAFE_DIVIDE(pace_gap_micros, pace_divisor)) AS INT64), -3000000),
      3000000) AS pace_micros,
    LEAST(GREATEST(CAST(ROUND(SAFE_DIVIDE(usage_gap_e7 * usage_boost_x100, 1000)) AS INT64),
      -3000000), 3000000) AS usage_micros
  FROM parts
)
SELECT
  expected_players.game_date,
  expected_players.player_lookup,
  expected_players.game_date AS analysis_date,
  expected_players.game_id,
  expected_players.team_abbr,
  expected_players.opponent_team_abbr,
  expected_players.season_year,
  IF(histories.games_played_season IS NULL, TRUE, histories.games_played_season < 10)
    AS early_season_flag,
  CASE
    WHEN histories.games_played_season IS NULL THEN '0_of_10_games'
    WHEN histories.games_played_season < 10
      THEN CONCAT(CAST(histories.games_played_season AS STRING), '_of_10_games')
  END AS insufficient_data_reason,
  IF(histories.games_played_season IS NULL, 0, LEAST(histories.games_played_season, 10))
    AS games_in_sample,
  CASE
    WHEN histories.games_played_season >= 10 THEN 'high'
    WHEN histories.games_played_season >= 5 THEN 'medium'
    ELSE 'low'
  END AS data_quality_tier,
  scores.fatigue_score,
  SAFE_DIVIDE(scores.fatigue_score - 100, 20) AS fatigue_adjustment,
  SAFE_DIVIDE(scores.mismatch_tenths, 10) AS shot_zone_mismatch_score,
  SAFE_DIVIDE(scores.pace_micros, 1000000) AS pace_score,
  SAFE_DIVIDE(scores.usage_micros, 1000000) AS usage_spike_score,
  SAFE_DIVIDE(50000 * (scores.fatigue_score - 100) + 100000 * scores.mismatch_tenths
    + scores.pace_micros + scores.usage_micros, 1000000) AS total_composite_adjustment,
  'v2_4factors' AS calculation_version
FROM expected_players
JOIN scores
  ON scores.game_date = expected_players.game_date
  AND scores.player_lookup = expected_players.player_lookup
LEFT JOIN histories
  ON histories.game_date = expected_players.game_date
  AND histories.player_lookup = expected_players.player_lookup
