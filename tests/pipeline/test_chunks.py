"""A run in chunks: where it stops, what the ledger says of it, and who gets in between."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest

from pipeline.outcome import Status
from pipeline.plan import make_request
from pipeline.run import Pipeline, Report
from processors.errors import UsageError, WarehouseTransient
from tests.oracle.tiny import day
from tests.pipeline.small import (
    BOXES,
    GAMES,
    LINES,
    OFFENSE,
    PLAYER_ASOF,
    Watched,
    ask,
    everything,
    league,
    ledger,
    outcome,
    plan,
    rewritten,
    run,
    states,
    statuses,
)
from tests.worlds import stored_rows


def events(pipeline: Pipeline) -> list[tuple[str, str | None, object]]:
    rows = pipeline.warehouse.rows(
        "SELECT event, status, detail FROM `nba_ops.runs` ORDER BY recorded_at"
    )
    return [(event, status, json.loads(detail or "null")) for event, status, detail in rows]


def numbers(report: Report) -> list[int]:
    return [(one - day(0)).days for one in report.request.days]


class TestDays:
    def test_with_gaps(self):
        pipeline = league(5).pipeline()
        request = make_request(pipeline.registry, tables=[GAMES], days=[day(3), day(0), day(3)])
        report = pipeline.run(request)
        assert [(one.day, one.status) for one in report.results] == [
            (day(0), Status.SUCCESS),
            (day(3), Status.SUCCESS),
        ]
        assert {row["game_date"] for row in stored_rows(pipeline.warehouse, GAMES)} == {
            day(0),
            day(3),
        }

    def test_as_json(self, registry):
        days = [day(0), day(1), day(2), day(5), day(7), day(8)]
        said = make_request(registry, tables=[GAMES], days=days, about={"who": "me"}).as_json()
        assert said["days"] == ["2024-10-22/2024-10-24", "2024-10-27", "2024-10-29/2024-10-30"]
        assert said["about"] == {"who": "me"}

    @pytest.mark.parametrize(
        ("said", "message"),
        [
            ({}, "ask for dates, or for a range with its start and its end"),
            ({"start": day(0)}, "ask for dates, or for a range with its start and its end"),
            ({"days": []}, "no date is asked for"),
            ({"days": [day(0)], "start": day(0)}, "not for both"),
            ({"days": [day(0), day(0) + timedelta(days=3660)]}, "more than ten years"),
        ],
    )
    def test_refused(self, registry, said, message):
        with pytest.raises(UsageError, match=message):
            make_request(registry, **said)


class TestOrder:
    def test_tables_then_dates(self):
        """Whether a date had to be computed or not makes no difference to its place."""
        pipeline = league(5).pipeline()
        run(pipeline, 3, 3, GAMES)
        report = run(pipeline, -1, 5, PLAYER_ASOF, GAMES)
        assert statuses(report, GAMES)[4] == "unchanged"
        assert [(one.table, one.day) for one in report.results] == [
            (table, day(number)) for table in (GAMES, PLAYER_ASOF) for number in range(-1, 6)
        ]


class TestChunks:
    def test_as_one_run(self):
        pipeline = league(5).pipeline()
        reports = list(pipeline.run_in_chunks(ask(pipeline, 0, 4), size=2))
        assert [numbers(one) for one in reports] == [[0, 1], [2, 3], [4]]
        assert len({one.run_id for one in reports}) == 1
        assert events(pipeline) == [("started", None, None), ("finished", "blocked", None)]
        quiet = league(5).pipeline()
        run(quiet, 0, 4)
        assert everything(pipeline.warehouse) == everything(quiet.warehouse)

    def test_says_each_thing_once(self):
        """Lines are blocked in each chunk, and asked for or prepared only once a date."""
        pipeline = league(4).pipeline()
        list(pipeline.run_in_chunks(ask(pipeline, 0, 3), size=1))
        rows = ledger(pipeline, ["table_name", "partition_date"])
        assert len(rows) == len(set(rows)) == 4 * len(pipeline.registry.processors)
        assert (LINES, day(0)) in rows

    def test_overall_is_of_all_chunks(self):
        small = league(3)
        small.drop_boxes("g0")
        pipeline = small.pipeline()
        reports = list(pipeline.run_in_chunks(ask(pipeline, 0, 2, GAMES), size=1))
        assert [one.overall.word for one in reports] == ["blocked", "completed", "completed"]
        assert events(pipeline)[-1] == ("finished", "blocked", None)

    def test_no_chunk_of_nothing(self):
        pipeline = league(1).pipeline()
        with pytest.raises(UsageError, match="at least one date, not 0"):
            next(pipeline.run_in_chunks(ask(pipeline, 0), size=0))


class TestStopped:
    def test_told_not_to_go_on(self):
        pipeline = league(5).pipeline()
        answers = iter([True, True, False])
        request = ask(pipeline, 0, 4, GAMES)
        reports = list(pipeline.run_in_chunks(request, size=2, go_on=lambda: next(answers)))
        assert [numbers(one) for one in reports] == [[0, 1], [2, 3]]
        assert events(pipeline)[-1] == ("stopped", "completed", {"continue_from": str(day(4))})
        assert Counter(states(plan(pipeline, 0, 4, GAMES), GAMES).values()) == {
            "fresh": 4,
            "missing": 1,
        }

    def test_before_it_began(self):
        pipeline = league(1).pipeline()
        request = ask(pipeline, 0, 0, GAMES)
        assert list(pipeline.run_in_chunks(request, size=1, go_on=lambda: False)) == []
        assert events(pipeline) == [
            ("started", None, None),
            ("stopped", "completed", {"continue_from": str(day(0))}),
        ]

    def test_the_caller_goes_away(self):
        pipeline = league(4).pipeline()
        reports = pipeline.run_in_chunks(ask(pipeline, 0, 3, GAMES), size=1)
        next(reports)
        reports.close()
        assert events(pipeline)[1:] == [
            ("stopped", "completed", {"continue_from": str(day(1))}),
        ]
        # The lane is free.
        assert statuses(run(pipeline, 0, 3, GAMES), GAMES) == ["unchanged", *["success"] * 3]

    def test_the_caller_goes_away_after_the_last(self):
        pipeline = league(2).pipeline()
        reports = pipeline.run_in_chunks(ask(pipeline, 0, 1, GAMES), size=2)
        next(reports)
        reports.close()
        assert [event for event, _, _ in events(pipeline)] == ["started", "finished"]

    def test_a_fault_of_ours(self):
        pipeline = league(2).pipeline()

        def broken() -> bool:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            list(pipeline.run_in_chunks(ask(pipeline, 0, 1), size=1, go_on=broken))
        assert events(pipeline)[-1] == ("died", None, {"error": "ZeroDivisionError"})


class TestBetweenChunks:
    def test_others_get_in(self):
        pipeline = league(4).pipeline()
        reports = pipeline.run_in_chunks(ask(pipeline, 0, 3, GAMES), size=2)
        next(reports)
        between = run(pipeline, 0, 3, GAMES)
        assert statuses(between, GAMES) == ["unchanged"] * 2 + ["success"] * 2
        (last,) = reports
        assert statuses(last, GAMES) == ["unchanged"] * 2

    def test_who_waits_is_let_in_first(self):
        """Though the run asks for the lane again at once."""
        pipeline = league(6).pipeline()
        reports = pipeline.run_in_chunks(ask(pipeline, 0, 4, GAMES), size=1)
        next(reports)
        other = threading.Thread(target=run, args=(pipeline, 5, 5, GAMES))
        with pipeline.warehouse.lane:
            other.start()
            while not pipeline.warehouse.lane.waiting:
                time.sleep(0.01)
        for _ in reports:
            pass
        other.join()
        told = pipeline.warehouse.rows(
            "SELECT partition_date FROM `nba_ops.partitions` ORDER BY recorded_at"
        )
        assert [moment for (moment,) in told][:2] == [day(0), day(5)]

    def test_another_pipeline_on_the_warehouse(self):
        """It sees what the first has done, and the other way round."""
        pipeline = league(4).pipeline()
        other = Pipeline(pipeline.warehouse, pipeline.registry)
        assert statuses(run(pipeline, 0, 1, GAMES), GAMES) == ["success"] * 2
        assert statuses(run(other, 0, 2, GAMES), GAMES) == ["unchanged"] * 2 + ["success"]
        looked = pipeline.plan(ask(pipeline, 0, 3, GAMES))
        assert list(states(looked, GAMES).values()) == ["fresh"] * 3 + ["missing"]


class Interrupted(Watched):
    """Somebody interrupts in the middle of a table's statement, or before it."""

    def __init__(self, pipeline: Pipeline, table: str) -> None:
        super().__init__(pipeline.warehouse)
        self._pipeline, self._table = pipeline, table

    def stage(self, processor, span, errand=None) -> None:
        super().stage(processor, span, errand)
        if processor.table == self._table:
            self._pipeline.interrupt()
            raise WarehouseTransient("the statement was given up")


