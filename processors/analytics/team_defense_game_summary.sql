WITH offenses AS (
  SELECT game_date, team_abbr, game_id, season_year, season_phase, opponent_team_abbr, is_home,
    points_scored, fg_made, fg_attempted, fg3_made, fg3_attempted, ft_made, ft_attempted,
    turnovers, steals, blocks, has_shots, paint_attempts, paint_makes, mid_range_attempts,
    mid_range_makes, three_pt_attempts, three_pt_makes, possessions, offensive_rating, pace
  FROM `nba_analytics.team_offense_game_summary`
  WHERE game_date >= @start_date AND game_date <= @end_date
)
SELECT
  own.game_date,
  own.team_abbr AS defending_team_abbr,
  own.game_id,
  own.season_year,
  own.season_phase,
  own.opponent_team_abbr,
  own.is_home,
  opponent.points_scored AS points_allowed,
  opponent.fg_made AS opponent_fg_made,
  opponent.fg_attempted AS opponent_fg_attempted,
  opponent.fg3_made AS opponent_fg3_made,
  opponent.fg3_attempted AS opponent_fg3_attempted,
  opponent.ft_made AS opponent_ft_made,
  opponent.ft_attempted AS opponent_ft_attempted,
  opponent.turnovers AS opponent_turnovers,
  opponent.has_shots,
  opponent.paint_attempts AS paint_attempts_allowed,
  opponent.paint_makes AS paint_makes_allowed,
  opponent.mid_range_attempts AS mid_range_attempts_allowed,
  opponent.mid_range_makes AS mid_range_makes_allowed,
  opponent.three_pt_attempts AS three_pt_attempts_allowed,
  opponent.three_pt_makes AS three_pt_makes_allowed,
  own.blocks,
  own.steals,
  opponent.possessions AS opponent_possessions,
  opponent.offensive_rating AS defensive_rating,
  opponent.pace AS opponent_pace
FROM offenses AS own
JOIN offenses AS opponent
  ON opponent.game_id = own.game_id AND opponent.team_abbr = own.opponent_team_abbr
