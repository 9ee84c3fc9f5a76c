"""Pushed messages over HTTP: what each leads to, and what is never done twice or lost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.calendar import Calendar
from pipeline.run import Pipeline
from service.app import create_app
from service.office import Office
from service.push.dependents import dependents
from tests.pipeline.small import by_hand
from tests.service.conftest import Service
from tests.service.push.envelopes import BOXES, ODDS, SUBSCRIPTION, envelope, landed

OUTCOME = "Tipoff-Outcome"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the sample season."""
    monkeypatch.setenv("TIPOFF_NOW", "2026-07-01T09:00:00-04:00")


def office_of(client: TestClient) -> Office:
    return client.app.state.office  # type: ignore[attr-defined,no-any-return]


def pipeline_of(client: TestClient) -> Pipeline:
    return office_of(client).pipeline


def calendar_of(client: TestClient) -> Calendar:
    return pipeline_of(client).assessor.calendar


def nth(client: TestClient, number: int) -> date:
    """The season's so many-th date with games."""
    return calendar_of(client).game_dates[number]


def push(client: TestClient, said: object, path: str = "/pubsub/push") -> tuple[int, str | None]:
    answer = client.post(path, json=said)
    assert answer.status_code != 204 or answer.content == b""
    return answer.status_code, answer.headers.get(OUTCOME)


def runs(client: TestClient) -> list[tuple[Any, ...]]:
    return pipeline_of(client).warehouse.rows(
        "SELECT run_id, status, request FROM `nba_ops.runs` WHERE event = 'finished' ORDER BY 1"
    )


def done(client: TestClient, run_id: str) -> dict[tuple[str, date], str]:
    rows = pipeline_of(client).warehouse.rows(
        "SELECT table_name, partition_date, status FROM `nba_ops.partitions`"
        " WHERE run_id = @run_id",
        run_id=run_id,
    )
    return {(table, day): status for table, day, status in rows}


