"""A bad day from end to end: whatever stands between, and the service killed twice, every date is
done, none twice, none is lost, and never more are in flight than told."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path

import duckdb
import pytest

from clients.backfill.asked import TRIGGERED_BY
from clients.backfill.journal import Journal
from clients.backfill.retrying import Backoff
from clients.backfill.running import Backfill, Prepared, Wanted
from clients.backfill.summary import Summary
from clients.backfill.tables import asked_tables
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.contract import Layer
from processors.registry import load
from tests.clients.backfill.conftest import TwoSeasons
from tests.clients.backfill.proxy import USES, Fault, Proxy, Tokens
from tests.service.process import Served
from tests.service.test_under_load import assert_equal
from tests.sharing import settling
from warehouse.duckdb.engine import DuckDBWarehouse

IN_FLIGHT = 3
PATIENCE = 300
FAULTS = [fault for fault in Fault if fault not in (Fault.NONE, Fault.HUNG, Fault.FORBIDDEN)]
STRETCH = 15
"""So many requests have each of the faults once; half of them have none."""
ASKED = 60
"""The last of the dates: old season, bootstrap days and new season. Four times each fault."""
UNPREPARED = 25
"""Of the last of the dates no table is computed; of the others the five asked ones aren't."""
ONE_THREAD = {"TIPOFF_THREADS": "1"}
KILLED_AT = (14, 38)
"""Processed dates, of which the first has its analytics tables and the second hasn't."""


@dataclass(frozen=True)
class Seasons:
    """Two files of the same league."""

    begun: Path
    quiet: Path
    """Computed in one go."""


@pytest.fixture(scope="module")
def seasons(two_seasons: TwoSeasons, tmp_path_factory: pytest.TempPathFactory) -> Seasons:
    folder, days = tmp_path_factory.mktemp("computed"), two_seasons.days
    made = Seasons(folder / "begun.duckdb", folder / "quiet.duckdb")
    analytics = [one.table for one in load() if one.contract.layer is Layer.ANALYTICS]
    shutil.copy(two_seasons.file, made.begun)
    compute(made.begun, days[:-UNPREPARED], analytics)
    shutil.copy(made.begun, made.quiet)
    compute(made.quiet, days[-ASKED:])
    return made


def compute(file: Path, days: Sequence[date], tables: Sequence[str] = ()) -> None:
    with settling(DuckDBWarehouse(file)) as warehouse:
        pipeline = Pipeline(warehouse, load())
        pipeline.run(make_request(pipeline.registry, tables=tables, days=days))


def script() -> Iterator[Fault]:
    """Without an end, and always the same: each of them again and again; one that holds a place
    until the time-out only now and then."""
    chosen = random.Random(5)
    for number in count():
        stretch = [*FAULTS, *[Fault.NONE] * (STRETCH - len(FAULTS))]
        chosen.shuffle(stretch)
        yield from [Fault.HUNG, *stretch] if number % 3 == 0 else stretch


def killed_at(served: Served, proxy: Proxy, days: Sequence[date]) -> None:
    """When such a date has been asked for and one is being computed while another waits: killed,
    and started again, as a platform does it."""
    for day in days:
        deadline = time.monotonic() + PATIENCE
        while not (proxy.at_work > 1 and str(proxy.bodies[-1]["analysis_date"]) >= str(day)):
            if time.monotonic() > deadline:
                return
            time.sleep(0.01)
        served.kill()
        time.sleep(0.5)
        served.start()
        proxy.upstream = served.url


def run(campaign: Backfill, journal: Path) -> tuple[Prepared, Summary]:
    with asyncio.Runner() as runner, Journal(journal) as notes:
        prepared = runner.run(campaign.prepare())
        return prepared, runner.run(campaign.work(prepared.days, journal=notes))


