"""What became of each prediction: right, wrong, pushed, or void."""

from processors.columns import count, day, flag, instant, integer, real, text
from processors.contract import Canary, Contract, Cutoff, Finding, Input, Layer, Tolerance
from processors.window import ON_THE_DAY

UNDECIDED = ("current_points_line", "edge", "prediction_correct")

CONTRACT = Contract(
    table="nba_predictions.prediction_accuracy",
    description=(
        "One row a player and system of player_prop_predictions whose game has a box score, live"
        " and backfilled apart: of several rows the one of the greatest as_of counts. A corrected"
        " box score changes what the date was graded from, and it is graded anew."
    ),
    layer=Layer.PREDICTIONS,
    cutoff=Cutoff.AFTER_GAME,
    key=("game_date", "player_lookup", "system_id", "is_backfill"),
    date_column="game_date",
    inputs=(
        Input(table="nba_raw.schedule", window=ON_THE_DAY),
        Input(table="nba_analytics.player_game_summary", window=ON_THE_DAY),
        Input(table="nba_predictions.player_prop_predictions", window=ON_THE_DAY),
    ),
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        text("system_id", "Who spoke.", nullable=False),
        flag("is_backfill", "Whether it was said afterwards; FALSE is live.", nullable=False),
        instant("as_of", "The moment that the graded row spoke for, UTC.", nullable=False),
        text("game_id", "The game.", nullable=False),
        integer("season_year", "2024 is the 2024-25 season.", nullable=False),
        real("predicted_points", "What was said.", unit="points", digits=2, nullable=False),
        real("current_points_line", "The line it stood against.", unit="points", digits=2),
        text("points_line_provider", "Whose snapshot of it."),
        text("points_line_bookmaker", "Whose line."),
        real("edge", "predicted_points - current_points_line.", unit="points", digits=2),
        text("recommendation", "What was recommended.", nullable=False),
        text("model_id", "The model that spoke, or the backtest; NULL of rules, the ensemble."),
        text("model_state", "Where it stood when it spoke: `shadow`, `active`, `walk`."),
        count("actual_points", "What he scored; NULL where it is void.", unit="points"),
        real("error", "predicted_points - actual_points.", unit="points", digits=2),
        real("absolute_error", "Its size.", unit="points", digits=2, minimum=0),
        flag(
            "is_push",
            "Whether he scored exactly the line, whatever was recommended; NULL where it is void"
            " or there is no line.",
        ),
        flag(
            "prediction_correct",
            "Whether the recommended side of the line won. NULL on a push, a `PASS`, `NO_LINE` and"
            " where it is void.",
        ),
        flag("is_voided", "Whether there is nothing to grade it against.", nullable=False),
        text(
            "void_reason",
            "Why: `did_not_play`, `not_in_box_score`, `another_game` (he played in another of the"
            " date), `points_unknown`.",
            one_of=("did_not_play", "not_in_box_score", "another_game", "points_unknown"),
        ),
    ),
    expected="""
        SELECT said.game_date, said.player_lookup, said.system_id, said.is_backfill,
          IF(games.game_id IS NULL, 'no_result', NULL) AS left_out_reason
        FROM (
          SELECT game_date, player_lookup, system_id, is_backfill, game_id
          FROM `nba_predictions.player_prop_predictions`
          WHERE game_date >= @start_date AND game_date <= @end_date
          QUALIFY ROW_NUMBER() OVER (
            PARTITION BY game_date, player_lookup, system_id, is_backfill
            ORDER BY as_of DESC) = 1
        ) AS said
        LEFT JOIN (
          SELECT DISTINCT finished.game_date, finished.game_id
          FROM `nba_raw.schedule` AS finished
          JOIN `nba_analytics.player_game_summary` AS summary
            ON summary.game_id = finished.game_id AND summary.game_date = finished.game_date
            AND summary.game_date >= @start_date AND summary.game_date <= @end_date
          WHERE finished.game_date >= @start_date AND finished.game_date <= @end_date
            AND finished.status = 'final'
        ) AS games ON games.game_id = said.game_id AND games.game_date = said.game_date
    """,
    findings=(
        Finding(name="void", counts_when="is_voided"),
        Finding(name="push", counts_when="is_push"),
        Finding(name="live", counts_when="NOT is_backfill"),
    ),
    canaries=(Canary(column="absolute_error"),),
    tolerances=(
        Tolerance(columns=("is_backfill",), one_value_share=1, why="nothing may be told live"),
        Tolerance(
            columns=("model_id", "model_state"),
            null_share=1,
            one_value_share=1,
            why="NULL of rules and the ensemble, and one model may speak all season",
        ),
        Tolerance(
            columns=UNDECIDED,
            null_share=0.9,
            why="not everyone is priced, played and recommended",
        ),
        Tolerance(
            columns=("is_push",),
            null_share=0.9,
            one_value_share=1,
            why="not everyone is priced, and hardly anybody scores the line",
        ),
        Tolerance(
            columns=("points_line_provider", "points_line_bookmaker"),
            null_share=0.7,
            one_value_share=1,
            why="not everyone is priced, and the preferred bookmaker may price all who are",
        ),
        Tolerance(
            columns=("actual_points", "error", "absolute_error"),
            null_share=0.35,
            why="NULL of those who did not play",
        ),
        Tolerance(
            columns=("void_reason",), null_share=1, one_value_share=1, why="most of them played"
        ),
    ),
)
