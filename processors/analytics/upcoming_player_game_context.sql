WITH season_starts AS (
  SELECT season_year, MIN(game_date) AS season_start
  FROM `nba_raw.schedule`
  WHERE game_date >= @history_start AND game_date <= @end_date AND season_phase = 'regular'
  GROUP BY season_year
),
games AS (
  SELECT game_id, game_date, tipoff_at
  FROM `nba_raw.schedule`
  WHERE game_date >= @start_date AND game_date <= @end_date
    AND boxscore_expected
    AND season_phase IN ('regular', 'play_in', 'playoffs')
),
slate AS (
  SELECT team.game_date, team.game_id, team.season_year, team.season_phase, team.team_abbr,
    team.opponent_team_abbr, team.is_home, team.game_spread, team.game_total,
    DATE_DIFF(team.game_date, season_starts.season_start, DAY) AS season_day
  FROM `nba_analytics.upcoming_team_game_context` AS team
  JOIN season_starts ON season_starts.season_year = team.season_year
  WHERE team.game_date >= @start_date AND team.game_date <= @end_date
),
latest_games AS (
  SELECT analysis_date AS game_date, player_lookup, last_game_date, season_year, team_abbr
  FROM `nba_analytics.player_asof`
  WHERE analysis_date >= @start_date AND analysis_date <= @end_date
),
lines AS (
  SELECT game_date, game_id, player_lookup, team_abbr, current_points_line, opening_points_line,
    line_movement, points_line_provider, points_line_bookmaker, points_line_captured_at
  FROM `nba_analytics.player_lines`
  WHERE game_date >= @start_date AND game_date <= @end_date
),
-- By his line: the line's own team before that of his latest game, if it plays in that game.
by_line AS (
  SELECT slate.game_date, slate.game_id, lines.player_lookup, slate.team_abbr
  FROM lines
  JOIN slate ON slate.game_date = lines.game_date AND slate.game_id = lines.game_id
  LEFT JOIN latest_games
    ON latest_games.game_date = lines.game_date
    AND latest_games.player_lookup = lines.player_lookup
  WHERE slate.team_abbr = lines.team_abbr OR slate.team_abbr = latest_games.team_abbr
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY lines.game_date, lines.player_lookup
    ORDER BY lines.points_line_captured_at DESC, lines.game_id,
      IF(slate.team_abbr = lines.team_abbr, 0, 1)) = 1
),
with_a_line AS (
  SELECT DISTINCT game_date, player_lookup FROM lines
),
-- By his latest game: lately, or last season while this one is young.
by_latest_game AS (
  SELECT slate.game_date, slate.game_id, latest_games.player_lookup, slate.team_abbr
  FROM latest_games
  JOIN slate
    ON slate.game_date = latest_games.game_date AND slate.team_abbr = latest_games.team_abbr
  WHERE latest_games.last_game_date >= DATE_SUB(latest_games.game_date, INTERVAL 60 DAY)
    OR slate.season_day <= 20 AND latest_games.season_year = slate.season_year - 1
),
expected_players AS (
  SELECT by_line.game_date, by_line.game_id, by_line.player_lookup, by_line.team_abbr,
    IF(by_latest_game.team_abbr = by_line.team_abbr, 'both', 'line') AS roster_source
  FROM by_line
  LEFT JOIN by_latest_game
    ON by_latest_game.game_date = by_line.game_date
    AND by_latest_game.player_lookup = by_line.player_lookup
  UNION ALL
  SELECT by_latest_game.game_date, by_latest_game.game_id, by_latest_game.player_lookup,
    by_latest_game.team_abbr, 'latest_game' AS roster_source
  FROM by_latest_game
  LEFT JOIN with_a_line
    ON with_a_line.game_date = by_latest_game.game_date
    AND with_a_line.player_lookup = by_latest_game.player_lookup
  WHERE with_a_line.player_lookup IS NULL
),
reports AS (
  SELECT report.game_id, report.player_lookup, report.status, report.reported_at
  FROM `nba_raw.injury_report` AS report
  JOIN games ON games.game_id = report.game_id AND games.game_date = report.game_date
  WHERE report.game_date >= @start_date AND report.game_date <= @end_date
    AND report.reported_at < games.tipoff_at
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY report.game_id, report.player_lookup
    ORDER BY report.reported_at DESC, report.status) = 1
),
reported_games AS (
  SELECT DISTINCT game_id FROM reports
),
team_games AS (
  SELECT latest.analysis_date AS game_date, latest.team_abbr,
    form.games_played_season AS team_games_played
  FROM `nba_analytics.team_asof` AS latest
  JOIN `nba_analytics.team_form` AS form
    ON form.game_date = latest.last_game_date AND form.team_abbr = latest.team_abbr
    AND form.game_date >= @history_start AND form.game_date < @end_date
  WHERE latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
),
-- How each stood after his latest game of this season, and what the last report said of him.
standings AS (
  SELECT expected_players.game_date, expected_players.game_id, expected_players.player_lookup,
    expected_players.team_abbr, expected_players.roster_source, slate.season_year,
    slate.season_phase, slate.opponent_team_abbr, slate.is_home, slate.game_spread,
    slate.game_total, reports.status AS player_status, reports.reported_at AS injury_report_at,
    latest_games.last_game_date, form.usage_rate_last_5,
    COALESCE(
      form.games_played_season >= 10
      AND (form.points_avg_last_10 >= 18
        OR form.minutes_avg_last_10 >= 28 AND form.points_avg_last_10 >= 12)
      AND reports.status IN ('out', 'doubtful'), FALSE) AS is_star_out
  FROM expected_players
  JOIN slate
    ON slate.game_date = expected_players.game_date
    AND slate.team_abbr = expected_players.team_abbr
  LEFT JOIN latest_games
    ON latest_games.game_date = expected_players.game_date
    AND latest_games.player_lookup = expected_players.player_lookup
    AND latest_games.season_year = slate.season_year
  LEFT JOIN `nba_analytics.player_form` AS form
    ON form.game_date = latest_games.last_game_date
    AND form.player_lookup = latest_games.player_lookup
    AND form.game_date >= @history_start AND form.game_date < @end_date
  LEFT JOIN reports
    ON reports.game_id = expected_players.game_id
    AND reports.player_lookup = expected_players.player_lookup
),
stars_out AS (
  SELECT game_date, team_abbr, COUNTIF(is_star_out) AS stars_out
  FROM standings
  GROUP BY game_date, team_abbr
),
recent_games AS (
  SELECT standings.game_date, standings.player_lookup, past.game_date AS past_date,
    past.seconds_played,
    past.game_date >= DATE_SUB(standings.game_date, INTERVAL 7 DAY) AS in_last_7,
    form.previous_game_date = DATE_SUB(past.game_date, INTERVAL 1 DAY) AS on_a_back_to_back
  FROM standings
  JOIN `nba_analytics.player_game_summary` AS past
    ON past.player_lookup = standings.player_lookup AND past.season_year = standings.season_year
    AND NOT past.is_dnp
    AND past.game_date < standings.game_date
    AND past.game_date >= DATE_SUB(standings.game_date, INTERVAL 14 DAY)
    AND past.game_date >= DATE_SUB(@start_date, INTERVAL 14 DAY) AND past.game_date < @end_date
  LEFT JOIN `nba_analytics.player_form` AS form
    ON form.game_date = past.game_date AND form.player_lookup = past.player_lookup
    AND form.game_date >= @history_start AND form.game_date < @end_date
),
loads AS (
  SELECT standings.game_date, standings.player_lookup,
    COUNTIF(recent_games.in_last_7) AS games_in_last_7_days,
    COUNT(recent_games.past_date) AS games_in_last_14_days,
    COUNTIF(recent_games.on_a_back_to_back) AS back_to_backs_last_14_days,
    COUNTIF(recent_games.in_last_7 AND recent_games.seconds_played IS NULL) AS unknown_in_7,
    COUNTIF(recent_games.past_date IS NOT NULL AND recent_games.seconds_played IS NULL)
      AS unknown_in_14,
    SUM(IF(recent_games.in_last_7, recent_games.seconds_played, 0)) AS seconds_in_7,
    SUM(IF(recent_games.past_date IS NULL, 0, recent_games.seconds_played)) AS seconds_in_14
  FROM standings
  LEFT JOIN recent_games
    ON recent_games.game_date = standings.game_date
    AND recent_games.player_lookup = standings.player_lookup
  GROUP BY standings.game_date, standings.player_lookup
)
SELECT
  standings.game_date,
  standings.player_lookup,
  standings.game_id,
  standings.season_year,
  standings.season_phase,
  standings.team_abbr,
  standings.opponent_team_abbr,
  standings.is_home,
  standings.roster_source,
  standings.player_status,
  standings.injury_report_at,
  DATE_DIFF(standings.game_date, standings.last_game_date, DAY) - 1 AS days_rest,
  COALESCE(DATE_DIFF(standings.game_date, standings.last_game_date, DAY) = 1, FALSE)
    AS back_to_back,
  loads.games_in_last_7_days,
  loads.games_in_last_14_days,
  IF(loads.unknown_in_7 > 0, NULL, SAFE_DIVIDE(loads.seconds_in_7, 60)) AS minutes_in_last_7_days,
  IF(loads.unknown_in_14 > 0, NULL, SAFE_DIVIDE(loads.seconds_in_14, 60))
    AS minutes_in_last_14_days,
  IF(loads.unknown_in_7 > 0, NULL,
    SAFE_DIVIDE(loads.seconds_in_7, 60 * loads.games_in_last_7_days))
    AS avg_minutes_per_game_last_7,
  loads.back_to_backs_last_14_days,
  lines.current_points_line,
  lines.opening_points_line,
  lines.line_movement,
  lines.points_line_provider,
  lines.points_line_bookmaker,
  lines.points_line_captured_at,
  lines.player_lookup IS NOT NULL AS has_prop_line,
  standings.game_spread,
  standings.game_total,
  IF(reported_games.game_id IS NULL OR team_games.team_games_played IS NULL
    OR team_games.team_games_played < 10, NULL,
    stars_out.stars_out - IF(standings.is_star_out, 1, 0)) AS star_teammates_out,
  standings.usage_rate_last_5 AS projected_usage_rate,
  DATE_DIFF(standings.game_date, players.birth_date, YEAR)
    - IF(EXTRACT(MONTH FROM standings.game_date) * 100 + EXTRACT(DAY FROM standings.game_date)
      < EXTRACT(MONTH FROM players.birth_date) * 100 + EXTRACT(DAY FROM players.birth_date), 1, 0)
    AS player_age
FROM standings
JOIN loads
  ON loads.game_date = standings.game_date AND loads.player_lookup = standings.player_lookup
JOIN stars_out
  ON stars_out.game_date = standings.game_date AND stars_out.team_abbr = standings.team_abbr
LEFT JOIN lines
  ON lines.game_date = standings.game_date AND lines.game_id = standings.game_id
  AND lines.player_lookup = standings.player_lookup
LEFT JOIN team_games
  ON team_games.game_date = standings.game_date AND team_games.team_abbr = standings.team_abbr
LEFT JOIN reported_games ON reported_games.game_id = standings.game_id
LEFT JOIN `nba_raw.players` AS players ON players.player_lookup = standings.player_lookup
