"""`POST /reconcile` and `POST /verify`: the code says it all, and a second firing does nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.office import opened
from service.ranging import DEADLINE, STOPPING
from service.settings import Settings
from tests.service.conftest import Service

NOW = "2026-01-16T09:00:00-05:00"
TODAY = date(2026, 1, 16)
CACHE = "nba_precompute.player_daily_cache"
JOB = "projects/p/locations/l/jobs/reconcile"


@pytest.fixture(autouse=True)
def _winter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIPOFF_NOW", NOW)


@pytest.fixture
def fresh(serve: Service, computed_season_file: Path) -> TestClient:
    """Everything is there, in a file of the test's own."""
    return serve(computed_season_file)


def firing(moment: str) -> dict[str, str]:
    return {"X-CloudScheduler-JobName": JOB, "X-CloudScheduler-ScheduleTime": moment}


def lines(answer: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()]


def run_ids(client: TestClient) -> list[str]:
    return [one["run_id"] for one in client.get("/runs?limit=1000").json()["runs"]]


def change(client: TestClient, sql: str) -> None:
    """What somebody does to the file behind the service's back."""
    office = client.app.state.office  # type: ignore[attr-defined]
    office.pipeline.warehouse._connection.execute(sql)


def stopping_after(client: TestClient, chunks: int) -> Callable[[], None]:
    """The service is told to end after so many chunks; call the result to go on."""
    office = client.app.state.office  # type: ignore[attr-defined]
    run_in_chunks = office.pipeline.run_in_chunks

    def told_to_end(*given: Any, **named: Any) -> Any:
        for number, report in enumerate(run_in_chunks(*given, **named), start=1):
            if number == chunks:
                office.stopping.set()
            yield report

    def go_on() -> None:
        office.stopping.clear()
        office.pipeline.run_in_chunks = run_in_chunks

    office.pipeline.run_in_chunks = told_to_end
    return go_on


class TestReconcile:
    def test_last_days_and_today(self, serve: Service, raw_season_file: Path) -> None:
        client = serve(raw_season_file)
        answer = client.post("/reconcile", json={"days": 3})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/x-ndjson"
        *days, end = lines(answer)
        asked = [str(TODAY - timedelta(back)) for back in (3, 2, 1, 0)]
        assert [one["analysis_date"] for one in days] == asked
        assert {len(one["results"]) for one in days} == {5}
        assert sum(end["counts"].values()) == 20
        assert end["counts"]["success"] > 0
        assert (end["dates_done"], end["continue_from"]) == (4, None)
        again = lines(client.post("/reconcile", json={"days": 3}))[-1]
        assert "success" not in again["counts"]
        assert again["counts"]["unchanged"] == end["counts"]["success"]

    def test_stale(self, fresh: TestClient) -> None:
        """A correction among the last days' inputs is found and done."""
        change(
            fresh,
            "UPDATE nba_raw.player_boxscores SET points = points + 1 WHERE game_date ="
            " DATE '2026-01-12' AND player_lookup IN (SELECT player_lookup FROM"
            " nba_precompute.player_daily_cache WHERE analysis_date = DATE '2026-01-16')",
        )
        fresh.app.state.office.pipeline.refresh()  # type: ignore[attr-defined]
        *days, end = lines(fresh.post("/reconcile", json={}))
        assert len(days) == 8
        assert any(one["prepared"] for one in days)
        assert end["counts"]["success"] > 0
        cache = fresh.get("/plan", params={"start": "2026-01-09", "end": "TODAY"}).json()["counts"]
        assert set(cache[CACHE]) <= {"fresh", "no_games"}

    def test_blocked(self, serve: Service, raw_season_file: Path) -> None:
        answer = serve(raw_season_file, owned_layers="precompute").post("/reconcile", json={})
        assert answer.status_code == 424
        assert lines(answer)[-1]["status"] == "blocked"

    def test_stopped_early(self, serve: Service, computed_season_file: Path) -> None:
        """What wasn't reached is worth a second try: the scheduler must not take it for done."""
        client = serve(computed_season_file, chunk_dates=1, deadline_seconds=0.000_1)
        answer = client.post("/reconcile", json={})
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        (end,) = lines(answer)
        assert (end["continue_from"], end["stopped_because"]) == ("2026-01-09", DEADLINE)

    @pytest.mark.parametrize(
        ("body", "field"),
        [({"days": 0}, "days"), ({"days": 401}, "days"), ({"day": 7}, "day")],
    )
    def test_refused(self, computed: TestClient, body: dict[str, int], field: str) -> None:
        answer = computed.post("/reconcile", json=body)
        assert answer.status_code == 422
        assert answer.json()["faults"][0]["field"] == field


