"""What each system says by itself of each expected player's points: rules, and fitted models."""

from processors.columns import day, instant, integer, real, text
from processors.contract import Canary, Contract, Cutoff, Finding, Input, Layer, RowCheck, Tolerance
from processors.systems import BY_THEMSELVES, MODELS, OF_MODELS
from processors.window import ON_THE_DAY

CONTRACT = Contract(
    table="nba_predictions.system_predictions",
    description=(
        "One row a player of the feature store and system that speaks of him."
        " `moving_average` = .5 points_avg_last_5 + .3 points_avg_last_10 + .2 points_avg_season."
        " `zone_matchup` = that x (1 + shot_zone_mismatch_score / 100). A rule has no row of whom"
        " it lacks a feature (`missing_NAME`). Of each model's system the row of"
        " model_predictions with the greatest as_of before the game's tip-off, or, where the"
        " schedule knows none, until 10:00 UTC of the date; a model that says nothing is missed by"
        " nobody."
    ),
    layer=Layer.PREDICTIONS,
    cutoff=Cutoff.BEFORE_TIPOFF,
    key=("game_date", "player_lookup", "system_id"),
    date_column="game_date",
    inputs=(
        Input(table="nba_raw.schedule", window=ON_THE_DAY),
        Input(table="nba_raw.model_predictions", window=ON_THE_DAY, required=False),
        Input(table="nba_analytics.upcoming_player_game_context", window=ON_THE_DAY),
        Input(table="nba_predictions.ml_feature_store_v2", window=ON_THE_DAY),
    ),
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        text("system_id", "Who speaks.", nullable=False, one_of=BY_THEMSELVES),
        instant(
            "as_of",
            "The moment it speaks for, UTC. Of a rule the latest of his line's capture, of his"
            " status' report and of 8 hours before tip-off; where the schedule knows no tip-off"
            " 10:00 of the date, after the last night's games and before any of its own.",
            nullable=False,
        ),
        text("game_id", "The game.", nullable=False),
        text("team_abbr", "His team on the date.", nullable=False),
        text("opponent_team_abbr", "The other team.", nullable=False),
        integer("season_year", "2024 is the 2024-25 season.", nullable=False),
        instant("tipoff_at", "The schedule's, UTC."),
        real(
            "predicted_points",
            "What the system expects.",
            unit="points",
            digits=2,
            minimum=0,
            nullable=False,
        ),
        text("model_id", "The model that spoke, or the backtest; NULL of rules."),
        text("model_state", "Where it stood when it spoke: `shadow`, `active`, `walk`."),
        text("feature_set", "What it reads of the store's row; NULL of rules."),
        text(
            "feature_vector",
            "What was read, `NAME:VALUE` between commas, values in millionths.",
            nullable=False,
        ),
        text(
            "feature_hash",
            "SHA-256 of feature_vector; of models the data_hash of the store's row they read.",
            nullable=False,
        ),
        instant("created_at", "When the model spoke, by the clock, UTC; NULL of rules."),
    ),
    expected="""
        SELECT store.game_date, store.player_lookup, systems.system_id,
          CASE
            WHEN store.points_avg_last_5 IS NULL THEN 'missing_points_avg_last_5'
            WHEN store.points_avg_last_10 IS NULL THEN 'missing_points_avg_last_10'
            WHEN store.points_avg_season IS NULL THEN 'missing_points_avg_season'
            WHEN systems.system_id = 'zone_matchup' AND store.shot_zone_mismatch_score IS NULL
              THEN 'missing_shot_zone_mismatch_score'
          END AS left_out_reason
        FROM `nba_predictions.ml_feature_store_v2` AS store
        CROSS JOIN (
          SELECT 'moving_average' AS system_id UNION ALL SELECT 'zone_matchup' AS system_id
        ) AS systems
        WHERE store.game_date >= @start_date AND store.game_date <= @end_date
        UNION ALL
        SELECT said.game_date, said.player_lookup, said.system_id,
          CASE
            WHEN COUNT(store.player_lookup) = 0 THEN 'not_in_the_store'
            WHEN COUNTIF(store.player_lookup IS NOT NULL AND (
              said.as_of < games.tipoff_at OR games.tipoff_at IS NULL
              AND said.as_of <= TIMESTAMP_ADD(TIMESTAMP(said.game_date), INTERVAL 10 HOUR))) = 0
              THEN 'from_tipoff_on'
          END AS left_out_reason
        FROM `nba_raw.model_predictions` AS said
        LEFT JOIN `nba_predictions.ml_feature_store_v2` AS store
          ON store.game_date = said.game_date AND store.player_lookup = said.player_lookup
          AND store.game_id = said.game_id
          AND store.game_date >= @start_date AND store.game_date <= @end_date
        LEFT JOIN `nba_raw.schedule` AS games
          ON games.game_id = said.game_id AND games.game_date = said.game_date
          AND games.game_date >= @start_date AND games.game_date <= @end_date
        WHERE said.game_date >= @start_date AND said.game_date <= @end_date
        GROUP BY said.game_date, said.player_lookup, said.system_id
    """,
    row_checks=(
        RowCheck(name="not_before_tipoff", bad_when="as_of >= tipoff_at"),
        RowCheck(
            name="after_the_morning",
            bad_when="tipoff_at IS NULL"
            " AND as_of > TIMESTAMP_ADD(TIMESTAMP(game_date), INTERVAL 10 HOUR)",
        ),
    ),
    findings=(
        Finding(name="no_tipoff", counts_when="tipoff_at IS NULL"),
        *(Finding(name=f"by_{system}", counts_when=f"system_id = '{system}'") for system in MODELS),
    ),
    canaries=(Canary(column="predicted_points"), Canary(column="feature_hash")),
    tolerances=(
        Tolerance(columns=("tipoff_at",), null_share=1, why="some schedules tell no tip-off"),
        Tolerance(
            columns=OF_MODELS,
            null_share=1,
            one_value_share=1,
            why="NULL of rules, and one model may speak all season",
        ),
    ),
)
