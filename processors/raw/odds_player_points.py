"""Player points lines: one row a snapshot of one book."""

from processors.columns import day, flag, instant, integer, real, text
from processors.contract import Contract, Layer

CONTRACT = Contract(
    table="nba_raw.odds_player_points",
    description="Snapshots of the main points line of a player, before and after tip-off.",
    layer=Layer.RAW,
    key=("game_id", "player_lookup", "provider", "bookmaker", "captured_at"),
    date_column="game_date",
    columns=(
        text("game_id", "The game.", nullable=False),
        text("player_lookup", "Whose points.", nullable=False),
        text("provider", "Where the snapshot came from: odds_api, bettingpros, …", nullable=False),
        text("bookmaker", "Whose line: draftkings, fanduel, consensus, …", nullable=False),
        instant("captured_at", "When it was seen, UTC.", nullable=False),
        day("game_date", "Eastern date of the game.", nullable=False),
        text("team", "His team; NULL where the source does not say."),
        real("points_line", "The main line.", unit="points", digits=2, minimum=0, nullable=False),
        integer("over_price", "American odds of the over."),
        integer("under_price", "American odds of the under."),
        flag(
            "captured_at_inferred",
            "TRUE where a closing line had no time and was set to tip-off - 1 s.",
            nullable=False,
        ),
    ),
)