class TestFiringTwice:
    def test_later(self, fresh: TestClient) -> None:
        first = fresh.post("/reconcile", json={}, headers=firing("06:00"))
        known = run_ids(fresh)
        second = fresh.post("/reconcile", json={}, headers=firing("06:00"))
        (end,) = lines(second)
        assert second.status_code == first.status_code == 200
        assert end["duplicate_of"] == lines(first)[-1]["run_id"]
        assert run_ids(fresh) == known
        other = lines(fresh.post("/reconcile", json={}, headers=firing("07:00")))[-1]
        assert other["duplicate_of"] is None
        assert len(run_ids(fresh)) == len(known) + 1

    def test_at_the_same_time(self, serve: Service, raw_season_file: Path) -> None:
        client = serve(raw_season_file)

        def fire(_: int) -> Any:
            return client.post("/reconcile", json={"days": 1}, headers=firing("06:00"))

        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(fire, range(6)))
        assert {answer.status_code for answer in answers} == {200}
        ends = [lines(answer)[-1] for answer in answers]
        assert [one["duplicate_of"] for one in ends].count(None) == 1
        assert len(run_ids(client)) == 1

    def test_after_a_restart(self, tmp_path: Path, computed_season_file: Path) -> None:
        copy = tmp_path / "season.duckdb"
        shutil.copy(computed_season_file, copy)

        def fire() -> dict[str, Any]:
            with (
                opened(Settings(warehouse=f"duckdb://{copy}")) as office,
                TestClient(create_app(office)) as client,
            ):
                return lines(client.post("/reconcile", json={}, headers=firing("06:00")))[-1]

        assert fire()["run_id"] == fire()["duplicate_of"]

    def test_second_try(self, serve: Service, computed_season_file: Path) -> None:
        """What stopped or was blocked is taken up again by the scheduler's next attempt."""
        client = serve(computed_season_file, chunk_dates=1)
        go_on = stopping_after(client, 2)
        first = client.post("/reconcile", json={}, headers=firing("06:00"))
        assert (first.status_code, lines(first)[-1]["stopped_because"]) == (429, STOPPING)
        go_on()
        second = client.post("/reconcile", json={}, headers=firing("06:00"))
        assert second.status_code == 200
        assert lines(second)[-1]["duplicate_of"] is None
        assert lines(second)[-1]["dates_done"] == 8


