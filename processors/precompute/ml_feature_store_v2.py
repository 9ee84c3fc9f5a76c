"""The feature store: one named column a feature, as the catalogue says."""

from processors.columns import count, day, flag, real, text
from processors.contract import Canary, Contract, Cutoff, Finding, Input, Layer, Tolerance
from processors.features import FEATURES, SETS
from processors.precompute.quality import EARLY_ONLY, quality
from processors.window import ON_THE_DAY, SEASON_BEFORE, days_before

CONTRACT = Contract(
    table="nba_predictions.ml_feature_store_v2",
    description=(
        "One row a player of upcoming_player_game_context who is not out or doubtful and has"
        " played in the last 60 days (last_game_date of player_asof in [D-60 days, D))."
    ),
    layer=Layer.PRECOMPUTE,
    cutoff=Cutoff.BEFORE_TIPOFF,
    key=("game_date", "player_lookup"),
    date_column="game_date",
    inputs=(
        Input(table="nba_raw.schedule", window=ON_THE_DAY),
        Input(table="nba_raw.injury_report", window=ON_THE_DAY, required=False),
        Input(table="nba_analytics.player_lines", window=ON_THE_DAY, required=False),
        Input(table="nba_analytics.upcoming_player_game_context", window=ON_THE_DAY),
        Input(table="nba_analytics.upcoming_team_game_context", window=ON_THE_DAY),
        Input(table="nba_analytics.player_asof", window=ON_THE_DAY),
        Input(table="nba_analytics.team_asof", window=ON_THE_DAY),
        Input(table="nba_analytics.player_form", window=SEASON_BEFORE),
        Input(table="nba_analytics.team_form", window=SEASON_BEFORE),
        Input(table="nba_analytics.player_game_summary", window=days_before(365)),
        Input(table="nba_precompute.team_defense_zone_analysis", window=ON_THE_DAY),
        Input(table="nba_precompute.player_shot_zone_analysis", window=ON_THE_DAY),
        Input(table="nba_precompute.player_daily_cache", window=ON_THE_DAY),
        Input(table="nba_precompute.player_composite_factors", window=ON_THE_DAY),
    ),
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        text("game_id", "The game.", nullable=False),
        text("team_abbr", "His team on the date.", nullable=False),
        text("opponent_team_abbr", "The other team.", nullable=False),
        flag("is_home", "Whether his team is at home.", nullable=False),
        *quality(
            window=10,
            sample="The composite factors'.",
            tier="By games_in_sample: >= 10 high, >= 5 medium, else low.",
        ),
        *(feature.column for feature in FEATURES),
        count(
            "required_default_count",
            "How many required features of 0-38 are missing (the name stays; nothing is"
            " defaulted).",
            unit="features",
            nullable=False,
        ),
        text(
            "missing_features",
            "Names of the missing required features of 0-53 in the catalogue's order, between"
            " commas; empty where none is.",
            nullable=False,
        ),
        text(
            "ready_feature_sets",
            f"Names of the sets ({', '.join(SETS)}) whose required features are all there, between"
            " commas; empty where none is.",
            nullable=False,
        ),
        real(
            "feature_quality_score",
            "100 x the share of v12's required features that are there.",
            unit="percent",
            digits=1,
            minimum=0,
            maximum=100,
            nullable=False,
        ),
    ),
    expected="""
        SELECT player.game_date, player.player_lookup,
          CASE
            WHEN player.player_status IN ('out', 'doubtful') THEN player.player_status
            WHEN latest.last_game_date IS NULL
              OR latest.last_game_date < DATE_SUB(player.game_date, INTERVAL 60 DAY)
              THEN 'no_game_in_60_days'
          END AS left_out_reason
        FROM `nba_analytics.upcoming_player_game_context` AS player
        LEFT JOIN `nba_analytics.player_asof` AS latest
          ON latest.analysis_date = player.game_date
          AND latest.player_lookup = player.player_lookup
          AND latest.analysis_date >= @start_date AND latest.analysis_date <= @end_date
        WHERE player.game_date >= @start_date AND player.game_date <= @end_date
    """,
    findings=(
        Finding(name="not_ready_for_v9", counts_when="ready_feature_sets NOT LIKE 'v9%'"),
        Finding(name="no_line", counts_when="has_vegas_line = 0"),
    ),
    canaries=(
        Canary(column="points_avg_last_10"),
        Canary(column="shot_zone_mismatch_score"),
        Canary(column="opponent_def_rating", minimum_rows=60),
        Canary(column="home_away"),
    ),
    tolerances=(
        EARLY_ONLY,
        Tolerance(
            columns=(
                "vegas_points_line",
                "vegas_opening_line",
                "vegas_line_move",
                "multi_book_line_std",
                "line_vs_season_avg",
            ),
            null_share=0.5,
            why="not everyone is priced",
        ),
        Tolerance(
            columns=("prop_over_streak", "prop_under_streak"),
            null_share=0.35,
            why="NULL of those who were never priced",
        ),
        Tolerance(
            columns=("avg_points_vs_opponent",),
            null_share=0.85,
            why="NULL before his first game against the opponent within a year",
        ),
        Tolerance(
            columns=("star_teammates_out",),
            null_share=0.35,
            why="NULL in the team's first 10 games and without a report",
        ),
        Tolerance(columns=("playoff_game",), one_value_share=1, why="0 until April"),
        Tolerance(columns=("breakout_flag",), one_value_share=1, why="1 of one in a thousand"),
    ),
)
