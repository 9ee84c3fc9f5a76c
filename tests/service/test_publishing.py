"""Completion messages: what subscribers get of live dates, and what a broken topic does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.outcome import Status
from service.publishing import publisher
from tests.service.conftest import Service
from tests.service.emulator import Emulator, free_port, running_emulator
from tests.service.push.envelopes import envelope, landed
from tests.service.test_schedule import firing, lines, stopping_after

NOW = "2026-01-16T09:00:00-05:00"
DAY, YESTERDAY, BEFORE = "2026-01-16", "2026-01-15", "2026-01-14"
STORE = "nba_predictions.ml_feature_store_v2"
END = b"nothing more comes"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running_emulator(tmp_path_factory.mktemp("emulator")) as found:
        yield found


@pytest.fixture(autouse=True)
def _winter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIPOFF_NOW", NOW)


class Topic:
    """A topic with a listener."""

    def __init__(self, emulator: Emulator, name: str) -> None:
        self._emulator = emulator
        self.path = emulator.topic(name)
        self._subscription = emulator.subscription(f"{name}-listener", self.path)

    def messages(self) -> list[Any]:
        """What has come since the last look; a last one of ours says that there are no more."""
        self._emulator.publish(self.path, END)
        found: list[Any] = []
        while not any(one.data == END for one in found):
            found += self._emulator.pulled(self._subscription, wanted=1)
        return [one for one in found if one.data != END]

    def told(self) -> list[dict[str, Any]]:
        return [json.loads(one.data) for one in self.messages()]


@pytest.fixture
def topic(
    emulator: Emulator, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Topic:
    for name, value in emulator.environment.items():
        monkeypatch.setenv(name, value)
    return Topic(emulator, request.node.name.replace("_", "-"))


def post(client: TestClient, **body: object) -> dict[str, Any]:
    answer = client.post("/process-date", json={"analysis_date": DAY, **body})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def test_a_prediction_is_told_once(
    serve: Service, computed_season_file: Path, topic: Topic
) -> None:
    """Though it is two runs: what is said, and that it was told."""
    client = serve(computed_season_file, completion_topic=topic.path)
    answer = client.post("/predict", json={"analysis_date": DAY}).json()
    assert sum(answer["live"]["new"].values()) > 0
    (message,) = topic.told()
    assert (message["run_id"], message["status"]) == (answer["run_id"], "success")
    assert message["record_count"] == answer["results"][0]["rows"]
    assert (answer["published"], answer["prepared"]) == (1, [])


def test_each_outcome_of_a_live_date(serve: Service, raw_season_file: Path, topic: Topic) -> None:
    """Of what was asked and of what was done for it, as far as it is live."""
    client = serve(raw_season_file, completion_topic=topic.path)
    answer = post(client, correlation_id="night-1")
    messages = topic.messages()
    live = [
        one for one in (*answer["results"], *answer["prepared"]) if one["date"] in (DAY, YESTERDAY)
    ]
    assert {one["date"] for one in live} == {DAY, YESTERDAY}
    assert len(answer["results"]) + len(answer["prepared"]) > len(live)
    assert (answer["published"], answer["publish_error"]) == (len(live), None)
    expected = {
        f"{answer['run_id']}/{one['table']}/{one['date']}": {
            "completion_id": f"{answer['run_id']}/{one['table']}/{one['date']}",
            "processor_name": one["processor"],
            "phase": (
                "phase_3_analytics"
                if one["table"].startswith("nba_analytics.")
                else "phase_4_precompute"
            ),
            "correlation_id": "night-1",
            "game_date": one["date"],
            "output_table": one["table"],
            "status": one["status"],
            "record_count": one["rows"],
            "duration_seconds": one["duration_ms"] / 1000,
            "run_id": answer["run_id"],
        }
        for one in live
    }
    assert {one.attributes["completion_id"]: json.loads(one.data) for one in messages} == expected
    assert len(messages) == len(live)
    for one in messages:
        fields = json.loads(one.data)
        assert dict(one.attributes) == {
            name: fields[name]
            for name in (
                *("completion_id", "processor_name", "phase"),
                *("game_date", "output_table", "status"),
            )
        }


def test_without_a_correlation_id(serve: Service, computed_season_file: Path, topic: Topic) -> None:
    """The run's own stands in; what was there already is told too, for whoever missed it."""
    client = serve(computed_season_file, completion_topic=topic.path)
    answer = post(client, processors=["ml_feature_store_v2"])
    (told,) = topic.told()
    assert told["correlation_id"] == told["run_id"] == answer["run_id"]
    assert (told["output_table"], told["status"]) == (STORE, Status.UNCHANGED)


def test_silence(serve: Service, computed_season_file: Path, topic: Topic) -> None:
    """Of a backfill, of the past and of a dry run nobody is told."""
    client = serve(computed_season_file, completion_topic=topic.path)
    asked: list[dict[str, object]] = [
        {"backfill_mode": True, "force": True},
        {"analysis_date": BEFORE, "force": True},
        {"dry_run": True},
    ]
    for body in asked:
        assert post(client, **body)["published"] == 0
    days = {"start": BEFORE, "end": DAY, "backfill_mode": True, "force": True}
    assert lines(client.post("/process-range", json=days))[-1]["published"] == 0
    assert topic.told() == []


def test_range(serve: Service, computed_season_file: Path, topic: Topic) -> None:
    client = serve(computed_season_file, completion_topic=topic.path, chunk_dates=1)
    *days, end = lines(client.post("/process-range", json={"start": BEFORE, "end": DAY}))
    assert [one["published"] for one in days] == [0, 5, 5]
    assert (end["published"], end["publish_error"]) == (10, None)
    assert [one["game_date"] for one in topic.told()].count(DAY) == 5


