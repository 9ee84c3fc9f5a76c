"""The schedule: one row a game, played or to be played."""

from processors.columns import count, day, flag, instant, integer, text
from processors.contract import Contract, Layer

PHASES = ("preseason", "regular", "all_star", "cup_final", "play_in", "playoffs")
COUNTED_PHASES = ("regular", "play_in", "playoffs")
STATUSES = ("scheduled", "final", "postponed", "cancelled")

CONTRACT = Contract(
    table="nba_raw.schedule",
    description="Every game of every season; the calendar is made from it.",
    layer=Layer.RAW,
    key=("game_id",),
    date_column="game_date",
    columns=(
        text("game_id", "The source's own id, unique, never parsed.", nullable=False),
        integer("season_year", "2024 is the 2024-25 season.", nullable=False),
        day("game_date", "Eastern date of the game.", nullable=False),
        instant("tipoff_at", "Tip-off, UTC; NULL where unknown."),
        text("season_phase", "Which part of the season.", nullable=False, one_of=PHASES),
        text("home_team", "Abbreviation of the home team.", nullable=False),
        text("away_team", "Abbreviation of the visiting team.", nullable=False),
        count("home_score", "Final points of the home team; NULL until known.", unit="points"),
        count("away_score", "Final points of the visiting team; NULL until known.", unit="points"),
        text("status", "Where the game stands.", nullable=False, one_of=STATUSES),
        count("overtime_periods", "Overtimes played; NULL where unknown.", unit="periods"),
        flag(
            "boxscore_expected",
            "FALSE for a game that will never have a box score under this id (postponed away,"
            " cancelled): it is neither expected nor history.",
            nullable=False,
        ),
    ),
)
