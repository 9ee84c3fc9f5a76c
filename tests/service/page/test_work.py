"""The page of work: what runs, what failed, what waits; and the JSON that says the same."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.campaigns import correlation_id
from processors.errors import WarehouseFailed
from tests.service.conftest import Service
from tests.service.page.reading_html import page_of
from tests.service.push.envelopes import envelope, landed

NOW = "2026-01-16T09:00:00-05:00"
DAY = "2025-11-18"
HOSTILE = "<script>alert('x')</script>"
FORM = ["player_form", "team_form"]


@pytest.fixture(autouse=True)
def _winter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIPOFF_NOW", NOW)


@pytest.fixture
def fresh(serve: Service, raw_season_file: Path) -> TestClient:
    """Nothing is computed yet, in a file of the test's own."""
    return serve(raw_season_file)


def office(client: TestClient) -> Any:
    return client.app.state.office  # type: ignore[attr-defined]


@contextmanager
def held_at(client: TestClient, step: str) -> Iterator[Event]:
    """Who computes is held where it reaches that step for the first time; set to be there."""
    pipeline, there, go_on = office(client).pipeline, Event(), Event()
    before = pipeline.on_step

    def hold(reached: str) -> None:
        if reached == step and not there.is_set():
            there.set()
            go_on.wait(60)

    pipeline.on_step = hold
    try:
        yield there
    finally:
        go_on.set()
        pipeline.on_step = before


def test_nothing_to_see(fresh: TestClient) -> None:
    page = page_of(fresh.get("/work"))
    for said in (
        "No run at work, no backfill running; 0 of 32 places taken.",
        "Nothing that was tried in the last day is undone.",
        "No dead letter waits.",
        "Nothing was ever asked for here.",
    ):
        assert said in page.text
    (part,) = page.all("section", id="running")
    assert (part["hx-get"], part["hx-trigger"]) == ("/work/running", "every 2s")
    assert page.all("a", id="running-reload", href="/work")
    assert page_of(fresh.get("/work/running")).all("section", id="running") == [part]


def test_a_run_at_work_and_one_that_waits(fresh: TestClient) -> None:
    first = {"start": DAY, "end": "2025-11-20", "processors": FORM, "triggered_by": HOSTILE}
    second = {"analysis_date": DAY, "triggered_by": "the second"}
    with ThreadPoolExecutor() as pool:
        with held_at(fresh, "verified") as there:
            at_work = pool.submit(fresh.post, "/process-range", json=first)
            assert there.wait(60)
            waiting = pool.submit(fresh.post, "/process-date", json=second)
            while len(fresh.get("/running").json()["runs"]) < 2:
                assert not waiting.done()
            found = fresh.get("/running").json()
            page = page_of(fresh.get("/work"))
        assert at_work.result().status_code == waiting.result().status_code == 200
    assert (found["places"], found["places_taken"]) == (32, 2)
    one, other = found["runs"]
    assert one["at_hand"]
    assert one["table"] == "nba_analytics.player_game_summary"
    assert (one["dates"], one["dates_done"], one["outcomes_in_all"]) == (3, 0, 6)
    assert one["request"]["days"] == [f"{DAY}/2025-11-20"]
    assert (other["table"], other["last_date"]) == (None, None)
    assert "2 runs at work or waiting, no backfill running; 2 of 32 places" in page.text
    assert f"{DAY} to 2025-11-20, 3 dates, player_form, team_form" not in page.text
    assert f"{DAY} to 2025-11-20, 3 dates, team_form, player_form" in page.text
    assert f"by {HOSTILE}" in page.text
    assert len(page.all("script")) == 2
    assert "1 run waiting for its turn" in page.text
    assert page.all("a", href=f"/work?run={one['run_id']}")
    after = fresh.get("/running").json()
    assert (after["runs"], after["places_taken"]) == ([], 0)


def test_outcomes_are_counted_as_they_are_told(fresh: TestClient) -> None:
    """Within a chunk: the ledger knows what is published, before the run knows that it is done."""
    body = {"start": DAY, "end": "2025-11-20", "processors": ["player_game_summary"]}
    with ThreadPoolExecutor() as pool:
        with held_at(fresh, "verified") as there:
            at_work = pool.submit(fresh.post, "/process-range", json=body)
            assert there.wait(60)
            (run,) = fresh.get("/running").json()["runs"]
        at_work.result()
    assert run["outcomes"] == {"success": 3}
    assert (run["dates_done"], run["last_date"]) == (3, "2025-11-20")


