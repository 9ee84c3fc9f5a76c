WITH games AS (
  SELECT game_date AS analysis_date, season_year, home_team, away_team
  FROM `nba_raw.schedule`
  WHERE game_date >= @start_date AND game_date <= @end_date
    AND boxscore_expected
    AND season_phase IN ('regular', 'play_in', 'playoffs')
),
slate AS (
  SELECT DISTINCT analysis_date, season_year FROM games
),
-- A game is a team's latest from the day after it through the day of its next one.
latest_games AS (
  SELECT team_abbr, season_year, game_date,
    LEAD(game_date) OVER (PARTITION BY team_abbr ORDER BY game_date) AS next_game_date
  FROM `nba_analytics.team_offense_game_summary`
  WHERE game_date >= @history_start AND game_date < @end_date
),
with_history AS (
  SELECT slate.analysis_date, latest_games.team_abbr, latest_games.game_date AS last_game_date,
    slate.season_year
  FROM slate
  JOIN latest_games
    ON latest_games.season_year = slate.season_year
    AND latest_games.game_date < slate.analysis_date
    AND COALESCE(latest_games.next_game_date, @end_date) >= slate.analysis_date
),
on_the_slate AS (
  SELECT analysis_date, home_team AS team_abbr, season_year FROM games
  UNION DISTINCT
  SELECT analysis_date, away_team AS team_abbr, season_year FROM games
)
SELECT
  COALESCE(with_history.analysis_date, on_the_slate.analysis_date) AS analysis_date,
  COALESCE(with_history.team_abbr, on_the_slate.team_abbr) AS team_abbr,
  with_history.last_game_date,
  COALESCE(with_history.season_year, on_the_slate.season_year) AS season_year
FROM with_history
FULL JOIN on_the_slate
  ON on_the_slate.analysis_date = with_history.analysis_date
  AND on_the_slate.team_abbr = with_history.team_abbr
