WITH games AS (
  SELECT game_id, game_date, season_year, season_phase, home_team, away_team, overtime_periods
  FROM `nba_raw.schedule`
  WHERE game_date >= @start_date AND game_date <= @end_date
    AND status = 'final' AND boxscore_expected
    AND season_phase IN ('regular', 'play_in', 'playoffs')
),
-- One player's unknown makes the team's sum unknown, never smaller.
totals AS (
  SELECT game_date, game_id, team_abbr,
    LOGICAL_OR(has_shots) AS has_shots,
    IF(COUNTIF(points IS NULL) = 0, SUM(points), NULL) AS points_scored,
    IF(COUNTIF(fg_made IS NULL) = 0, SUM(fg_made), NULL) AS fg_made,
    IF(COUNTIF(fg_attempted IS NULL) = 0, SUM(fg_attempted), NULL) AS fg_attempted,
    IF(COUNTIF(fg3_made IS NULL) = 0, SUM(fg3_made), NULL) AS fg3_made,
    IF(COUNTIF(fg3_attempted IS NULL) = 0, SUM(fg3_attempted), NULL) AS fg3_attempted,
    IF(COUNTIF(ft_made IS NULL) = 0, SUM(ft_made), NULL) AS ft_made,
    IF(COUNTIF(ft_attempted IS NULL) = 0, SUM(ft_attempted), NULL) AS ft_attempted,
    IF(COUNTIF(offensive_rebounds IS NULL) = 0, SUM(offensive_rebounds), NULL) AS offensive_rebounds,
    IF(COUNTIF(defensive_rebounds IS NULL) = 0, SUM(defensive_rebounds), NULL) AS defensive_rebounds,
    IF(COUNTIF(rebounds IS NULL) = 0, SUM(rebounds), NULL) AS rebounds,
    IF(COUNTIF(assists IS NULL) = 0, SUM(assists), NULL) AS assists,
    IF(COUNTIF(steals IS NULL) = 0, SUM(steals), NULL) AS steals,
    IF(COUNTIF(blocks IS NULL) = 0, SUM(blocks), NULL) AS blocks,
    IF(COUNTIF(turnovers IS NULL) = 0, SUM(turnovers), NULL) AS turnovers,
    IF(COUNTIF(personal_fouls IS NULL) = 0, SUM(personal_fouls), NULL) AS personal_fouls,
    IF(COUNTIF(seconds_played IS NULL) = 0, SUM(seconds_played), NULL) AS team_seconds,
    IF(COUNTIF(paint_attempts IS NULL) = 0, SUM(paint_attempts), NULL) AS paint_attempts,
    IF(COUNTIF(paint_makes IS NULL) = 0, SUM(paint_makes), NULL) AS paint_makes,
    IF(COUNTIF(mid_range_attempts IS NULL) = 0, SUM(mid_range_attempts), NULL) AS mid_range_attempts,
    IF(COUNTIF(mid_range_makes IS NULL) = 0, SUM(mid_range_makes), NULL) AS mid_range_makes,
    IF(COUNTIF(three_pt_attempts IS NULL) = 0, SUM(three_pt_attempts), NULL) AS three_pt_attempts,
    IF(COUNTIF(three_pt_makes IS NULL) = 0, SUM(three_pt_makes), NULL) AS three_pt_makes
  FROM `nba_analytics.player_game_summary`
  WHERE game_date >= @start_date AND game_date <= @end_date AND NOT is_dnp
  GROUP BY game_date, game_id, team_abbr
),
measured AS (
  SELECT game_date, game_id, team_abbr,
    -- 240 minutes are four quarters of five players; each overtime adds 25.
    IF(team_seconds > 240 * 60 - 750, DIV(team_seconds - 240 * 60 + 750, 25 * 60),
      IF(team_seconds IS NULL, NULL, 0)) AS overtimes_by_the_clock,
    COALESCE(
      100 * fg_attempted + 44 * ft_attempted + 100 * turnovers - 100 * offensive_rebounds,
      100 * fg_attempted + 44 * ft_attempted + 100 * turnovers - 23 * (fg_attempted - fg_made))
      AS possessions_x100
  FROM totals
),
sides AS (
  SELECT
    totals.game_date, totals.team_abbr, totals.game_id, games.season_year, games.season_phase,
    IF(totals.team_abbr = games.home_team, games.away_team, games.home_team)
      AS opponent_team_abbr,
    totals.team_abbr = games.home_team AS is_home,
    COALESCE(games.overtime_periods, measured.overtimes_by_the_clock) AS overtime_periods,
    games.overtime_periods IS NULL AND measured.overtimes_by_the_clock IS NOT NULL
      AS overtime_inferred,
    measured.possessions_x100,
    measured.possessions_x100 IS NOT NULL AND totals.offensive_rebounds IS NULL
      AS possessions_estimated
  FROM totals
  JOIN games
    ON games.game_id = totals.game_id AND totals.team_abbr IN (games.home_team, games.away_team)
  JOIN measured
    ON measured.game_id = totals.game_id AND measured.team_abbr = totals.team_abbr
)
SELECT
  sides.game_date,
  sides.team_abbr,
  sides.game_id,
  sides.season_year,
  sides.season_phase,
  sides.opponent_team_abbr,
  sides.is_home,
  own.points_scored,
  own.fg_made,
  own.fg_attempted,
  own.fg3_made,
  own.fg3_attempted,
  own.ft_made,
  own.ft_attempted,
  own.offensive_rebounds,
  own.defensive_rebounds,
  own.rebounds,
  own.assists,
  own.steals,
  own.blocks,
  own.turnovers,
  own.personal_fouls,
  own.team_seconds,
  sides.overtime_periods,
  sides.overtime_inferred,
  own.has_shots,
  own.paint_attempts,
  own.paint_makes,
  own.mid_range_attempts,
  own.mid_range_makes,
  own.three_pt_attempts,
  own.three_pt_makes,
  SAFE_DIVIDE(sides.possessions_x100, 100) AS possessions,
  sides.possessions_estimated,
  SAFE_DIVIDE(10000 * own.points_scored, sides.possessions_x100) AS offensive_rating,
  SAFE_DIVIDE(48 * sides.possessions_x100, 100 * (48 + 5 * sides.overtime_periods)) AS pace,
  own.points_scored > other.points_scored AS win_flag,
  own.points_scored - other.points_scored AS margin
FROM sides
JOIN totals AS own ON own.game_id = sides.game_id AND own.team_abbr = sides.team_abbr
LEFT JOIN totals AS other
  ON other.game_id = sides.game_id AND other.team_abbr = sides.opponent_team_abbr