def test_a_backfill(fresh: TestClient) -> None:
    for number, day in enumerate(("2025-11-18", "2025-11-19", "2025-08-01")):
        body = {
            "analysis_date": day,
            "processors": ["player_game_summary"],
            "backfill_mode": True,
            "correlation_id": correlation_id("ab12cd34", day, number),
            "triggered_by": "tipoff backfill",
        }
        assert fresh.post("/process-date", json=body).status_code == 200
    (found,) = fresh.get("/running").json()["campaigns"]
    assert (found["campaign"], found["requests"], found["requests_open"]) == ("ab12cd34", 3, 0)
    assert (found["dates_asked"], found["dates_done"]) == (3, 3)
    assert found["statuses"] == {"success": 2, "skipped_no_games": 1}
    assert found["last_date"] == "2025-08-01"
    page = page_of(fresh.get("/work"))
    assert "Backfill ab12cd34" in page.text
    assert "3 of 3 dates asked so far are done" in page.text
    assert "1 backfill running" in page.text
    assert "between two requests, or just ended" in page.text


def test_failures_by_reason(fresh: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = office(fresh).pipeline.warehouse

    def broken(*_: object) -> None:
        raise WarehouseFailed(f"the disk is full: {HOSTILE}")

    monkeypatch.setattr(warehouse, "stage", broken)
    body = {"start": DAY, "end": "2025-11-20", "processors": ["player_game_summary"]}
    assert fresh.post("/process-range", json=body).status_code == 200
    (found,) = fresh.get("/failures").json()["failures"]
    assert (found["state"], found["dates"]) == ("failed", 3)
    assert (found["first"], found["last"]) == (DAY, "2025-11-20")
    page = page_of(fresh.get("/work"))
    assert f"WarehouseFailed: the disk is full: {HOSTILE}" in page.text
    assert len(page.all("script")) == 2
    again = (
        f"/work/confirm?action=run&start={DAY}&end=2025-11-20"
        "&tables=nba_analytics.player_game_summary"
    )
    assert page.all("a", href=again)
    assert page.all("a", href=f"/dates/{found['example_date']}")
    assert fresh.get(again).status_code == 200
    later = fresh.get("/failures", params={"since": "2099-01-01T00:00:00Z"}).json()
    assert later["failures"] == []
    monkeypatch.undo()
    monkeypatch.setenv("TIPOFF_NOW", NOW)
    fresh.post("/process-range", json=body)
    assert fresh.get("/failures").json()["failures"] == []


def test_one_run(fresh: TestClient) -> None:
    body = {"analysis_date": DAY, "processors": ["player_form"], "triggered_by": HOSTILE}
    run_id = fresh.post("/process-date", json=body).json()["run_id"]
    assert page_of(fresh.get("/work")).all("a", href=f"/work?run={run_id}")
    page = page_of(fresh.get("/work", params={"run": run_id}))
    assert run_id in page.text
    assert HOSTILE in page.text
    assert "player_form" in page.text
    assert "rows of" in page.text
    unknown = fresh.get("/work", params={"run": HOSTILE})
    assert unknown.status_code == 422
    assert HOSTILE in page_of(unknown).text
    assert HOSTILE not in unknown.text


def test_letters(fresh: TestClient) -> None:
    for inner in (landed(HOSTILE), b"\xff not json"):
        assert fresh.post("/pubsub/push", json=envelope(inner)).status_code == 204
    page = page_of(fresh.get("/work"))
    assert f"no contract knows the table {HOSTILE!r}" in page.text
    unreadable, strange = fresh.get("/dead-letters").json()["letters"]
    one = page_of(fresh.get("/work", params={"letter": strange["letter_id"]}))
    assert f'"source_table": "{HOSTILE}"' in one.text
    assert len(one.all("pre")) == 2
    other = page_of(fresh.get("/work", params={"letter": unreadable["letter_id"]}))
    assert "NULL" in other.text
    assert len(other.all("pre")) == 1
    assert fresh.get("/work?letter=none").status_code == 422


@pytest.mark.parametrize("query", ["since=year", "run=" + "x" * 101, "letter=" + "x" * 101])
def test_refused(fresh: TestClient, query: str) -> None:
    answer = fresh.get(f"/work?{query}")
    assert answer.status_code == 422
    assert "That can't be shown" in page_of(answer).text
