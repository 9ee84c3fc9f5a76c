"""Actions: a confirmation says what will be done, and then exactly that is done."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from processors.errors import WarehouseFailed, WarehouseTransient
from tests.service.conftest import Service
from tests.service.page.reading_html import Page, page_of
from tests.service.push.envelopes import BOXES, envelope, landed

NOW = "2026-01-16T09:00:00-05:00"
DAY = "2025-11-18"
HOSTILE = "<script>alert('x')</script>"
ACTIONS = ("run", "reconcile", "replay")


@pytest.fixture(autouse=True)
def _winter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIPOFF_NOW", NOW)


@pytest.fixture
def fresh(serve: Service, raw_season_file: Path) -> TestClient:
    """Nothing is computed yet, in a file of the test's own."""
    return serve(raw_season_file)


@pytest.fixture
def whole(serve: Service, computed_season_file: Path) -> TestClient:
    """Everything is there, in a file of the test's own."""
    return serve(computed_season_file)


def confirmed(client: TestClient, action: str, **asked: str) -> Page:
    answer = client.get("/work/confirm", params={"action": action, **asked})
    assert answer.status_code == 200, answer.text
    return page_of(answer)


def done(client: TestClient, page: Page) -> Any:
    """What the confirmation's button answers."""
    (form,) = page.all("form", method="post")
    return client.post(str(form["action"]), data=page.form)


def last_run(client: TestClient) -> dict[str, Any]:
    found: list[dict[str, Any]] = client.get("/runs?limit=1").json()["runs"]
    return found[0] if found else {}


