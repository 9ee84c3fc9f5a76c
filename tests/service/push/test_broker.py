"""The real broker's emulator pushes to the running service: refused at first, in a burst, some of
it doubled, with the service told to end and started again in the middle."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from threading import Thread

import httpx
import pytest
import uvicorn

from pipeline.calendar import BOOTSTRAP_DAYS
from pipeline.run import Pipeline
from processors.contract import Layer
from processors.registry import load
from service.app import create_app
from service.office import Office, opened
from service.settings import Settings
from tests.service.emulator import Emulator, free_port, running_emulator
from tests.service.push.envelopes import BOXES, landed
from tests.service.push.relay import relaying
from warehouse.duckdb.engine import DuckDBWarehouse

MESSAGES, DATES = 500, 60
PATIENCE_SECONDS = 120
TABLES = (
    BOXES,
    "player_boxscores",
    "nba_raw.shots",
    "odds_player_points",
    "nba_raw.odds_game_lines",
    "project.nba_raw.injury_report",
    "schedule",
    "players",
)
PRECOMPUTE = tuple(one.table for one in load() if one.contract.layer is Layer.PRECOMPUTE)
NOW = "2026-07-01T09:00:00-04:00"
SUCCESSES = """
SELECT table_name, partition_date, COUNTIF(status = 'success') AS successes
FROM `nba_ops.partitions`
WHERE status NOT IN ('skipped_bootstrap', 'failed')
GROUP BY table_name, partition_date
"""
WORKED = """
SELECT JSON_VALUE(request, '$.about.message_id') AS message_id, COUNT(*) AS times
FROM `nba_ops.runs`
WHERE event = 'finished'
  AND status = 'completed'
  AND JSON_VALUE(request, '$.about.part') IN ('1/1', '2/2')
GROUP BY message_id
"""


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    """One of each test's own: no pushes of an earlier one are under way in it."""
    with running_emulator(tmp_path) as found:
        yield found


@contextmanager
def serving(file: Path, port: int) -> Iterator[None]:
    """`tipoff serve` over the file; ended as Cloud Run ends it."""
    settings = {"TIPOFF_WAREHOUSE": f"duckdb://{file}", "TIPOFF_NOW": NOW}
    others = {name: value for name, value in os.environ.items() if not name.startswith("TIPOFF_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "clients.command", "serve", "--port", str(port)],
        env=others | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: process.poll() is not None or is_ready(port))
        assert process.poll() is None, "the service ended"
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)


@contextmanager
def serving_here(file: Path, port: int, **settings: object) -> Iterator[Office]:
    """The service in a thread, where its lane can be held."""
    chosen = Settings(warehouse=f"duckdb://{file}", **settings)  # type: ignore[arg-type]
    with opened(chosen) as office:
        config = uvicorn.Config(create_app(office), port=port, log_config=None, lifespan="off")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run)
        thread.start()
        try:
            wait_until(lambda: is_ready(port))
            yield office
        finally:
            server.should_exit = True
            thread.join()


