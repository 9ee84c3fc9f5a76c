"""207 dates of two seasons by `tipoff backfill` over loopback: one by one, and by whole ranges."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.served import TIPOFF, Served, served
from benchmarks.timing import timed
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.contract import Layer
from processors.registry import load
from warehouse.opening import open_warehouse

SEASONS = 2
DATES, BOOTSTRAP = 235, 28
DONE = {"asked": DATES - BOOTSTRAP, "done": DATES - BOOTSTRAP, "left": 0}
WAYS = {
    "gentle": [],
    # One waits for the other's answer, and for nothing else.
    "one_by_one": ["--rate", "1000", "--in-flight", "1"],
    "ranges": ["--whole-ranges"],
}


def measure_backfill(raw: Path) -> dict[str, float]:
    """Of a file of two seasons that holds the raw tables only."""
    with TemporaryDirectory() as folder:
        ten, dates = Path(folder) / "ten.duckdb", Path(folder) / "dates.csv"
        shutil.copy(raw, ten)
        days = _with_analytics(ten)
        dates.write_text("\n".join(["date", *map(str, days)]))
        found: dict[str, float] = {}
        for way, options in WAYS.items():
            found |= _named(way, _backfilled(ten, dates, options))
        return found | _named("from_raw", _backfilled(raw, dates, WAYS["ranges"]))


def _with_analytics(file: Path) -> tuple[date, ...]:
    """Makes the ten tables that the five precompute tables read, for the dates that it returns."""
    pipeline = Pipeline(open_warehouse(f"duckdb://{file}"), load())
    days = pipeline.assessor.calendar.game_dates[:DATES]
    ten = [one.table for one in pipeline.registry if one.contract.layer is not Layer.PRECOMPUTE]
    pipeline.run(make_request(pipeline.registry, tables=ten, start=days[0], end=days[-1]))
    pipeline.warehouse.close()
    return tuple(days)


def _backfilled(file: Path, dates: Path, options: Iterable[str]) -> dict[str, float]:
    """On a copy, from the start of the client's process to its end."""
    with TemporaryDirectory() as folder:
        copy = Path(shutil.copy(file, folder))
        with served(copy) as service:
            before = service.cpu_seconds()
            seconds = timed(lambda: _backfill(service, dates, options))
            return {"seconds": seconds, "cpu": service.cpu_seconds() - before}


def _backfill(service: Served, dates: Path, options: Iterable[str]) -> None:
    asked = ["--url", service.url, "--dates-file", str(dates), *options, "--yes", "--json"]
    done = subprocess.run(
        [TIPOFF, "backfill", *asked],
        check=True,
        capture_output=True,
        text=True,
    )
    said = json.loads(done.stdout)["dates"]
    assert said == DONE | {"completed": DONE["asked"]}, done.stdout


def _named(way: str, found: dict[str, float]) -> dict[str, float]:
    return {f"{way}_{name}": value for name, value in found.items()}
