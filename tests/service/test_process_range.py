"""`POST /process-range`: lines a date, a last line that sums up, a clean stop."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.ranging import DEADLINE, STOPPING
from tests.service.conftest import Service

DAYS = ["2026-01-12", "2026-01-13", "2026-01-14", "2026-01-15"]


def lines(client: TestClient, **body: object) -> list[dict[str, Any]]:
    answer = client.post("/process-range", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_range(raw: TestClient) -> None:
    *dates, end = lines(raw, start=DAYS[0], end=DAYS[-1])
    assert [one["analysis_date"] for one in dates] == DAYS
    assert {one["status"] for one in dates} == {"completed"}
    assert {len(one["results"]) for one in dates} == {5}
    assert end["counts"] == {"success": 20}
    assert (end["status"], end["exit_code"], end["dates_done"]) == ("completed", 0, 4)
    assert (end["continue_from"], end["stopped_because"]) == (None, None)
    assert {one["run_id"] for one in dates} == {end["run_id"]}
    # What a date stands on is said once.
    prepared = [(one["table"], one["date"]) for line in dates for one in line["prepared"]]
    assert len(prepared) == len(set(prepared)) > 0


def test_dates(computed: TestClient) -> None:
    """As given: sorted, without doubles, with holes."""
    asked = [DAYS[3], DAYS[0], "2026-03-03", DAYS[0]]
    *dates, end = lines(computed, dates=asked, processors=["player_daily_cache"])
    assert [one["analysis_date"] for one in dates] == [DAYS[0], DAYS[3], "2026-03-03"]
    assert end["counts"] == {"unchanged": 3}


def test_same_as_one_by_one(
    serve: Service, computed: TestClient, computed_season_file: Any
) -> None:
    """Chunks of one date say what a chunk of all says."""
    alone = serve(computed_season_file, chunk_dates=1)
    body = {"start": DAYS[0], "end": DAYS[-1], "force": True}
    told = [
        [(one["table"], one["date"], one["output_fingerprint"]) for one in line["results"]]
        for client in (computed, alone)
        for line in lines(client, **body)[:-1]
    ]
    assert told[:4] == told[4:]


def test_deadline(serve: Service, computed_season_file: Any) -> None:
    """It stops before its deadline, and goes on where it stopped."""
    client = serve(computed_season_file, chunk_dates=1, deadline_seconds=0.000_1)
    *dates, end = lines(client, start=DAYS[0], end=DAYS[-1])
    assert dates == []
    assert (end["dates_done"], end["continue_from"]) == (0, DAYS[0])
    assert end["stopped_because"] == DEADLINE


def test_stopping(serve: Service, computed_season_file: Any) -> None:
    client = serve(computed_season_file, chunk_dates=1)
    office = client.app.state.office  # type: ignore[attr-defined]
    run_in_chunks = office.pipeline.run_in_chunks

    def told_to_end(*given: Any, **named: Any) -> Any:
        for report in run_in_chunks(*given, **named):
            office.stopping.set()
            yield report

    office.pipeline.run_in_chunks = told_to_end
    *dates, end = lines(client, start=DAYS[0], end=DAYS[-1])
    assert [one["analysis_date"] for one in dates] == DAYS[:1]
    assert (end["continue_from"], end["stopped_because"]) == (DAYS[1], STOPPING)
    assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "give either dates, or start with end"),
        ({"start": DAYS[0]}, "start and end belong together"),
        ({"start": DAYS[0], "end": DAYS[1], "dates": DAYS}, "give either dates"),
        ({"dates": []}, "at least 1 item"),
        ({"dates": [DAYS[0], "2026-02-30"]}, "did you mean 2026-02-28?"),
        ({"start": DAYS[1], "end": DAYS[0]}, "before it starts"),
        ({"start": "2000-01-01", "end": DAYS[0]}, "more than ten years"),
        ({"start_date": DAYS[0], "end": DAYS[0]}, "did you mean start?"),
    ],
)
def test_refused(computed: TestClient, body: dict[str, object], message: str) -> None:
    answer = computed.post("/process-range", json=body)
    assert answer.status_code == 422
    assert message in answer.json()["message"]


def test_too_busy(serve: Service, computed_season_file: Any) -> None:
    """Said before anything is begun, with when to come back."""
    client = serve(computed_season_file, max_waiting=1)
    with client.app.state.office.places.place():  # type: ignore[attr-defined]
        for path, body in (
            ("/process-range", {"dates": DAYS}),
            ("/process-date", {"analysis_date": DAYS[0]}),
        ):
            answer = client.post(path, json=body)
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["retryable"] is True
    assert client.post("/process-date", json={"analysis_date": DAYS[0]}).status_code == 200