def letters(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/dead-letters").json()["letters"]
    return found


def body(client: TestClient, letter: dict[str, Any]) -> str:
    whole = client.get(f"/dead-letters/{letter['letter_id']}").json()
    assert letter == whole | {"body": None}
    found: str = whole["body"]
    return found


@contextmanager
def at_work(client: TestClient) -> Iterator[None]:
    """Somebody else's run holds the lane."""
    with pipeline_of(client).warehouse.lane:
        yield


def wait_for(what: Any) -> None:
    deadline = time.monotonic() + 10
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class TestWork:
    def test_box_scores_lead_to_their_date_and_the_next_slate(self, raw: TestClient) -> None:
        first, second = nth(raw, 0), nth(raw, 1)
        assert push(raw, envelope(landed(BOXES, first))) == (204, "done")
        slates = dependents(BOXES, first, pipeline_of(raw).registry, calendar_of(raw), today=second)
        asked = [json.loads(request) for _, _, request in runs(raw)]
        assert [(one["days"], one["tables"]) for one in asked] == [
            ([str(one.day)], list(one.tables)) for one in slates
        ]
        of_first, of_second = (done(raw, run_id) for run_id, *_ in runs(raw))
        assert set(of_first.values()) == {"success"}
        assert set(of_second.values()) == {"success", "skipped_bootstrap"}

    @pytest.mark.parametrize("path", ["/pubsub/push", "/", "/process"])
    def test_every_address_takes_it(self, computed: TestClient, path: str) -> None:
        said = envelope(landed(BOXES, nth(computed, 40)))
        assert push(computed, said, path) == (204, "unchanged")
        assert push(computed, said, "/pubsub/push") == (204, "duplicate")

    def test_a_date_without_games_is_skipped(self, computed: TestClient) -> None:
        summer = calendar_of(computed).game_dates[-1] + timedelta(days=3)
        assert push(computed, envelope(landed(BOXES, summer))) == (204, "skipped")

    def test_the_next_slate_waits_for_its_day(
        self, computed: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        day, following = nth(computed, 50), nth(computed, 51)
        before = len(runs(computed))
        monkeypatch.setenv("TIPOFF_NOW", f"{following - timedelta(days=1)}T23:59:00-05:00")
        push(computed, envelope(landed(BOXES, day)))
        assert len(runs(computed)) == before + 1
        monkeypatch.setenv("TIPOFF_NOW", f"{following}T00:00:00-05:00")
        push(computed, envelope(landed(BOXES, day)))
        assert len(runs(computed)) == before + 3

    def test_what_the_sender_says_is_kept(self, computed: TestClient) -> None:
        said = landed(BOXES, nth(computed, 41), processor_name="Boxes", correlation_id="c9")
        push(computed, envelope(said, message_id="kept", deliveryAttempt=2))
        request = runs(computed)[-1][2]
        for word in (SUBSCRIPTION, '"kept"', '"Boxes"', '"c9"', '"2/2"', BOXES):
            assert word in request

    def test_a_failure_elsewhere_is_recorded_and_nothing_else(self, computed: TestClient) -> None:
        before = len(runs(computed))
        said = landed(BOXES, nth(computed, 42), success=False)
        assert push(computed, envelope(said)) == (204, "skipped")
        ((run_id, status, request),) = runs(computed)[before:]
        assert (status, done(computed, run_id)) == ("skipped", {})
        assert BOXES in request

    def test_what_nothing_reads_is_recorded(self, computed: TestClient) -> None:
        said = landed("ml_feature_store_v2", nth(computed, 42))
        assert push(computed, envelope(said)) == (204, "skipped")

    def test_without_the_analytics_layer(self, serve: Service, raw_season_file: Any) -> None:
        """Nobody has computed it: what is ours is blocked, and a later delivery looks again."""
        client = serve(raw_season_file, owned_layers="precompute")
        said = envelope(landed(BOXES, nth(client, 60)))
        assert push(client, said) == (204, "blocked")
        ((run_id, status, _),) = runs(client)
        assert status == "blocked"
        assert {table.split(".")[0] for table, _ in done(client, run_id)} == {
            "nba_precompute",
            "nba_predictions",
        }
        assert push(client, said) == (204, "blocked")
        assert letters(client) == []


class TestOnce:
    def test_both_spellings_are_one_message(self, computed: TestClient) -> None:
        said = landed(BOXES, nth(computed, 43))
        push(computed, envelope(said, message_id="s1", spelling="messageId"))
        again = envelope(said, message_id="s1", spelling="message_id")
        assert push(computed, again) == (204, "duplicate")

    def test_another_subscription_is_another_message(self, computed: TestClient) -> None:
        said = envelope(landed(BOXES, nth(computed, 43)), message_id="s2")
        push(computed, said)
        other = said | {"subscription": "projects/p/subscriptions/other"}
        assert push(computed, other) == (204, "unchanged")

    def test_in_parallel(self, raw: TestClient) -> None:
        said = envelope(landed(BOXES, nth(raw, 4)), message_id="p1")
        before = len(runs(raw))
        with ThreadPoolExecutor(8) as pool:
            with at_work(raw):
                answers = [pool.submit(push, raw, said) for _ in range(8)]
                wait_for(lambda: pipeline_of(raw).warehouse.lane.waiting == 1)
            words = sorted(one.result() for one in answers)
        assert words == [(204, "done"), *[(204, "duplicate")] * 7]
        assert len(runs(raw)) == before + 2

    def test_after_a_restart(self, computed: TestClient) -> None:
        day = nth(computed, 44)
        worked = envelope(landed(BOXES, day), message_id="r1")
        elsewhere = envelope(landed(BOXES, day, success=False), message_id="r2")
        lost = envelope(landed("no_such\0table", day), message_id="r3")
        odd = envelope(landed(BOXES, day, correlation_id="\0'é\""), message_id="r4")
        for said in (worked, elsewhere, lost, odd):
            assert push(computed, said)[0] == 204
        before = len(runs(computed)), len(letters(computed))
        with TestClient(create_app(office_of(computed))) as anew:
            for said in (worked, elsewhere, lost, odd):
                assert push(anew, said) == (204, "duplicate")
        assert (len(runs(computed)), len(letters(computed))) == before

    def test_half_done_before_a_restart_is_not_done(self, computed: TestClient) -> None:
        """Killed between its two slates: the ledger has only the first."""
        said = envelope(landed(BOXES, nth(computed, 45)), message_id="h1")
        push(computed, said)
        by_hand(
            pipeline_of(computed),
            "DELETE FROM nba_ops.runs WHERE request LIKE '%\"h1\"%' AND request LIKE '%2/2%'",
        )
        with TestClient(create_app(office_of(computed))) as anew:
            assert push(anew, said) == (204, "unchanged")

    def test_what_was_interrupted_comes_again(self, raw: TestClient) -> None:
        said = envelope(landed(BOXES, nth(raw, 6)), message_id="i1")
        with ThreadPoolExecutor(2) as pool:
            with at_work(raw):
                answers = [pool.submit(raw.post, "/pubsub/push", json=said) for _ in range(2)]
                wait_for(lambda: pipeline_of(raw).warehouse.lane.waiting == 1)
                time.sleep(0.1)
                pipeline_of(raw).interrupt()
            for answer in (one.result() for one in answers):
                assert answer.status_code == 503
                assert int(answer.headers["Retry-After"]) > 0
                assert answer.json()["error"] == "warehouse_transient"
        assert push(raw, said) == (204, "done")
        assert letters(raw) == []


class TestLetters:
    def test_a_rejected_date_is_kept_mended_and_replayed(
        self, serve: Service, raw_season_file: Any
    ) -> None:
        client = serve(raw_season_file)
        day = nth(client, 0)
        wrong = (
            f"UPDATE nba_raw.player_boxscores SET points = points + 500 WHERE game_date = '{day}'"
        )
        by_hand(pipeline_of(client), wrong)
        said = envelope(landed(BOXES, day), message_id="bad")
        assert push(client, said) == (204, "dead_letter")
        assert push(client, said) == (204, "duplicate")
        (letter,) = letters(client)
        assert (letter["kind"], letter["message_id"]) == ("rejected", "bad")
        assert (letter["source_table"], letter["analysis_date"]) == (BOXES, str(day))
        assert "player_game_summary" in letter["reason"]
        assert ['"1/2"' in request for _, _, request in runs(client)] == [True]
        replay = f"/dead-letters/{letter['letter_id']}/replay"
        assert client.post(replay).json()["outcome"] == "dead_letter"
        assert len(letters(client)) == 1
        by_hand(pipeline_of(client), wrong.replace("+ 500", "- 500"))
        assert client.post(replay).json()["outcome"] == "done"
        assert letters(client) == []
        (settled,) = client.get("/dead-letters?settled=true").json()["letters"]
        assert settled["replayed_at"] is not None
        assert json.loads(body(client, settled)) == said

    def test_a_failure_for_good(self, serve: Service, raw_season_file: Any) -> None:
        client = serve(raw_season_file)
        day = nth(client, 0)
        warehouse = pipeline_of(client).warehouse
        warehouse._connection.execute("DROP TABLE nba_raw.shots")  # type: ignore[attr-defined]
        assert push(client, envelope(landed(BOXES, day))) == (204, "dead_letter")
        (letter,) = letters(client)
        assert letter["kind"] == "failed"
        assert "shots" in letter["reason"]

    @pytest.mark.parametrize(
        ("said", "reason"),
        [
            (b"", "no JSON"),
            (b"hello \xff\x00 world", "no JSON"),
            (b'{"message": {"messageId": "1", "data": "####"}, "subscription": "s"}', "base64"),
        ],
    )
    def test_what_can_t_be_read_is_kept_whole(
        self, computed: TestClient, said: bytes, reason: str
    ) -> None:
        before = len(letters(computed))
        answer = computed.post("/", content=said)
        assert (answer.status_code, answer.headers[OUTCOME]) == (204, "dead_letter")
        found = letters(computed)
        assert len(found) == before + 1
        assert found[0]["kind"] == "malformed"
        assert reason in found[0]["reason"]
        text = said.decode(errors="backslashreplace").replace("\0", "\\x00")
        assert body(computed, found[0]) == text

    def test_the_largest_that_comes_is_kept_whole(self, computed: TestClient) -> None:
        said = json.dumps(envelope(b"x" * 10_000_000, message_id="large")).encode()
        answer = computed.post("/pubsub/push", content=said)
        assert (answer.status_code, answer.headers[OUTCOME]) == (204, "dead_letter")
        assert "10000000 bytes" in letters(computed)[0]["reason"]
        assert body(computed, letters(computed)[0]).encode() == said
        assert computed.post("/pubsub/push", content=b" " * 14_000_001).status_code == 413
        assert computed.post("/process-date", content=b" " * 1_000_001).status_code == 413

    def test_an_unknown_table(self, computed: TestClient) -> None:
        said = envelope(landed("nba_raw.player_boxscore", nth(computed, 46)))
        assert push(computed, said) == (204, "dead_letter")
        assert letters(computed)[0]["kind"] == "unknown_table"
        assert "did you mean nba_raw.player_boxscores" in letters(computed)[0]["reason"]

    def test_what_can_t_be_kept_is_not_acknowledged(
        self, serve: Service, raw_season_file: Any
    ) -> None:
        client = serve(raw_season_file)
        push(client, envelope(landed("no_such_table")))
        warehouse = pipeline_of(client).warehouse
        warehouse._connection.execute(  # type: ignore[attr-defined]
            "ALTER TABLE nba_ops.dead_letters RENAME TO away"
        )
        said = envelope(landed("no_such_table"), message_id="k1")
        answer = client.post("/pubsub/push", json=said)
        assert answer.status_code == 503
        assert "can't be kept" in answer.json()["message"]
        warehouse._connection.execute(  # type: ignore[attr-defined]
            "ALTER TABLE nba_ops.away RENAME TO dead_letters"
        )
        assert push(client, said) == (204, "dead_letter")

    def test_there_is_no_such_letter(self, computed: TestClient) -> None:
        for answer in (
            computed.get("/dead-letters/2026"),
            computed.get("/dead-letters/%25"),
            computed.post("/dead-letters/none/replay"),
        ):
            assert answer.status_code == 422
            assert "there is no dead letter" in answer.json()["message"]


def test_too_busy(serve: Service, raw_season_file: Any) -> None:
    client = serve(raw_season_file, max_waiting=1)
    said = [envelope(landed(BOXES, nth(client, 0))), envelope(landed(ODDS, nth(client, 0)))]
    with ThreadPoolExecutor(1) as pool:
        with at_work(client):
            first = pool.submit(push, client, said[0])
            wait_for(lambda: pipeline_of(client).warehouse.lane.waiting == 1)
            answer = client.post("/pubsub/push", json=said[1])
            assert answer.status_code == 429
            assert int(answer.headers["Retry-After"]) > 0
        assert first.result() == (204, "done")
    assert push(client, said[1])[0] == 204
