WITH slate AS (
  SELECT DISTINCT game_date AS analysis_date, season_year
  FROM `nba_raw.schedule`
  WHERE game_date >= @start_date AND game_date <= @end_date
    AND boxscore_expected
    AND season_phase IN ('regular', 'play_in', 'playoffs')
),
-- A game is a player's latest from the day after it through the day of his next one.
latest_games AS (
  SELECT player_lookup, team_abbr, season_year, game_date,
    LEAD(game_date) OVER (PARTITION BY player_lookup ORDER BY game_date) AS next_game_date
  FROM `nba_analytics.player_game_summary`
  WHERE game_date >= @history_start AND game_date < @end_date
    AND NOT is_dnp
)
SELECT
  slate.analysis_date,
  latest_games.player_lookup,
  latest_games.game_date AS last_game_date,
  latest_games.season_year,
  latest_games.team_abbr
FROM slate
JOIN latest_games
  ON latest_games.game_date < slate.analysis_date
  AND COALESCE(latest_games.next_game_date, @end_date) >= slate.analysis_date
WHERE latest_games.season_year >= slate.season_year - 1
