"""How far off each system was on each date: what the ensemble weighs it by."""

from processors.columns import count, day, real, text
from processors.contract import Contract, Cutoff, Input, Layer
from processors.systems import BY_THEMSELVES
from processors.window import ON_THE_DAY

CONTRACT = Contract(
    table="nba_predictions.system_errors",
    description=(
        "One row a date and system of system_predictions that spoke of somebody who played, his"
        " points known, in that game, which is final. Of two systems that speak of other players"
        " the means are of other players."
    ),
    layer=Layer.PREDICTIONS,
    cutoff=Cutoff.AFTER_GAME,
    key=("game_date", "system_id"),
    date_column="game_date",
    inputs=(
        Input(table="nba_raw.schedule", window=ON_THE_DAY),
        Input(table="nba_analytics.player_game_summary", window=ON_THE_DAY),
        Input(table="nba_predictions.system_predictions", window=ON_THE_DAY),
    ),
    columns=(
        day("game_date", "Eastern date of the games.", nullable=False),
        text("system_id", "Who spoke.", nullable=False, one_of=BY_THEMSELVES),
        count(
            "predictions_graded",
            "Players that it spoke of and who played.",
            unit="players",
            nullable=False,
        ),
        real(
            "absolute_error_sum",
            "Sum of |predicted_points - points| over them.",
            unit="points",
            digits=2,
            minimum=0,
            nullable=False,
        ),
    ),
    expected="""
        SELECT said.game_date, said.system_id,
          CASE
            WHEN COUNT(finished.game_id) = 0 THEN 'no_result'
            WHEN COUNTIF(finished.game_id IS NOT NULL AND played.points IS NOT NULL
              AND NOT played.is_dnp) = 0 THEN 'nobody_played'
          END AS left_out_reason
        FROM `nba_predictions.system_predictions` AS said
        LEFT JOIN `nba_raw.schedule` AS finished
          ON finished.game_id = said.game_id AND finished.game_date = said.game_date
          AND finished.status = 'final'
          AND finished.game_date >= @start_date AND finished.game_date <= @end_date
        LEFT JOIN `nba_analytics.player_game_summary` AS played
          ON played.game_date = said.game_date AND played.player_lookup = said.player_lookup
          AND played.game_id = said.game_id
          AND played.game_date >= @start_date AND played.game_date <= @end_date
        WHERE said.game_date >= @start_date AND said.game_date <= @end_date
        GROUP BY said.game_date, said.system_id
    """,
)
