"""The players: one row a person, without dates."""

from processors.columns import day, text
from processors.contract import Contract, Layer

CONTRACT = Contract(
    table="nba_raw.players",
    description="Who is who: birth date, position, other spellings, the sources' ids.",
    layer=Layer.RAW,
    key=("player_lookup",),
    date_column=None,
    columns=(
        text("player_lookup", "The player's key.", nullable=False),
        text("player_name", "His name with diacritics and suffix.", nullable=False),
        day("birth_date", "NULL where unknown."),
        text("position", "G, F, C or two of them with a hyphen."),
        text("aliases", "Other keys that sources use for him, separated by a space."),
        text("source_ids", "The sources' ids, `source:id` separated by a space."),
    ),
)
