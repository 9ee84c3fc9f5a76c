WITH games AS (
  SELECT game_id, game_date, tipoff_at
  FROM `nba_raw.schedule`
  WHERE game_date >= @start_date AND game_date <= @end_date
    AND boxscore_expected
    AND season_phase IN ('regular', 'play_in', 'playoffs')
),
reported_games AS (
  SELECT DISTINCT report.game_id
  FROM `nba_raw.injury_report` AS report
  JOIN games ON games.game_id = report.game_id AND games.game_date = report.game_date
  WHERE report.game_date >= @start_date AND report.game_date <= @end_date
    AND report.reported_at < games.tipoff_at
),
expected_players AS (
  SELECT player.game_date, player.player_lookup, player.game_id, player.season_year,
    player.season_phase, player.team_abbr, player.opponent_team_abbr, player.is_home,
    player.player_status, player.days_rest, player.back_to_back, player.minutes_in_last_7_days,
    player.current_points_line, player.opening_points_line, player.line_movement,
    player.has_prop_line, player.game_spread, player.game_total, player.star_teammates_out,
    COALESCE(player.player_status IN ('out', 'doubtful'), FALSE) AS is_out
  FROM `nba_analytics.upcoming_player_game_context` AS player
  WHERE player.game_date >= @start_date AND player.game_date <= @end_date
),
latest_games AS (
  SELECT analysis_date AS game_date, player_lookup, last_game_date, season_year, team_abbr
  FROM `nba_analytics.player_asof`
  WHERE analysis_date >= @start_date AND analysis_date <= @end_date
),
on_the_slate AS (
  SELECT expected_players.game_date, expected_players.player_lookup,
    expected_players.season_year, expected_players.team_abbr, expected_players.opponent_team_abbr
  FROM expected_players
  JOIN latest_games
    ON latest_games.game_date = expected_players.game_date
    AND latest_games.player_lookup = expected_players.player_lookup
  WHERE NOT expected_players.is_out
    AND latest_games.last_game_date >= DATE_SUB(expected_players.game_date, INTERVAL 60 DAY)
),
team_standings AS (
  SELECT latest.analysis_date AS game_date, latest.team_abbr,
    form.games_played_season, form.games_decided_season, form.win_pct_season
  FROM `nba_analytics.team_asof` AS latest
  JOIN `nba_analytics.team_form` AS form
    ON form.game_date = latest.last_game_date AND form.team_abbr = latest.team_abbr
    AND form.game_date >= @history_start AND form.game_date < @end_date
  WHERE latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
),
-- How each stood after his latest game of this season; whole numbers, so that no threshold hangs
-- on the last bit of a float.
histories AS (
  SELECT on_the_slate.game_date, on_the_slate.player_lookup,
    form.games_played_season, form.points_sum_last_2, form.points_sum_last_5,
    form.points_sum_last_10, form.ft_made_sum_last_10, form.ppm_avg_last_10,
    form.points_avg_last_3, form.points_slope_last_10, form.points_slope_last_7,
    form.usage_rate_last_5, form.prop_over_streak, form.prop_under_streak,
    CAST(ROUND(1000000 * form.points_avg_last_3) AS INT64) AS last_3_micros,
    CAST(ROUND(1000000 * form.points_avg_last_5) AS INT64) AS last_5_micros,
    CAST(ROUND(1000000 * form.points_avg_season) AS INT64) AS season_micros,
    CAST(ROUND(1000000 * form.points_std_last_10) AS INT64) AS deviation_micros,
    CAST(ROUND(1000000 * form.minutes_avg_last_10) AS INT64) AS minutes_micros,
    CAST(ROUND(1000000 * form.minutes_avg_season) AS INT64) AS season_minutes_micros,
    IF(latest_games.team_abbr != on_the_slate.team_abbr
      OR DATE_DIFF(on_the_slate.game_date, latest_games.last_game_date, DAY) > 14,
      0, form.games_since_structural_change) AS games_since_structural_change,
    -- The team's latest ten games, as far back as his stint goes, and those that he played.
    IF(latest_games.team_abbr != on_the_slate.team_abbr, NULL,
      LEAST(10, team_standings.games_played_season - form.stint_first_team_game_number + 1))
      AS stint_games,
    IF(team_standings.games_played_season - form.team_game_number >= 10, 0,
      BIT_COUNT(form.team_games_played_mask
        & ((1 << (10 - (team_standings.games_played_season - form.team_game_number))) - 1)))
      AS stint_games_played
  FROM on_the_slate
  JOIN latest_games
    ON latest_games.game_date = on_the_slate.game_date
    AND latest_games.player_lookup = on_the_slate.player_lookup
    AND latest_games.season_year = on_the_slate.season_year
  JOIN `nba_analytics.player_form` AS form
    ON form.game_date = latest_games.last_game_date
    AND form.player_lookup = latest_games.player_lookup
    AND form.game_date >= @history_start AND form.game_date < @end_date
  LEFT JOIN team_standings
    ON team_standings.game_date = on_the_slate.game_date
    AND team_standings.team_abbr = latest_games.team_abbr
),
-- The last 60 days of this season, for the mean that a streak stands against.
recent_games AS (
  SELECT on_the_slate.game_date, on_the_slate.player_lookup, past.game_date AS past_date,
    past.points,
    COUNT(*) OVER of_the_date AS games,
    SUM(past.points) OVER of_the_date AS points_sum,
    SUM(past.points * past.points) OVER of_the_date AS points_squares
  FROM on_the_slate
  JOIN `nba_analytics.player_game_summary` AS past
    ON past.player_lookup = on_the_slate.player_lookup
    AND past.season_year = on_the_slate.season_year
    AND NOT past.is_dnp
    AND past.game_date < on_the_slate.game_date
    AND past.game_date >= DATE_SUB(on_the_slate.game_date, INTERVAL 60 DAY)
    AND past.game_date >= DATE_SUB(@start_date, INTERVAL 60 DAY) AND past.game_date < @end_date
  WINDOW of_the_date AS (PARTITION BY on_the_slate.game_date, on_the_slate.player_lookup)
),
recent_means AS (
  SELECT game_date, player_lookup,
    ANY_VALUE(games) AS games,
    ANY_VALUE(points_sum) AS points_sum,
    ANY_VALUE(points_squares) AS points_squares,
    MAX(IF(points * games >= points_sum, past_date, NULL)) AS last_date_at_the_mean
  FROM recent_games
  GROUP BY game_date, player_lookup
),
recent_form AS (
  SELECT recent_means.game_date, recent_means.player_lookup,
    ANY_VALUE(recent_means.games) AS games,
    ANY_VALUE(recent_means.points_sum) AS points_sum,
    ANY_VALUE(recent_means.points_squares) AS points_squares,
    COUNTIF(recent_means.last_date_at_the_mean IS NULL
      OR recent_games.past_date > recent_means.last_date_at_the_mean) AS games_below
  FROM recent_means
  JOIN recent_games
    ON recent_games.game_date = recent_means.game_date
    AND recent_games.player_lookup = recent_means.player_lookup
  GROUP BY recent_means.game_date, recent_means.player_lookup
),
meetings AS (
  SELECT on_the_slate.game_date, on_the_slate.player_lookup,
    COUNT(past.game_date) AS games, SUM(past.points) AS points_sum
  FROM on_the_slate
  LEFT JOIN `nba_analytics.player_game_summary` AS past
    ON past.player_lookup = on_the_slate.player_lookup
    AND past.opponent_team_abbr = on_the_slate.opponent_team_abbr
    AND NOT past.is_dnp
    AND past.game_date < on_the_slate.game_date
    AND past.game_date >= DATE_SUB(on_the_slate.game_date, INTERVAL 365 DAY)
    AND past.game_date >= DATE_SUB(@start_date, INTERVAL 365 DAY) AND past.game_date < @end_date
  GROUP BY on_the_slate.game_date, on_the_slate.player_lookup
),
-- What those who are out leave to the others of their team.
absences AS (
  SELECT expected_players.game_date, expected_players.player_lookup, expected_players.team_abbr,
    CAST(ROUND(SAFE_DIVIDE(SUM(CAST(ROUND(1000000 * past.usage_rate) AS INT64)),
      COUNT(past.usage_rate))) AS INT64) AS usage_micros
  FROM expected_players
  JOIN `nba_analytics.player_game_summary` AS past
    ON past.player_lookup = expected_players.player_lookup
    AND past.season_year = expected_players.season_year
    AND NOT past.is_dnp
    AND past.game_date < expected_players.game_date
    AND past.game_date >= DATE_SUB(expected_players.game_date, INTERVAL 30 DAY)
    AND past.game_date >= DATE_SUB(@start_date, INTERVAL 30 DAY) AND past.game_date < @end_date
  WHERE expected_players.is_out
  GROUP BY expected_players.game_date, expected_players.player_lookup, expected_players.team_abbr
  HAVING SUM(past.seconds_played) > 10 * 60 * COUNT(past.seconds_played)
),
usage_left AS (
  SELECT game_date, team_abbr, SUM(usage_micros) AS usage_micros
  FROM absences
  GROUP BY game_date, team_abbr
),
features AS (
  SELECT
    player.game_date, player.player_lookup, player.game_id, player.season_year,
    player.team_abbr, player.opponent_team_abbr, player.is_home,
    composite.early_season_flag, composite.insufficient_data_reason, composite.games_in_sample,
    composite.data_quality_tier,
    cache.points_avg_last_5,
    cache.points_avg_last_10,
    cache.points_avg_season,
    cache.points_std_last_10,
    cache.games_in_last_7_days,
    composite.fatigue_score,
    composite.shot_zone_mismatch_score,
    composite.pace_score,
    composite.usage_spike_score,
    LEAST(GREATEST(player.days_rest - opponent.team_days_rest, -2), 2) AS rest_advantage,
    CASE
      WHEN reported_games.game_id IS NULL THEN NULL
      WHEN player.player_status = 'questionable' THEN 2
      WHEN player.player_status = 'probable' THEN 1
      ELSE 0
    END AS injury_risk,
    -- Six times (mean of the last 2 - mean of the 3 before them).
    CASE
      WHEN histories.games_played_season < 5 THEN NULL
      WHEN 5 * histories.points_sum_last_2 - 2 * histories.points_sum_last_5 >= 30 THEN 2
      WHEN 5 * histories.points_sum_last_2 - 2 * histories.points_sum_last_5 >= 12 THEN 1
      WHEN 5 * histories.points_sum_last_2 - 2 * histories.points_sum_last_5 <= -30 THEN -2
      WHEN 5 * histories.points_sum_last_2 - 2 * histories.points_sum_last_5 <= -12 THEN -1
      WHEN histories.points_sum_last_5 IS NOT NULL THEN 0
    END AS recent_trend,
    CASE
      WHEN histories.season_minutes_micros = 0 THEN NULL
      WHEN 5 * (histories.minutes_micros - histories.season_minutes_micros)
        >= histories.season_minutes_micros THEN 2
      WHEN 10 * (histories.minutes_micros - histories.season_minutes_micros)
        >= histories.season_minutes_micros THEN 1
      WHEN 5 * (histories.minutes_micros - histories.season_minutes_micros)
        <= -histories.season_minutes_micros THEN -2
      WHEN 10 * (histories.minutes_micros - histories.season_minutes_micros)
        <= -histories.season_minutes_micros THEN -1
      WHEN histories.minutes_micros IS NOT NULL AND histories.season_minutes_micros IS NOT NULL
        THEN 0
    END AS minutes_change,
    defense.defensive_rating_last_15 AS opponent_def_rating,
    defense.opponent_pace,
    IF(player.is_home, 1, 0) AS home_away,
    IF(player.back_to_back, 1, 0) AS back_to_back,
    IF(player.season_phase = 'playoffs', 1, 0) AS playoff_game,
    SAFE_DIVIDE(zones.paint_rate_last_10, 100) AS pct_paint,
    SAFE_DIVIDE(zones.mid_range_rate_last_10, 100) AS pct_mid_range,
    SAFE_DIVIDE(zones.three_pt_rate_last_10, 100) AS pct_three,
    SAFE_DIVIDE(
      LEAST(2 * histories.ft_made_sum_last_10, histories.points_sum_last_10),
      2 * histories.points_sum_last_10) AS pct_free_throw,
    cache.team_pace_last_10 AS team_pace,
    cache.team_off_rating_last_10 AS team_off_rating,
    IF(own_team.games_decided_season >= 5, own_team.win_pct_season, NULL) AS team_win_pct,
    player.current_points_line AS vegas_points_line,
    player.opening_points_line AS vegas_opening_line,
    player.line_movement AS vegas_line_move,
    IF(player.has_prop_line, 1, 0) AS has_vegas_line,
    SAFE_DIVIDE(meetings.points_sum, meetings.games) AS avg_points_vs_opponent,
    meetings.games AS games_vs_opponent,
    cache.minutes_avg_last_10,
    histories.ppm_avg_last_10,
    SAFE_DIVIDE(histories.stint_games - histories.stint_games_played, histories.stint_games)
      AS dnp_rate,
    histories.points_slope_last_10 AS pts_slope_10g,
    SAFE_DIVIDE(
      LEAST(GREATEST(histories.last_5_micros - histories.season_micros,
        -3 * histories.deviation_micros), 3 * histories.deviation_micros),
      histories.deviation_micros) AS pts_vs_season_zscore,
    IF(histories.deviation_micros IS NULL, NULL,
      IF(2 * (histories.last_5_micros - histories.season_micros)
        > 3 * histories.deviation_micros, 1, 0)) AS breakout_flag,
    player.star_teammates_out,
    player.game_total AS game_total_line,
    player.days_rest,
    player.minutes_in_last_7_days AS minutes_load_last_7d,
    ABS(player.game_spread) AS spread_magnitude,
    SAFE_DIVIDE(player.game_total - player.game_spread, 2) AS implied_team_total,
    histories.points_avg_last_3,
    histories.points_slope_last_7 AS scoring_trend_slope,
    -- (mean of the last 3 - mean) / deviation, with both brought to whole numbers.
    SAFE_DIVIDE(
      SAFE_DIVIDE(histories.last_3_micros * recent_form.games - 1000000 * recent_form.points_sum,
        1000000 * recent_form.games),
      SQRT(SAFE_DIVIDE(
        recent_form.games * recent_form.points_squares
          - recent_form.points_sum * recent_form.points_sum,
        recent_form.games * (recent_form.games - 1)))) AS deviation_from_avg_last3,
    recent_form.games_below AS consecutive_games_below_avg,
    IF(reported_games.game_id IS NULL, NULL,
      IF(usage_left.usage_micros IS NULL, 0e0, SAFE_DIVIDE(usage_left.usage_micros, 1000000)))
      AS teammate_usage_available,
    histories.usage_rate_last_5,
    histories.games_since_structural_change,
    board.multi_book_line_std,
    histories.prop_over_streak,
    histories.prop_under_streak,
    player.current_points_line - cache.points_avg_season AS line_vs_season_avg
  FROM on_the_slate
  JOIN expected_players AS player
    ON player.game_date = on_the_slate.game_date
    AND player.player_lookup = on_the_slate.player_lookup
  JOIN `nba_precompute.player_composite_factors` AS composite
    ON composite.game_date = player.game_date AND composite.player_lookup = player.player_lookup
    AND composite.game_date >= @start_date AND composite.game_date <= @end_date
  LEFT JOIN `nba_precompute.player_daily_cache` AS cache
    ON cache.analysis_date = player.game_date AND cache.player_lookup = player.player_lookup
    AND cache.analysis_date >= @start_date AND cache.analysis_date <= @end_date
  LEFT JOIN `nba_precompute.player_shot_zone_analysis` AS zones
    ON zones.analysis_date = player.game_date AND zones.player_lookup = player.player_lookup
    AND zones.analysis_date >= @start_date AND zones.analysis_date <= @end_date
  LEFT JOIN `nba_precompute.team_defense_zone_analysis` AS defense
    ON defense.analysis_date = player.game_date AND defense.team_abbr = player.opponent_team_abbr
    AND defense.analysis_date >= @start_date AND defense.analysis_date <= @end_date
  LEFT JOIN `nba_analytics.upcoming_team_game_context` AS opponent
    ON opponent.game_date = player.game_date AND opponent.team_abbr = player.opponent_team_abbr
    AND opponent.game_date >= @start_date AND opponent.game_date <= @end_date
  LEFT JOIN `nba_analytics.player_lines` AS board
    ON board.game_date = player.game_date AND board.game_id = player.game_id
    AND board.player_lookup = player.player_lookup
    AND board.game_date >= @start_date AND board.game_date <= @end_date
  LEFT JOIN reported_games ON reported_games.game_id = player.game_id
  LEFT JOIN team_standings AS own_team
    ON own_team.game_date = player.game_date AND own_team.team_abbr = player.team_abbr
  LEFT JOIN histories
    ON histories.game_date = player.game_date AND histories.player_lookup = player.player_lookup
  LEFT JOIN recent_form
    ON recent_form.game_date = player.game_date
    AND recent_form.player_lookup = player.player_lookup
  LEFT JOIN meetings
    ON meetings.game_date = player.game_date AND meetings.player_lookup = player.player_lookup
  LEFT JOIN usage_left
    ON usage_left.game_date = player.game_date AND usage_left.team_abbr = player.team_abbr
),
-- What each feature set lacks. 37 and 38 are optional, and so is all that tells the variants of
-- v12 apart.
missing AS (
  SELECT game_date, player_lookup,
    IF(points_avg_last_5 IS NULL, 1, 0)
      + IF(points_avg_last_10 IS NULL, 1, 0)
      + IF(points_avg_season IS NULL, 1, 0)
      + IF(points_std_last_10 IS NULL, 1, 0)
      + IF(games_in_last_7_days IS NULL, 1, 0)
      + IF(fatigue_score IS NULL, 1, 0)
      + IF(shot_zone_mismatch_score IS NULL, 1, 0)
      + IF(pace_score IS NULL, 1, 0)
      + IF(usage_spike_score IS NULL, 1, 0)
      + IF(rest_advantage IS NULL, 1, 0)
      + IF(recent_trend IS NULL, 1, 0)
      + IF(minutes_change IS NULL, 1, 0)
      + IF(opponent_def_rating IS NULL, 1, 0)
      + IF(opponent_pace IS NULL, 1, 0)
      + IF(home_away IS NULL, 1, 0)
      + IF(back_to_back IS NULL, 1, 0)
      + IF(playoff_game IS NULL, 1, 0)
      + IF(pct_paint IS NULL, 1, 0)
      + IF(pct_mid_range IS NULL, 1, 0)
      + IF(pct_three IS NULL, 1, 0)
      + IF(pct_free_throw IS NULL, 1, 0)
      + IF(team_pace IS NULL, 1, 0)
      + IF(team_off_rating IS NULL, 1, 0)
      + IF(team_win_pct IS NULL, 1, 0)
      + IF(games_vs_opponent IS NULL, 1, 0)
      + IF(minutes_avg_last_10 IS NULL, 1, 0)
      + IF(ppm_avg_last_10 IS NULL, 1, 0)
      AS missing_0_to_32,
    IF(dnp_rate IS NULL, 1, 0)
      + IF(pts_slope_10g IS NULL, 1, 0)
      + IF(pts_vs_season_zscore IS NULL, 1, 0)
      + IF(breakout_flag IS NULL, 1, 0)
      AS missing_33_to_36,
    IF(days_rest IS NULL, 1, 0)
      + IF(minutes_load_last_7d IS NULL, 1, 0)
      + IF(points_avg_last_3 IS NULL, 1, 0)
      + IF(scoring_trend_slope IS NULL, 1, 0)
      + IF(deviation_from_avg_last3 IS NULL, 1, 0)
      + IF(consecutive_games_below_avg IS NULL, 1, 0)
      + IF(usage_rate_last_5 IS NULL, 1, 0)
      + IF(games_since_structural_change IS NULL, 1, 0)
      AS missing_39_to_53,
    SUBSTR(CONCAT(
      IF(points_avg_last_5 IS NULL, ',points_avg_last_5', ''),
      IF(points_avg_last_10 IS NULL, ',points_avg_last_10', ''),
      IF(points_avg_season IS NULL, ',points_avg_season', ''),
      IF(points_std_last_10 IS NULL, ',points_std_last_10', ''),
      IF(games_in_last_7_days IS NULL, ',games_in_last_7_days', ''),
      IF(fatigue_score IS NULL, ',fatigue_score', ''),
      IF(shot_zone_mismatch_score IS NULL, ',shot_zone_mismatch_score', ''),
      IF(pace_score IS NULL, ',pace_score', ''),
      IF(usage_spike_score IS NULL, ',usage_spike_score', ''),
      IF(rest_advantage IS NULL, ',rest_advantage', ''),
      IF(recent_trend IS NULL, ',recent_trend', ''),
      IF(minutes_change IS NULL, ',minutes_change', ''),
      IF(opponent_def_rating IS NULL, ',opponent_def_rating', ''),
      IF(opponent_pace IS NULL, ',opponent_pace', ''),
      IF(home_away IS NULL, ',home_away', ''),
      IF(back_to_back IS NULL, ',back_to_back', ''),
      IF(playoff_game IS NULL, ',playoff_game', ''),
      IF(pct_paint IS NULL, ',pct_paint', ''),
      IF(pct_mid_range IS NULL, ',pct_mid_range', ''),
      IF(pct_three IS NULL, ',pct_three', ''),
      IF(pct_free_throw IS NULL, ',pct_free_throw', ''),
      IF(team_pace IS NULL, ',team_pace', ''),
      IF(team_off_rating IS NULL, ',team_off_rating', ''),
      IF(team_win_pct IS NULL, ',team_win_pct', ''),
      IF(games_vs_opponent IS NULL, ',games_vs_opponent', ''),
      IF(minutes_avg_last_10 IS NULL, ',minutes_avg_last_10', ''),
      IF(ppm_avg_last_10 IS NULL, ',ppm_avg_last_10', ''),
      IF(dnp_rate IS NULL, ',dnp_rate', ''),
      IF(pts_slope_10g IS NULL, ',pts_slope_10g', ''),
      IF(pts_vs_season_zscore IS NULL, ',pts_vs_season_zscore', ''),
      IF(breakout_flag IS NULL, ',breakout_flag', ''),
      IF(days_rest IS NULL, ',days_rest', ''),
      IF(minutes_load_last_7d IS NULL, ',minutes_load_last_7d', ''),
      IF(points_avg_last_3 IS NULL, ',points_avg_last_3', ''),
      IF(scoring_trend_slope IS NULL, ',scoring_trend_slope', ''),
      IF(deviation_from_avg_last3 IS NULL, ',deviation_from_avg_last3', ''),
      IF(consecutive_games_below_avg IS NULL, ',consecutive_games_below_avg', ''),
      IF(usage_rate_last_5 IS NULL, ',usage_rate_last_5', ''),
      IF(games_since_structural_change IS NULL, ',games_since_structural_change', '')), 2) AS missing_features
  FROM features
)
SELECT
  features.game_date,
  features.player_lookup,
  features.game_id,
  features.team_abbr,
  features.opponent_team_abbr,
  features.is_home,
  features.season_year,
  features.early_season_flag,
  features.insufficient_data_reason,
  features.games_in_sample,
  features.data_quality_tier,
  features.points_avg_last_5,
  features.points_avg_last_10,
  features.points_avg_season,
  features.points_std_last_10,
  features.games_in_last_7_days,
  features.fatigue_score,
  features.shot_zone_mismatch_score,
  features.pace_score,
  features.usage_spike_score,
  features.rest_advantage,
  features.injury_risk,
  features.recent_trend,
  features.minutes_change,
  features.opponent_def_rating,
  features.opponent_pace,
  features.home_away,
  features.back_to_back,
  features.playoff_game,
  features.pct_paint,
  features.pct_mid_range,
  features.pct_three,
  features.pct_free_throw,
  features.team_pace,
  features.team_off_rating,
  features.team_win_pct,
  features.vegas_points_line,
  features.vegas_opening_line,
  features.vegas_line_move,
  features.has_vegas_line,
  features.avg_points_vs_opponent,
  features.games_vs_opponent,
  features.minutes_avg_last_10,
  features.ppm_avg_last_10,
  features.dnp_rate,
  features.pts_slope_10g,
  features.pts_vs_season_zscore,
  features.breakout_flag,
  features.star_teammates_out,
  features.game_total_line,
  features.days_rest,
  features.minutes_load_last_7d,
  features.spread_magnitude,
  features.implied_team_total,
  features.points_avg_last_3,
  features.scoring_trend_slope,
  features.deviation_from_avg_last3,
  features.consecutive_games_below_avg,
  features.teammate_usage_available,
  features.usage_rate_last_5,
  features.games_since_structural_change,
  features.multi_book_line_std,
  features.prop_over_streak,
  features.prop_under_streak,
  features.line_vs_season_avg,
  missing.missing_0_to_32 + missing.missing_33_to_36 AS required_default_count,
  missing.missing_features,
  CASE
    WHEN missing.missing_0_to_32 > 0 THEN ''
    WHEN missing.missing_33_to_36 > 0 THEN 'v9'
    WHEN missing.missing_39_to_53 > 0 THEN 'v9,v10,v11'
    ELSE 'v9,v10,v11,v12,v12_noveg,v12_blind'
  END AS ready_feature_sets,
  SAFE_DIVIDE(
    100 * (39 - missing.missing_0_to_32 - missing.missing_33_to_36
      - missing.missing_39_to_53),
    39) AS feature_quality_score
FROM features
JOIN missing
  ON missing.game_date = features.game_date AND missing.player_lookup = features.player_lookup