class TestRun:
    def test_what_is_said_is_done(self, fresh: TestClient) -> None:
        page = confirmed(fresh, "run", start=DAY, tables="team_form,player_lines")
        plan = fresh.get("/plan", params={"start": DAY, "tables": "team_form,player_lines"}).json()
        below = [one for one in plan["items"] if not one["asked"]]
        assert f"Computes 2 tables of {DAY}: player_lines (missing), team_form (missing)." in (
            page.text
        )
        assert f"Computes first what they stand on, {len(below)} partitions" in page.text
        assert below
        assert "Nothing is published downstream: no completion topic is set." in page.text
        assert last_run(fresh) == {}
        answer = done(fresh, page)
        assert answer.status_code == 200
        shown = page_of(answer)
        assert "✓ completed" in shown.text
        assert "✓ stands × 2" in shown.text
        assert "Done for them" in shown.text
        run = last_run(fresh)
        assert shown.all("a", href=f"/work?run={run['run_id']}")
        assert run["request"]["about"] == {"triggered_by": "operator page"}
        assert run["request"]["days"] == [DAY]
        assert sorted(run["request"]["tables"]) == [
            "nba_analytics.player_lines",
            "nba_analytics.team_form",
        ]

    def test_twice(self, fresh: TestClient) -> None:
        """A second click finds it done."""
        page = confirmed(fresh, "run", start=DAY, tables="player_lines")
        assert "stands × 1" in page_of(done(fresh, page)).text
        again = page_of(done(fresh, page))
        assert "stands, unchanged × 1" in again.text
        assert "already there" in again.text

    def test_nothing_to_do_and_by_force(self, whole: TestClient) -> None:
        page = confirmed(whole, "run", start=DAY, end=DAY)
        assert "Nothing has to be computed." in page.text
        assert f"5 tables of {DAY} are fresh and stay." in page.text
        forced = f"/work/confirm?action=run&start={DAY}&end={DAY}&tables=&force=on"
        assert page.all("a", href=forced)
        page = page_of(whole.get(forced))
        assert f"Computes and publishes again 5 tables of {DAY}, by force" in page.text
        assert "may be stale:" not in page.text.partition("In single parts")[0]
        assert page.form["force"] == "on"
        answer = whole.post("/work/run", data=page.form)
        assert "stands × 5" in page_of(answer).text
        assert last_run(whole)["request"]["force"]

    @pytest.mark.parametrize(
        ("day", "said"),
        [
            ("2025-08-01", "5 tables of 2025-08-01 are skipped by design: 5 without games."),
            ("2025-10-22", "skipped by design"),
        ],
    )
    def test_by_design(self, whole: TestClient, day: str, said: str) -> None:
        assert said in confirmed(whole, "run", start=day).text

    def test_blocked(self, serve: Service, raw_season_file: Path) -> None:
        client = serve(raw_season_file, owned_layers="precompute")
        page = confirmed(client, "run", start=DAY, tables="player_daily_cache")
        assert f"1 table of {DAY} stays blocked. player_daily_cache of {DAY}: " in page.text
        assert "is not computed here: what is missing blocks" in page.text
        answer = done(client, page)
        assert answer.status_code == 424
        assert "▲ blocked" in page_of(answer).text
        assert "answered with 424" in page_of(answer).text

    @pytest.mark.parametrize(
        ("day", "said"),
        [
            (DAY, "Nothing is published downstream: the date is historical."),
            ("2026-01-15", "messages of 2026-01-15 go to projects/p/topics/done, one a table"),
        ],
    )
    def test_downstream(
        self, serve: Service, computed_season_file: Path, day: str, said: str
    ) -> None:
        client = serve(computed_season_file, completion_topic="projects/p/topics/done")
        assert said in confirmed(client, "run", start=day).text

    @pytest.mark.parametrize(("error", "code"), [(WarehouseFailed, 500), (WarehouseTransient, 503)])
    def test_failed(
        self,
        fresh: TestClient,
        monkeypatch: pytest.MonkeyPatch,
        error: type[WarehouseFailed],
        code: int,
    ) -> None:
        """Never shown as anything else, and what the engine says is text."""

        def broken(*_: object) -> None:
            raise error(f"out of memory: {HOSTILE}")

        warehouse = fresh.app.state.office.pipeline.warehouse  # type: ignore[attr-defined]
        monkeypatch.setattr(warehouse, "stage", broken)
        answer = done(fresh, confirmed(fresh, "run", start=DAY, tables="player_lines"))
        assert answer.status_code == code
        page = page_of(answer)
        assert f"! failed answered with {code}" in page.text
        assert f"{error.__name__}: out of memory: {HOSTILE}" in page.text
        assert ("A retry helps." in page.text) == (code == 503)
        assert not page.all("script", src="")
        assert HOSTILE not in answer.text

    def test_range(self, fresh: TestClient) -> None:
        page = confirmed(fresh, "run", start=DAY, end="2025-11-20", tables="player_lines")
        assert "Computes 3 dates of player_lines" in page.text
        answer = done(fresh, page)
        assert answer.status_code == 200
        shown = page_of(answer)
        assert "stands × 3" in shown.text
        assert [one["href"] for one in shown.all("a") if "/dates/" in str(one["href"])] == [
            f"/dates/2025-11-{day}" for day in (18, 19, 20)
        ]

    def test_range_that_is_stopped(self, serve: Service, raw_season_file: Path) -> None:
        """It says where it stopped, and the button goes on from there."""
        client = serve(raw_season_file, chunk_dates=1, deadline_seconds=0.3)
        asked = {"start": DAY, "end": "2025-12-30", "tables": "player_form"}
        answer = done(client, confirmed(client, "run", **asked))
        assert answer.status_code == 429
        shown = page_of(answer)
        left = last_run(client)["detail"]["continue_from"]
        assert f"the deadline is near: {(date.fromisoformat(left) - date(2025, 11, 18)).days} " in (
            shown.text
        )
        on = f"/work/confirm?action=run&start={left}&end=2025-12-30&tables=player_form"
        assert shown.all("a", href=on)
        assert page_of(client.get(on)).form["start"] == left


class TestReconcile:
    def test_last_days_and_today(self, fresh: TestClient) -> None:
        page = confirmed(fresh, "reconcile", days="2", tables="player_lines")
        assert "Reconcile the last 2 days and today?" in page.text
        assert "2026-01-14 to 2026-01-16, 3 dates" in page.text
        answer = done(fresh, page)
        assert answer.status_code == 200
        assert "Reconciliation of the last 2 days and today" in page_of(answer).text
        run = last_run(fresh)
        assert run["request"]["days"] == ["2026-01-14/2026-01-16"]
        assert run["request"]["about"] == {"triggered_by": "operator page"}
        again = confirmed(fresh, "reconcile", days="2", tables="player_lines")
        assert "Nothing has to be computed." in again.text


