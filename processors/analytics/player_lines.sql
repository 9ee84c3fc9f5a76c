WITH games AS (
  SELECT game_id, game_date, tipoff_at, home_team, away_team
  FROM `nba_raw.schedule`
  WHERE game_date >= @start_date AND game_date <= @end_date
    AND boxscore_expected
    AND season_phase IN ('regular', 'play_in', 'playoffs')
),
-- What was on the board before this game's tip-off; a line seen later may know the result.
snapshots AS (
  SELECT
    odds.game_date, odds.game_id, odds.player_lookup, odds.provider, odds.bookmaker,
    odds.captured_at, odds.team,
    CAST(ROUND(100 * odds.points_line) AS INT64) AS line_x100,
    odds.bookmaker = 'consensus' AS is_consensus
  FROM `nba_raw.odds_player_points` AS odds
  JOIN games ON games.game_id = odds.game_id AND games.game_date = odds.game_date
  WHERE odds.game_date >= @start_date AND odds.game_date <= @end_date
    AND odds.captured_at < games.tipoff_at
    AND (odds.bookmaker != 'consensus' OR odds.provider = 'bettingpros')
),
-- Each provider's and book's own first and last word.
boards AS (
  SELECT game_date, game_id, player_lookup, provider, bookmaker, is_consensus,
    MAX(captured_at) AS captured_at,
    ANY_VALUE(line_x100 HAVING MAX captured_at) AS current_x100,
    MIN(captured_at) AS opened_at,
    ANY_VALUE(line_x100 HAVING MIN captured_at) AS opening_x100,
    CASE
      WHEN bookmaker = 'draftkings' THEN IF(provider = 'bettingpros', 2, 1)
      WHEN bookmaker = 'fanduel' THEN IF(provider = 'bettingpros', 4, 3)
      WHEN is_consensus THEN 5
      ELSE 7
    END AS step
  FROM snapshots
  GROUP BY game_date, game_id, player_lookup, provider, bookmaker, is_consensus
),
-- A book that two providers carry counts once: its latest word and its earliest.
last_words AS (
  SELECT game_date, game_id, player_lookup, bookmaker, captured_at, current_x100
  FROM boards
  WHERE NOT is_consensus
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_id, player_lookup, bookmaker ORDER BY captured_at DESC, provider) = 1
),
first_words AS (
  SELECT game_id, player_lookup, bookmaker, opening_x100
  FROM boards
  WHERE NOT is_consensus
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_id, player_lookup, bookmaker ORDER BY opened_at, provider) = 1
),
books AS (
  SELECT last_words.game_date, last_words.game_id, last_words.player_lookup,
    last_words.captured_at, last_words.current_x100, first_words.opening_x100,
    ROW_NUMBER() OVER (PARTITION BY last_words.game_id, last_words.player_lookup
      ORDER BY last_words.current_x100, last_words.bookmaker) AS current_rank,
    ROW_NUMBER() OVER (PARTITION BY last_words.game_id, last_words.player_lookup
      ORDER BY first_words.opening_x100, last_words.bookmaker) AS opening_rank,
    COUNT(*) OVER (PARTITION BY last_words.game_id, last_words.player_lookup) AS books_count
  FROM last_words
  JOIN first_words
    ON first_words.game_id = last_words.game_id
    AND first_words.player_lookup = last_words.player_lookup
    AND first_words.bookmaker = last_words.bookmaker
),
-- The middle book, or the two around the middle: 2 rank - 1 is then n, or n and n +- 1.
markets AS (
  SELECT game_date, game_id, player_lookup,
    MAX(captured_at) AS captured_at,
    COUNT(*) AS books_count,
    SUM(IF(ABS(2 * current_rank - 1 - books_count) <= 1, current_x100, NULL)) AS current_middle,
    SUM(IF(ABS(2 * opening_rank - 1 - books_count) <= 1, opening_x100, NULL)) AS opening_middle,
    COUNTIF(ABS(2 * current_rank - 1 - books_count) <= 1) AS middle_books,
    SUM(current_x100) AS current_sum,
    SUM(current_x100 * current_x100) AS current_squares
  FROM books
  GROUP BY game_date, game_id, player_lookup
),
candidates AS (
  SELECT game_date, game_id, player_lookup, step, provider, bookmaker, captured_at,
    SAFE_DIVIDE(current_x100, 100) AS current_line,
    SAFE_DIVIDE(opening_x100, 100) AS opening_line
  FROM boards
  WHERE step <= 5
  UNION ALL
  SELECT game_date, game_id, player_lookup, 6 AS step, 'median' AS provider,
    'median' AS bookmaker, captured_at,
    SAFE_DIVIDE(current_middle, 100 * middle_books) AS current_line,
    SAFE_DIVIDE(opening_middle, 100 * middle_books) AS opening_line
  FROM markets
),
winners AS (
  SELECT game_date, game_id, player_lookup, provider, bookmaker, captured_at, current_line,
    opening_line
  FROM candidates
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_id, player_lookup ORDER BY step, captured_at DESC, provider) = 1
),
-- What one book says and what all say, whichever of them won: steps 1-2 and 5-6 by themselves.
draftkings AS (
  SELECT game_id, player_lookup, current_line
  FROM candidates
  WHERE step <= 2
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_id, player_lookup ORDER BY step, captured_at DESC, provider) = 1
),
consensus AS (
  SELECT game_id, player_lookup, current_line
  FROM candidates
  WHERE step >= 5
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_id, player_lookup ORDER BY step, captured_at DESC, provider) = 1
),
teams AS (
  SELECT game_id, player_lookup, team
  FROM snapshots
  WHERE team IS NOT NULL
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY game_id, player_lookup ORDER BY captured_at DESC, team DESC) = 1
)
SELECT
  winners.game_date,
  winners.game_id,
  winners.player_lookup,
  teams.team AS team_abbr,
  winners.current_line AS current_points_line,
  winners.opening_line AS opening_points_line,
  winners.current_line - winners.opening_line AS line_movement,
  winners.provider AS points_line_provider,
  winners.bookmaker AS points_line_bookmaker,
  winners.captured_at AS points_line_captured_at,
  IF(markets.game_id IS NULL, 0, markets.books_count) AS books_count,
  IF(markets.books_count < 2, NULL, SAFE_DIVIDE(
    SQRT(SAFE_DIVIDE(
      markets.books_count * markets.current_squares - markets.current_sum * markets.current_sum,
      markets.books_count * (markets.books_count - 1))), 100)) AS multi_book_line_std,
  draftkings.current_line AS draftkings_line,
  consensus.current_line AS consensus_line
FROM winners
LEFT JOIN markets
  ON markets.game_id = winners.game_id AND markets.player_lookup = winners.player_lookup
LEFT JOIN draftkings
  ON draftkings.game_id = winners.game_id AND draftkings.player_lookup = winners.player_lookup
LEFT JOIN consensus
  ON consensus.game_id = winners.game_id AND consensus.player_lookup = winners.player_lookup
LEFT JOIN teams
  ON teams.game_id = winners.game_id AND teams.player_lookup = winners.player_lookup
