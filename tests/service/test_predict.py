"""`POST /predict`: before the first game, and after it only where that is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

DAY = "2026-01-15"
TABLE = "nba_predictions.player_prop_predictions"


def first_tipoff(client: TestClient) -> datetime:
    sql = f"SELECT MIN(tipoff_at) FROM `nba_raw.schedule` WHERE game_date = '{DAY}'"
    ((said,),) = client.post("/query", json={"sql": sql}).json()["rows"]
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


def predict(client: TestClient, **said: object):
    return client.post("/predict", json={"analysis_date": DAY, **said})


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


def test_fields(computed: TestClient) -> None:
    assert predict(computed, processors=["grading"]).status_code == 422
