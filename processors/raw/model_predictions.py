"""What fitted models said of players before their games; as odds, it comes from outside."""

from processors.columns import day, flag, instant, real, text
from processors.contract import Contract, Layer
from processors.systems import MODELS

CONTRACT = Contract(
    table="nba_raw.model_predictions",
    description=(
        "One row a player, model's system and moment, written by `tipoff predict`. No model speaks"
        " of a date that it was fitted on or before."
    ),
    layer=Layer.RAW,
    written_here=True,
    key=("game_date", "player_lookup", "system_id", "as_of"),
    date_column="game_date",
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        text("system_id", "Which kind of model speaks.", nullable=False, one_of=MODELS),
        instant(
            "as_of",
            "The moment it speaks for, before tip-off, UTC: when it was said, or, backfilled, that"
            " for which rules speak of the player, if it is earlier.",
            nullable=False,
        ),
        text("game_id", "The game.", nullable=False),
        real(
            "predicted_points",
            "What the model expects.",
            unit="points",
            digits=2,
            minimum=0,
            nullable=False,
        ),
        flag("is_backfill", "Whether it was said after the date's first tip-off.", nullable=False),
        instant("created_at", "When it was said, by the clock, UTC.", nullable=False),
        text(
            "model_id",
            "The model, as `tipoff models` lists it; or the backtest whose walk said it.",
            nullable=False,
        ),
        text(
            "model_state",
            "Where the model stood when it spoke: nobody bets on a shadow.",
            nullable=False,
            one_of=("shadow", "active", "walk"),
        ),
        text("feature_set", "What of the store's row it reads.", nullable=False),
        text(
            "feature_vector",
            "What it read, `NAME:VALUE` between commas, values in millionths; empty where NULL.",
            nullable=False,
        ),
        text("feature_hash", "data_hash of the store's row that it read.", nullable=False),
    ),
)
