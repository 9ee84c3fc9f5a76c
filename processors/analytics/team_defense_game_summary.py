"""What each team allowed in each game that is over: the other side's offence, turned round."""

from processors.columns import count, day, flag, integer, real, text
from processors.contract import (
    Canary,
    Contract,
    Cutoff,
    GamePresence,
    Input,
    Layer,
    Tolerance,
)
from processors.window import ON_THE_DAY

CONTRACT = Contract(
    table="nba_analytics.team_defense_game_summary",
    description="One row a team and game: what the opponent did against it.",
    layer=Layer.ANALYTICS,
    cutoff=Cutoff.AFTER_GAME,
    key=("game_date", "defending_team_abbr"),
    date_column="game_date",
    presence=GamePresence(team_column="defending_team_abbr", rows_per_team=1),
    inputs=(Input(table="nba_analytics.team_offense_game_summary", window=ON_THE_DAY),),
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("defending_team_abbr", "The team that defended.", nullable=False),
        text("game_id", "The game.", nullable=False),
        integer("season_year", "2024 is the 2024-25 season.", nullable=False),
        text("season_phase", "regular, play_in or playoffs.", nullable=False),
        text("opponent_team_abbr", "The team that attacked.", nullable=False),
        flag("is_home", "Whether the defending team was at home.", nullable=False),
        count("points_allowed", "The opponent's points.", unit="points"),
        count("opponent_fg_made", "The opponent's field goals made."),
        count("opponent_fg_attempted", "The opponent's field goals attempted."),
        count("opponent_fg3_made", "The opponent's threes made."),
        count("opponent_fg3_attempted", "The opponent's threes attempted."),
        count("opponent_ft_made", "The opponent's free throws made."),
        count("opponent_ft_attempted", "The opponent's free throws attempted."),
        count("opponent_turnovers", "The opponent's turnovers."),
        flag("has_shots", "Whether the shots table holds any shot of this game.", nullable=False),
        count("paint_attempts_allowed", "The opponent's; NULL in a game without shots."),
        count("paint_makes_allowed", "The opponent's; NULL in a game without shots."),
        count("mid_range_attempts_allowed", "The opponent's; NULL in a game without shots."),
        count("mid_range_makes_allowed", "The opponent's; NULL in a game without shots."),
        count("three_pt_attempts_allowed", "The opponent's; NULL in a game without shots."),
        count("three_pt_makes_allowed", "The opponent's; NULL in a game without shots."),
        count("blocks", "The defending team's own."),
        count("steals", "The defending team's own."),
        real(
            "opponent_possessions",
            "The opponent's possessions.",
            unit="possessions",
            digits=2,
        ),
        real(
            "defensive_rating",
            "The opponent's offensive_rating: 100 points / possessions.",
            unit="points per 100 possessions",
        ),
        real("opponent_pace", "The opponent's pace.", unit="possessions per 48 minutes"),
    ),
    expected="""
        SELECT game_date, team_abbr AS defending_team_abbr, CAST(NULL AS STRING) AS left_out_reason
        FROM `nba_analytics.team_offense_game_summary`
        WHERE game_date >= @start_date AND game_date <= @end_date
    """,
    canaries=(Canary(column="points_allowed", minimum_rows=8),),
    tolerances=(
        Tolerance(columns=("has_shots",), one_value_share=1, why="TRUE of every game is right"),
    ),
)
