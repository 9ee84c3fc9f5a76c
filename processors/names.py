"""Processors by the names that users' code has for them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from processors.errors import UsageError
from processors.registry import Registry

IRREGULAR = {"ml_feature_store_v2": "MLFeatureStoreProcessor"}
SHORT = {"player_prop_predictions": "predictions", "prediction_accuracy": "grading"}
"""What is asked for so often that it has a word of its own."""


def processor_name(table: str) -> str:
    """`nba_precompute.player_daily_cache` is made by PlayerDailyCacheProcessor."""
    name = table.split(".")[-1]
    return IRREGULAR.get(name) or "".join(map(str.capitalize, name.split("_"))) + "Processor"


def resolve_tables(names: Iterable[str], registry: Registry) -> tuple[str, ...]:
    """Computed tables in dependency order, by table, by table with its dataset, or by processor; a
    stranger is refused."""
    known = {spelling: one.table for one in registry for spelling in _spellings(one.table)}
    wanted = set()
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UsageError(f"no computed table is called {name!r}{hint}", name=name)
        wanted.add(known[name])
    return tuple(one.table for one in registry if one.table in wanted)


def _spellings(table: str) -> tuple[str, ...]:
    name = table.split(".")[-1]
    short = (SHORT[name],) if name in SHORT else ()
    return name, table, processor_name(table), *short
