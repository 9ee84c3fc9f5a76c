"""The sample season with the leak of last time in it."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

from pipeline.audit.planting import DOOR, plant
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.features import CACHE, ZONES
from processors.registry import load
from warehouse.duckdb.engine import DuckDBWarehouse

STORE = "nba_predictions.ml_feature_store_v2"
LEAK_DAY = date(2026, 1, 15)


def with_the_leak(computed: Path, folder: Path) -> Path:
    """A copy in which the door of the players has `<=`, and what goes through it is computed anew
    for a while from the day on."""
    copy = folder / "season.duckdb"
    shutil.copy(computed, copy)
    warehouse = DuckDBWarehouse(copy)
    leaky = Pipeline(warehouse, plant(load()).registry)
    # To a later day: at the end of what is computed, a door that leaks loses who plays last.
    end = LEAK_DAY + timedelta(days=14)
    tables = (DOOR, ZONES, CACHE, STORE)
    leaky.run(make_request(leaky.registry, tables=tables, start=LEAK_DAY, end=end))
    warehouse.close()
    return copy