class TestReplay:
    def letter(self, client: TestClient, inner: object) -> str:
        assert client.post("/pubsub/push", json=envelope(inner)).status_code == 204
        letter: str = client.get("/dead-letters").json()["letters"][0]["letter_id"]
        return letter

    def test_what_helps_nobody(self, fresh: TestClient) -> None:
        letter = self.letter(fresh, landed(HOSTILE, DAY))
        page = confirmed(fresh, "replay", letter=letter)
        assert "A replay computes nothing now." in page.text
        answer = done(fresh, page)
        assert answer.status_code == 200
        assert "The letter waits on" in page_of(answer).text
        assert HOSTILE not in answer.text
        assert fresh.get("/dead-letters").json()["letters"][0]["letter_id"] == letter

    def test_what_is_mended(self, fresh: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
        warehouse = fresh.app.state.office.pipeline.warehouse  # type: ignore[attr-defined]

        def broken(*_: object) -> None:
            raise WarehouseFailed("the disk is full")

        monkeypatch.setattr(warehouse, "stage", broken)
        letter = self.letter(fresh, landed(BOXES, "2025-10-21"))
        monkeypatch.undo()
        monkeypatch.setenv("TIPOFF_NOW", NOW)
        page = confirmed(fresh, "replay", letter=letter)
        assert f"{BOXES} has landed for 2025-10-21" in page.text
        assert "Computes" in page.text
        assert page.form == {"letter": letter}
        assert "The letter is replayed" in page_of(done(fresh, page)).text
        assert fresh.get("/dead-letters").json()["letters"] == []
        assert "It was replayed" in confirmed(fresh, "replay", letter=letter).text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"action": "run"}, "start is missing"),
        ({"action": "replay"}, "letter is missing"),
        ({"action": "run", "start": "2025-02-30"}, "2025-02-30"),
        ({"action": "run", "start": DAY, "end": "2025-11-01"}, "before it starts"),
        ({"action": "run", "start": "1990-01-01", "end": "2025-11-01"}, "more than ten years"),
        ({"action": "run", "start": DAY, "tables": HOSTILE}, "no computed table is called"),
        ({"action": "run", "start": DAY, "tables": "x" * 300}, "at most 200 characters"),
        ({"action": "reconcile", "days": "401"}, "less than or equal to 400"),
        ({"action": "replay", "letter": HOSTILE}, "there is no dead letter"),
        ({"action": "drop"}, "'run', 'reconcile' or 'replay'"),
        ({"action": "run", "start": DAY, "prefix": "x"}, "there is no field prefix"),
    ],
)
def test_what_is_wrong_is_said(computed: TestClient, asked: dict[str, str], said: str) -> None:
    """In the confirmation, and where somebody posts without one."""
    answers = [computed.get("/work/confirm", params=asked)]
    if asked["action"] in ACTIONS:
        form = {name: value for name, value in asked.items() if name != "action"}
        answers.append(computed.post(f"/work/{asked['action']}", data={"tables": "", **form}))
    for answer in answers:
        assert answer.status_code == 422
        assert said in page_of(answer).text
        assert HOSTILE not in answer.text


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (f'{{"start": "{DAY}"}}', "application/json", "a form is posted as"),
        (f"start={DAY}&start=2025-11-19", None, "start more than once"),
        (f"start={DAY}&action=replay", None, "there is no field action"),
        ("a=1&" * 300, None, "the form can't be read"),
        (b"\xff\xfe", None, "the form can't be read"),
    ],
)
def test_what_is_no_form_of_ours(
    computed: TestClient, body: str | bytes, kind: str | None, said: str
) -> None:
    headers = {"Content-Type": kind or "application/x-www-form-urlencoded"}
    answer = computed.post("/work/run", content=body, headers=headers)
    assert answer.status_code == 422
    assert said in page_of(answer).text


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Referer": "https://evil.example/page"},
    ],
)
def test_another_sites_page_can_do_nothing(
    serve: Service, computed_season_file: Path, action: str, headers: dict[str, str]
) -> None:
    client = serve(computed_season_file, allowed_hosts=("testserver",))
    before = last_run(client)
    form = {"start": DAY, "letter": "x"} if action == "replay" else {"start": DAY}
    answer = client.post(f"/work/{action}", data=form, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error"] == "not_allowed"
    assert last_run(client) == before


def test_our_own_page_can(serve: Service, computed_season_file: Path) -> None:
    client = serve(computed_season_file, allowed_hosts=("testserver",))
    headers = {"Origin": "https://testserver", "Sec-Fetch-Site": "same-origin"}
    form = {"start": DAY, "tables": "player_lines"}
    assert client.post("/work/run", data=form, headers=headers).status_code == 200


def test_no_place(computed: TestClient) -> None:
    """Too much at work is said on a page, with its code."""
    places = computed.app.state.office.places  # type: ignore[attr-defined]
    most, places.most = places.most, 0
    try:
        answer = computed.post("/work/run", data={"start": DAY})
    finally:
        places.most = most
    assert answer.status_code == 429
    assert "trying again may help" in page_of(answer).text
