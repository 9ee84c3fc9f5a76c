"""The service: from its start to the first answer, and one date over loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import httpx

from benchmarks.timing import timed
from pipeline.calendar import read_calendar
from processors.contract import Contract, Layer
from processors.registry import load
from warehouse.opening import open_warehouse

STARTS, FORCED, MISSING, UNCHANGED = 5, 60, 40, 200
LOOKS = ("/readyz", "/metrics")
READY_SECONDS = 60


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
            with _served(copy) as (client, seconds):
                starts.append(seconds)
                first.append(_seconds(client, middle, force=True))
        with _served(copy) as (client, _):
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


@contextmanager
def _served(file: Path) -> Iterator[tuple[httpx.Client, float]]:
    """A service that is ready, with how long it took from the start of its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = Path(sys.executable).with_name("tipoff")
    started = time.perf_counter()
    process = subprocess.Popen(
        [command, "serve", "--port", str(port), "--warehouse", f"duckdb://{file}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=READY_SECONDS, trust_env=False
        ) as client:
            while not _is_ready(client):
                assert process.poll() is None, "the service ended by itself"
                assert time.perf_counter() - started < READY_SECONDS, "not ready"
                time.sleep(0.005)
            yield client, time.perf_counter() - started
    finally:
        process.terminate()
        process.wait()


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


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
