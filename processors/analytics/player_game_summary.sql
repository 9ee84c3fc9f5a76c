WITH games AS (
  SELECT game_id, game_date, season_year, season_phase
  FROM `nba_raw.schedule`
  WHERE game_date >= @start_date AND game_date <= @end_date
    AND status = 'final' AND boxscore_expected
    AND season_phase IN ('regular', 'play_in', 'playoffs')
),
clock_texts AS (
  SELECT game_id, player_lookup, LOWER(TRIM(minutes)) AS clock
  FROM `nba_raw.player_boxscores`
  WHERE game_date >= @start_date AND game_date <= @end_date
),
clock_seconds AS (
  SELECT game_id, player_lookup,
    clock IS NOT NULL AND clock NOT IN ('', '-', 'null') AS says_something,
    CASE
      WHEN REGEXP_CONTAINS(clock, r'^[0-9]{1,3}([.]0+)?:[0-5][0-9]$')
        THEN 60 * CAST(REGEXP_EXTRACT(clock, r'^([0-9]+)') AS INT64)
          + CAST(REGEXP_EXTRACT(clock, r':([0-9]+)$') AS INT64)
      WHEN REGEXP_CONTAINS(clock, r'^[0-9]{1,3}([.][0-9]+)?$')
        THEN CAST(ROUND(60 * CAST(clock AS FLOAT64)) AS INT64)
      WHEN REGEXP_CONTAINS(clock, r'^pt[0-9]{1,3}m[0-5]?[0-9]([.][0-9]+)?s$')
        THEN 60 * CAST(REGEXP_EXTRACT(clock, r'^pt([0-9]+)m') AS INT64)
          + CAST(ROUND(CAST(REGEXP_EXTRACT(clock, r'm([0-9.]+)s$') AS FLOAT64)) AS INT64)
    END AS seconds
  FROM clock_texts
),
clocks AS (
  SELECT game_id, player_lookup, says_something,
    IF(seconds <= 70 * 60, seconds, NULL) AS seconds_played
  FROM clock_seconds
),
appearances AS (
  SELECT
    games.game_date, box.player_lookup, games.game_id, games.season_year, games.season_phase,
    box.player_name, box.team, box.opponent, box.is_home, box.is_starter, box.dnp_reason,
    clocks.seconds_played,
    clocks.says_something AND clocks.seconds_played IS NULL AS minutes_malformed,
    -- No or unknown minutes, and yet a statistic: he was on the court.
    NOT COALESCE(
      clocks.seconds_played > 0 OR box.points > 0 OR box.fg_attempted > 0 OR box.fg_made > 0
      OR box.fg3_attempted > 0 OR box.fg3_made > 0 OR box.ft_attempted > 0 OR box.ft_made > 0
      OR box.offensive_rebounds > 0 OR box.defensive_rebounds > 0 OR box.rebounds > 0
      OR box.assists > 0 OR box.steals > 0 OR box.blocks > 0 OR box.turnovers > 0
      OR box.personal_fouls > 0 OR box.plus_minus != 0, FALSE) AS is_dnp,
    box.points, box.fg_made, box.fg_attempted, box.fg3_made, box.fg3_attempted,
    box.ft_made, box.ft_attempted, box.offensive_rebounds, box.defensive_rebounds,
    COALESCE(box.rebounds, box.offensive_rebounds + box.defensive_rebounds) AS rebounds,
    box.assists, box.steals, box.blocks, box.turnovers, box.personal_fouls, box.plus_minus
  FROM `nba_raw.player_boxscores` AS box
  JOIN games ON games.game_id = box.game_id AND games.game_date = box.game_date
  JOIN clocks ON clocks.game_id = box.game_id AND clocks.player_lookup = box.player_lookup
  WHERE box.game_date >= @start_date AND box.game_date <= @end_date
),
-- One player's unknown makes the team's sum unknown, never smaller.
team_totals AS (
  SELECT game_id, team,
    IF(COUNTIF(seconds_played IS NULL) = 0, SUM(seconds_played), NULL) AS seconds,
    IF(COUNTIF(fg_attempted IS NULL OR ft_attempted IS NULL OR turnovers IS NULL) = 0,
      SUM(100 * fg_attempted + 44 * ft_attempted + 100 * turnovers), NULL) AS plays_x100
  FROM appearances
  WHERE NOT is_dnp
  GROUP BY game_id, team
),
shots AS (
  SELECT game_id, player_lookup, made, assisted,
    CASE zone
      WHEN 'corner_three' THEN 'three_pt'
      WHEN 'above_break_three' THEN 'three_pt'
      ELSE zone
    END AS zone
  FROM `nba_raw.shots`
  WHERE game_date >= @start_date AND game_date <= @end_date
),
games_with_shots AS (
  SELECT DISTINCT game_id FROM shots
),
shooting AS (
  SELECT appearances.game_id, appearances.player_lookup,
    COUNTIF(shots.zone = 'paint') AS paint_attempts,
    COUNTIF(shots.zone = 'paint' AND shots.made) AS paint_makes,
    COUNTIF(shots.zone = 'mid_range') AS mid_range_attempts,
    COUNTIF(shots.zone = 'mid_range' AND shots.made) AS mid_range_makes,
    COUNTIF(shots.zone = 'three_pt') AS three_pt_attempts,
    COUNTIF(shots.zone = 'three_pt' AND shots.made) AS three_pt_makes,
    IF(COUNTIF(shots.zone != 'backcourt' AND shots.made AND shots.assisted IS NULL) = 0,
      COUNTIF(shots.zone != 'backcourt' AND shots.made AND shots.assisted), NULL)
      AS assisted_fg_makes
  FROM appearances
  JOIN games_with_shots ON games_with_shots.game_id = appearances.game_id
  LEFT JOIN shots
    ON shots.game_id = appearances.game_id AND shots.player_lookup = appearances.player_lookup
  GROUP BY appearances.game_id, appearances.player_lookup
)
SELECT
  appearances.game_date,
  appearances.player_lookup,
  appearances.game_id,
  appearances.season_year,
  appearances.season_phase,
  appearances.player_name,
  appearances.team AS team_abbr,
  appearances.opponent AS opponent_team_abbr,
  appearances.is_home,
  appearances.is_starter,
  appearances.is_dnp,
  appearances.dnp_reason,
  appearances.seconds_played,
  SAFE_DIVIDE(appearances.seconds_played, 60) AS minutes_played,
  appearances.minutes_malformed,
  appearances.points,
  appearances.fg_made,
  appearances.fg_attempted,
  appearances.fg3_made,
  appearances.fg3_attempted,
  appearances.ft_made,
  appearances.ft_attempted,
  appearances.offensive_rebounds,
  appearances.defensive_rebounds,
  appearances.rebounds,
  appearances.assists,
  appearances.steals,
  appearances.blocks,
  appearances.turnovers,
  appearances.personal_fouls,
  appearances.plus_minus,
  shooting.game_id IS NOT NULL AS has_shots,
  shooting.paint_attempts,
  shooting.paint_makes,
  shooting.mid_range_attempts,
  shooting.mid_range_makes,
  shooting.three_pt_attempts,
  shooting.three_pt_makes,
  shooting.assisted_fg_makes,
  SAFE_DIVIDE(50 * appearances.points,
    100 * appearances.fg_attempted + 44 * appearances.ft_attempted) AS ts_pct,
  SAFE_DIVIDE(2 * appearances.fg_made + appearances.fg3_made, 2 * appearances.fg_attempted)
    AS efg_pct,
  IF(appearances.is_dnp, NULL, SAFE_DIVIDE(
    100 * team_totals.seconds * (100 * appearances.fg_attempted + 44 * appearances.ft_attempted
      + 100 * appearances.turnovers),
    5 * appearances.seconds_played * team_totals.plays_x100)) AS usage_rate
FROM appearances
LEFT JOIN team_totals
  ON team_totals.game_id = appearances.game_id AND team_totals.team = appearances.team
LEFT JOIN shooting
  ON shooting.game_id = appearances.game_id AND shooting.player_lookup = appearances.player_lookup