def test_firing_twice(serve: Service, computed_season_file: Path, topic: Topic) -> None:
    """A second firing tells nothing; a second try only what the first hasn't told."""
    client = serve(computed_season_file, completion_topic=topic.path, chunk_dates=1)
    go_on = stopping_after(client, 7)
    first = client.post("/reconcile", json={}, headers=firing("06:00"))
    assert (first.status_code, lines(first)[-1]["continue_from"]) == (429, DAY)
    assert {one["game_date"] for one in topic.told()} == {YESTERDAY}
    go_on()
    assert client.post("/reconcile", json={}, headers=firing("06:00")).status_code == 200
    assert [one["game_date"] for one in topic.told()] == [DAY] * 5
    client.post("/reconcile", json={}, headers=firing("06:00"))
    assert topic.told() == []
    client.post("/reconcile", json={}, headers=firing("07:00"))
    assert len(topic.told()) == 10


def test_pushed(serve: Service, computed_season_file: Path, topic: Topic) -> None:
    """What follows from a table that has landed is told under its message's id, and once."""
    client = serve(computed_season_file, completion_topic=topic.path)
    said = envelope(landed(day=YESTERDAY, correlation_id="from-above"))
    for _ in range(2):
        assert client.post("/pubsub/push", json=said).status_code == 204
    told = topic.told()
    assert {one["correlation_id"] for one in told} == {"from-above"}
    assert {("phase_3_analytics", YESTERDAY), ("phase_4_precompute", DAY)} <= {
        (one["phase"], one["game_date"]) for one in told
    }
    assert len({one["completion_id"] for one in told}) == len(told)


def test_alert_of_drift(serve: Service, computed_season_file: Path, topic: Topic) -> None:
    """Once a firing, to a topic of its own; silence where nothing differs."""
    client = serve(computed_season_file, alert_topic=topic.path)
    assert client.post("/drift", json={}).json()["published"] is False
    office = client.app.state.office  # type: ignore[attr-defined]
    office.pipeline.warehouse._connection.execute(
        f"UPDATE nba_ops.partitions SET logic_version = 'older' WHERE table_name = '{STORE}'"
    )
    office.pipeline.refresh()
    answers = [client.post("/drift", json={}, headers=firing("05:00")).json() for _ in "12"]
    assert [one["published"] for one in answers] == [True, False]
    (message,) = topic.messages()
    told = json.loads(message.data)
    assert [*told["tables"]] == [STORE]
    assert (told["verdict"], told["run_id"]) == ("failed", answers[0]["run_id"])
    assert dict(message.attributes) == {
        "alert_id": f"{told['run_id']}/drift",
        "kind": "drift",
        "verdict": "failed",
    }
    office.settings = office.settings.model_copy(update={"alert_topic": f"{topic.path}-missing"})
    lost = client.post("/drift", json={}, headers=firing("06:00")).json()
    assert (lost["published"], "NotFound" in lost["publish_error"]) == (False, True)
    office.settings = office.settings.model_copy(update={"alert_topic": topic.path})
    assert client.post("/drift", json={}, headers=firing("06:00")).json()["published"] is True


class TestFailure:
    """It is seen, and the data stands."""

    def check(self, client: TestClient, error: str) -> None:
        answer = post(client, force=True)
        assert {one["status"] for one in answer["results"]} == {"success"}
        assert answer["published"] == 0
        assert error in answer["publish_error"]
        assert client.app.state.office.publisher.failures == 5  # type: ignore[attr-defined]
        assert "tipoff_publish_failures_total 5.0" in client.get("/metrics").text
        range_ = {"dates": [YESTERDAY], "force": True}
        end = lines(client.post("/process-range", json=range_))[-1]
        assert (end["published"], end["status"]) == (0, "completed")
        assert error in end["publish_error"]

    def test_no_such_topic(
        self,
        serve: Service,
        computed_season_file: Path,
        topic: Topic,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        missing = f"{topic.path}-missing"
        self.check(serve(computed_season_file, completion_topic=missing), "NotFound")
        assert f"5 of 5 completion messages weren't sent to {missing}" in caplog.text

    def test_no_broker(
        self, serve: Service, computed_season_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It isn't waited for longer than is said."""
        monkeypatch.setattr(publisher, "SECONDS", 0.5)
        monkeypatch.setenv("PUBSUB_EMULATOR_HOST", f"127.0.0.1:{free_port()}")
        client = serve(computed_season_file, completion_topic="projects/p/topics/t")
        self.check(client, "0.5")

    def test_no_credentials(
        self, serve: Service, computed_season_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PUBSUB_EMULATOR_HOST", raising=False)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere.json")
        client = serve(computed_season_file, completion_topic="projects/p/topics/t")
        self.check(client, "DefaultCredentialsError")


def test_not_loaded_before_it_is_used(tmp_path: Path) -> None:
    """Nor with one, before there is something to send: a start is quick."""
    code = (
        "import sys\n"
        "from service.app import create_app\n"
        "from service.office import opened\n"
        "from service.settings import Settings\n"
        f"settings = Settings(warehouse='duckdb://{tmp_path}/new.duckdb',"
        " completion_topic='projects/p/topics/t')\n"
        "with opened(settings) as office:\n"
        "    create_app(office)\n"
        "print([one for one in sys.modules if one.startswith(('google.cloud', 'grpc'))])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
