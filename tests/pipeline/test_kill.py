"""Killed at every step of the way: the old day or the new one, and the next run ends the work."""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest

from pipeline.run import Pipeline
from processors.registry import load
from tests.oracle.tiny import day
from tests.pipeline.killed import start
from tests.pipeline.small import (
    BOXES,
    GAMES,
    LINES,
    PLAYER_CONTEXT,
    Small,
    everything,
    run,
)
from tests.sharing import settle
from tests.worlds import load_rows
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.duckdb.ownership import owner_file, read_owner

STEPS = (
    "started",
    "staged",
    "examined",
    "begun",
    "deleted",
    "inserted",
    "quarantined",
    "remembered",
    "committed",
    "verified",
    "finished",
)
DATES = 4
FIRST, LAST = "first", "last"

Days = dict[tuple[str, object], list[dict[str, object]]]


def world() -> Small:
    """Two games a date, nine men a team: still whole with one row in quarantine."""
    small = Small()
    for number in range(DATES):
        small.play_two(number, size=9)
    return small


def by_day(warehouse: DuckDBWarehouse) -> Days:
    """All computed rows by table and date."""
    found: Days = {}
    for table, rows in everything(warehouse).items():
        column = load().contracts[table].date_column
        for row in rows:
            found.setdefault((table, row[column]), []).append(row)
    return found


class Drill:
    """A file as it stood before the correction, as it stands after it, and the steps between."""

    def __init__(self, folder: Path) -> None:
        self.before = folder / "before.duckdb"
        small = world()
        warehouse = DuckDBWarehouse(self.before, threads=1)
        contracts = load().contracts
        warehouse.migrate(list(contracts.values()))
        load_rows(warehouse, small.filled)
        run(Pipeline(warehouse, load()), 0, DATES - 1)
        self.old = by_day(warehouse)
        rows = [
            *small.rows_of("east1", "bos0", points=30),
            *small.rows_of("west1", "lal0", fg_made=5, fg_attempted=4),
        ]
        load_rows(warehouse, {BOXES: rows})
        warehouse.close()
        quiet = folder / "quiet.duckdb"
        shutil.copy(settle(self.before), quiet)
        warehouse = DuckDBWarehouse(quiet, threads=1)
        self.steps: list[str] = []
        run(Pipeline(warehouse, load(), on_step=self.steps.append), 0, DATES - 1)
        self.new = by_day(warehouse)
        self.kept = bad_rows(warehouse)
        warehouse.close()

    def nth(self, step: str, which: str) -> int:
        return 1 if which == FIRST else self.steps.count(step)


def bad_rows(warehouse: DuckDBWarehouse) -> set[tuple]:
    """What is in quarantine, once or more often."""
    text = "SELECT table_name, partition_date, row_key, reason FROM `nba_ops.quarantine`"
    return set(warehouse.rows(text))


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Drill:
    return Drill(tmp_path_factory.mktemp("drill"))


class TestSteps:
    def test_each_is_reached(self, drill):
        assert set(drill.steps) == set(STEPS)

    def test_the_correction_changes_days(self, drill):
        """Or else old and new could not be told apart."""
        changed = {key for key in drill.new if drill.new[key] != drill.old[key]}
        assert (GAMES, day(1)) in changed
        assert (PLAYER_CONTEXT, day(2)) in changed
        assert (GAMES, day(0)) not in changed
        assert {key for key, _, _, _ in drill.kept} == {GAMES}

    def test_order(self, drill):
        assert drill.steps[0] == "started"
        assert drill.steps[-1] == "finished"
        first = drill.steps[1 : drill.steps.index("verified") + 1]
        assert tuple(first) == STEPS[1:-1]


@pytest.mark.parametrize(
    ("step", "which"),
    [*((step, FIRST) for step in STEPS), *((step, LAST) for step in STEPS[1:-1])],
)
class TestKilled:
    def test_nothing_is_half_done(self, drill, tmp_path, step, which):
        path = tmp_path / "league.duckdb"
        shutil.copy(drill.before, path)
        process = start(path, [(0, DATES - 1)], step=step, nth=drill.nth(step, which))
        _, errors = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL, errors
        # The name is still on the door; the lock has gone with the process.
        assert owner_file(path).exists()
        assert read_owner(path) is None

        warehouse = DuckDBWarehouse(path, wait=0, threads=1)
        found = by_day(warehouse)
        assert found.keys() == drill.new.keys()
        for key, rows in found.items():
            assert rows in (drill.old[key], drill.new[key]), key
        committed = found[GAMES, day(1)] == drill.new[GAMES, day(1)]
        late = which == LAST or STEPS.index(step) >= STEPS.index("committed")
        assert committed == late

        pipeline = Pipeline(warehouse, load())
        assert len(pipeline.died) == (0 if step == "finished" else 1)
        report = run(pipeline, 0, DATES - 1)
        assert by_day(warehouse) == drill.new
        assert bad_rows(warehouse) == drill.kept
        assert Counter(one.status.value for one in report.results if one.table != LINES).keys() <= {
            "success",
            "unchanged",
            "partial",
            "skipped_bootstrap",
        }
        events = Counter(event for (event,) in warehouse.rows("SELECT event FROM `nba_ops.runs`"))
        assert events["started"] == events["finished"] + events["died"] == 3
        assert events["died"] == len(pipeline.died)
        warehouse.close()
