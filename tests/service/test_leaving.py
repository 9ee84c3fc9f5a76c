"""A caller who goes away in the middle of a range: nothing is half done, nothing is held."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import httpx

from tests.service.process import Served
from tests.service.test_under_load import assert_equal

BODY = {"start": "2025-11-04", "end": "2026-04-30"}


def test_caller_goes_away(
    raw_season_file: Path, computed_season_file: Path, tmp_path: Path
) -> None:
    """The chunk at hand is finished; the run says that it was stopped, and from where to go on."""
    file = tmp_path / "season.duckdb"
    shutil.copy(raw_season_file, file)
    with Served(file, {"TIPOFF_CHUNK_DATES": "5"}) as served:
        with httpx.stream("POST", f"{served.url}/process-range", json=BODY, timeout=60) as answer:
            first = json.loads(next(answer.iter_lines()))
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            runs = httpx.get(f"{served.url}/runs", params={"run_id": first["run_id"]}).json()[
                "runs"
            ]
            if runs[0]["ended_at"] is not None:
                break
            time.sleep(0.1)
        (run,) = runs
        assert run["event"] == "stopped"
        assert first["analysis_date"] < run["detail"]["continue_from"] < BODY["end"]
        # The lane is free, the place is given back, and the next one goes on.
        body = {"analysis_date": run["detail"]["continue_from"]}
        after = httpx.post(f"{served.url}/process-date", json=body, timeout=60)
        assert after.json()["status"] == "completed"
        assert "tipoff_places_taken 0.0" in httpx.get(f"{served.url}/metrics").text
        assert served.end() == 0
    assert_equal(file, computed_season_file)
