"""From when on the ledger is read."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pipeline.clock import wall_clock
from pipeline.history import LATELY, recent_runs
from pipeline.ledger import RUNS, Event, Ledger, new_run_id, run_row
from pipeline.outcome import Status
from pipeline.run import Pipeline
from pipeline.since import BEGINNING, OVERLAP, since_begun
from processors.registry import load
from tests.oracle.tiny import day
from tests.pipeline.small import GAMES, by_hand, league, run
from tests.worlds import open_memory
from warehouse.duckdb.engine import DuckDBWarehouse

OLD = datetime(2020, 3, 4, 5, 6, 7, 89)


class TestSinceBegun:
    def test_of_our_ids(self):
        assert since_begun("20200304T050607000089-abcdef") == OLD - OVERLAP
        before = wall_clock()
        assert before - OVERLAP <= since_begun(new_run_id()) <= wall_clock() - OVERLAP

    @pytest.mark.parametrize("other", ["", "%", "run", "00010101T000000000000-x", "20201304T"])
    def test_of_others(self, other):
        assert since_begun(other) == BEGINNING


class TestRecentRuns:
    """Few runs are of late: then older ones are told too, whole."""

    @pytest.fixture
    def warehouse(self):
        made = open_memory(threads=1)
        yield made
        made.close()

    def told(self, warehouse: DuckDBWarehouse, begun: datetime, took: timedelta) -> str:
        run_id = f"{begun:%Y%m%dT%H%M%S%f}-abcdef"
        for event, moment in ((Event.STARTED, begun), (Event.FINISHED, begun + took)):
            row = run_row(run_id, event, '{"about": {"correlation_id": "c"}}', status="completed")
            warehouse.append({RUNS: [row | {"recorded_at": moment}]})
        return run_id

    def test_of_any_age(self, warehouse):
        now = wall_clock()
        hour = timedelta(hours=1)
        over_the_edge = now - LATELY - hour
        begun = [now - hour, over_the_edge, OLD]
        ids = [self.told(warehouse, one, took=3 * hour) for one in begun]
        for limit in (1, 2, 3, 10):
            found = recent_runs(warehouse, limit=limit)
            assert [one.run_id for one in found] == ids[:limit]
            assert [(one.started, one.ended) for one in found] == [
                (one, one + 3 * hour) for one in begun[:limit]
            ]
        for run_id in ids:
            assert [one.run_id for one in recent_runs(warehouse, limit=1, run_id=run_id)] == [
                run_id
            ]
        assert len(recent_runs(warehouse, limit=3, correlation_id="c")) == 3


class TestReadOn:
    """Where others write too, only what came since is read."""

    def rows_read(self, monkeypatch) -> list[object]:
        read: list[object] = []
        rows = DuckDBWarehouse.rows

        def watched(self, text, **parameters):
            if "output_fingerprint IS NOT NULL" in text:
                read.append(parameters["since"])
            return rows(self, text, **parameters)

        monkeypatch.setattr(DuckDBWarehouse, "rows", watched)
        return read

    def test_of_others(self, monkeypatch):
        monkeypatch.setattr(DuckDBWarehouse, "is_shared", True)
        small = league(3)
        pipeline = small.pipeline()
        run(pipeline, 0, 0, GAMES)
        by_hand(
            pipeline, "UPDATE nba_ops.partitions SET recorded_at = recorded_at - INTERVAL 1 DAY"
        )
        other = Pipeline(pipeline.warehouse, load())
        run(other, 1, 1, GAMES)
        late = "recorded_at = recorded_at - INTERVAL 50 MINUTE"
        read = self.rows_read(monkeypatch)
        by_hand(pipeline, f"UPDATE nba_ops.partitions SET {late} WHERE partition_date = '{day(1)}'")
        assert len(read) == 1
        assert read[0] > wall_clock() - OVERLAP - timedelta(minutes=5)
        whole = Ledger(pipeline.warehouse, pipeline.registry)
        whole.read()
        known = pipeline.assessor.ledger
        assert known.proofs == whole.proofs
        assert set(known.proofs[GAMES]) == {day(0), day(1)}
        assert known.proof(GAMES, day(1)).status is Status.SUCCESS
        assert (known.changes, known.told) == ({}, [])

    def test_a_file_is_read_whole(self, monkeypatch):
        pipeline = league(1).pipeline()
        run(pipeline, 0, 0, GAMES)
        read = self.rows_read(monkeypatch)
        by_hand(pipeline, "DELETE FROM nba_ops.partitions")
        assert read == [BEGINNING]
        assert pipeline.assessor.ledger.proof(GAMES, day(0)) is None
