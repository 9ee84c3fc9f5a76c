"""The measurements on a file of some sample seasons, each beside its bare SELECTs."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb

from benchmarks import alternatives
from benchmarks.backfill import measure_backfill
from benchmarks.learning import measure_learning
from benchmarks.machine import peak_megabytes
from benchmarks.page import measure_page
from benchmarks.serving import measure_serving
from benchmarks.timing import timed
from league.sample import make_league, write
from pipeline.calendar import Calendar
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.contract import Layer
from processors.registry import load
from warehouse.duckdb.compiled import parameters_of
from warehouse.duckdb.dialect import to_duckdb
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.opening import open_warehouse

ADDRESS = "duckdb://{}"


def draw(seasons: int, folder: Path) -> dict[str, Path]:
    return write(make_league(seasons=seasons), folder)


def measure_import(file: Path, files: dict[str, Path]) -> dict[str, float]:
    warehouse = DuckDBWarehouse(file)
    contracts = load().contracts
    warehouse.migrate(list(contracts.values()))
    seconds = timed(lambda: warehouse.load(files, contracts))
    rows = sum(count for (count,) in (_count(warehouse, table) for table in files))
    warehouse.close()
    return {"seconds": seconds, "rows": rows, "peak_mb": peak_megabytes()}


def _count(warehouse: DuckDBWarehouse, table: str) -> tuple[int]:
    return warehouse.rows(f"SELECT COUNT(*) AS n FROM `{table}`")[0]


def measure_rebuild(file: Path) -> dict[str, float]:
    """Every table for every date, from raw: computed, gated, published, verified, remembered."""
    pipeline = Pipeline(open_warehouse(ADDRESS.format(file)), load())
    dates = pipeline.assessor.calendar.game_dates
    request = make_request(pipeline.registry, start=dates[0], end=dates[-1])
    seconds = timed(lambda: pipeline.run(request))
    again = timed(lambda: pipeline.run(request))
    pipeline.warehouse.close()
    return {"seconds": seconds, "again": again, "dates": len(dates), "peak_mb": peak_megabytes()}


def measure_bare(file: Path) -> dict[str, float]:
    """The statements alone, season by season, into temporary tables: no rounding, no hash."""
    calendar, connection = _open_bare(file)
    seconds = 0.0
    for season in calendar.seasons:
        seconds += _bare(connection, calendar, season.start, season.last)
    connection.close()
    return {"seconds": seconds, "peak_mb": peak_megabytes()}


def _open_bare(file: Path) -> tuple[Calendar, duckdb.DuckDBPyConnection]:
    warehouse = open_warehouse(ADDRESS.format(file))
    calendar = Pipeline(warehouse, load()).assessor.calendar
    warehouse.close()
    return calendar, duckdb.connect(str(file), read_only=True)


def _bare(
    connection: duckdb.DuckDBPyConnection,
    calendar: Calendar,
    start: date,
    end: date,
    only: tuple[str, ...] = (),
) -> float:
    seconds = 0.0
    for processor in load():
        if only and processor.contract.name not in only:
            continue
        text = to_duckdb(processor.statement.text)
        values = {
            "start_date": start,
            "end_date": end,
            "history_start": calendar.season_start(start, back=1)
            if processor.contract.name == "player_asof"
            else calendar.season_start(start),
        }
        handed = {name: values[name] for name in parameters_of(text)}
        create = f"CREATE OR REPLACE TEMP TABLE bare AS {text}"
        seconds += timed(lambda create=create, handed=handed: connection.execute(create, handed))
    return seconds


def measure_date(file: Path, repeats: int = 7) -> dict[str, float]:
    """One date in the middle of the last season, all tables, computed and published again."""
    pipeline = Pipeline(open_warehouse(ADDRESS.format(file)), load())
    season = pipeline.assessor.calendar.seasons[-1]
    day = season.dates[len(season.dates) // 2]
    request = make_request(pipeline.registry, start=day, end=day, force=True)
    first = timed(lambda: pipeline.run(request))
    again = sorted(timed(lambda: pipeline.run(request)) for _ in range(repeats))
    plain = make_request(pipeline.registry, start=day, end=day)
    names = [one.table for one in pipeline.registry if one.contract.layer is Layer.PRECOMPUTE]
    five = make_request(pipeline.registry, tables=names, start=day, end=day, force=True)
    precompute = sorted(timed(lambda: pipeline.run(five)) for _ in range(repeats))
    unchanged = sorted(timed(lambda: pipeline.run(plain)) for _ in range(repeats))
    pipeline.warehouse.close()
    calendar, connection = _open_bare(file)
    bare = sorted(_bare(connection, calendar, day, day) for _ in range(repeats))
    connection.close()
    middle = repeats // 2
    return {
        "first": first,
        "seconds": again[middle],
        "bare": bare[middle],
        "unchanged": unchanged[middle],
        "precompute": precompute[middle],
        "loop": alternatives.a_query_a_player(file, day)["seconds"],
        "peak_mb": peak_megabytes(),
    }


def measure_plan(file: Path, days: int = 900) -> dict[str, float]:
    """A plan of the last so many game dates of all tables, cold and again in the same process."""
    pipeline = Pipeline(open_warehouse(ADDRESS.format(file)), load())
    dates = pipeline.assessor.calendar.game_dates[-days:]
    request = make_request(
        pipeline.registry, start=dates[0], end=dates[-1] + timedelta(days=0), prepare=True
    )
    cold = timed(lambda: pipeline.plan(request))
    warm = timed(lambda: pipeline.plan(request))
    pipeline.warehouse.close()
    return {"seconds": cold, "warm": warm, "dates": len(dates), "peak_mb": peak_megabytes()}


def measure_polars(file: Path) -> dict[str, float]:
    return alternatives.polars_rolling(file) | {"peak_mb": peak_megabytes()}


def measure_cache(file: Path) -> dict[str, float]:
    """The daily cache's own SELECT over the whole file, from the form tables."""
    calendar, connection = _open_bare(file)
    seconds = 0.0
    for season in calendar.seasons:
        seconds += _bare(
            connection, calendar, season.start, season.last, ("player_form", "player_daily_cache")
        )
    connection.close()
    return {"seconds": seconds, "peak_mb": peak_megabytes()}


STEPS = {
    "polars": measure_polars,
    "cache": measure_cache,
    "rebuild": measure_rebuild,
    "bare": measure_bare,
    "date": measure_date,
    "plan": measure_plan,
    "serving": measure_serving,
    "backfill": measure_backfill,
    "page": measure_page,
    "learning": measure_learning,
}


def in_a_process(step: str, file: Path) -> dict[str, float]:
    """Each step in a process of its own, so that its peak memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.measuring", step, str(file)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    name, path = sys.argv[1:]
    sys.stdout.write(json.dumps(STEPS[name](Path(path))))
