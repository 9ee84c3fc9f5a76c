"""What each player did in each game that is over."""

from processors.columns import count, day, flag, integer, real, share, text
from processors.contract import (
    Canary,
    Contract,
    Cutoff,
    Finding,
    GamePresence,
    Input,
    Layer,
    RowCheck,
    TableCheck,
    Tolerance,
)
from processors.window import ON_THE_DAY

CONTRACT = Contract(
    table="nba_analytics.player_game_summary",
    description=(
        "One row a player on a box score of a final game that counts: regular season, play-in or"
        " playoffs, with boxscore_expected."
    ),
    layer=Layer.ANALYTICS,
    cutoff=Cutoff.AFTER_GAME,
    key=("game_date", "player_lookup"),
    date_column="game_date",
    presence=GamePresence(team_column="team_abbr", rows_per_team=8, points_column="points"),
    inputs=(
        Input(table="nba_raw.schedule", window=ON_THE_DAY),
        Input(table="nba_raw.player_boxscores", window=ON_THE_DAY),
        Input(table="nba_raw.shots", window=ON_THE_DAY, required=False),
    ),
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        text("game_id", "The game.", nullable=False),
        integer("season_year", "2024 is the 2024-25 season.", nullable=False),
        text("season_phase", "regular, play_in or playoffs.", nullable=False),
        text("player_name", "The name as the box score spells it."),
        text("team_abbr", "His team in this game.", nullable=False),
        text("opponent_team_abbr", "The other team.", nullable=False),
        flag("is_home", "Whether his team was at home.", nullable=False),
        flag("is_starter", "Whether he started; NULL where unknown."),
        flag(
            "is_dnp",
            "TRUE where he did not play. Played: minutes > 0, or 0 or unknown minutes with any"
            " statistic (a count of the box score above 0, or a plus_minus other than 0).",
            nullable=False,
        ),
        text("dnp_reason", "Why he did not play, where the source says so."),
        integer(
            "seconds_played",
            "Time on the court, from the minutes as the source writes them: `34:30`, `34`, `34.5`,"
            " `34.500000000`, `PT34M30.00S`, rounded to whole seconds. NULL for empty, `-`, `null`,"
            " and for what cannot be: seconds above 59, negative, text, more than 70 minutes.",
            unit="seconds",
            minimum=0,
            maximum=4200,
        ),
        real(
            "minutes_played",
            "seconds_played / 60.",
            unit="minutes",
            digits=4,
            minimum=0,
            maximum=70,
        ),
        flag(
            "minutes_malformed",
            "TRUE where the source's minutes hold something (not NULL, empty, `-` or `null`)"
            " that cannot be read.",
            nullable=False,
        ),
        count("points", "Points.", unit="points"),
        count("fg_made", "Field goals made."),
        count("fg_attempted", "Field goals attempted."),
        count("fg3_made", "Threes made."),
        count("fg3_attempted", "Threes attempted."),
        count("ft_made", "Free throws made."),
        count("ft_attempted", "Free throws attempted."),
        count("offensive_rebounds", "Offensive rebounds; NULL where unknown."),
        count("defensive_rebounds", "Defensive rebounds; NULL where unknown."),
        count(
            "rebounds",
            "All rebounds: the source's total, else offensive + defensive.",
        ),
        count("assists", "Assists."),
        count("steals", "Steals."),
        count("blocks", "Blocks."),
        count("turnovers", "Turnovers."),
        count("personal_fouls", "Personal fouls."),
        integer("plus_minus", "Score difference while he was on the court.", unit="points"),
        flag("has_shots", "Whether the shots table holds any shot of this game.", nullable=False),
        count(
            "paint_attempts",
            "Shots from the paint, from the shots table; 0 for who took none; NULL in a game"
            " without shots. The same for all zone columns.",
        ),
        count("paint_makes", "Made shots from the paint."),
        count("mid_range_attempts", "Shots from mid-range."),
        count("mid_range_makes", "Made shots from mid-range."),
        count("three_pt_attempts", "Threes, corner and above the break; backcourt is no zone."),
        count("three_pt_makes", "Made threes, corner and above the break."),
        count(
            "assisted_fg_makes",
            "Made shots of the three zones that were assisted; NULL in a game without shots or"
            " where it is unknown for any of his made shots of the three zones.",
        ),
        share("ts_pct", "points / (2 (FGA + 0.44 FTA)).", maximum=2),
        share("efg_pct", "(FGM + 0.5 3PM) / FGA.", maximum=1.5),
        real(
            "usage_rate",
            "100 (FGA + 0.44 FTA + TO) (team seconds / 5) / (seconds (team FGA + 0.44 team FTA +"
            " team TO)). Team sums run over those of his team who played; NULL where any part is"
            " unknown for any of them. NULL for a DNP.",
            unit="rate",
            minimum=0,
        ),
    ),
    expected="""
        SELECT box.game_date, box.player_lookup, CAST(NULL AS STRING) AS left_out_reason
        FROM `nba_raw.player_boxscores` AS box
        JOIN `nba_raw.schedule` AS game ON game.game_id = box.game_id
        WHERE box.game_date >= @start_date AND box.game_date <= @end_date
          AND game.game_date >= @start_date AND game.game_date <= @end_date
          AND game.status = 'final' AND game.boxscore_expected
          AND game.season_phase IN ('regular', 'play_in', 'playoffs')
    """,
    row_checks=(
        RowCheck(name="played_without_points", bad_when="NOT is_dnp AND points IS NULL"),
        RowCheck(name="made_more_than_attempted", bad_when="fg_made > fg_attempted"),
        RowCheck(name="own_opponent", bad_when="team_abbr = opponent_team_abbr"),
    ),
    findings=(
        Finding(name="minutes_malformed", counts_when="minutes_malformed"),
        Finding(name="minutes_unknown", counts_when="NOT is_dnp AND seconds_played IS NULL"),
        Finding(name="no_shots_in_game", counts_when="NOT has_shots"),
        Finding(name="shooting_unknown", counts_when="NOT is_dnp AND fg_attempted IS NULL"),
    ),
    table_checks=(
        TableCheck(
            name="minutes_missing",
            fails_when=(
                "COUNTIF(NOT is_dnp AND seconds_played IS NULL) >= 3 AND"
                " COUNTIF(NOT is_dnp AND seconds_played IS NULL) * 100 > COUNTIF(NOT is_dnp)"
            ),
            message="minutes are unknown for more than 1 % and at least 3 of those who played",
        ),
    ),
    canaries=(Canary(column="points"), Canary(column="minutes_played"), Canary(column="is_home")),
    tolerances=(
        Tolerance(
            columns=(
                "seconds_played",
                "minutes_played",
                "points",
                "fg_made",
                "fg_attempted",
                "fg3_made",
                "fg3_attempted",
                "ft_made",
                "ft_attempted",
                "offensive_rebounds",
                "defensive_rebounds",
                "rebounds",
                "assists",
                "steals",
                "blocks",
                "turnovers",
                "personal_fouls",
                "plus_minus",
                "ts_pct",
                "efg_pct",
                "usage_rate",
            ),
            null_share=0.35,
            why="NULL of those who did not play",
        ),
        Tolerance(columns=("dnp_reason",), null_share=0.9, why="NULL of those who played"),
        Tolerance(columns=("minutes_malformed",), one_value_share=1, why="a rare fault"),
        Tolerance(columns=("has_shots",), one_value_share=1, why="TRUE of every game is right"),
    ),
)
