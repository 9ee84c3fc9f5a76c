"""Dates in any order, one by one or in ranges, again and again, together: the same rows."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.registry import load
from tests.pipeline.killed import start
from tests.pipeline.small import BOXES, NEXT_SEASON, Small, everything, run
from tests.worlds import load_rows, open_memory
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.interface import proven_columns

DATES = (0, 1, 12, NEXT_SEASON, NEXT_SEASON + 1)
SEASONS = (DATES[:3], DATES[3:])
BOUNDED = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def world() -> Small:
    """Two seasons of a few dates each, one of them far from the others; one row is bad."""
    small = Small()
    for number in DATES:
        year = 2024 if number < NEXT_SEASON else 2025
        small.play_two(number, size=9, season_year=year)
    small.rows_of("east1", "bos0", fg_made=5, fg_attempted=4)
    return small


def filled(path: Path | None = None, *, threads: int = 1) -> DuckDBWarehouse:
    warehouse = open_memory(threads=threads) if path is None else DuckDBWarehouse(path)
    warehouse.migrate(list(load().contracts.values()))
    load_rows(warehouse, world().filled)
    return warehouse


def content(warehouse: DuckDBWarehouse) -> dict:
    """Rows with their hashes, and the partitions' fingerprints."""
    prints = {
        one.table: warehouse.fingerprints(
            one.contract, [proven_columns(one.contract)], first=date.min, last=date.max
        )
        for one in load()
    }
    return {"rows": everything(warehouse), "fingerprints": prints}


@cache
def one_pass() -> dict:
    warehouse = filled()
    run(Pipeline(warehouse, load()), DATES[0], DATES[-1])
    return content(warehouse)


spans = st.sampled_from(SEASONS).flatmap(
    lambda dates: st.tuples(st.sampled_from(dates), st.sampled_from(dates)).map(sorted)
)
requests = st.tuples(st.permutations([(one, one) for one in DATES]), st.lists(spans, max_size=3))


class TestAnyOrder:
    @BOUNDED
    @given(requests, st.sampled_from([1, 2]))
    def test_ends_in_the_same(self, asked, threads):
        singles, ranges = asked
        warehouse = filled(threads=threads)
        pipeline = Pipeline(warehouse, load())
        # Ranges between the single dates, and some of them twice.
        for index, (first, last) in enumerate(singles):
            run(pipeline, first, last)
            if index < len(ranges):
                run(pipeline, *ranges[index])
        assert content(warehouse) == one_pass()
        warehouse.close()

    @pytest.mark.parametrize("threads", [1, 2])
    def test_threads_and_places(self, tmp_path, threads):
        warehouse = filled(tmp_path / "league.duckdb", threads=threads)
        run(Pipeline(warehouse, load()), DATES[0], DATES[-1])
        assert content(warehouse) == one_pass()
        warehouse.close()

    def test_backwards(self):
        warehouse = filled()
        pipeline = Pipeline(warehouse, load())
        for number in reversed(DATES):
            run(pipeline, number)
        assert content(warehouse) == one_pass()

    def test_one_table_after_the_other(self):
        """Without preparing, in the order of the tables."""
        warehouse = filled()
        pipeline = Pipeline(warehouse, load())
        for processor in load():
            run(pipeline, DATES[0], DATES[-1], processor.table, prepare=False)
        assert content(warehouse) == one_pass()


class TestLateBoxScores:
    @settings(BOUNDED, max_examples=2)
    @given(st.permutations(DATES))
    def test_in_any_order(self, order):
        """Box scores land date by date in any order, and after each everything is asked for."""
        small = world()
        boxes = small.raw[BOXES]
        warehouse = open_memory(threads=1)
        load_rows(warehouse, {key: rows for key, rows in small.filled.items() if key != BOXES})
        pipeline = Pipeline(warehouse, load())
        for number in order:
            games = {f"east{number}", f"west{number}"}
            load_rows(warehouse, {BOXES: [row for row in boxes if row["game_id"] in games]})
            pipeline.refresh()
            for dates in SEASONS:
                run(pipeline, dates[0], dates[-1])
        assert content(warehouse) == one_pass()
        warehouse.close()


class TestTogether:
    def test_processes(self, tmp_path):
        """Three processes wait for each other; no date is published twice."""
        path = tmp_path / "league.duckdb"
        filled(path).close()
        last = DATES[-1]
        ranges = [[(0, 1), (0, 1)], [(1, last)], [(12, 12), (0, 12)]]
        processes = [
            start(path, asked, threads=number % 2 + 1) for number, asked in enumerate(ranges)
        ]
        words = Counter()
        for process in processes:
            said, errors = process.communicate(timeout=120)
            assert process.returncode == 0, errors
            words += Counter(said.splitlines())
        assert {line.split()[-1] for line in words} == {
            "success",
            "unchanged",
            "partial",
            "blocked",
            "skipped_bootstrap",
        }
        assert all(count == 1 for line, count in words.items() if line.endswith("success"))
        warehouse = DuckDBWarehouse(path, wait=0)
        assert content(warehouse) == one_pass()
        assert Pipeline(warehouse, load()).died == []
        warehouse.close()


class TestRangeIsSingle:
    def test_a_week_of_the_sample(self, raw_season_file, tmp_path):
        """2025-11-04 to -10 in one pass equal the same dates one by one, newest first."""
        first, last = date(2025, 11, 4), date(2025, 11, 10)
        found = []
        for name, days in (
            ("range", [(first, last)]),
            ("single", [(last - timedelta(n),) * 2 for n in range((last - first).days + 1)]),
        ):
            path = tmp_path / f"{name}.duckdb"
            shutil.copy(raw_season_file, path)
            warehouse = DuckDBWarehouse(path)
            pipeline = Pipeline(warehouse, load())
            for start_day, end_day in days:
                pipeline.run(make_request(load(), start=start_day, end=end_day))
            prints = content(warehouse)["fingerprints"]
            found.append(
                {
                    table: {day: one for day, one in by_day.items() if first <= day <= last}
                    for table, (by_day,) in prints.items()
                }
            )
            warehouse.close()
        assert found[0] == found[1]
        assert {len(by_day) for by_day in found[0].values()} == {7}
