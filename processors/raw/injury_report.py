"""The league's injury report: one row a player and report."""

from processors.columns import day, instant, text
from processors.contract import Contract, Layer

STATUSES = ("out", "doubtful", "questionable", "probable", "available")

CONTRACT = Contract(
    table="nba_raw.injury_report",
    description="What each report said of each player; several reports a day.",
    layer=Layer.RAW,
    key=("game_id", "player_lookup", "reported_at"),
    date_column="game_date",
    columns=(
        text("game_id", "The game the report is for.", nullable=False),
        text("player_lookup", "The player.", nullable=False),
        instant("reported_at", "When the report came out, UTC.", nullable=False),
        day("game_date", "Eastern date of the game.", nullable=False),
        text("team", "His team.", nullable=False),
        text("status", "What it says of him.", nullable=False, one_of=STATUSES),
        text("reason", "Why, in the report's words."),
    ),
)
