"""Shots: one row a field-goal attempt."""

from processors.columns import count, day, flag, integer, text
from processors.contract import Contract, Layer

ZONES = ("paint", "mid_range", "corner_three", "above_break_three", "backcourt")

CONTRACT = Contract(
    table="nba_raw.shots",
    description="Every field-goal attempt with its zone.",
    layer=Layer.RAW,
    key=("game_id", "shot_number"),
    date_column="game_date",
    columns=(
        text("game_id", "The game.", nullable=False),
        integer("shot_number", "Unique within the game.", nullable=False),
        day("game_date", "Eastern date of the game.", nullable=False),
        text("player_lookup", "Who shot.", nullable=False),
        text("team", "His team.", nullable=False),
        text("zone", "Where from.", nullable=False, one_of=ZONES),
        count("distance_ft", "Distance from the basket.", unit="feet"),
        flag("is_three", "Whether it counts three.", nullable=False),
        flag("made", "Whether it went in.", nullable=False),
        flag("assisted", "Whether a made shot was assisted; NULL where unknown."),
    ),
)
