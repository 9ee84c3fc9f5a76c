"""Which game was each team's latest before D: the teams' door to history."""

from processors.columns import day, integer, text
from processors.contract import Canary, Contract, Cutoff, Input, Layer
from processors.window import ON_THE_DAY, SEASON_BEFORE

CONTRACT = Contract(
    table="nba_analytics.team_asof",
    description=(
        "For each date with games, one row a team that has played this season before it or is to"
        " play on it."
    ),
    layer=Layer.ANALYTICS,
    cutoff=Cutoff.BEFORE_TIPOFF,
    key=("analysis_date", "team_abbr"),
    date_column="analysis_date",
    inputs=(
        Input(table="nba_raw.schedule", window=ON_THE_DAY),
        Input(table="nba_analytics.team_offense_game_summary", window=SEASON_BEFORE),
    ),
    columns=(
        day("analysis_date", "The date to be predicted.", nullable=False),
        text("team_abbr", "The team.", nullable=False),
        day(
            "last_game_date",
            "Its latest game of this season with game_date < analysis_date; NULL where it has not"
            " played yet.",
        ),
        integer("season_year", "The season of analysis_date.", nullable=False),
    ),
    expected="""
        SELECT game_date AS analysis_date, home_team AS team_abbr,
          CAST(NULL AS STRING) AS left_out_reason
        FROM `nba_raw.schedule`
        WHERE game_date >= @start_date AND game_date <= @end_date
          AND boxscore_expected AND season_phase IN ('regular', 'play_in', 'playoffs')
        UNION DISTINCT
        SELECT game_date AS analysis_date, away_team AS team_abbr,
          CAST(NULL AS STRING) AS left_out_reason
        FROM `nba_raw.schedule`
        WHERE game_date >= @start_date AND game_date <= @end_date
          AND boxscore_expected AND season_phase IN ('regular', 'play_in', 'playoffs')
        UNION DISTINCT
        SELECT slate.game_date AS analysis_date, past.team_abbr,
          CAST(NULL AS STRING) AS left_out_reason
        FROM `nba_raw.schedule` AS slate
        JOIN `nba_analytics.team_offense_game_summary` AS past
          ON past.season_year = slate.season_year
          AND past.game_date < slate.game_date
          AND past.game_date >= @history_start AND past.game_date < @end_date
        WHERE slate.game_date >= @start_date AND slate.game_date <= @end_date
          AND slate.boxscore_expected
          AND slate.season_phase IN ('regular', 'play_in', 'playoffs')
    """,
    canaries=(Canary(column="team_abbr"),),
)
