"""The ledger read back."""

from __future__ import annotations

from pipeline.history import outcomes_of, recent_runs
from pipeline.ledger import Event
from pipeline.outcome import Status
from pipeline.plan import make_request
from tests.oracle.tiny import day
from tests.pipeline.small import GAMES, OFFENSE, ask, league, outcome, run
from tests.pipeline.test_failing import Lying


class TestRecentRuns:
    def test_latest_first(self):
        pipeline = league(2).pipeline()
        first, second = run(pipeline, 0, 0, GAMES), run(pipeline, 1, 1, GAMES)
        found = recent_runs(pipeline.warehouse, limit=10)
        assert [one.run_id for one in found] == [second.run_id, first.run_id]
        assert found == sorted(found, key=lambda one: one.started, reverse=True)
        assert [one.run_id for one in recent_runs(pipeline.warehouse, limit=1)] == [second.run_id]

    def test_what_it_says(self):
        pipeline = league(1).pipeline()
        request = make_request(
            pipeline.registry, tables=[GAMES], days=[day(0)], about={"correlation_id": "abc"}
        )
        pipeline.run(request)
        (found,) = recent_runs(pipeline.warehouse, limit=10)
        assert (found.event, found.status, found.detail) == (Event.FINISHED, "completed", {})
        assert found.request == request.as_json()
        assert found.request["about"] == {"correlation_id": "abc"}
        assert found.started <= found.ended

    def test_stopped(self):
        pipeline = league(3).pipeline()
        reports = pipeline.run_in_chunks(ask(pipeline, 0, 2, GAMES), size=2)
        next(reports)
        (running,) = recent_runs(pipeline.warehouse, limit=10)
        assert (running.event, running.ended, running.status) == (Event.STARTED, None, None)
        reports.close()
        (found,) = recent_runs(pipeline.warehouse, limit=10)
        assert (found.event, found.detail) == (Event.STOPPED, {"continue_from": str(day(2))})

    def test_of_a_table_a_date_a_status(self):
        small = league(2)
        small.drop_boxes("g1")
        pipeline = small.pipeline()
        good, bad = run(pipeline, 0, 0, GAMES), run(pipeline, 1, 1, GAMES)
        offense = run(pipeline, 0, 0, OFFENSE)

        def ids(**said: object) -> list[str]:
            return [one.run_id for one in recent_runs(pipeline.warehouse, limit=10, **said)]

        assert ids(table=OFFENSE) == [offense.run_id]
        assert ids(table=GAMES) == [bad.run_id, good.run_id]
        assert ids(day=day(0)) == [offense.run_id, good.run_id]
        assert ids(table=GAMES, day=day(1)) == [bad.run_id]
        assert ids(status="blocked") == [bad.run_id]
        assert ids(status="complete") == []


class TestOutcomes:
    def test_what_the_report_said(self):
        pipeline = league(2).pipeline()
        report = run(pipeline, 0, 1, GAMES, OFFENSE)
        found = outcomes_of(pipeline.warehouse, report.run_id)
        assert {(one.table, one.day, one.status, one.reason) for one in found} == {
            (one.table, one.day, one.status, one.reason) for one in report.results
        }
        assert [one.rows for one in found if one.table == GAMES] == [16, 16]
        assert found[0].evidence["expected"] == outcome(report, GAMES, 0).evidence.expected

    def test_what_was_taken_back(self):
        """Published, and then not found by the scan: two rows in the ledger, one outcome."""
        pipeline = league(1).pipeline()
        pipeline.warehouse = Lying(pipeline.warehouse, GAMES, day(0))
        pipeline.refresh()
        report = run(pipeline, 0, 0, GAMES)
        (found,) = outcomes_of(pipeline.warehouse, report.run_id)
        assert (found.status, found.day) == (Status.FAILED, day(0))
        told = pipeline.warehouse.rows(
            "SELECT status, recorded_at FROM `nba_ops.partitions` ORDER BY recorded_at"
        )
        assert [status for status, _ in told] == ["success", "failed"]
        assert len({moment for _, moment in told}) == 2
