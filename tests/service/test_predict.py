"""`POST /predict`: before the first game, and after it only where that is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from modeling.models.shelf import Shelf
from tests.modeling.test_shelf import keep
from tests.service.conftest import Service

DAY = "2026-01-15"
TABLE = "nba_predictions.player_prop_predictions"


def first_tipoff(client: TestClient) -> datetime:
    sql = f"SELECT MIN(tipoff_at) FROM `nba_raw.schedule` WHERE game_date = '{DAY}'"
    ((said,),) = client.post("/query", json={"sql": sql}).json()["rows"]
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


def predict(client: TestClient, **said: object):
    return client.post("/predict", json={"analysis_date": DAY} | said)


@pytest.mark.parametrize(("later", "code"), [(-1, 200), (0, 422), (60, 422), (86_400, 422)])
def test_until_tipoff(
    computed: TestClient, monkeypatch: pytest.MonkeyPatch, later: int, code: int
) -> None:
    moment = first_tipoff(computed) + timedelta(seconds=later)
    monkeypatch.setenv("TIPOFF_NOW", moment.isoformat())
    assert predict(computed).status_code == code


def test_what_is_refused(computed: TestClient) -> None:
    answer = predict(computed).json()
    assert answer["error"] == "usage"
    assert DAY in answer["message"]
    assert "backfill_mode" in answer["message"]


def test_backfilled(computed: TestClient) -> None:
    said = predict(computed, backfill_mode=True, force=True)
    assert said.status_code == 200
    ((table, status),) = [(one["table"], one["status"]) for one in said.json()["results"]]
    assert (table, status) == (TABLE, "success")


def told(client: TestClient) -> list[list[object]]:
    """All that was told of the date."""
    sql = f"SELECT * FROM `nba_raw.live_predictions` WHERE game_date = '{DAY}' ORDER BY 1, 2, 3, 4"
    found: list[list[object]] = client.post("/query", json={"sql": sql}).json()["rows"]
    return found


def test_told_live(serve: Service, computed_season_file: Path, monkeypatch) -> None:
    """Counted by system; a second firing of the scheduler finds all of it told."""
    client = serve(computed_season_file)
    monkeypatch.setenv("TIPOFF_NOW", f"{DAY}T18:55:00-05:00")
    fired = {"X-CloudScheduler-JobName": "j", "X-CloudScheduler-ScheduleTime": "t"}
    body = {"analysis_date": "TODAY", "correlation_id": "evening"}
    first = client.post("/predict", json=body, headers=fired)
    rows = told(client)
    monkeypatch.setenv("TIPOFF_NOW", f"{DAY}T18:55:30-05:00")
    second = client.post("/predict", json=body, headers=fired)
    assert [first.status_code, second.status_code] == [200, 200]
    new, again = first.json()["live"], second.json()["live"]
    assert sum(new["new"].values()) == len(rows) > 0
    assert (again["new"], again["unchanged"]) == ({}, new["new"])
    assert told(client) == rows
    runs = client.get("/runs", params={"correlation_id": "evening"}).json()["runs"]
    assert second.json()["run_id"] == runs[0]["run_id"]
    assert first.json()["results"][0]["status"] == "success"


def test_nothing_to_tell(serve: Service, raw_season_file: Path, monkeypatch) -> None:
    """Box scores are missing: the code and the reason of that, and no row."""
    client = serve(raw_season_file, owned_layers=("precompute", "predictions"))
    monkeypatch.setenv("TIPOFF_NOW", f"{DAY}T18:55:00-05:00")
    answer = predict(client)
    assert (answer.status_code, answer.json()["status"]) == (424, "blocked")
    live = answer.json()["live"]
    assert (live["as_of"], live["new"]) == (None, {})
    assert live["reason"] == answer.json()["results"][0]["reason"]
    assert told(client) == []


def test_backfilled_is_not_live(computed: TestClient) -> None:
    before = told(computed)
    assert predict(computed, backfill_mode=True).json()["live"] is None
    assert told(computed) == before


class TestModels:
    """The date is after what the models were fitted on."""

    DAY = "2026-02-10"

    @pytest.fixture
    def shelf(self, tmp_path: Path) -> Shelf:
        return Shelf(tmp_path / "models")

    def published(self, client: TestClient) -> dict[str, int]:
        sql = (
            "SELECT system_id, COUNT(*) FROM `nba_predictions.player_prop_predictions`"
            f" WHERE game_date = '{self.DAY}' AND NOT is_backfill GROUP BY system_id"
        )
        return dict(client.post("/query", json={"sql": sql}).json()["rows"])

    def test_the_active_one(
        self, serve: Service, shelf: Shelf, computed_season_file: Path, monkeypatch
    ) -> None:
        """What it says live is published as what rules say: not against a line from later."""
        kept = keep(shelf, passing=True)
        client = serve(computed_season_file, models_home=shelf.home)
        monkeypatch.setenv("TIPOFF_NOW", f"{self.DAY}T18:55:00-05:00")
        silent = predict(client, analysis_date=self.DAY).json()
        assert silent["models"]["reason"] == f"no model speaks: none in {shelf.home} is active"
        assert "ridge" not in self.published(client)
        shelf.promote(kept.metadata.model_id)
        answer = predict(client, analysis_date=self.DAY).json()
        (voice,) = answer["models"]["voices"]
        assert (voice["model_id"], voice["state"]) == (kept.metadata.model_id, "active")
        found = self.published(client)
        assert 50 < found["ridge"] == answer["live"]["new"]["ridge"] < voice["said"]
        # A job that fires twice says everything once.
        monkeypatch.setenv("TIPOFF_NOW", f"{self.DAY}T18:55:01-05:00")
        again = predict(client, analysis_date=self.DAY).json()
        assert (again["results"][0]["status"], again["live"]["new"]) == ("unchanged", {})
        assert again["models"]["said"] == answer["models"]["said"]
        assert self.published(client) == found

    def test_the_named_one(self, serve: Service, shelf: Shelf, computed_season_file: Path) -> None:
        """What can't be told is refused before anything is done; a home has to be set."""
        kept = keep(shelf, passing=False).metadata.model_id
        client = serve(computed_season_file, models_home=shelf.home)
        asked = {"analysis_date": self.DAY, "backfill_mode": True}
        voice = predict(client, **asked, model=kept).json()["models"]["voices"][0]
        assert (voice["model_id"], voice["state"]) == (kept, "shadow")
        unknown = predict(client, **asked, model="nobody-1")
        assert (unknown.status_code, unknown.json()["error"]) == (422, "usage")
        too_early = predict(client, backfill_mode=True, model=kept)
        assert (too_early.status_code, too_early.json()["error"]) == (409, "model_refused")
        homeless = predict(serve(computed_season_file), **asked, model=kept)
        assert "TIPOFF_MODELS_HOME" in homeless.json()["message"]


def test_fields(computed: TestClient) -> None:
    assert predict(computed, processors=["grading"]).status_code == 422
