-- How each team stood after its latest game before D.
WITH standings AS (
  SELECT latest.analysis_date, latest.team_abbr, latest.season_year,
    form.games_last_15, form.shot_games_last_15, form.shot_games_season,
    form.paint_attempts_allowed_sum_last_15, form.paint_makes_allowed_sum_last_15,
    form.mid_range_attempts_allowed_sum_last_15, form.mid_range_makes_allowed_sum_last_15,
    form.three_pt_attempts_allowed_sum_last_15, form.three_pt_makes_allowed_sum_last_15,
    form.paint_attempts_allowed_sum_season, form.paint_makes_allowed_sum_season,
    form.mid_range_attempts_allowed_sum_season, form.mid_range_makes_allowed_sum_season,
    form.three_pt_attempts_allowed_sum_season, form.three_pt_makes_allowed_sum_season,
    form.defensive_rating_last_15, form.opponent_points_per_game_last_15,
    form.opponent_pace_last_15
  FROM `nba_analytics.team_asof` AS latest
  JOIN `nba_analytics.team_form` AS form
    ON form.game_date = latest.last_game_date AND form.team_abbr = latest.team_abbr
    AND form.game_date >= @history_start AND form.game_date < @end_date
  WHERE latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
),
-- The league is each team alike: first each team's own share, then the mean over teams.
last_month AS (
  SELECT standings.analysis_date, standings.team_abbr,
    COUNTIF(game.has_shots) AS shot_games,
    SUM(game.paint_attempts_allowed) AS paint_attempts,
    SUM(game.paint_makes_allowed) AS paint_makes,
    SUM(game.mid_range_attempts_allowed) AS mid_range_attempts,
    SUM(game.mid_range_makes_allowed) AS mid_range_makes,
    SUM(game.three_pt_attempts_allowed) AS three_pt_attempts,
    SUM(game.three_pt_makes_allowed) AS three_pt_makes
  FROM standings
  JOIN `nba_analytics.team_defense_game_summary` AS game
    ON game.defending_team_abbr = standings.team_abbr
    AND game.season_year = standings.season_year
    AND game.game_date < standings.analysis_date
    AND game.game_date >= DATE_SUB(standings.analysis_date, INTERVAL 30 DAY)
    AND game.game_date >= DATE_SUB(@start_date, INTERVAL 30 DAY) AND game.game_date < @end_date
  GROUP BY standings.analysis_date, standings.team_abbr
),
spans AS (
  SELECT analysis_date, 'month' AS span, shot_games, paint_attempts, paint_makes,
    mid_range_attempts, mid_range_makes, three_pt_attempts, three_pt_makes
  FROM last_month
  UNION ALL
  SELECT analysis_date, 'season' AS span, shot_games_season AS shot_games,
    paint_attempts_allowed_sum_season AS paint_attempts,
    paint_makes_allowed_sum_season AS paint_makes,
    mid_range_attempts_allowed_sum_season AS mid_range_attempts,
    mid_range_makes_allowed_sum_season AS mid_range_makes,
    three_pt_attempts_allowed_sum_season AS three_pt_attempts,
    three_pt_makes_allowed_sum_season AS three_pt_makes
  FROM standings
),
span_shares AS (
  SELECT analysis_date, span,
    COUNT(*) AS teams,
    SUM(CAST(ROUND(1000000 * SAFE_DIVIDE(paint_makes, paint_attempts)) AS INT64)) AS paint_micros,
    COUNTIF(paint_attempts > 0) AS paint_teams,
    SUM(CAST(ROUND(1000000 * SAFE_DIVIDE(mid_range_makes, mid_range_attempts)) AS INT64))
      AS mid_range_micros,
    COUNTIF(mid_range_attempts > 0) AS mid_range_teams,
    SUM(CAST(ROUND(1000000 * SAFE_DIVIDE(three_pt_makes, three_pt_attempts)) AS INT64))
      AS three_pt_micros,
    COUNTIF(three_pt_attempts > 0) AS three_pt_teams
  FROM spans
  WHERE shot_games >= 5
  GROUP BY analysis_date, span
),
-- The month where it holds twenty teams, else the season so far.
league AS (
  SELECT analysis_date, paint_micros, paint_teams, mid_range_micros, mid_range_teams,
    three_pt_micros, three_pt_teams
  FROM span_shares
  WHERE span = 'season' OR teams >= 20
  QUALIFY ROW_NUMBER() OVER (PARTITION BY analysis_date ORDER BY span) = 1
),
-- A share over fewer than five games says nothing.
samples AS (
  SELECT analysis_date, team_abbr, season_year, games_last_15, shot_games_last_15,
    IF(shot_games_last_15 >= 5, shot_games_last_15, NULL) AS shot_games,
    paint_attempts_allowed_sum_last_15 AS paint_attempts,
    paint_makes_allowed_sum_last_15 AS paint_makes,
    mid_range_attempts_allowed_sum_last_15 AS mid_range_attempts,
    mid_range_makes_allowed_sum_last_15 AS mid_range_makes,
    three_pt_attempts_allowed_sum_last_15 AS three_pt_attempts,
    three_pt_makes_allowed_sum_last_15 AS three_pt_makes,
    defensive_rating_last_15, opponent_points_per_game_last_15, opponent_pace_last_15
  FROM standings
  WHERE games_last_15 >= 5
),
shares AS (
  SELECT samples.analysis_date, samples.team_abbr,
    IF(samples.shot_games IS NULL, NULL, CAST(ROUND(1000000
      * SAFE_DIVIDE(samples.paint_makes, samples.paint_attempts)) AS INT64)) AS paint_micros,
    IF(samples.shot_games IS NULL, NULL, CAST(ROUND(1000000
      * SAFE_DIVIDE(samples.mid_range_makes, samples.mid_range_attempts)) AS INT64))
      AS mid_range_micros,
    IF(samples.shot_games IS NULL, NULL, CAST(ROUND(1000000
      * SAFE_DIVIDE(samples.three_pt_makes, samples.three_pt_attempts)) AS INT64))
      AS three_pt_micros
  FROM samples
),
against_league AS (
  SELECT shares.analysis_date, shares.team_abbr, shares.paint_micros, shares.mid_range_micros,
    shares.three_pt_micros,
    SAFE_DIVIDE(league.paint_micros, 1000000 * league.paint_teams) AS paint_league,
    SAFE_DIVIDE(league.mid_range_micros, 1000000 * league.mid_range_teams) AS mid_range_league,
    SAFE_DIVIDE(league.three_pt_micros, 1000000 * league.three_pt_teams) AS three_pt_league,
    SAFE_DIVIDE(shares.paint_micros * league.paint_teams - league.paint_micros,
      10000 * league.paint_teams) AS paint_gap,
    SAFE_DIVIDE(shares.mid_range_micros * league.mid_range_teams - league.mid_range_micros,
      10000 * league.mid_range_teams) AS mid_range_gap,
    SAFE_DIVIDE(shares.three_pt_micros * league.three_pt_teams - league.three_pt_micros,
      10000 * league.three_pt_teams) AS three_pt_gap
  FROM shares
  LEFT JOIN league ON league.analysis_date = shares.analysis_date
)
SELECT
  samples.analysis_date,
  samples.team_abbr,
  samples.season_year,
  samples.games_last_15 < 15 AS early_season_flag,
  IF(samples.games_last_15 < 15,
    CONCAT(CAST(samples.games_last_15 AS STRING), '_of_15_games'), NULL)
    AS insufficient_data_reason,
  samples.games_last_15 AS games_in_sample,
  CASE
    WHEN samples.games_last_15 >= 15 THEN 'high'
    WHEN samples.games_last_15 >= 10 THEN 'medium'
    ELSE 'low'
  END AS data_quality_tier,
  samples.shot_games_last_15 AS shot_games_in_sample,
  SAFE_DIVIDE(against_league.paint_micros, 1000000) AS paint_pct_allowed_last_15,
  SAFE_DIVIDE(samples.paint_attempts, samples.shot_games) AS paint_attempts_allowed_per_game,
  SAFE_DIVIDE(2 * samples.paint_makes, samples.shot_games) AS paint_points_allowed_per_game,
  against_league.paint_league AS paint_pct_league,
  against_league.paint_gap AS paint_defense_vs_league_avg,
  SAFE_DIVIDE(against_league.mid_range_micros, 1000000) AS mid_range_pct_allowed_last_15,
  SAFE_DIVIDE(samples.mid_range_attempts, samples.shot_games)
    AS mid_range_attempts_allowed_per_game,
  SAFE_DIVIDE(2 * samples.mid_range_makes, samples.shot_games)
    AS mid_range_points_allowed_per_game,
  against_league.mid_range_league AS mid_range_pct_league,
  against_league.mid_range_gap AS mid_range_defense_vs_league_avg,
  SAFE_DIVIDE(against_league.three_pt_micros, 1000000) AS three_pt_pct_allowed_last_15,
  SAFE_DIVIDE(samples.three_pt_attempts, samples.shot_games)
    AS three_pt_attempts_allowed_per_game,
  SAFE_DIVIDE(3 * samples.three_pt_makes, samples.shot_games)
    AS three_pt_points_allowed_per_game,
  against_league.three_pt_league AS three_pt_pct_league,
  against_league.three_pt_gap AS three_pt_defense_vs_league_avg,
  samples.defensive_rating_last_15,
  samples.opponent_points_per_game_last_15 AS opponent_points_per_game,
  samples.opponent_pace_last_15 AS opponent_pace,
  CASE
    WHEN against_league.paint_gap IS NULL OR against_league.mid_range_gap IS NULL
      OR against_league.three_pt_gap IS NULL THEN NULL
    WHEN against_league.paint_gap <= against_league.mid_range_gap
      AND against_league.paint_gap <= against_league.three_pt_gap THEN 'paint'
    WHEN against_league.mid_range_gap <= against_league.three_pt_gap THEN 'mid_range'
    ELSE 'perimeter'
  END AS strongest_zone,
  CASE
    WHEN against_league.paint_gap IS NULL OR against_league.mid_range_gap IS NULL
      OR against_league.three_pt_gap IS NULL THEN NULL
    WHEN against_league.paint_gap >= against_league.mid_range_gap
      AND against_league.paint_gap >= against_league.three_pt_gap THEN 'paint'
    WHEN against_league.mid_range_gap >= against_league.three_pt_gap THEN 'mid_range'
    ELSE 'perimeter'
  END AS weakest_zone
FROM samples
JOIN against_league
  ON against_league.analysis_date = samples.analysis_date
  AND against_league.team_abbr = samples.team_abbr
