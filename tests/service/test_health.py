"""What anybody may ask: ready only where the stored tables are as the contracts say."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, cast

import pytest
from starlette.testclient import TestClient

from service.office import Office
from tests.service.conftest import Service
from warehouse.duckdb.engine import DuckDBWarehouse

STORE = "nba_predictions.ml_feature_store_v2"


def office_of(client: TestClient) -> Office:
    return cast(Office, cast(Any, client.app).state.office)


@pytest.fixture
def fresh(serve: Service, computed_season_file: Path) -> TestClient:
    return serve(computed_season_file, commit="abc123", built_at="2026-11-20T10:00:00Z")


def change(client: TestClient, statement: str) -> None:
    """As somebody would who has got hold of the tables."""
    warehouse = office_of(client).pipeline.warehouse
    assert isinstance(warehouse, DuckDBWarehouse)
    with warehouse._speaking("a change") as connection:
        connection.execute(statement)


class TestReady:
    def test_at_once_and_fast(self, fresh: TestClient) -> None:
        answer = fresh.get("/readyz")
        assert (answer.status_code, answer.json()) == (200, {"ready": True, "reason": None})
        times = []
        for _ in range(20):
            begun = time.process_time()  # of which a busy machine takes nothing away
            fresh.get("/readyz")
            times.append(time.process_time() - begun)
        assert sorted(times)[10] < 0.02

    @pytest.mark.parametrize(
        "statement",
        [
            f"DROP TABLE {STORE}",
            f"ALTER TABLE {STORE} DROP COLUMN player_lookup",
            f"ALTER TABLE {STORE} ALTER COLUMN game_id TYPE BIGINT USING NULL",
            f"ALTER TABLE {STORE} ADD COLUMN somebodys_own INTEGER",
        ],
    )
    def test_drift(self, fresh: TestClient, statement: str) -> None:
        before = fresh.get("/version").json()["schema_state"]
        assert before.startswith("as the contracts say (")
        change(fresh, statement)
        answer = fresh.get("/readyz")
        assert answer.status_code == 503
        assert f"differs from the contracts in {STORE}" in answer.json()["reason"]
        said = fresh.get("/version").json()["schema_state"]
        assert said.startswith(f"differs from the contracts in {STORE}")
        assert said.endswith(before.split()[-1])
        assert "somebodys_own" not in said + answer.text

    def test_no_ledger(self, fresh: TestClient) -> None:
        change(fresh, "DROP TABLE nba_ops.runs")
        answer = fresh.get("/readyz")
        assert (answer.status_code, answer.json()["reason"]) == (503, "warehouse_failed")

    def test_stopping(self, fresh: TestClient) -> None:
        office_of(fresh).stopping.set()
        answer = fresh.get("/readyz")
        assert (answer.status_code, answer.json()["reason"]) == (503, "the service is stopping")
        assert fresh.get("/healthz").status_code == 200


class TestVersion:
    def test_what_runs(self, fresh: TestClient) -> None:
        said = fresh.get("/version").json()
        assert (said["commit"], said["built_at"]) == ("abc123", "2026-11-20T10:00:00Z")
        assert said["engine"].startswith("duckdb ")
        registry = office_of(fresh).pipeline.registry
        assert said["logic_versions"] == {one.table: one.logic_version for one in registry}

    def test_nothing_that_is_not_public(self, fresh: TestClient) -> None:
        said = json.dumps(fresh.get("/version").json())
        assert office_of(fresh).settings.warehouse.removeprefix("duckdb://") not in said
        assert "season.duckdb" not in said
