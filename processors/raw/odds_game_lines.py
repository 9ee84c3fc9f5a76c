"""Spreads and totals: one row a snapshot of one book."""

from processors.columns import day, flag, instant, real, text
from processors.contract import Contract, Layer

CONTRACT = Contract(
    table="nba_raw.odds_game_lines",
    description="Snapshots of the spread and total, before and after tip-off.",
    layer=Layer.RAW,
    key=("game_id", "provider", "bookmaker", "captured_at"),
    date_column="game_date",
    columns=(
        text("game_id", "The game.", nullable=False),
        text("provider", "Where the snapshot came from: odds_api, bettingpros, …", nullable=False),
        text("bookmaker", "Whose line: draftkings, fanduel, consensus, …", nullable=False),
        instant("captured_at", "When it was seen, UTC.", nullable=False),
        day("game_date", "Eastern date of the game.", nullable=False),
        real("spread_home", "Negative: home favoured.", unit="points", digits=2),
        real("total", "Points of both teams together.", unit="points", digits=2, minimum=0),
        flag(
            "captured_at_inferred",
            "TRUE where a closing line had no time and was set to tip-off - 1 s.",
            nullable=False,
        ),
    ),
)
