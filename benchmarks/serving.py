"""The service: from its start to the first answer, and one date over loopback."""

from __future__ import annotations

import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import httpx

from benchmarks.served import served
from benchmarks.timing import timed
from pipeline.calendar import read_calendar
from processors.contract import Contract, Layer
from processors.registry import load
from warehouse.opening import open_warehouse

STARTS, FORCED, MISSING, UNCHANGED = 5, 60, 40, 200
LOOKS = ("/readyz", "/metrics")


def measure_serving(file: Path) -> dict[str, float]:
    """On a copy, from which the five tables' last dates are taken away."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "served.duckdb"
        shutil.copy(file, copy)
        days = _game_days(copy)
        middle, missing = days[len(days) // 2], days[-MISSING:]
        _forget(copy, missing[0])
        starts, first = [], []
        for _ in range(STARTS):
            with served(copy) as service:
                starts.append(service.start)
                first.append(_seconds(service.client, middle, force=True))
        with served(copy) as service:
            client = service.client
            _seconds(client, middle, force=True)
            made = [_seconds(client, day) for day in missing]
            forced = [_seconds(client, middle, force=True) for _ in range(FORCED)]
            unchanged = [_seconds(client, middle) for _ in range(UNCHANGED)]
            looks = _looks(client, middle)
    return {
        "start": median(starts),
        "first": median(first),
        **_spread("missing", made),
        **_spread("forced", forced),
        **_spread("unchanged", unchanged),
        **_spread("looks", looks),
    }


def _game_days(file: Path) -> list[str]:
    """Of the last season, after its bootstrap days."""
    warehouse = open_warehouse(f"duckdb://{file}")
    calendar = read_calendar(warehouse)
    warehouse.close()
    season = calendar.seasons[-1]
    first = calendar.first_processed(season) or season.last
    return [str(day) for day in season.dates if day >= first]


def _precompute() -> list[Contract]:
    return [one.contract for one in load() if one.contract.layer is Layer.PRECOMPUTE]


def _forget(file: Path, since: str) -> None:
    with duckdb.connect(str(file)) as connection:
        for contract in _precompute():
            connection.execute(
                f"DELETE FROM {contract.table} WHERE {contract.date_column} >= $since",
                {"since": since},
            )


def _seconds(client: httpx.Client, day: str, *, force: bool = False) -> float:
    answer: dict[str, Any] = {}

    def ask() -> None:
        asked = client.post("/process-date", json={"analysis_date": day, "force": force})
        answer.update(asked.json())

    seconds = timed(ask)
    assert answer["status"] == "completed", answer
    return seconds


def _looks(client: httpx.Client, day: str) -> list[float]:
    """`/readyz` and `/metrics` while a date is computed again and again."""
    seconds = []
    with ThreadPoolExecutor(1) as pool:
        for _ in range(5):
            work: Future[float] = pool.submit(_seconds, client, day, force=True)
            while not work.done():
                seconds += [timed(lambda path=path: client.get(path)) for path in LOOKS]
            work.result()
    return seconds


def _spread(name: str, seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        f"{name}_p50": ordered[len(ordered) // 2],
        f"{name}_p99": ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))],
    }
