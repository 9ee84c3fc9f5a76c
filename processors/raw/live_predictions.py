"""What was said before tip-off by the clock, kept as it was said."""

from processors.columns import day, instant, real, text
from processors.contract import Contract, Kept, Layer
from processors.systems import SYSTEMS

CONTRACT = Contract(
    table="nba_raw.live_predictions",
    description=(
        "One row a player, system and moment, added by `tipoff predict` before the date's first"
        " tip-off, and never changed: a correction afterwards changes what would be said, not what"
        " was."
    ),
    layer=Layer.RAW,
    written_here=True,
    kept=Kept(
        moment="as_of", says=("game_id", "predicted_points", "current_points_line", "model_id")
    ),
    key=("game_date", "player_lookup", "system_id", "as_of"),
    date_column="game_date",
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        text("system_id", "Who spoke.", nullable=False, one_of=SYSTEMS),
        instant("as_of", "When it was said, by the clock, UTC.", nullable=False),
        text("game_id", "The game.", nullable=False),
        text("team_abbr", "His team on the date.", nullable=False),
        text("opponent_team_abbr", "The other team.", nullable=False),
        real("predicted_points", "What was expected.", unit="points", digits=2, nullable=False),
        real("current_points_line", "The line it stood against.", unit="points", digits=2),
        text("points_line_provider", "Whose snapshot of it."),
        text("points_line_bookmaker", "Whose line."),
        instant("points_line_captured_at", "When the line was seen, UTC."),
        real("confidence", "As it was said.", unit="share", minimum=0, maximum=1),
        text("model_id", "The model; NULL of rules and the ensemble."),
        text("model_state", "Where the model stood; NULL of rules and the ensemble."),
        text("feature_set", "What the model reads; NULL of rules and the ensemble."),
        text("feature_vector", "What was read, as it was said.", nullable=False),
        text("feature_hash", "Of what was read.", nullable=False),
    ),
)
