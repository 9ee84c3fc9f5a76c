WITH expected_players AS (
  SELECT game_date AS analysis_date, player_lookup, game_id, season_year, team_abbr,
    games_in_last_7_days, games_in_last_14_days, minutes_in_last_7_days, minutes_in_last_14_days,
    back_to_backs_last_14_days, player_age
  FROM `nba_analytics.upcoming_player_game_context`
  WHERE game_date >= @start_date AND game_date <= @end_date
),
team_standings AS (
  SELECT latest.analysis_date, latest.team_abbr, form.pace_last_10,
    form.offensive_rating_last_10
  FROM `nba_analytics.team_asof` AS latest
  JOIN `nba_analytics.team_form` AS form
    ON form.game_date = latest.last_game_date AND form.team_abbr = latest.team_abbr
    AND form.game_date >= @history_start AND form.game_date < @end_date
  WHERE latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
)
SELECT
  expected_players.analysis_date,
  expected_players.player_lookup,
  expected_players.game_id,
  expected_players.team_abbr,
  expected_players.season_year,
  form.games_played_season < 10 AS early_season_flag,
  IF(form.games_played_season < 10,
    CONCAT(CAST(form.games_played_season AS STRING), '_of_10_games'), NULL)
    AS insufficient_data_reason,
  LEAST(form.games_played_season, 10) AS games_in_sample,
  CASE
    WHEN form.games_played_season >= 10 THEN 'high'
    WHEN form.games_played_season >= 5 THEN 'medium'
    ELSE 'low'
  END AS data_quality_tier,
  form.points_avg_last_5,
  form.points_avg_last_10,
  form.points_avg_season,
  form.points_std_last_10,
  form.minutes_avg_last_10,
  form.usage_rate_last_10,
  form.ts_pct_last_10,
  form.games_played_season,
  form.usage_rate_season AS player_usage_rate_season,
  team_standings.pace_last_10 AS team_pace_last_10,
  team_standings.offensive_rating_last_10 AS team_off_rating_last_10,
  expected_players.games_in_last_7_days,
  expected_players.games_in_last_14_days,
  expected_players.minutes_in_last_7_days,
  expected_players.minutes_in_last_14_days,
  expected_players.back_to_backs_last_14_days,
  zones.primary_scoring_zone,
  zones.paint_rate_last_10,
  zones.three_pt_rate_last_10,
  zones.assisted_rate_last_10,
  expected_players.player_age
FROM expected_players
JOIN `nba_analytics.player_asof` AS latest
  ON latest.analysis_date = expected_players.analysis_date
  AND latest.player_lookup = expected_players.player_lookup
  AND latest.season_year = expected_players.season_year
  AND latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
JOIN `nba_analytics.player_form` AS form
  ON form.game_date = latest.last_game_date AND form.player_lookup = latest.player_lookup
  AND form.game_date >= @history_start AND form.game_date < @end_date
LEFT JOIN team_standings
  ON team_standings.analysis_date = expected_players.analysis_date
  AND team_standings.team_abbr = expected_players.team_abbr
LEFT JOIN `nba_precompute.player_shot_zone_analysis` AS zones
  ON zones.analysis_date = expected_players.analysis_date
  AND zones.player_lookup = expected_players.player_lookup
  AND zones.analysis_date >= @start_date AND zones.analysis_date <= @end_date
WHERE form.games_played_season >= 3
