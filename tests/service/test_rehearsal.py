"""`dataset_prefix`: the same raw tables, tables of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.office import MOST_REHEARSALS, opened
from service.settings import Settings
from tests.service.conftest import Service
from tests.service.test_schedule import change

DAY, NEXT = "2025-11-20", "2025-11-21"


def results(client: TestClient, **body: object) -> list[dict[str, Any]]:
    answer = client.post("/process-date", json={"analysis_date": DAY, **body})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def fingerprints(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["table"], one["output_fingerprint"]) for one in found]


def test_same_rows_elsewhere(serve: Service, computed_season_file: Path) -> None:
    """Computed anew from the raw tables; the real tables and their ledger hear nothing of it."""
    client = serve(computed_season_file)
    before = client.get("/runs").json()
    rehearsed = results(client, dataset_prefix="trial")
    assert {one["status"] for one in rehearsed} == {"success"}
    assert client.get("/runs").json() == before
    assert fingerprints(rehearsed) == fingerprints(results(client, force=True))
    assert {one["status"] for one in results(client, dataset_prefix="trial")} == {"unchanged"}


def test_own_of_each(serve: Service, computed_season_file: Path) -> None:
    """What one prefix has, another hasn't, and a dry run says so; a range goes there too."""
    client = serve(computed_season_file)
    results(client, dataset_prefix="one")
    ready = client.post(
        "/process-date", json={"analysis_date": DAY, "dry_run": True, "dataset_prefix": "one"}
    ).json()["plan"]["counts"]
    assert all(set(states) <= {"fresh", "bootstrap"} for states in ready.values())
    body = {"start": DAY, "end": NEXT, "dataset_prefix": "two"}
    answer = client.post("/process-range", json=body).text
    assert json.loads(answer.splitlines()[-1])["counts"] == {"success": 10}


def test_correction(serve: Service, computed_season_file: Path) -> None:
    """A rehearsal sees what is loaded into the raw tables."""
    client = serve(computed_season_file)
    real = results(client, force=True)
    results(client, dataset_prefix="trial")
    change(
        client,
        "UPDATE nba_raw.player_boxscores SET points = points + 1"
        " WHERE game_date BETWEEN DATE '2025-11-10' AND DATE '2025-11-19'",
    )
    client.app.state.office.pipeline.warehouse.writes += 1  # type: ignore[attr-defined]
    assert "success" in {one["status"] for one in results(client, dataset_prefix="trial")}
    corrected = results(client, dataset_prefix="trial", force=True)
    assert fingerprints(corrected) != fingerprints(real)
    results(client)
    assert fingerprints(corrected) == fingerprints(results(client, force=True))


def test_stays(tmp_path: Path, computed_season_file: Path) -> None:
    """In a file beside, also after a restart."""
    copy = tmp_path / "season.duckdb"
    shutil.copy(computed_season_file, copy)
    statuses = []
    for _ in range(2):
        with (
            opened(Settings(warehouse=f"duckdb://{copy}")) as office,
            TestClient(create_app(office)) as client,
        ):
            statuses.append({one["status"] for one in results(client, dataset_prefix="trial")})
    assert statuses == [{"success"}, {"unchanged"}]
    with duckdb.connect(str(tmp_path / "season.duckdb.trial.duckdb")) as beside:
        stored = "SELECT COUNT(*) FROM nba_precompute.player_daily_cache"
        assert beside.execute(stored).fetchone() > (0,)


def test_not_too_many(serve: Service, raw_season_file: Path) -> None:
    client = serve(raw_season_file)
    codes = [
        client.post(
            "/process-date",
            json={"analysis_date": "2025-08-01", "dataset_prefix": f"trial{number}"},
        ).status_code
        for number in range(MOST_REHEARSALS + 1)
    ]
    assert codes == [200] * MOST_REHEARSALS + [422]


@pytest.mark.parametrize("prefix", ["", "Trial", "a-b", "../x", "x'; DROP TABLE y"])
def test_refused(computed: TestClient, prefix: str) -> None:
    body = {"analysis_date": DAY, "dataset_prefix": prefix}
    assert computed.post("/process-date", json=body).status_code == 422
