"""Clients at once on mixed dates, the service killed among them: the tables are those of a quiet
run."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import httpx

from processors.contract import Layer
from processors.registry import load
from tests.service.process import Served

CLIENTS = 8
ANSWERS_BEFORE_KILL, ANSWERS_AFTER = 25, 175
"""It is killed with dates done, begun and untouched; each is asked for some seven times in all."""
PATIENCE = 120
DATES = [date(2026, 1, day) for day in range(2, 30)]


def hammer(served: Served, seed: int, codes: Counter[object], stop: threading.Event) -> None:
    """Dates one by one, ranges now and then, whoever answers."""
    chosen = random.Random(seed)
    while not stop.is_set():
        day = str(chosen.choice(DATES))
        try:
            if chosen.random() < 0.2:
                body: dict[str, object] = {"dates": [day, str(chosen.choice(DATES))]}
                answer = httpx.post(f"{served.url}/process-range", json=body, timeout=60)
            else:
                body = {"analysis_date": day, "force": chosen.random() < 0.1}
                answer = httpx.post(f"{served.url}/process-date", json=body, timeout=60)
            codes[answer.status_code] += 1
        except httpx.TransportError as error:
            codes[type(error).__name__] += 1
            time.sleep(0.2)


def wait_for(answers: int, codes: Counter[object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while codes[200] < answers:
        assert time.monotonic() < deadline, f"{answers} answers take too long: {codes}"
        time.sleep(0.02)


def test_equal_to_a_quiet_run(
    raw_season_file: Path, computed_season_file: Path, tmp_path: Path
) -> None:
    file = tmp_path / "season.duckdb"
    shutil.copy(raw_season_file, file)
    codes: Counter[object] = Counter()
    stop = threading.Event()
    with Served(file, {}) as served:
        clients = [
            threading.Thread(target=hammer, args=(served, seed, codes, stop))
            for seed in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        wait_for(ANSWERS_BEFORE_KILL, codes)
        served.kill()
        served.start()
        wait_for(codes[200] + ANSWERS_AFTER, codes)
        stop.set()
        for client in clients:
            client.join()
        rest = {"dates": [str(day) for day in DATES]}
        assert httpx.post(f"{served.url}/process-range", json=rest, timeout=120).status_code == 200
        assert served.end() == 0
    assert {code for code in codes if isinstance(code, int)} == {200}
    assert_equal(file, computed_season_file, DATES)


def assert_equal(loaded: Path, quiet: Path, dates: list[date] | None = None) -> None:
    """Every date of the loaded file, row for row; each date that was asked is there."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{loaded}' AS loaded (READ_ONLY)")
        connection.execute(f"ATTACH '{quiet}' AS quiet (READ_ONLY)")
        for one in load():
            day = one.contract.date_column
            hashes = f"SELECT {day}, data_hash, COUNT(*) FROM {{}}.{one.table} GROUP BY ALL"
            differing = connection.execute(
                f"""
                WITH loaded AS ({hashes.format("loaded")}), quiet AS ({hashes.format("quiet")})
                (FROM loaded EXCEPT FROM quiet) UNION ALL (
                  FROM quiet WHERE {day} IN (SELECT {day} FROM loaded) EXCEPT FROM loaded)
                """
            ).fetchall()
            assert differing == [], one.table
            if one.contract.layer is Layer.PRECOMPUTE and dates:
                days = f"SELECT DISTINCT {day} FROM loaded.{one.table} ORDER BY 1"
                assert [found for (found,) in connection.execute(days).fetchall()] == dates
