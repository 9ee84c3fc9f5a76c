"""Which game was each player's latest before D: the players' door to history."""

from processors.columns import day, integer, text
from processors.contract import Canary, Contract, Cutoff, Input, Layer
from processors.window import ON_THE_DAY, TWO_SEASONS_BEFORE

CONTRACT = Contract(
    table="nba_analytics.player_asof",
    description=(
        "For each date with games, one row a player who has played before it, this season or the"
        " one before. Whoever predicts the date joins player_form on (player_lookup,"
        " last_game_date) where season_year is the date's."
    ),
    layer=Layer.ANALYTICS,
    cutoff=Cutoff.BEFORE_TIPOFF,
    key=("analysis_date", "player_lookup"),
    date_column="analysis_date",
    inputs=(
        Input(table="nba_raw.schedule", window=ON_THE_DAY),
        Input(table="nba_analytics.player_game_summary", window=TWO_SEASONS_BEFORE),
    ),
    columns=(
        day("analysis_date", "The date to be predicted.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        day(
            "last_game_date",
            "The latest game he played with game_date < analysis_date.",
            nullable=False,
        ),
        integer("season_year", "The season of that game.", nullable=False),
        text("team_abbr", "His team in that game.", nullable=False),
    ),
    expected="""
        WITH slate AS (
          SELECT DISTINCT game_date AS analysis_date, season_year
          FROM `nba_raw.schedule`
          WHERE game_date >= @start_date AND game_date <= @end_date
            AND boxscore_expected AND season_phase IN ('regular', 'play_in', 'playoffs')
        ),
        debuts AS (
          SELECT player_lookup, season_year, MIN(game_date) AS debut
          FROM `nba_analytics.player_game_summary`
          WHERE game_date >= @history_start AND game_date < @end_date AND NOT is_dnp
          GROUP BY player_lookup, season_year
        )
        SELECT DISTINCT slate.analysis_date, debuts.player_lookup,
          CAST(NULL AS STRING) AS left_out_reason
        FROM slate
        JOIN debuts
          ON debuts.season_year IN (slate.season_year, slate.season_year - 1)
          AND debuts.debut < slate.analysis_date
    """,
    canaries=(Canary(column="team_abbr"),),
)
