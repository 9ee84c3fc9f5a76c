"""`GET /runs`: what the ledger tells of requests."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.plan import make_request

DAY, NEXT = "2026-01-15", "2026-01-16"
CACHE = "nba_precompute.player_daily_cache"
ZONES = "nba_precompute.team_defense_zone_analysis"


def runs(client: TestClient, **asked: object) -> list[dict[str, Any]]:
    answer = client.get("/runs", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["runs"]
    return found


def done(client: TestClient, **body: object) -> str:
    """The id of a run of a date."""
    answer = client.post("/process-date", json={"analysis_date": DAY, **body})
    return str(answer.json()["run_id"])


class TestRuns:
    def test_newest_first(self, computed: TestClient) -> None:
        first, second = done(computed), done(computed)
        assert [one["run_id"] for one in runs(computed, limit=2)] == [second, first]
        assert [one["run_id"] for one in runs(computed, limit=1)] == [second]

    def test_one_with_its_outcomes(self, computed: TestClient) -> None:
        run_id = done(computed, processors=["player_daily_cache"], force=True)
        (found,) = runs(computed, run_id=run_id)
        assert (found["event"], found["status"]) == ("finished", "completed")
        assert found["started_at"] <= found["ended_at"]
        assert found["request"]["days"] == [DAY]
        (outcome,) = found["outcomes"]
        assert outcome["processor"] == "PlayerDailyCacheProcessor"
        assert (outcome["table"], outcome["date"]) == (CACHE, DAY)
        assert (outcome["status"], outcome["rows"] > 0) == ("success", True)
        assert runs(computed)[0]["outcomes"] is None

    def test_by_correlation_id(self, computed: TestClient) -> None:
        """Whose answer was lost finds it by the id that he gave it, and by no other."""
        done(computed, correlation_id="night-11")
        run_id = done(computed, correlation_id="night_1")
        done(computed)
        assert [one["run_id"] for one in runs(computed, correlation_id="night_1")] == [run_id]
        assert runs(computed, correlation_id="night%") == []

    def test_by_table_date_and_status(self, computed: TestClient) -> None:
        run_id = done(computed, analysis_date=NEXT, processors=["TeamDefenseZoneAnalysisProcessor"])
        of_both = runs(computed, table="team_defense_zone_analysis", date=NEXT)
        assert of_both[0]["run_id"] == run_id
        assert run_id not in [one["run_id"] for one in runs(computed, table=CACHE, limit=1000)]
        assert run_id in [one["run_id"] for one in runs(computed, status="completed", limit=1000)]
        assert runs(computed, status="blocked") == []

    def test_running(self, computed: TestClient) -> None:
        """It is there before it has ended, so that nobody starts it again."""
        pipeline = computed.app.state.office.pipeline  # type: ignore[attr-defined]
        request = make_request(
            pipeline.registry,
            tables=[ZONES],
            days=[pipeline.assessor.calendar.game_dates[at] for at in (60, 61)],
            about={"correlation_id": "long"},
        )
        chunks = pipeline.run_in_chunks(request, size=1)
        next(chunks)
        (running,) = runs(computed, correlation_id="long")
        assert (running["event"], running["status"], running["ended_at"]) == ("started", None, None)
        chunks.close()
        (stopped,) = runs(computed, correlation_id="long")
        assert stopped["event"] == "stopped"
        assert stopped["detail"]["continue_from"] == str(request.days[1])

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({"limit": 0}, "greater than or equal to 1"),
            ({"status": "success"}, "completed_with_findings"),
            ({"table": "player_dayly_cache"}, "did you mean player_daily_cache?"),
            ({"runid": "x"}, "did you mean run_id?"),
        ],
    )
    def test_refused(self, computed: TestClient, asked: dict[str, object], said: str) -> None:
        answer = computed.get("/runs", params=asked)
        assert answer.status_code == 422
        assert said in answer.json()["message"]