def test_a_bad_day(seasons: Seasons, two_seasons: TwoSeasons, tmp_path: Path) -> None:
    file, journal = tmp_path / "league.duckdb", tmp_path / "journal.jsonl"
    shutil.copy(seasons.begun, file)
    tables = asked_tables(load(), None, None)
    asked = two_seasons.days[-ASKED:]
    wanted = Wanted(days=asked, tables=tables, rate=50, in_flight=IN_FLIGHT, seconds=5)
    tokens = Tokens()
    days = [day for day in two_seasons.processed if day in asked]
    with Served(file, ONE_THREAD) as served, Proxy(served.url, script(), tokens) as proxy:
        backoff = Backoff(first=0.2, longest=4, attempts=20, random=random.Random(1))
        campaign = Backfill(proxy.url, tokens, wanted, backoff=backoff)
        killing = threading.Thread(
            target=killed_at, args=(served, proxy, [days[number] for number in KILLED_AT])
        )
        killing.start()
        prepared, summary = run(campaign, journal)
        killing.join()
        again, nothing = run(campaign, journal)
        assert served.end() == 0

    assert str(prepared.classified) == "60 dates: 46 to process, 14 bootstrap (by design)"
    assert (summary.exit_code, summary.left, summary.reasons) == (0, 0, [])
    assert sorted(one.day for one in summary.done) == [*prepared.days] == days
    assert (again.days, nothing.done) == ((), [])
    assert min(proxy.seen[fault] for fault in FAULTS) >= len(days) // STRETCH
    assert proxy.seen[Fault.HUNG] > 1
    assert proxy.seen["401"] >= len(proxy.bodies) // USES
    assert proxy.most_in_flight == IN_FLIGHT
    assert_each_once(file, days)
    assert_equal(file, seasons.quiet, days)
    tried = [json.loads(line) for line in journal.read_text().splitlines()]
    endings = {one["ending"] for one in tried if one["event"] == "tried"}
    assert {"answered", "not an answer of ours", "broken off", "refused"} <= endings
    assert "token-" not in journal.read_text()
    print(
        proxy.seen,
        len(proxy.bodies),
        tokens.minted,
        summary.seconds,
        max(o.attempts for o in summary.done),
    )


def test_a_date_that_takes_longer_than_the_time_out(raw_season_file: Path, tmp_path: Path) -> None:
    """Its run is asked for until it has ended; whatever is asked again is found done."""
    file = tmp_path / "season.duckdb"
    shutil.copy(raw_season_file, file)
    day = date(2026, 4, 10)
    tables = asked_tables(load(), None, None)
    wanted = Wanted(days=(day,), tables=tables, seconds=0.5)
    with Served(file, {}) as served, Proxy(served.url) as proxy:
        _, summary = run(Backfill(proxy.url, Tokens(), wanted), tmp_path / "journal.jsonl")
    assert (summary.exit_code, len(summary.done)) == (0, 1)
    assert proxy.seen["/runs"] >= 1
    assert_each_once(file, (day,), processes=1)


def assert_each_once(file: Path, days: Sequence[date], *, processes: int = 3) -> None:
    """Computed once, by one run, however often it was asked for; where it was found to be there,
    nothing has a fingerprint."""
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(
            """
            SELECT table_name, partition_date, LIST(status)
            FROM nba_ops.partitions
            WHERE output_fingerprint IS NOT NULL
            GROUP BY ALL
            """
        ).fetchall()
        runs = connection.execute(
            "SELECT event, process FROM nba_ops.runs WHERE request LIKE ?", [f"%{TRIGGERED_BY}%"]
        ).fetchall()
    computed = {(table, day): statuses for table, day, statuses in found}
    assert [one for one, statuses in computed.items() if len(statuses) > 1] == []
    for table in asked_tables(load(), None, None):
        assert [day for day in days if computed.get((table, day)) != ["success"]] == []
    assert len({process for event, process in runs if event == "started"}) == processes
    died = [process for event, process in runs if event == "died"]
    assert bool(died) == (processes > 1), "killed in the middle of a run"
