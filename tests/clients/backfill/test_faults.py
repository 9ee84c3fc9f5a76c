"""A bad day from end to end: whatever stands between, and the service killed twice, every date is
done, none twice, none is lost, and never more are in flight than told."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import threading
import time
from datetime import date
from pathlib import Path

import duckdb

from clients.backfill.dates import asked_dates
from clients.backfill.journal import Journal
from clients.backfill.retrying import Backoff
from clients.backfill.running import Backfill, Prepared, Wanted
from clients.backfill.summary import Summary
from clients.backfill.tables import asked_tables
from processors.registry import load
from tests.clients.backfill.proxy import Fault, Proxy, Tokens
from tests.service.process import Served
from tests.service.test_under_load import assert_equal

START, END = "2025-11-04", "2025-12-01"
IN_FLIGHT = 3
PATIENCE = 120
FAULTS = [fault for fault in Fault if fault not in (Fault.NONE, Fault.HUNG, Fault.FORBIDDEN)]


def script() -> list[Fault]:
    """Each of them in the first requests, in an order that is always the same."""
    found = [*FAULTS, *FAULTS, *[Fault.NONE] * 14]
    random.Random(5).shuffle(found)
    return [Fault.HUNG, *found]


def killed_at(served: Served, proxy: Proxy, counts: tuple[int, ...]) -> None:
    """When so many requests are answered: killed, and started again, as a platform does it."""
    for count in counts:
        deadline = time.monotonic() + PATIENCE
        while proxy.answered < count and time.monotonic() < deadline:
            time.sleep(0.01)
        served.kill()
        time.sleep(0.5)
        served.start()
        proxy.upstream = served.url


def run(campaign: Backfill, journal: Path) -> tuple[Prepared, Summary]:
    with asyncio.Runner() as runner, Journal(journal) as notes:
        prepared = runner.run(campaign.prepare())
        return prepared, runner.run(campaign.work(prepared.days, journal=notes))


def test_a_bad_day(raw_season_file: Path, computed_season_file: Path, tmp_path: Path) -> None:
    file, journal = tmp_path / "season.duckdb", tmp_path / "journal.jsonl"
    shutil.copy(raw_season_file, file)
    wanted = Wanted(
        days=asked_dates(start=START, end=END, dates=None, file=None),
        tables=asked_tables(load(), None, None),
        rate=50,
        in_flight=IN_FLIGHT,
        seconds=8,
    )
    tokens = Tokens()
    with Served(file, {}) as served, Proxy(served.url, script(), tokens) as proxy:
        backoff = Backoff(first=0.2, longest=4, attempts=20, random=random.Random(1))
        campaign = Backfill(proxy.url, tokens, wanted, backoff=backoff)
        killing = threading.Thread(target=killed_at, args=(served, proxy, (4, 14)))
        killing.start()
        prepared, summary = run(campaign, journal)
        killing.join()
        again, nothing = run(campaign, journal)
        assert served.end() == 0

    assert (summary.exit_code, summary.left, summary.reasons) == (0, 0, [])
    assert [one.day for one in sorted(summary.done, key=lambda one: one.day)] == [*prepared.days]
    assert len(prepared.days) > 20
    assert set(FAULTS) <= proxy.seen.keys()
    assert proxy.seen[Fault.HUNG] == 1
    assert proxy.seen["401"] > 5
    assert proxy.most_in_flight == IN_FLIGHT
    assert (again.days, nothing.done) == ((), [])
    assert_each_once(file, prepared.days)
    assert_equal(file, computed_season_file)
    tried = [json.loads(line) for line in journal.read_text().splitlines()]
    endings = {one["ending"] for one in tried if one["event"] == "tried"}
    assert {"answered", "not an answer of ours", "broken off", "refused"} <= endings
    assert "token-" not in journal.read_text()


def test_a_date_that_takes_longer_than_the_time_out(raw_season_file: Path, tmp_path: Path) -> None:
    """Its run is asked for until it has ended; whatever is asked again is found done."""
    file = tmp_path / "season.duckdb"
    shutil.copy(raw_season_file, file)
    day = date(2026, 1, 10)
    tables = asked_tables(load(), None, None)
    wanted = Wanted(days=(day,), tables=tables, seconds=1)
    with Served(file, {}) as served, Proxy(served.url) as proxy:
        _, summary = run(Backfill(proxy.url, Tokens(), wanted), tmp_path / "journal.jsonl")
    assert (summary.exit_code, len(summary.done)) == (0, 1)
    assert proxy.seen["/runs"] >= 1
    assert_each_once(file, (day,), processes=1)


def assert_each_once(file: Path, days: tuple[date, ...], *, processes: int = 3) -> None:
    """Published once, by one run, however often it was asked for."""
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(
            """
            SELECT table_name, partition_date, COUNT(*) FILTER (WHERE status = 'success')
            FROM nba_ops.partitions
            WHERE status IN ('success', 'unchanged')
            GROUP BY ALL
            """
        ).fetchall()
        processes_seen = connection.execute(
            "SELECT DISTINCT process FROM nba_ops.runs WHERE event = 'started'"
        ).fetchall()
    assert {count for _, _, count in found} == {1}
    asked = {(table, day) for table in asked_tables(load(), None, None) for day in days}
    assert asked <= {(table, day) for table, day, _ in found}
    assert len(processes_seen) == processes
