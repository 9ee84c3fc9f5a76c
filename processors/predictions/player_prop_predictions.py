"""What each system says of each expected player's points, with the line that it stands against."""

from processors.columns import day, instant, integer, real, text
from processors.contract import Canary, Contract, Cutoff, Finding, Input, Layer, RowCheck, Tolerance
from processors.window import ON_THE_DAY

SYSTEMS = ("moving_average", "zone_matchup")

LINE = (
    "current_points_line",
    "points_line_captured_at",
    "edge",
    "confidence",
)

CONTRACT = Contract(
    table="nba_predictions.player_prop_predictions",
    description=(
        "One row a player of the feature store and system that can speak of him."
        " `moving_average` = .5 points_avg_last_5 + .3 points_avg_last_10 + .2 points_avg_season."
        " `zone_matchup` = that x (1 + shot_zone_mismatch_score / 100). Who lacks one of what a"
        " system reads has no row of it (`missing_NAME`), and nobody has where the tip-off is"
        " unknown (`no_tipoff`): what came before it cannot be told."
    ),
    layer=Layer.PREDICTIONS,
    cutoff=Cutoff.BEFORE_TIPOFF,
    key=("game_date", "player_lookup", "system_id", "as_of"),
    date_column="game_date",
    inputs=(
        Input(table="nba_raw.schedule", window=ON_THE_DAY),
        Input(table="nba_analytics.upcoming_player_game_context", window=ON_THE_DAY),
        Input(table="nba_predictions.ml_feature_store_v2", window=ON_THE_DAY),
    ),
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        text("system_id", "Who speaks.", nullable=False, one_of=SYSTEMS),
        instant(
            "as_of",
            "The moment it speaks for, before tip-off, UTC: the latest of his line's capture, of"
            " his status' report and of 8 hours before tip-off.",
            nullable=False,
        ),
        text("game_id", "The game.", nullable=False),
        text("team_abbr", "His team on the date.", nullable=False),
        text("opponent_team_abbr", "The other team.", nullable=False),
        integer("season_year", "2024 is the 2024-25 season.", nullable=False),
        instant("tipoff_at", "The schedule's, UTC.", nullable=False),
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
        text(
            "feature_vector",
            "What the system read, `NAME:VALUE` between commas, values in millionths.",
            nullable=False,
        ),
        text("feature_hash", "SHA-256 of feature_vector.", nullable=False),
    ),
    expected="""
        SELECT store.game_date, store.player_lookup, systems.system_id,
          GREATEST(
            TIMESTAMP_SUB(games.tipoff_at, INTERVAL 8 HOUR),
            COALESCE(player.points_line_captured_at,
              TIMESTAMP_SUB(games.tipoff_at, INTERVAL 8 HOUR)),
            COALESCE(player.injury_report_at,
              TIMESTAMP_SUB(games.tipoff_at, INTERVAL 8 HOUR))) AS as_of,
          CASE
            WHEN games.tipoff_at IS NULL THEN 'no_tipoff'
            WHEN store.points_avg_last_5 IS NULL THEN 'missing_points_avg_last_5'
            WHEN store.points_avg_last_10 IS NULL THEN 'missing_points_avg_last_10'
            WHEN store.points_avg_season IS NULL THEN 'missing_points_avg_season'
            WHEN systems.system_id = 'zone_matchup' AND store.shot_zone_mismatch_score IS NULL
              THEN 'missing_shot_zone_mismatch_score'
          END AS left_out_reason
        FROM `nba_predictions.ml_feature_store_v2` AS store
        JOIN `nba_analytics.upcoming_player_game_context` AS player
          ON player.game_date = store.game_date AND player.player_lookup = store.player_lookup
          AND player.game_date >= @start_date AND player.game_date <= @end_date
        JOIN `nba_raw.schedule` AS games
          ON games.game_id = store.game_id AND games.game_date = store.game_date
          AND games.game_date >= @start_date AND games.game_date <= @end_date
        CROSS JOIN (
          SELECT 'moving_average' AS system_id UNION ALL SELECT 'zone_matchup' AS system_id
        ) AS systems
        WHERE store.game_date >= @start_date AND store.game_date <= @end_date
    """,
    row_checks=(
        RowCheck(name="not_before_tipoff", bad_when="as_of >= tipoff_at"),
        RowCheck(name="line_after_as_of", bad_when="points_line_captured_at > as_of"),
    ),
    findings=(Finding(name="no_line", counts_when="recommendation = 'NO_LINE'"),),
    canaries=(Canary(column="predicted_points"), Canary(column="feature_hash")),
    tolerances=(
        Tolerance(columns=LINE, null_share=0.7, why="not everyone is priced"),
        Tolerance(
            columns=("points_line_provider", "points_line_bookmaker"),
            null_share=0.7,
            one_value_share=1,
            why="not everyone is priced, and the preferred bookmaker may price all who are",
        ),
    ),
)
