WITH played AS (
  SELECT
    summary.game_date, summary.player_lookup, summary.game_id, summary.season_year,
    summary.team_abbr, summary.is_starter, team.games_played_season AS team_game_number,
    summary.points, summary.seconds_played, summary.ft_made, summary.has_shots,
    CAST(ROUND(1000000 * summary.usage_rate) AS INT64) AS usage_micros,
    100 * summary.fg_attempted + 44 * summary.ft_attempted AS shooting_attempts_x100,
    summary.paint_attempts,
    summary.paint_makes,
    summary.mid_range_attempts,
    summary.mid_range_makes,
    summary.three_pt_attempts,
    summary.three_pt_makes,
    summary.assisted_fg_makes,
    CASE
      WHEN summary.points > line.current_points_line THEN 'over'
      WHEN summary.points < line.current_points_line THEN 'under'
    END AS line_result
  FROM `nba_analytics.player_game_summary` AS summary
  LEFT JOIN `nba_analytics.team_form` AS team
    ON team.game_date = summary.game_date AND team.team_abbr = summary.team_abbr
    AND team.game_date >= @history_start AND team.game_date <= @end_date
  LEFT JOIN `nba_analytics.player_lines` AS line
    ON line.game_date = summary.game_date AND line.game_id = summary.game_id
    AND line.player_lookup = summary.player_lookup
    AND line.game_date >= @history_start AND line.game_date <= @end_date
  WHERE summary.game_date >= @history_start AND summary.game_date <= @end_date
    AND NOT summary.is_dnp
    -- Windows over a season are dear: only of those who played on the dates that are asked for.
    AND summary.player_lookup IN (
      SELECT present.player_lookup
      FROM `nba_analytics.player_game_summary` AS present
      WHERE present.game_date >= @start_date AND present.game_date <= @end_date
        AND NOT present.is_dnp)
),
numbered AS (
  SELECT game_date, player_lookup, season_year, team_abbr, is_starter, team_game_number,
    line_result,
    ROW_NUMBER() OVER career AS game_number,
    LAG(game_date) OVER career AS previous_game_date,
    LAG(team_abbr) OVER career AS previous_team_abbr,
    COUNTIF(has_shots) OVER so_far AS shot_game_number,
    COUNTIF(line_result = 'over') OVER so_far AS overs,
    COUNTIF(line_result = 'under') OVER so_far AS unders
  FROM played
  WINDOW
    career AS (PARTITION BY player_lookup, season_year ORDER BY game_date),
    so_far AS (PARTITION BY player_lookup, season_year ORDER BY game_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
changes AS (
  SELECT game_date, player_lookup, season_year, is_starter, team_game_number, game_number,
    COUNTIF(previous_team_abbr IS NULL OR previous_team_abbr != team_abbr) OVER so_far
      AS stint_number,
    COUNTIF(previous_team_abbr IS NULL OR previous_team_abbr != team_abbr
      OR DATE_DIFF(game_date, previous_game_date, DAY) > 14) OVER so_far AS change_number
  FROM numbered
  WINDOW so_far AS (PARTITION BY player_lookup, season_year ORDER BY game_date
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
-- Which of his team's latest games he played and started, one bit a game: whoever stands at a
-- later date shifts the bits by the games the team has played since.
stints AS (
  SELECT game_date, player_lookup,
    MIN(team_game_number) OVER (PARTITION BY player_lookup, season_year, stint_number
      ORDER BY game_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
      AS stint_first_team_game_number,
    1
      + IF(team_game_number - LAG(team_game_number, 1) OVER stint <= 9,
        1 << (team_game_number - LAG(team_game_number, 1) OVER stint), 0)
      + IF(team_game_number - LAG(team_game_number, 2) OVER stint <= 9,
        1 << (team_game_number - LAG(team_game_number, 2) OVER stint), 0)
      + IF(team_game_number - LAG(team_game_number, 3) OVER stint <= 9,
        1 << (team_game_number - LAG(team_game_number, 3) OVER stint), 0)
      + IF(team_game_number - LAG(team_game_number, 4) OVER stint <= 9,
        1 << (team_game_number - LAG(team_game_number, 4) OVER stint), 0)
      + IF(team_game_number - LAG(team_game_number, 5) OVER stint <= 9,
        1 << (team_game_number - LAG(team_game_number, 5) OVER stint), 0)
      + IF(team_game_number - LAG(team_game_number, 6) OVER stint <= 9,
        1 << (team_game_number - LAG(team_game_number, 6) OVER stint), 0)
      + IF(team_game_number - LAG(team_game_number, 7) OVER stint <= 9,
        1 << (team_game_number - LAG(team_game_number, 7) OVER stint), 0)
      + IF(team_game_number - LAG(team_game_number, 8) OVER stint <= 9,
        1 << (team_game_number - LAG(team_game_number, 8) OVER stint), 0)
      + IF(team_game_number - LAG(team_game_number, 9) OVER stint <= 9,
        1 << (team_game_number - LAG(team_game_number, 9) OVER stint), 0)
      AS team_games_played_mask,
    IF(is_starter IS NULL
        OR team_game_number - LAG(team_game_number, 1) OVER stint <= 4
          AND LAG(is_starter, 1) OVER stint IS NULL
        OR team_game_number - LAG(team_game_number, 2) OVER stint <= 4
          AND LAG(is_starter, 2) OVER stint IS NULL
        OR team_game_number - LAG(team_game_number, 3) OVER stint <= 4
          AND LAG(is_starter, 3) OVER stint IS NULL
        OR team_game_number - LAG(team_game_number, 4) OVER stint <= 4
          AND LAG(is_starter, 4) OVER stint IS NULL,
      NULL,
      IF(is_starter, 1, 0)
        + IF(team_game_number - LAG(team_game_number, 1) OVER stint <= 4
          AND LAG(is_starter, 1) OVER stint,
          1 << (team_game_number - LAG(team_game_number, 1) OVER stint), 0)
        + IF(team_game_number - LAG(team_game_number, 2) OVER stint <= 4
          AND LAG(is_starter, 2) OVER stint,
          1 << (team_game_number - LAG(team_game_number, 2) OVER stint), 0)
        + IF(team_game_number - LAG(team_game_number, 3) OVER stint <= 4
          AND LAG(is_starter, 3) OVER stint,
          1 << (team_game_number - LAG(team_game_number, 3) OVER stint), 0)
        + IF(team_game_number - LAG(team_game_number, 4) OVER stint <= 4
          AND LAG(is_starter, 4) OVER stint,
          1 << (team_game_number - LAG(team_game_number, 4) OVER stint), 0))
      AS team_starts_mask,
    LEAST(30, ROW_NUMBER() OVER (PARTITION BY player_lookup, season_year, change_number
      ORDER BY game_date)) AS games_since_structural_change
  FROM changes
  WINDOW stint AS (PARTITION BY player_lookup, season_year, stint_number ORDER BY game_date)
),
sums AS (
  SELECT
    game_date, player_lookup, game_id, season_year, team_abbr, team_game_number,
    COUNT(*) OVER season AS games_played_season,
    COUNT(*) OVER last_10 AS games_last_10,
    COUNT(*) OVER last_7 AS games_last_7,
    SUM(points) OVER last_2 AS points_sum_last_2,
    SUM(points) OVER last_3 AS points_sum_last_3,
    SUM(points) OVER last_5 AS points_sum_last_5,
    SUM(points) OVER last_7 AS points_sum_last_7,
    SUM(points) OVER last_10 AS points_sum_last_10,
    SUM(points) OVER season AS points_sum_season,
    SUM(points * points) OVER last_10 AS points_squares_sum_last_10,
    SUM(seconds_played) OVER last_10 AS seconds_sum_last_10,
    COUNT(seconds_played) OVER last_10 AS minutes_games_last_10,
    SUM(IF(seconds_played IS NULL, NULL, points)) OVER last_10 AS timed_points_sum_last_10,
    SUM(seconds_played) OVER season AS seconds_sum_season,
    COUNT(seconds_played) OVER season AS minutes_games_season,
    SUM(usage_micros) OVER last_5 AS usage_micros_sum_last_5,
    COUNT(usage_micros) OVER last_5 AS usage_games_last_5,
    SUM(usage_micros) OVER last_10 AS usage_micros_sum_last_10,
    COUNT(usage_micros) OVER last_10 AS usage_games_last_10,
    SUM(usage_micros) OVER season AS usage_micros_sum_season,
    COUNT(usage_micros) OVER season AS usage_games_season,
    SUM(IF(shooting_attempts_x100 IS NULL, NULL, points)) OVER last_10
      AS shooting_points_sum_last_10,
    SUM(shooting_attempts_x100) OVER last_10 AS shooting_attempts_x100_sum_last_10,
    SUM(ft_made) OVER last_10 AS ft_made_sum_last_10
  FROM played
  WINDOW
    season AS (PARTITION BY player_lookup, season_year ORDER BY game_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    last_2 AS (PARTITION BY player_lookup, season_year ORDER BY game_date
      ROWS BETWEEN 1 PRECEDING AND CURRENT ROW),
    last_3 AS (PARTITION BY player_lookup, season_year ORDER BY game_date
      ROWS BETWEEN 2 PRECEDING AND CURRENT ROW),
    last_5 AS (PARTITION BY player_lookup, season_year ORDER BY game_date
      ROWS BETWEEN 4 PRECEDING AND CURRENT ROW),
    last_7 AS (PARTITION BY player_lookup, season_year ORDER BY game_date
      ROWS BETWEEN 6 PRECEDING AND CURRENT ROW),
    last_10 AS (PARTITION BY player_lookup, season_year ORDER BY game_date
      ROWS BETWEEN 9 PRECEDING AND CURRENT ROW)
),
-- Points times the game's number, for the slopes: position in the window = number - first number.
trends AS (
  SELECT played.game_date, played.player_lookup,
    SUM(numbered.game_number * played.points) OVER last_7 AS numbered_points_last_7,
    SUM(numbered.game_number * played.points) OVER last_10 AS numbered_points_last_10
  FROM played
  JOIN numbered
    ON numbered.game_date = played.game_date AND numbered.player_lookup = played.player_lookup
  WINDOW
    last_7 AS (PARTITION BY played.player_lookup, played.season_year ORDER BY played.game_date
      ROWS BETWEEN 6 PRECEDING AND CURRENT ROW),
    last_10 AS (PARTITION BY played.player_lookup, played.season_year ORDER BY played.game_date
      ROWS BETWEEN 9 PRECEDING AND CURRENT ROW)
),
slopes AS (
  SELECT sums.game_date, sums.player_lookup,
    -- Least squares over x = 0 .. n-1: (12 sum xy - 6 (n-1) sum y) / (n (n^2 - 1)).
    IF(sums.games_last_10 < 5, NULL, SAFE_DIVIDE(
      12 * (trends.numbered_points_last_10
        - (sums.games_played_season - sums.games_last_10 + 1) * sums.points_sum_last_10)
        - 6 * (sums.games_last_10 - 1) * sums.points_sum_last_10,
      sums.games_last_10 * (sums.games_last_10 * sums.games_last_10 - 1)))
      AS points_slope_last_10,
    IF(sums.games_last_7 < 4, NULL, SAFE_DIVIDE(
      12 * (trends.numbered_points_last_7
        - (sums.games_played_season - sums.games_last_7 + 1) * sums.points_sum_last_7)
        - 6 * (sums.games_last_7 - 1) * sums.points_sum_last_7,
      sums.games_last_7 * (sums.games_last_7 * sums.games_last_7 - 1)))
      AS points_slope_last_7
  FROM sums
  JOIN trends ON trends.game_date = sums.game_date AND trends.player_lookup = sums.player_lookup
),
-- Shot windows count games with shots only; other games carry the latest such state on.
shot_states AS (
  SELECT player_lookup, season_year,
    ROW_NUMBER() OVER (PARTITION BY player_lookup, season_year ORDER BY game_date)
      AS shot_game_number,
    COUNT(*) OVER last_10 AS games_last_10,
    COUNT(*) OVER last_20 AS games_last_20,
    SUM(paint_attempts) OVER last_10 AS paint_attempts_last_10,
    SUM(paint_makes) OVER last_10 AS paint_makes_last_10,
    SUM(mid_range_attempts) OVER last_10 AS mid_range_attempts_last_10,
    SUM(mid_range_makes) OVER last_10 AS mid_range_makes_last_10,
    SUM(three_pt_attempts) OVER last_10 AS three_pt_attempts_last_10,
    SUM(three_pt_makes) OVER last_10 AS three_pt_makes_last_10,
    SUM(paint_attempts) OVER last_20 AS paint_attempts_last_20,
    SUM(paint_makes) OVER last_20 AS paint_makes_last_20,
    SUM(mid_range_attempts) OVER last_20 AS mid_range_attempts_last_20,
    SUM(mid_range_makes) OVER last_20 AS mid_range_makes_last_20,
    SUM(three_pt_attempts) OVER last_20 AS three_pt_attempts_last_20,
    SUM(three_pt_makes) OVER last_20 AS three_pt_makes_last_20,
    IF(COUNTIF(assisted_fg_makes IS NULL) OVER last_10 = 0,
      SUM(assisted_fg_makes) OVER last_10, NULL) AS assisted_fg_makes_last_10
  FROM played
  WHERE has_shots
  WINDOW
    last_10 AS (PARTITION BY player_lookup, season_year ORDER BY game_date
      ROWS BETWEEN 9 PRECEDING AND CURRENT ROW),
    last_20 AS (PARTITION BY player_lookup, season_year ORDER BY game_date
      ROWS BETWEEN 19 PRECEDING AND CURRENT ROW)
),
-- A streak lives between two results of the other kind; pushes and games without a line don't end
-- it.
prop_streaks AS (
  SELECT game_date, player_lookup,
    IF(overs + unders = 0, NULL, COUNTIF(line_result = 'over') OVER since_an_under)
      AS prop_over_streak,
    IF(overs + unders = 0, NULL, COUNTIF(line_result = 'under') OVER since_an_over)
      AS prop_under_streak
  FROM numbered
  WINDOW
    since_an_under AS (PARTITION BY player_lookup, season_year, unders ORDER BY game_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    since_an_over AS (PARTITION BY player_lookup, season_year, overs ORDER BY game_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
SELECT
  sums.game_date,
  sums.player_lookup,
  sums.game_id,
  sums.season_year,
  sums.team_abbr,
  sums.games_played_season,
  numbered.previous_game_date,
  sums.team_game_number,
  stints.stint_first_team_game_number,
  stints.team_games_played_mask,
  stints.team_starts_mask,
  sums.points_sum_last_2,
  sums.points_sum_last_3,
  sums.points_sum_last_5,
  sums.points_sum_last_10,
  sums.points_sum_season,
  sums.points_squares_sum_last_10,
  SAFE_DIVIDE(sums.points_sum_last_3, LEAST(3, sums.games_played_season)) AS points_avg_last_3,
  SAFE_DIVIDE(sums.points_sum_last_5, LEAST(5, sums.games_played_season)) AS points_avg_last_5,
  SAFE_DIVIDE(sums.points_sum_last_10, sums.games_last_10) AS points_avg_last_10,
  SAFE_DIVIDE(sums.points_sum_season, sums.games_played_season) AS points_avg_season,
  SQRT(SAFE_DIVIDE(
    sums.games_last_10 * sums.points_squares_sum_last_10
      - sums.points_sum_last_10 * sums.points_sum_last_10,
    sums.games_last_10 * (sums.games_last_10 - 1))) AS points_std_last_10,
  slopes.points_slope_last_10,
  slopes.points_slope_last_7,
  sums.seconds_sum_last_10,
  sums.minutes_games_last_10,
  SAFE_DIVIDE(sums.seconds_sum_last_10, 60 * sums.minutes_games_last_10) AS minutes_avg_last_10,
  sums.seconds_sum_season,
  sums.minutes_games_season,
  SAFE_DIVIDE(sums.seconds_sum_season, 60 * sums.minutes_games_season) AS minutes_avg_season,
  SAFE_DIVIDE(60 * sums.timed_points_sum_last_10, sums.seconds_sum_last_10) AS ppm_avg_last_10,
  sums.usage_micros_sum_last_5,
  sums.usage_games_last_5,
  SAFE_DIVIDE(sums.usage_micros_sum_last_5, 1000000 * sums.usage_games_last_5)
    AS usage_rate_last_5,
  sums.usage_micros_sum_last_10,
  sums.usage_games_last_10,
  SAFE_DIVIDE(sums.usage_micros_sum_last_10, 1000000 * sums.usage_games_last_10)
    AS usage_rate_last_10,
  sums.usage_micros_sum_season,
  sums.usage_games_season,
  SAFE_DIVIDE(sums.usage_micros_sum_season, 1000000 * sums.usage_games_season)
    AS usage_rate_season,
  sums.shooting_points_sum_last_10,
  sums.shooting_attempts_x100_sum_last_10,
  SAFE_DIVIDE(50 * sums.shooting_points_sum_last_10, sums.shooting_attempts_x100_sum_last_10)
    AS ts_pct_last_10,
  sums.ft_made_sum_last_10,
  IF(numbered.shot_game_number = 0, 0, shot_states.games_last_10) AS shot_games_last_10,
  shot_states.paint_attempts_last_10,
  shot_states.paint_makes_last_10,
  shot_states.mid_range_attempts_last_10,
  shot_states.mid_range_makes_last_10,
  shot_states.three_pt_attempts_last_10,
  shot_states.three_pt_makes_last_10,
  shot_states.assisted_fg_makes_last_10,
  IF(numbered.shot_game_number = 0, 0, shot_states.games_last_20) AS shot_games_last_20,
  shot_states.paint_attempts_last_20,
  shot_states.paint_makes_last_20,
  shot_states.mid_range_attempts_last_20,
  shot_states.mid_range_makes_last_20,
  shot_states.three_pt_attempts_last_20,
  shot_states.three_pt_makes_last_20,
  prop_streaks.prop_over_streak,
  prop_streaks.prop_under_streak,
  stints.games_since_structural_change
FROM sums
JOIN numbered
  ON numbered.game_date = sums.game_date AND numbered.player_lookup = sums.player_lookup
JOIN stints ON stints.game_date = sums.game_date AND stints.player_lookup = sums.player_lookup
JOIN slopes ON slopes.game_date = sums.game_date AND slopes.player_lookup = sums.player_lookup
JOIN prop_streaks
  ON prop_streaks.game_date = sums.game_date AND prop_streaks.player_lookup = sums.player_lookup
LEFT JOIN shot_states
  ON shot_states.player_lookup = sums.player_lookup
  AND shot_states.season_year = sums.season_year
  AND shot_states.shot_game_number = numbered.shot_game_number
WHERE sums.game_date >= @start_date
