WITH games AS (
  SELECT
    offense.game_date, offense.team_abbr, offense.game_id, offense.season_year,
    offense.win_flag,
    offense.points_scored, defense.points_allowed,
    CAST(ROUND(100 * offense.possessions) AS INT64) AS possessions_x100,
    CAST(ROUND(100 * defense.opponent_possessions) AS INT64) AS opponent_possessions_x100,
    CAST(ROUND(1000000 * offense.pace) AS INT64) AS pace_micros,
    CAST(ROUND(1000000 * defense.opponent_pace) AS INT64) AS opponent_pace_micros,
    defense.has_shots,
    defense.paint_attempts_allowed,
    defense.paint_makes_allowed,
    defense.mid_range_attempts_allowed,
    defense.mid_range_makes_allowed,
    defense.three_pt_attempts_allowed,
    defense.three_pt_makes_allowed
  FROM `nba_analytics.team_offense_game_summary` AS offense
  LEFT JOIN `nba_analytics.team_defense_game_summary` AS defense
    ON defense.game_date = offense.game_date
    AND defense.defending_team_abbr = offense.team_abbr
    AND defense.game_date >= @history_start AND defense.game_date <= @end_date
  WHERE offense.game_date >= @history_start AND offense.game_date <= @end_date
),
-- A streak lives between two results of the other kind.
results AS (
  SELECT game_date, team_abbr, season_year, win_flag,
    COUNTIF(win_flag) OVER so_far AS wins,
    COUNTIF(NOT win_flag) OVER so_far AS losses
  FROM games
  WINDOW so_far AS (PARTITION BY team_abbr, season_year ORDER BY game_date
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
streaks AS (
  SELECT game_date, team_abbr, wins, losses,
    IF(win_flag IS NULL, NULL, COUNTIF(win_flag) OVER since_a_loss) AS win_streak,
    IF(win_flag IS NULL, NULL, COUNTIF(NOT win_flag) OVER since_a_win) AS loss_streak
  FROM results
  WINDOW
    since_a_loss AS (PARTITION BY team_abbr, season_year, losses ORDER BY game_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    since_a_win AS (PARTITION BY team_abbr, season_year, wins ORDER BY game_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
sums AS (
  SELECT
    games.game_date,
    games.team_abbr,
    games.game_id,
    games.season_year,
    COUNT(*) OVER season AS games_played_season,
    LAG(games.game_date) OVER (PARTITION BY games.team_abbr, games.season_year
      ORDER BY games.game_date) AS previous_game_date,
    SUM(IF(games.possessions_x100 IS NULL, NULL, games.points_scored)) OVER last_10
      AS rated_points_sum_last_10,
    SUM(IF(games.points_scored IS NULL, NULL, games.possessions_x100)) OVER last_10
      AS possessions_x100_sum_last_10,
    SUM(games.pace_micros) OVER last_10 AS pace_micros_sum_last_10,
    COUNT(games.pace_micros) OVER last_10 AS pace_games_last_10,
    SUM(games.pace_micros) OVER season AS pace_micros_sum_season,
    COUNT(games.pace_micros) OVER season AS pace_games_season,
    COUNT(*) OVER last_15 AS games_last_15,
    SUM(games.points_allowed) OVER last_15 AS points_allowed_sum_last_15,
    COUNT(games.points_allowed) OVER last_15 AS points_allowed_games_last_15,
    SUM(IF(games.opponent_possessions_x100 IS NULL, NULL, games.points_allowed)) OVER last_15
      AS rated_points_allowed_sum_last_15,
    SUM(IF(games.points_allowed IS NULL, NULL, games.opponent_possessions_x100)) OVER last_15
      AS opponent_possessions_x100_sum_last_15,
    SUM(games.opponent_pace_micros) OVER last_15 AS opponent_pace_micros_sum_last_15,
    COUNT(games.opponent_pace_micros) OVER last_15 AS opponent_pace_games_last_15,
    COUNTIF(games.has_shots) OVER last_15 AS shot_games_last_15,
    SUM(games.paint_attempts_allowed) OVER last_15 AS paint_attempts_allowed_sum_last_15,
    SUM(games.paint_makes_allowed) OVER last_15 AS paint_makes_allowed_sum_last_15,
    SUM(games.mid_range_attempts_allowed) OVER last_15 AS mid_range_attempts_allowed_sum_last_15,
    SUM(games.mid_range_makes_allowed) OVER last_15 AS mid_range_makes_allowed_sum_last_15,
    SUM(games.three_pt_attempts_allowed) OVER last_15 AS three_pt_attempts_allowed_sum_last_15,
    SUM(games.three_pt_makes_allowed) OVER last_15 AS three_pt_makes_allowed_sum_last_15,
    COUNTIF(games.has_shots) OVER season AS shot_games_season,
    SUM(games.paint_attempts_allowed) OVER season AS paint_attempts_allowed_sum_season,
    SUM(games.paint_makes_allowed) OVER season AS paint_makes_allowed_sum_season,
    SUM(games.mid_range_attempts_allowed) OVER season AS mid_range_attempts_allowed_sum_season,
    SUM(games.mid_range_makes_allowed) OVER season AS mid_range_makes_allowed_sum_season,
    SUM(games.three_pt_attempts_allowed) OVER season AS three_pt_attempts_allowed_sum_season,
    SUM(games.three_pt_makes_allowed) OVER season AS three_pt_makes_allowed_sum_season
  FROM games
  WINDOW
    season AS (PARTITION BY games.team_abbr, games.season_year ORDER BY games.game_date
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    last_10 AS (PARTITION BY games.team_abbr, games.season_year ORDER BY games.game_date
      ROWS BETWEEN 9 PRECEDING AND CURRENT ROW),
    last_15 AS (PARTITION BY games.team_abbr, games.season_year ORDER BY games.game_date
      ROWS BETWEEN 14 PRECEDING AND CURRENT ROW)
)
SELECT
  sums.game_date,
  sums.team_abbr,
  sums.game_id,
  sums.season_year,
  sums.games_played_season,
  sums.previous_game_date,
  streaks.wins AS wins_season,
  streaks.wins + streaks.losses AS games_decided_season,
  SAFE_DIVIDE(streaks.wins, streaks.wins + streaks.losses) AS win_pct_season,
  streaks.win_streak,
  streaks.loss_streak,
  sums.rated_points_sum_last_10,
  sums.possessions_x100_sum_last_10,
  SAFE_DIVIDE(10000 * sums.rated_points_sum_last_10, sums.possessions_x100_sum_last_10)
    AS offensive_rating_last_10,
  sums.pace_micros_sum_last_10,
  sums.pace_games_last_10,
  SAFE_DIVIDE(sums.pace_micros_sum_last_10, 1000000 * sums.pace_games_last_10) AS pace_last_10,
  sums.pace_micros_sum_season,
  sums.pace_games_season,
  sums.games_last_15,
  sums.points_allowed_sum_last_15,
  SAFE_DIVIDE(sums.points_allowed_sum_last_15, sums.points_allowed_games_last_15)
    AS opponent_points_per_game_last_15,
  sums.rated_points_allowed_sum_last_15,
  sums.opponent_possessions_x100_sum_last_15,
  SAFE_DIVIDE(10000 * sums.rated_points_allowed_sum_last_15,
    sums.opponent_possessions_x100_sum_last_15) AS defensive_rating_last_15,
  sums.opponent_pace_micros_sum_last_15,
  sums.opponent_pace_games_last_15,
  SAFE_DIVIDE(sums.opponent_pace_micros_sum_last_15, 1000000 * sums.opponent_pace_games_last_15)
    AS opponent_pace_last_15,
  sums.shot_games_last_15,
  sums.paint_attempts_allowed_sum_last_15,
  sums.paint_makes_allowed_sum_last_15,
  sums.mid_range_attempts_allowed_sum_last_15,
  sums.mid_range_makes_allowed_sum_last_15,
  sums.three_pt_attempts_allowed_sum_last_15,
  sums.three_pt_makes_allowed_sum_last_15,
  sums.shot_games_season,
  sums.paint_attempts_allowed_sum_season,
  sums.paint_makes_allowed_sum_season,
  sums.mid_range_attempts_allowed_sum_season,
  sums.mid_range_makes_allowed_sum_season,
  sums.three_pt_attempts_allowed_sum_season,
  sums.three_pt_makes_allowed_sum_season
FROM sums
JOIN streaks ON streaks.game_date = sums.game_date AND streaks.team_abbr = sums.team_abbr
WHERE sums.game_date >= @start_date
