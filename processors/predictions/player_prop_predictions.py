"""What is said of each expected player's points, and was said live, with the line it stands
against."""

from processors.columns import day, flag, instant, integer, real, text
from processors.contract import Canary, Contract, Cutoff, Finding, Input, Layer, RowCheck, Tolerance
from processors.systems import ENSEMBLE, OF_MODELS, SYSTEMS
from processors.window import ON_THE_DAY, days_before

LINE = (
    "current_points_line",
    "points_line_captured_at",
    "edge",
    "confidence",
)

CONTRACT = Contract(
    table="nba_predictions.player_prop_predictions",
    description=(
        "One row a player and system, each against the player's line. Backfilled (`is_backfill`)"
        " are all of system_predictions and the `ensemble`: the mean of what they say, weighted by"
        " 1 / mean absolute error of each over [D-30 days, D) of system_errors, in whole"
        " millionths, the error at least .01. A system with fewer than 50 graded in them has no"
        " weight (`no_past_errors`), and one alone is no ensemble (`one_system`). Live is what"
        " live_predictions holds from before the game's tip-off, as it was said, its line too."
    ),
    layer=Layer.PREDICTIONS,
    cutoff=Cutoff.BEFORE_TIPOFF,
    key=("game_date", "player_lookup", "system_id", "is_backfill", "as_of"),
    date_column="game_date",
    inputs=(
        Input(table="nba_raw.schedule", window=ON_THE_DAY),
        Input(table="nba_raw.live_predictions", window=ON_THE_DAY, required=False),
        Input(table="nba_analytics.upcoming_player_game_context", window=ON_THE_DAY),
        Input(table="nba_predictions.ml_feature_store_v2", window=ON_THE_DAY),
        Input(table="nba_predictions.system_predictions", window=ON_THE_DAY),
        Input(table="nba_predictions.system_errors", window=days_before(30), required=False),
    ),
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        text("system_id", "Who speaks.", nullable=False, one_of=SYSTEMS),
        flag(
            "is_backfill",
            "Whether it is what is or would have been said, computed at any time; FALSE where it"
            " was told before the date's first tip-off.",
            nullable=False,
        ),
        instant(
            "as_of",
            "The moment it speaks for, before tip-off, UTC. Live when it was told; else the latest"
            " of system_predictions' (of the ensemble, its members') and of his line's capture.",
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
        real("current_points_line", "The context's: the cascade's.", unit="points", digits=2),
        text("points_line_provider", "The context's."),
        text("points_line_bookmaker", "The context's."),
        instant("points_line_captured_at", "The context's."),
        real("edge", "predicted_points - current_points_line.", unit="points", digits=2),
        text(
            "recommendation",
            "`NO_LINE` without a line; edge >= 1 `OVER`, <= -1 `UNDER`, else `PASS`.",
            nullable=False,
            one_of=("OVER", "UNDER", "PASS", "NO_LINE"),
        ),
        real(
            "confidence",
            "|edge| / (|edge| + points_std_last_10): how far from the line for how much he varies."
            " It ranks, and is no probability. NULL without a line or deviation.",
            unit="share",
            minimum=0,
            maximum=1,
        ),
        text("model_id", "The model that spoke, or the backtest; NULL of rules, the ensemble."),
        text("model_state", "Where it stood when it spoke: `shadow`, `active`, `walk`."),
        text("feature_set", "What it reads of the store's row; NULL of rules, the ensemble."),
        text(
            "feature_vector",
            "What was read, `NAME:VALUE` between commas, values in millionths; of the ensemble"
            " what each system said, and its weight `NAME_weight`.",
            nullable=False,
        ),
        text(
            "feature_hash",
            "SHA-256 of feature_vector; of models the data_hash of the store's row they read.",
            nullable=False,
        ),
        instant(
            "created_at",
            "When it was said, by the clock, UTC: live as_of, else the model's; NULL of rules and"
            " the ensemble, which can be asked at any time.",
        ),
    ),
    expected=f"""
        WITH weights AS (
          SELECT speaking.game_date, past.system_id
          FROM (
            SELECT DISTINCT said.game_date
            FROM `nba_predictions.system_predictions` AS said
            WHERE said.game_date >= @start_date AND said.game_date <= @end_date
          ) AS speaking
          JOIN `nba_predictions.system_errors` AS past
            ON past.game_date < speaking.game_date
            AND past.game_date >= DATE_SUB(speaking.game_date, INTERVAL 30 DAY)
            AND past.game_date >= DATE_SUB(@start_date, INTERVAL 30 DAY)
            AND past.game_date < @end_date
          GROUP BY speaking.game_date, past.system_id
          HAVING SUM(past.predictions_graded) >= 50
        ),
        said_of AS (
          SELECT said.game_date, said.player_lookup, said.system_id,
            weights.system_id IS NOT NULL AS has_weight,
            GREATEST(said.as_of, COALESCE(player.points_line_captured_at, said.as_of)) AS as_of
          FROM `nba_predictions.system_predictions` AS said
          LEFT JOIN weights
            ON weights.game_date = said.game_date AND weights.system_id = said.system_id
          LEFT JOIN `nba_analytics.upcoming_player_game_context` AS player
            ON player.game_date = said.game_date AND player.player_lookup = said.player_lookup
            AND player.game_date >= @start_date AND player.game_date <= @end_date
          WHERE said.game_date >= @start_date AND said.game_date <= @end_date
        )
        SELECT game_date, player_lookup, system_id, TRUE AS is_backfill, as_of,
          CAST(NULL AS STRING) AS left_out_reason
        FROM said_of
        UNION ALL
        SELECT game_date, player_lookup, '{ENSEMBLE}' AS system_id, TRUE AS is_backfill,
          MAX(IF(has_weight, as_of, NULL)) AS as_of,
          CASE COUNTIF(has_weight)
            WHEN 0 THEN 'no_past_errors'
            WHEN 1 THEN 'one_system'
          END AS left_out_reason
        FROM said_of
        GROUP BY game_date, player_lookup
        UNION ALL
        SELECT said.game_date, said.player_lookup, said.system_id, FALSE AS is_backfill,
          said.as_of,
          CASE
            WHEN games.game_id IS NULL THEN 'game_not_on_the_date'
            WHEN games.tipoff_at IS NULL THEN 'no_tipoff'
            WHEN said.as_of >= games.tipoff_at THEN 'from_tipoff_on'
            WHEN said.points_line_captured_at > said.as_of THEN 'line_after_as_of'
          END AS left_out_reason
        FROM `nba_raw.live_predictions` AS said
        LEFT JOIN `nba_raw.schedule` AS games
          ON games.game_id = said.game_id AND games.game_date = said.game_date
          AND games.game_date >= @start_date AND games.game_date <= @end_date
        WHERE said.game_date >= @start_date AND said.game_date <= @end_date
    """,
    row_checks=(
        RowCheck(name="not_before_tipoff", bad_when="as_of >= tipoff_at"),
        RowCheck(name="line_after_as_of", bad_when="points_line_captured_at > as_of"),
    ),
    findings=(
        Finding(name="no_line", counts_when="recommendation = 'NO_LINE'"),
        Finding(name="live", counts_when="NOT is_backfill"),
    ),
    canaries=(Canary(column="predicted_points"), Canary(column="feature_hash")),
    tolerances=(
        Tolerance(columns=("tipoff_at",), null_share=1, why="some schedules tell no tip-off"),
        Tolerance(columns=("is_backfill",), one_value_share=1, why="nothing may be told live"),
        Tolerance(columns=LINE, null_share=0.7, why="not everyone is priced"),
        Tolerance(
            columns=("points_line_provider", "points_line_bookmaker"),
            null_share=0.7,
            one_value_share=1,
            why="not everyone is priced, and the preferred bookmaker may price all who are",
        ),
        Tolerance(
            columns=OF_MODELS,
            null_share=1,
            one_value_share=1,
            why="NULL of rules and the ensemble, and one model may speak all season",
        ),
    ),
)
