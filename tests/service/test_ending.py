"""SIGTERM: what is at hand is finished or given up within ten seconds, and nothing is half done."""

from __future__ import annotations

import json
import shutil
import threading
import time
from pathlib import Path

import httpx

from tests.service.process import Served
from tests.service.test_under_load import assert_equal
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.duckdb.ownership import owner_file


def test_in_the_middle_of_a_range(
    raw_season_file: Path, computed_season_file: Path, tmp_path: Path
) -> None:
    """The caller gets a last line that says where to go on; the ledger says the same."""
    file = tmp_path / "season.duckdb"
    shutil.copy(raw_season_file, file)
    told: list[str] = []

    def ask() -> None:
        body = {"start": "2025-11-04", "end": "2026-04-30"}
        with httpx.stream("POST", f"{served.url}/process-range", json=body, timeout=60) as answer:
            told.extend(answer.iter_lines())

    with Served(file, {"TIPOFF_CHUNK_DATES": "5"}) as served:
        asking = threading.Thread(target=ask)
        asking.start()
        while not told:
            time.sleep(0.01)
        begun = time.monotonic()
        assert served.end() == 0
        assert time.monotonic() - begun < 10
        asking.join()
    *dates, end = map(json.loads, told)
    assert 0 < len(dates) < 120
    assert end["stopped_because"] == "the service is stopping"
    assert end["continue_from"] > dates[-1]["analysis_date"]
    assert not owner_file(file).exists()
    warehouse = DuckDBWarehouse(file)
    ((event, detail),) = warehouse.rows(
        "SELECT event, detail FROM `nba_ops.runs` WHERE event != 'started'"
    )
    warehouse.close()
    assert (event, json.loads(detail)["continue_from"]) == ("stopped", end["continue_from"])
    assert_equal(file, computed_season_file)
