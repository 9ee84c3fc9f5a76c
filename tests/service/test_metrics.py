"""Metrics: what was done, what waits, and how far behind; answered while a run computes."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any, cast

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from pipeline.ledger import RUNS, Event, run_row
from processors.registry import load
from service.app import create_app
from service.office import Office
from tests.service.conftest import Service
from warehouse.duckdb.engine import DuckDBWarehouse

DAY = "2026-01-15"
CACHE = {"processor": "PlayerDailyCacheProcessor"}


def office_of(client: TestClient) -> Office:
    return cast(Office, cast(Any, client.app).state.office)


def value(client: TestClient, name: str, **labels: str) -> float:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found = [
        sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    assert found, name
    return sum(found)


@pytest.fixture
def fresh(serve: Service, computed_season_file: Path) -> TestClient:
    return serve(computed_season_file)


class TestWork:
    def test_outcomes_durations_rows(self, fresh: TestClient) -> None:
        def counted() -> tuple[float, ...]:
            return (
                value(fresh, "tipoff_outcomes_total", status="success", **CACHE),
                value(fresh, "tipoff_outcomes_total", status="unchanged", **CACHE),
            )

        body = {"analysis_date": DAY, "processors": ["player_daily_cache"]}
        assert counted() == (0, 0)
        fresh.post("/process-date", json=body)
        assert counted() == (0, 1)
        rows = fresh.post("/process-date", json=body | {"force": True}).json()["results"][0]["rows"]
        assert counted() == (1, 1)
        assert value(fresh, "tipoff_rows_written_total", **CACHE) == rows > 100
        assert value(fresh, "tipoff_date_seconds_count", **CACHE) == 1

    def test_range(self, fresh: TestClient) -> None:
        body = {"start": DAY, "end": "2026-01-20", "processors": ["player_daily_cache"]}
        lines = fresh.post("/process-range", json=body).text.splitlines()
        assert value(fresh, "tipoff_outcomes_total", **CACHE) == len(lines) - 1 == 6

    def test_rehearsal(self, fresh: TestClient) -> None:
        """What is rehearsed is no work done."""
        body = {"analysis_date": DAY, "dataset_prefix": "trial_"}
        assert fresh.post("/process-date", json=body).status_code == 200
        assert value(fresh, "tipoff_outcomes_total") == 0

    def test_two_offices(self, computed: TestClient, fresh: TestClient) -> None:
        """Each counts its own."""
        computed.post("/process-date", json={"analysis_date": DAY})
        assert value(fresh, "tipoff_outcomes_total") == 0


class TestRequests:
    def test_by_template(self, fresh: TestClient) -> None:
        for path in ("/explain/2026-01-15", "/explain/2026-01-16", "/no/1", "/no/2"):
            fresh.get(path)
        named = {"method": "GET", "code": "200", "route": "/explain/{day}"}
        assert value(fresh, "tipoff_requests_total", **named) == 2
        assert value(fresh, "tipoff_request_seconds_count", route="/explain/{day}") == 2
        assert value(fresh, "tipoff_requests_total", code="404", route="none") == 2
        assert "/no/" not in fresh.get("/metrics").text

    def test_made_up_methods(self, fresh: TestClient) -> None:
        for method in ("BREW", "WHEN"):
            fresh.request(method, "/plan")
        assert value(fresh, "tipoff_requests_total", method="other") == 2
        assert "BREW" not in fresh.get("/metrics").text

    def test_unexpected(self, fresh: TestClient) -> None:
        app = create_app(office_of(fresh))
        app.add_api_route("/broken", lambda: 1 / 0)
        TestClient(app).get("/broken")
        assert value(fresh, "tipoff_requests_total", code="500", route="/broken") == 1


class TestQueue:
    def test_places_and_lane(self, fresh: TestClient) -> None:
        """Two wait while somebody holds the lane, and the page is answered meanwhile."""
        lane = office_of(fresh).pipeline.warehouse.lane
        body = {"analysis_date": DAY}
        asking = [
            threading.Thread(target=fresh.post, args=("/process-date",), kwargs={"json": body})
            for _ in range(2)
        ]
        with lane:
            for one in asking:
                one.start()
            deadline = time.monotonic() + 10
            while lane.waiting < 2 and time.monotonic() < deadline:
                time.sleep(0.01)
            assert value(fresh, "tipoff_lane_waiting") == 2
            assert value(fresh, "tipoff_places_taken") == 2
        for one in asking:
            one.join()
        assert value(fresh, "tipoff_lane_waiting") == value(fresh, "tipoff_places_taken") == 0

    def test_waits_for_no_run(self, fresh: TestClient) -> None:
        """A run holds what is known while it publishes; the page doesn't ask for it."""
        pipeline = office_of(fresh).pipeline
        holding, done = threading.Event(), threading.Event()

        def hold() -> None:
            with pipeline.looking():
                holding.set()
                done.wait(30)

        thread = threading.Thread(target=hold)
        thread.start()
        holding.wait(10)
        begun = time.monotonic()
        assert fresh.get("/metrics").status_code == 200
        waited = time.monotonic() - begun
        done.set()
        thread.join()
        assert waited < 5


class TestLag:
    @pytest.mark.parametrize(
        ("now", "days"),
        [
            ("2026-01-20T12:00:00-05:00", 0),
            ("2026-09-01T12:00:00-04:00", 0),  # a summer is no lag
        ],
    )
    def test_all_is_there(
        self, fresh: TestClient, monkeypatch: pytest.MonkeyPatch, now: str, days: int
    ) -> None:
        monkeypatch.setenv("TIPOFF_NOW", now)
        assert value(fresh, "tipoff_last_good_lag_days") == days

    def test_dates_ahead_hide_nothing(
        self, serve: Service, raw_season_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TIPOFF_NOW", "2026-01-20T12:00:00-05:00")
        client = serve(raw_season_file)
        nothing = value(client, "tipoff_last_good_lag_days")
        assert nothing != nothing  # NaN
        client.post("/process-date", json={"analysis_date": DAY})
        assert value(client, "tipoff_last_good_lag_days") == 5
        client.post("/process-date", json={"analysis_date": "2026-01-22"})
        assert value(client, "tipoff_last_good_lag_days") == 5
        client.post("/process-date", json={"analysis_date": "2026-01-19"})
        assert value(client, "tipoff_last_good_lag_days") == 1


class TestAtStart:
    def test_died_runs_and_build(
        self, serve: Service, computed_season_file: Path, tmp_path: Path
    ) -> None:
        file = tmp_path / "season.duckdb"
        file.write_bytes(computed_season_file.read_bytes())
        warehouse = DuckDBWarehouse(file)
        warehouse.migrate(list(load().contracts.values()))
        row = run_row("20260101T000000000000-abcdef", Event.STARTED, "{}")
        warehouse.append({RUNS: [row | {"process": "elsewhere:1:abc"}]})
        warehouse.close()
        client = serve(file, commit="abc123")
        assert value(client, "tipoff_runs_died_found") == 1
        assert value(client, "tipoff_build_info", commit="abc123") == 1

    def test_dead_letters(self, fresh: TestClient) -> None:
        assert fresh.post("/pubsub/push", content=b"nothing to read").status_code == 204
        assert value(fresh, "tipoff_dead_letters_total") == 1

    def test_from_zero(self, fresh: TestClient) -> None:
        assert value(fresh, "tipoff_publish_failures_total") == 0
        assert value(fresh, "tipoff_dead_letters_total") == 0
        assert value(fresh, "tipoff_outcomes_total", status="failed", **CACHE) == 0
