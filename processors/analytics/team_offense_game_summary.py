"""What each team did in each game that is over."""

from processors.columns import count, day, flag, integer, real, text
from processors.contract import (
    Canary,
    Contract,
    Cutoff,
    Finding,
    GamePresence,
    Input,
    Layer,
    Tolerance,
)
from processors.window import ON_THE_DAY

SUM_OF_PLAYED = "Sum over those who played; NULL where it is unknown for any of them."

CONTRACT = Contract(
    table="nba_analytics.team_offense_game_summary",
    description="One row a team and game, summed from the players' box scores.",
    layer=Layer.ANALYTICS,
    cutoff=Cutoff.AFTER_GAME,
    key=("game_date", "team_abbr"),
    date_column="game_date",
    presence=GamePresence(team_column="team_abbr", rows_per_team=1),
    inputs=(
        Input(table="nba_raw.schedule", window=ON_THE_DAY),
        Input(table="nba_analytics.player_game_summary", window=ON_THE_DAY),
    ),
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("team_abbr", "The team.", nullable=False),
        text("game_id", "The game.", nullable=False),
        integer("season_year", "2024 is the 2024-25 season.", nullable=False),
        text("season_phase", "regular, play_in or playoffs.", nullable=False),
        text("opponent_team_abbr", "The other team.", nullable=False),
        flag("is_home", "Whether the team was at home, by the schedule.", nullable=False),
        count("points_scored", SUM_OF_PLAYED, unit="points"),
        count("fg_made", SUM_OF_PLAYED),
        count("fg_attempted", SUM_OF_PLAYED),
        count("fg3_made", SUM_OF_PLAYED),
        count("fg3_attempted", SUM_OF_PLAYED),
        count("ft_made", SUM_OF_PLAYED),
        count("ft_attempted", SUM_OF_PLAYED),
        count("offensive_rebounds", SUM_OF_PLAYED),
        count("defensive_rebounds", SUM_OF_PLAYED),
        count("rebounds", SUM_OF_PLAYED),
        count("assists", SUM_OF_PLAYED),
        count("steals", SUM_OF_PLAYED),
        count("blocks", SUM_OF_PLAYED),
        count("turnovers", SUM_OF_PLAYED),
        count("personal_fouls", SUM_OF_PLAYED),
        count("team_seconds", SUM_OF_PLAYED, unit="seconds"),
        count(
            "overtime_periods",
            "The schedule's, else the larger of 0 and (team minutes - 240) / 25 rounded to a whole"
            " number (half up); NULL where both are unknown.",
            unit="periods",
        ),
        flag(
            "overtime_inferred",
            "TRUE where the schedule did not know and the minutes said it.",
            nullable=False,
        ),
        flag("has_shots", "Whether the shots table holds any shot of this game.", nullable=False),
        count("paint_attempts", SUM_OF_PLAYED + " NULL in a game without shots."),
        count("paint_makes", SUM_OF_PLAYED + " NULL in a game without shots."),
        count("mid_range_attempts", SUM_OF_PLAYED + " NULL in a game without shots."),
        count("mid_range_makes", SUM_OF_PLAYED + " NULL in a game without shots."),
        count("three_pt_attempts", SUM_OF_PLAYED + " NULL in a game without shots."),
        count("three_pt_makes", SUM_OF_PLAYED + " NULL in a game without shots."),
        real(
            "possessions",
            "FGA + 0.44 FTA + TO - OREB; where offensive rebounds are unknown FGA + 0.44 FTA + TO"
            " - 0.23 (FGA - FGM).",
            unit="possessions",
            digits=2,
        ),
        flag(
            "possessions_estimated",
            "TRUE where possessions are known, but by the estimate.",
            nullable=False,
        ),
        real("offensive_rating", "100 points / possessions.", unit="points per 100 possessions"),
        real(
            "pace",
            "possessions 48 / (48 + 5 overtimes).",
            unit="possessions per 48 minutes",
        ),
        flag("win_flag", "Whether it scored more than the other; NULL where either is unknown."),
        integer("margin", "Own points - opponent's points.", unit="points"),
    ),
    expected="""
        SELECT game_date, home_team AS team_abbr, CAST(NULL AS STRING) AS left_out_reason
        FROM `nba_raw.schedule`
        WHERE game_date >= @start_date AND game_date <= @end_date
          AND status = 'final' AND boxscore_expected
          AND season_phase IN ('regular', 'play_in', 'playoffs')
        UNION ALL
        SELECT game_date, away_team AS team_abbr, CAST(NULL AS STRING) AS left_out_reason
        FROM `nba_raw.schedule`
        WHERE game_date >= @start_date AND game_date <= @end_date
          AND status = 'final' AND boxscore_expected
          AND season_phase IN ('regular', 'play_in', 'playoffs')
    """,
    findings=(
        Finding(name="overtime_inferred", counts_when="overtime_inferred"),
        Finding(name="possessions_estimated", counts_when="possessions_estimated"),
        Finding(name="possessions_unknown", counts_when="possessions IS NULL"),
    ),
    canaries=(Canary(column="points_scored", minimum_rows=8), Canary(column="is_home")),
    tolerances=(
        Tolerance(
            columns=("overtime_inferred", "possessions_estimated"),
            one_value_share=1,
            why="FALSE of every game is right",
        ),
        Tolerance(columns=("has_shots",), one_value_share=1, why="TRUE of every game is right"),
    ),
)