def is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def wait_until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def test_what_was_refused_comes_again(
    emulator: Emulator, raw_season_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One message meets an interrupted run, another a service with no place left."""
    monkeypatch.setenv("TIPOFF_NOW", NOW)
    file, port = tmp_path / "season.duckdb", free_port()
    shutil.copy(raw_season_file, file)
    topic = emulator.topic("refused")
    with (
        serving_here(file, port, max_waiting=1) as office,
        relaying(f"http://127.0.0.1:{port}/process", is_doubled=lambda _: False) as relay,
    ):
        emulator.subscription("refused-push", topic, push_to=relay.url)
        first = office.pipeline.assessor.calendar.game_dates[0]
        with office.pipeline.warehouse.lane:
            boxes = emulator.publish(topic, json.dumps(landed(BOXES, first)).encode())
            wait_until(lambda: office.pipeline.warehouse.lane.waiting == 1)
            odds = emulator.publish(topic, json.dumps(landed("odds_player_points", first)).encode())
            wait_until(lambda: relay.codes(odds) != [])
            office.pipeline.interrupt()
        wait_until(lambda: relay.acknowledged == {boxes, odds})
        for message_id, refusal in ((boxes, 503), (odds, 429)):
            first_code, *others = relay.codes(message_id)
            assert first_code == refusal
            assert others.count(204) == 1


def test_a_burst_is_done_once_and_nothing_is_lost(
    emulator: Emulator, computed_season_file: Path, tmp_path: Path
) -> None:
    file, port = tmp_path / "season.duckdb", free_port()
    shutil.copy(computed_season_file, file)
    quiet, expected, days = emptied(file)
    asked = [(table, day) for table in TABLES for day in days]
    asked += random.Random(4).sample(asked, MESSAGES - len(asked))
    random.Random(5).shuffle(asked)

    target = f"http://127.0.0.1:{port}/pubsub/push"
    with relaying(target, is_doubled=lambda message_id: int(message_id) % 5 == 0) as relay:
        topic = emulator.topic("landed")
        emulator.subscription("landed-push", topic, push_to=relay.url)
        sent = [
            emulator.publisher.publish(topic, json.dumps(landed(table, day)).encode())
            for table, day in asked
        ]
        ids = {one.result(timeout=30) for one in sent}
        wait_until(lambda: bool(relay.answers))
        assert relay.acknowledged == set(), "nobody listens yet"
        with serving(file, port):
            wait_until(lambda: len(relay.acknowledged) >= MESSAGES // 5)
        assert relay.acknowledged < ids, "it was told to end in the middle"
        with serving(file, port):
            wait_until(lambda: relay.acknowledged == ids)

    words = Counter(one.outcome for one in relay.answers if one.code == 204)
    assert set(words) == {"done", "unchanged", "duplicate"}
    assert words["duplicate"] >= sum(int(one) % 5 == 0 for one in ids)
    with closing(DuckDBWarehouse(file)) as warehouse:
        successes = {(table, day): times for table, day, times in warehouse.rows(SUCCESSES)}
        assert {key: times for key, times in successes.items() if key[0] in PRECOMPUTE} == {
            (table, day): 1 for table in PRECOMPUTE for day in expected
        }
        assert max(successes.values()) == 1, "what stood already was not computed again"
        assert dict(warehouse.rows(WORKED)) == dict.fromkeys(ids, 1)
        assert warehouse.rows("SELECT COUNT(*) FROM `nba_ops.dead_letters`") == [(0,)]
        for table in PRECOMPUTE:
            assert rows_of(warehouse, table) == [
                (day, content) for day, content in quiet[table] if day in expected
            ]


Rows = list[tuple[object, ...]]


def emptied(file: Path) -> tuple[dict[str, Rows], tuple[date, ...], tuple[date, ...]]:
    """Deletes the precompute tables with all that the ledger knows of them. Their rows before; the
    dates that are to come back; the dates that messages are to be about."""
    with closing(DuckDBWarehouse(file)) as warehouse:
        calendar = Pipeline(warehouse, load()).assessor.calendar
        kept = {table: rows_of(warehouse, table) for table in PRECOMPUTE}
        for table in PRECOMPUTE:
            warehouse._connection.execute(f"DELETE FROM {table}")
        warehouse._connection.execute(
            "DELETE FROM nba_ops.partitions WHERE NOT starts_with(table_name, 'nba_analytics')"
        )
        warehouse._connection.execute("DELETE FROM nba_ops.runs")
    days = calendar.game_dates[: DATES + 1]  # the last one's next slate, too
    season = calendar.seasons[0]
    return kept, tuple(day for day in days if season.day_of(day) >= BOOTSTRAP_DAYS), days[:DATES]


def rows_of(warehouse: DuckDBWarehouse, table: str) -> Rows:
    day = load().contracts[table].date_column
    return warehouse.rows(f"SELECT {day}, data_hash FROM `{table}` ORDER BY 1, 2")
