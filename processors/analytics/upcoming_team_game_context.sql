WITH games AS (
  SELECT game_id, game_date, season_year, season_phase, tipoff_at, home_team, away_team
  FROM `nba_raw.schedule`
  WHERE game_date >= @start_date AND game_date <= @end_date
    AND boxscore_expected
    AND season_phase IN ('regular', 'play_in', 'playoffs')
),
slate AS (
  SELECT game_id, game_date, season_year, season_phase, home_team AS team_abbr,
    away_team AS opponent_team_abbr, TRUE AS is_home
  FROM games
  UNION ALL
  SELECT game_id, game_date, season_year, season_phase, away_team AS team_abbr,
    home_team AS opponent_team_abbr, FALSE AS is_home
  FROM games
),
-- Spreads and totals go through one cascade; what was on the board before tip-off, nothing later.
snapshots AS (
  SELECT odds.game_id, 'spread' AS market, odds.provider, odds.bookmaker, odds.captured_at,
    CAST(ROUND(100 * odds.spread_home) AS INT64) AS line_x100
  FROM `nba_raw.odds_game_lines` AS odds
  JOIN games ON games.game_id = odds.game_id AND games.game_date = odds.game_date
  WHERE odds.game_date >= @start_date AND odds.game_date <= @end_date
    AND odds.captured_at < games.tipoff_at
    AND odds.spread_home IS NOT NULL
    AND (odds.bookmaker != 'consensus' OR odds.provider = 'bettingpros')
  UNION ALL
  SELECT odds.game_id, 'total' AS market, odds.provider, odds.bookmaker, odds.captured_at,
    CAST(ROUND(100 * odds.total) AS INT64) AS line_x100
  FROM `nba_raw.odds_game_lines` AS odds
  JOIN games ON games.game_id = odds.game_id AND games.game_date = odds.game_date
  WHERE odds.game_date >= @start_date AND odds.game_date <= @end_date
    AND odds.captured_at < games.tipoff_at
    AND odds.total IS NOT NULL
    AND (odds.bookmaker != 'consensus' OR odds.provider = 'bettingpros')
),
boards AS (
  SELECT game_id, market, provider, bookmaker,
    MAX(captured_at) AS captured_at,
    ANY_VALUE(line_x100 HAVING MAX captured_at) AS current_x100,
    MIN(captured_at) AS opened_at,
    ANY_VALUE(line_x100 HAVING MIN captured_at) AS opening_x100,
    CASE
      WHEN bookmaker = 'draftkings' THEN IF(provider = 'bettingpros', 2, 1)
      WHEN bookmaker = 'fanduel' THEN IF(provider = 'bettingpros', 4, 3)
      WHEN bookmaker = 'consensus' THEN 5
      ELSE 7
    END AS step
  FROM snapshots
  GROUP BY game_id, market, provider, bookmaker
),
-- A book that two providers carry counts once: its latest word and its earliest.
last_words AS (
  SELECT game_id, market, bookmaker, captured_at, current_x100
  FROM boards
  WHERE step != 5
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_id, market, bookmaker ORDER BY captured_at DESC, provider) = 1
),
first_words AS (
  SELECT game_id, market, bookmaker, opening_x100
  FROM boards
  WHERE step != 5
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_id, market, bookmaker ORDER BY opened_at, provider) = 1
),
books AS (
  SELECT last_words.game_id, last_words.market, last_words.captured_at, last_words.current_x100,
    first_words.opening_x100,
    ROW_NUMBER() OVER (PARTITION BY last_words.game_id, last_words.market
      ORDER BY last_words.current_x100, last_words.bookmaker) AS current_rank,
    ROW_NUMBER() OVER (PARTITION BY last_words.game_id, last_words.market
      ORDER BY first_words.opening_x100, last_words.bookmaker) AS opening_rank,
    COUNT(*) OVER (PARTITION BY last_words.game_id, last_words.market) AS books_count
  FROM last_words
  JOIN first_words
    ON first_words.game_id = last_words.game_id AND first_words.market = last_words.market
    AND first_words.bookmaker = last_words.bookmaker
),
-- The middle book, or the two around the middle: 2 rank - 1 is then n, or n and n +- 1.
markets AS (
  SELECT game_id, market,
    MAX(captured_at) AS captured_at,
    SUM(IF(ABS(2 * current_rank - 1 - books_count) <= 1, current_x100, NULL)) AS current_middle,
    SUM(IF(ABS(2 * opening_rank - 1 - books_count) <= 1, opening_x100, NULL)) AS opening_middle,
    COUNTIF(ABS(2 * current_rank - 1 - books_count) <= 1) AS middle_books
  FROM books
  GROUP BY game_id, market
),
candidates AS (
  SELECT game_id, market, step, provider, bookmaker, captured_at,
    SAFE_DIVIDE(current_x100, 100) AS current_line,
    SAFE_DIVIDE(opening_x100, 100) AS opening_line
  FROM boards
  WHERE step <= 5
  UNION ALL
  SELECT game_id, market, 6 AS step, 'median' AS provider, 'median' AS bookmaker, captured_at,
    SAFE_DIVIDE(current_middle, 100 * middle_books) AS current_line,
    SAFE_DIVIDE(opening_middle, 100 * middle_books) AS opening_line
  FROM markets
),
winners AS (
  SELECT game_id, market, provider, bookmaker, captured_at, current_line, opening_line
  FROM candidates
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_id, market ORDER BY step, captured_at DESC, provider) = 1
),
recent_games AS (
  SELECT slate.game_date, slate.team_abbr,
    COUNTIF(past.game_date >= DATE_SUB(slate.game_date, INTERVAL 7 DAY)) AS games_in_last_7_days,
    COUNT(past.game_date) AS games_in_last_14_days
  FROM slate
  LEFT JOIN `nba_analytics.team_offense_game_summary` AS past
    ON past.team_abbr = slate.team_abbr AND past.season_year = slate.season_year
    AND past.game_date < slate.game_date
    AND past.game_date >= DATE_SUB(slate.game_date, INTERVAL 14 DAY)
    AND past.game_date >= DATE_SUB(@start_date, INTERVAL 14 DAY) AND past.game_date < @end_date
  GROUP BY slate.game_date, slate.team_abbr
),
standings AS (
  SELECT latest.analysis_date AS game_date, latest.team_abbr, latest.last_game_date,
    form.games_played_season, form.win_streak, form.loss_streak
  FROM `nba_analytics.team_asof` AS latest
  LEFT JOIN `nba_analytics.team_form` AS form
    ON form.game_date = latest.last_game_date AND form.team_abbr = latest.team_abbr
    AND form.game_date >= @history_start AND form.game_date < @end_date
  WHERE latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
),
reports AS (
  SELECT report.game_id, report.player_lookup, report.status
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
-- Each player's starts of the team's latest five games: his own bits, shifted by the games the
-- team has played since his latest.
starts AS (
  SELECT slate.game_date, slate.team_abbr, slate.game_id, latest.player_lookup,
    standings.games_played_season - form.team_game_number AS games_missed,
    form.team_starts_mask
  FROM slate
  JOIN standings
    ON standings.game_date = slate.game_date AND standings.team_abbr = slate.team_abbr
  JOIN `nba_analytics.player_asof` AS latest
    ON latest.analysis_date = slate.game_date AND latest.team_abbr = slate.team_abbr
    AND latest.season_year = slate.season_year
    AND latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
  JOIN `nba_analytics.player_form` AS form
    ON form.game_date = latest.last_game_date AND form.player_lookup = latest.player_lookup
    AND form.game_date >= @history_start AND form.game_date < @end_date
  WHERE standings.games_played_season - form.team_game_number < 5
),
starters_out AS (
  SELECT starts.game_date, starts.team_abbr,
    COUNTIF(reports.status IN ('out', 'doubtful')
      AND BIT_COUNT(starts.team_starts_mask & ((1 << (5 - starts.games_missed)) - 1)) >= 3)
      AS starters_out_count,
    COUNTIF(starts.team_starts_mask IS NULL) AS unknown_starts
  FROM starts
  LEFT JOIN reports
    ON reports.game_id = starts.game_id AND reports.player_lookup = starts.player_lookup
  GROUP BY starts.game_date, starts.team_abbr
)
SELECT
  slate.game_date,
  slate.team_abbr,
  slate.game_id,
  slate.season_year,
  slate.season_phase,
  slate.opponent_team_abbr,
  slate.is_home,
  DATE_DIFF(slate.game_date, standings.last_game_date, DAY) - 1 AS team_days_rest,
  recent_games.games_in_last_7_days,
  recent_games.games_in_last_14_days,
  standings.win_streak,
  standings.loss_streak,
  IF(slate.is_home, spread.current_line, -spread.current_line) AS game_spread,
  IF(slate.is_home, spread.opening_line, -spread.opening_line) AS opening_spread,
  IF(slate.is_home, spread.current_line - spread.opening_line,
    spread.opening_line - spread.current_line) AS spread_movement,
  spread.provider AS spread_provider,
  spread.bookmaker AS spread_bookmaker,
  spread.captured_at AS spread_captured_at,
  total.current_line AS game_total,
  total.opening_line AS opening_total,
  total.current_line - total.opening_line AS total_movement,
  total.provider AS total_provider,
  total.bookmaker AS total_bookmaker,
  total.captured_at AS total_captured_at,
  IF(reported_games.game_id IS NULL OR standings.games_played_season < 5
    OR starters_out.unknown_starts > 0, NULL, starters_out.starters_out_count)
    AS starters_out_count
FROM slate
JOIN recent_games
  ON recent_games.game_date = slate.game_date AND recent_games.team_abbr = slate.team_abbr
LEFT JOIN standings
  ON standings.game_date = slate.game_date AND standings.team_abbr = slate.team_abbr
LEFT JOIN winners AS spread ON spread.game_id = slate.game_id AND spread.market = 'spread'
LEFT JOIN winners AS total ON total.game_id = slate.game_id AND total.market = 'total'
LEFT JOIN reported_games ON reported_games.game_id = slate.game_id
LEFT JOIN starters_out
  ON starters_out.game_date = slate.game_date AND starters_out.team_abbr = slate.team_abbr