class TestInterrupted:
    def interrupted(self, table: str) -> tuple[Pipeline, list[Report]]:
        pipeline = league(4).pipeline()
        inner = pipeline.warehouse
        pipeline.warehouse = Interrupted(pipeline, table)
        pipeline.refresh()
        reports = list(pipeline.run_in_chunks(ask(pipeline, 0, 3, GAMES, OFFENSE), size=2))
        pipeline.warehouse = inner
        pipeline.refresh()
        return pipeline, reports

    def test_what_is_left_fails_for_now(self):
        pipeline, (report,) = self.interrupted(GAMES)
        assert {(one.status, one.transient) for one in report.results} == {(Status.FAILED, True)}
        assert report.overall.http_status == 503
        assert events(pipeline) == [
            ("started", None, None),
            ("stopped", "failed", {"continue_from": str(day(0))}),
        ]
        assert stored_rows(pipeline.warehouse, GAMES) == []

    def test_what_is_done_stays(self):
        pipeline, (report,) = self.interrupted(OFFENSE)
        assert statuses(report, GAMES) == ["success"] * 2
        assert statuses(report, OFFENSE) == ["failed"] * 2
        assert outcome(report, OFFENSE, 1).transient
        assert stored_rows(pipeline.warehouse, OFFENSE) == []

    def test_asked_again(self):
        pipeline, _ = self.interrupted(OFFENSE)
        report = run(pipeline, 0, 3, GAMES, OFFENSE)
        assert statuses(report, GAMES) == ["unchanged"] * 2 + ["success"] * 2
        assert statuses(report, OFFENSE) == ["success"] * 4

    def test_who_waits_is_given_up_too(self):
        pipeline = league(1).pipeline()
        found: list[Report] = []
        with pipeline.warehouse.lane:
            waiting = threading.Thread(
                target=lambda: found.append(run(pipeline, 0, 0, GAMES)), daemon=True
            )
            waiting.start()
            while not pipeline.warehouse.lane.waiting:
                time.sleep(0.01)
            pipeline.interrupt()
        waiting.join()
        assert statuses(found[0], GAMES) == ["failed"]
        assert found[0].overall.word == "failed"
        assert statuses(run(pipeline, 0, 0, GAMES), GAMES) == ["success"]

    def test_a_statement_at_work(self, registry):
        """The engine's own: a statement that would take minutes ends at once."""
        crowd = [f"a{number}" for number in range(10)]
        endless = (
            f"SELECT COUNT(*) FROM {' CROSS JOIN '.join(f'`{BOXES}` AS {a}' for a in crowd)}"
            f" WHERE MOD({' + '.join(f'{a}.points' for a in crowd)}, 7) = 9"
        )
        slow = rewritten(registry, GAMES, lambda text: f"{text.rstrip()}\nWHERE ({endless}) = 0")
        pipeline = league(1).pipeline(slow)
        found: list[Report] = []
        running = threading.Thread(
            target=lambda: found.append(run(pipeline, 0, 0, GAMES)), daemon=True
        )
        running.start()
        while running.is_alive() and not pipeline.warehouse._staging:
            time.sleep(0.01)
        time.sleep(0.5)
        assert running.is_alive()
        pipeline.interrupt()
        running.join(timeout=20)
        assert not running.is_alive()
        assert statuses(found[0], GAMES) == ["failed"]
        assert outcome(found[0], GAMES, 0).transient
        assert events(pipeline)[-1][0] == "stopped"
