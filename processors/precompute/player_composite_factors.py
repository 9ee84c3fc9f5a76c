"""Four adjustments to each expected player's average: rest, match-up, pace, usage."""

from processors.columns import day, integer, real, text
from processors.contract import Canary, Contract, Cutoff, Finding, Input, Layer, Tolerance
from processors.precompute.quality import EARLY_ONLY, quality
from processors.window import ON_THE_DAY, SEASON_BEFORE, days_before

CONTRACT = Contract(
    table="nba_precompute.player_composite_factors",
    description="One row a player of upcoming_player_game_context.",
    layer=Layer.PRECOMPUTE,
    cutoff=Cutoff.BEFORE_TIPOFF,
    key=("game_date", "player_lookup"),
    date_column="game_date",
    inputs=(
        Input(table="nba_analytics.upcoming_player_game_context", window=ON_THE_DAY),
        Input(table="nba_analytics.player_asof", window=ON_THE_DAY),
        Input(table="nba_analytics.player_form", window=SEASON_BEFORE),
        Input(table="nba_analytics.team_asof", window=ON_THE_DAY),
        Input(table="nba_analytics.team_form", window=SEASON_BEFORE),
        Input(table="nba_analytics.team_offense_game_summary", window=days_before(30)),
        Input(table="nba_precompute.player_shot_zone_analysis", window=ON_THE_DAY),
        Input(table="nba_precompute.team_defense_zone_analysis", window=ON_THE_DAY),
    ),
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        day("analysis_date", "The same date.", nullable=False),
        text("game_id", "The game.", nullable=False),
        text("team_abbr", "His team on the date.", nullable=False),
        text("opponent_team_abbr", "The other team.", nullable=False),
        *quality(
            window=10,
            sample="Games of the season he has played before the date, at most 10.",
            tier="By games_in_sample: >= 10 high, >= 5 medium, else low.",
        ),
        integer(
            "fatigue_score",
            "100 = fresh, clamped to 0-100: 100; back-to-back -15, else days_rest >= 2: +5;"
            " games in 7 days >= 4: -10; minutes in 7 days > 240: -10; minutes a game in 7 days >"
            " 35: -8; back-to-backs in 14 days >= 2: -12, = 1: -5; age >= 35: -10, >= 30: -5"
            " (unknown: nothing). NULL where days_rest or the minutes of 7 days are unknown;"
            " without a game in 7 days nothing is deducted for minutes a game.",
            unit="score",
            minimum=0,
            maximum=100,
        ),
        real("fatigue_adjustment", "(fatigue_score - 100) / 20.", unit="points", digits=2),
        real(
            "shot_zone_mismatch_score",
            "The opponent's vs-league value of his primary zone (balanced: paint; perimeter: three)"
            " x min(his rate of that zone / 50, 1); where the size is above 5, x 1.2; clamped to"
            " +-10. NULL where either row or value is missing.",
            unit="points",
            digits=1,
            minimum=-10,
            maximum=10,
        ),
        real(
            "pace_score",
            "(mean of own and opponent's pace_last_10 - league pace) / 2, clamped to +-3. League"
            " pace: each team's mean pace over its games in [D-30 days, D) of this season, rounded"
            " to 6 digits, of teams with at least 5 such games; the mean over these teams; with"
            " fewer than 20 such teams the same over the season to date.",
            unit="points",
            minimum=-3,
            maximum=3,
        ),
        real(
            "usage_spike_score",
            "0.3 x (projected_usage_rate - usage_rate_season of player_form); where that is"
            " positive and 1 star teammate is out x 1.15, >= 2 x 1.30 (unknown: x 1); clamped to"
            " +-3.",
            unit="points",
            minimum=-3,
            maximum=3,
        ),
        real(
            "total_composite_adjustment",
            "Sum of fatigue_adjustment and the other three as published; NULL where one is.",
            unit="points",
        ),
        text("calculation_version", "`v2_4factors`.", nullable=False),
    ),
    expected="""
        SELECT game_date, player_lookup, CAST(NULL AS STRING) AS left_out_reason
        FROM `nba_analytics.upcoming_player_game_context`
        WHERE game_date >= @start_date AND game_date <= @end_date
    """,
    findings=(
        Finding(name="no_fatigue_score", counts_when="fatigue_score IS NULL"),
        Finding(name="no_mismatch_score", counts_when="shot_zone_mismatch_score IS NULL"),
        Finding(name="no_pace_score", counts_when="pace_score IS NULL"),
        Finding(name="no_usage_score", counts_when="usage_spike_score IS NULL"),
    ),
    canaries=(
        Canary(column="shot_zone_mismatch_score"),
        Canary(column="usage_spike_score"),
        Canary(column="pace_score", minimum_rows=100),
    ),
    tolerances=(
        EARLY_ONLY,
        Tolerance(columns=("calculation_version",), one_value_share=1, why="there is one"),
    ),
)
