"""The raw tables as an import sees them."""

from __future__ import annotations

from processors.contract import Contract
from processors.raw import (
    injury_report,
    odds_game_lines,
    odds_player_points,
    player_boxscores,
    players,
    schedule,
    shots,
)

TABLES: dict[str, Contract] = {
    module.CONTRACT.name: module.CONTRACT
    for module in (
        schedule,
        player_boxscores,
        shots,
        odds_game_lines,
        odds_player_points,
        injury_report,
        players,
    )
}
"""By short name, the schedule first: every other table is held against it."""

COUNTED_PHASES = schedule.COUNTED_PHASES

COUNTED_BY_THE_IMPORT = ("player_lookup", "captured_at_inferred", "aliases", "source_ids")
"""Columns that no mapping fills: the import works them out and reports them."""

WITH_GAMES = tuple(name for name in TABLES if name not in ("schedule", "players"))

SNAPSHOTS = ("odds_game_lines", "odds_player_points", "injury_report")
"""Tables in which two different rows of one key are refused; elsewhere they end the import."""

UNKNOWN_PLAYER = "the player is unknown"

SHOWN: dict[str, tuple[str, ...]] = {
    "player_boxscores": ("team", "minutes", "points"),
    "odds_game_lines": ("spread_home", "total"),
    "odds_player_points": ("points_line",),
}
"""What an example of a refused row shows besides its key and name."""

FLAGS: dict[str, dict[str, str]] = {
    "schedule": {
        "tipoff_unknown": "tipoff_at IS NULL",
        "overtime_unknown": "overtime_periods IS NULL",
        "boxscore_not_expected": "NOT boxscore_expected",
    },
    "player_boxscores": {
        "rebounds_total_only": "rebounds IS NOT NULL AND offensive_rebounds IS NULL",
        "shooting_unknown": "points IS NOT NULL AND fg_attempted IS NULL",
        "starter_unknown": "is_starter IS NULL",
        "did_not_play": "dnp_reason IS NOT NULL",
    },
    "shots": {
        "assist_unknown": "made AND assisted IS NULL",
        "zone_against_worth": (
            "is_three <> (zone IN ('corner_three', 'above_break_three', 'backcourt'))"
        ),
    },
    "odds_game_lines": {
        "captured_at_inferred": "captured_at_inferred",
        "spread_unknown": "spread_home IS NULL",
        "total_unknown": "total IS NULL",
    },
    "odds_player_points": {
        "captured_at_inferred": "captured_at_inferred",
        "team_unknown": "team IS NULL",
        "price_unknown": "over_price IS NULL OR under_price IS NULL",
    },
}
"""What an incomplete source leaves open or the import infers: counted per file, never silent."""

ROW_CHECKS: dict[str, tuple[tuple[str, str], ...]] = {
    "schedule": (("a team against itself", "home_team = away_team"),),
    "odds_game_lines": (("neither spread nor total", "spread_home IS NULL AND total IS NULL"),),
}
"""Beyond what the contracts' columns say: a reason and the SQL condition of the row."""
