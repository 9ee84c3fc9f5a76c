"""The computed tables a second time, in slow plain Python, written from docs/tables.md alone.

Nothing here imports the product, so that an error shared by both must be made twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from tests.oracle.precompute import PrecomputeWorld

Row = dict[str, object]

DATASET = "nba_analytics."

KEYS: dict[str, tuple[str, ...]] = {
    "player_game_summary": ("game_date", "player_lookup"),
    "team_offense_game_summary": ("game_date", "team_abbr"),
    "team_defense_game_summary": ("game_date", "defending_team_abbr"),
    "player_lines": ("game_date", "game_id", "player_lookup"),
    "team_form": ("game_date", "team_abbr"),
    "player_form": ("game_date", "player_lookup"),
    "player_asof": ("analysis_date", "player_lookup"),
    "team_asof": ("analysis_date", "team_abbr"),
    "upcoming_team_game_context": ("game_date", "team_abbr"),
    "upcoming_player_game_context": ("game_date", "player_lookup"),
}
"""Each analytics table's key; its first column is the date that `start` and `end` bound."""

PRECOMPUTE_KEYS: dict[str, tuple[str, ...]] = {
    "team_defense_zone_analysis": ("analysis_date", "team_abbr"),
    "player_shot_zone_analysis": ("analysis_date", "player_lookup"),
    "player_daily_cache": ("analysis_date", "player_lookup"),
    "player_composite_factors": ("game_date", "player_lookup"),
    "ml_feature_store_v2": ("game_date", "player_lookup"),
    "system_predictions": ("game_date", "player_lookup", "system_id"),
    "system_errors": ("game_date", "system_id"),
    "player_prop_predictions": ("game_date", "player_lookup", "system_id", "is_backfill", "as_of"),
    "prediction_accuracy": ("game_date", "player_lookup", "system_id", "is_backfill"),
}
"""The same of the tables that are made from them."""

MONTH = timedelta(days=30)
WEIGHED = {"player_prop_predictions", "prediction_accuracy"}
"""They stand on the errors of a month before: computed tables of dates that nobody asked for."""


def compute(
    raw: Mapping[str, list[Row]], tables: Sequence[str], start: date, end: date
) -> dict[str, list[Row]]:
    """Compute the named tables for the dates in [start, end] from all the raw history given."""
    names = {table.rpartition(".")[2] for table in tables}
    world = PrecomputeWorld(raw, start - MONTH if names & WEIGHED else start, end)
    keys = KEYS | PRECOMPUTE_KEYS
    results = {}
    for table in tables:
        name = table.rpartition(".")[2]
        key = keys[name]
        rows = [row for row in getattr(world, name) if start <= row[key[0]] <= end]
        results[table] = sorted(rows, key=lambda row, key=key: tuple(row[part] for part in key))
    return results