class TestVerify:
    def test_passed(self, fresh: TestClient) -> None:
        """Without a range: seven days before today, every table."""
        answer = fresh.post("/verify", json={})
        assert answer.status_code == 200
        said = answer.json()
        assert (said["verdict"], said["differences"]) == ("passed", [])
        assert said["counts"] == {"passed": 7 * 19}
        asked = fresh.get("/runs", params={"run_id": said["run_id"]}).json()["runs"][0]
        assert asked["request"]["days"] == ["2026-01-09/2026-01-15"]
        assert (asked["status"], asked["event"]) == ("passed", "finished")
        kept = fresh.post(
            "/query",
            json={
                "sql": "SELECT kind, verdict, COUNT(*) FROM `nba_ops.audits`"
                f" WHERE audit_id = '{said['audit_id']}' GROUP BY kind, verdict"
            },
        ).json()
        assert kept["rows"] == [["verify", "passed", 133]]

    @pytest.mark.parametrize(
        ("sql", "said"),
        [
            (
                "UPDATE nba_precompute.player_daily_cache SET points_avg_last_5 = 99"
                " WHERE analysis_date = '2026-01-15' AND player_lookup = (SELECT MIN(player_lookup)"
                " FROM nba_precompute.player_daily_cache WHERE analysis_date = '2026-01-15')",
                "don't have the content of their hash: 2026-01-15 ",
            ),
            (
                "DELETE FROM nba_precompute.player_daily_cache WHERE analysis_date = '2026-01-15'"
                " AND player_lookup = (SELECT MIN(player_lookup)"
                " FROM nba_precompute.player_daily_cache WHERE analysis_date = '2026-01-15')",
                "whole rows were added, lost or replaced",
            ),
            (
                "DELETE FROM nba_precompute.player_daily_cache WHERE analysis_date = '2026-01-15'",
                "0 rows are stored, ",
            ),
            (
                "DELETE FROM nba_ops.partitions WHERE partition_date = '2026-01-15'"
                " AND table_name = 'nba_precompute.player_daily_cache'",
                "rows are stored that no run has proved",
            ),
        ],
        ids=["changed", "row lost", "all lost", "not proven"],
    )
    def test_failed(self, fresh: TestClient, sql: str, said: str) -> None:
        change(fresh, sql)
        answer = fresh.post("/verify", json={"start": "2026-01-15"})
        assert answer.status_code == 500
        (difference,) = answer.json()["differences"]
        assert (difference["table"], difference["date"]) == (CACHE, "2026-01-15")
        assert difference["verdict"] == answer.json()["verdict"] == "failed"
        assert said in difference["reason"]
        of_others = {"start": "2026-01-15", "tables": ["team_defense_zone_analysis"]}
        assert fresh.post("/verify", json=of_others).status_code == 200

    def test_undetermined(self, raw: TestClient) -> None:
        """Where games were and nothing stands; a summer's day is as it should be."""
        answer = raw.post("/verify", json={"start": "2026-03-03", "end": "2026-03-03"})
        assert answer.status_code == 424
        assert set(answer.json()["counts"]) == {"undetermined"}
        assert raw.post("/verify", json={"start": "2025-08-01", "end": "2025-08-02"}).json()[
            "counts"
        ] == {"passed": 38}

    def test_nothing_known(self, tmp_path: Path) -> None:
        """A warehouse without a schedule proves nothing."""
        with (
            opened(Settings(warehouse=f"duckdb://{tmp_path / 'new.duckdb'}")) as office,
            TestClient(create_app(office)) as client,
        ):
            assert client.post("/verify", json={}).status_code == 424

    def test_firing_twice(self, fresh: TestClient) -> None:
        first = fresh.post("/verify", json={}, headers=firing("06:00")).json()
        known = run_ids(fresh)
        second = fresh.post("/verify", json={}, headers=firing("06:00")).json()
        assert second == {**first, "duplicate_of": first["run_id"]}
        assert run_ids(fresh) == known

    def test_failed_is_looked_at_again(self, fresh: TestClient) -> None:
        change(fresh, "DELETE FROM nba_precompute.player_daily_cache")
        body = {"tables": ["player_daily_cache"]}
        assert fresh.post("/verify", json=body, headers=firing("06:00")).status_code == 500
        days = {"start": "2026-01-09", "end": "2026-01-15", "force": True}
        assert fresh.post("/process-range", json=days).status_code == 200
        assert fresh.post("/verify", json=body, headers=firing("06:00")).status_code == 200

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ({"start": "2024-01-01", "end": "2026-01-01"}, "more than 400"),
            ({"start": "2026-01-02", "end": "2026-01-01"}, "before it starts"),
            ({"tables": ["schedule"]}, "no computed table is called"),
            ({"date": "2026-01-01"}, "there is no field date"),
            ({"whole": True, "start": "2026-01-01"}, "either a range or whole"),
        ],
    )
    def test_refused(self, computed: TestClient, body: dict[str, object], said: str) -> None:
        answer = computed.post("/verify", json=body)
        assert answer.status_code == 422
        assert said in answer.json()["message"]
