"""Blocked and broken dates: what stands in the way, what a retry helps, what a scan finds."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.outcome import Status
from pipeline.run import Pipeline
from processors.errors import WarehouseFailed, WarehouseTransient
from tests.oracle.tiny import day
from tests.pipeline.small import (
    BOXES,
    DEFENSE,
    GAMES,
    OFFENSE,
    PLAYER_ASOF,
    TEAM_FORM,
    Small,
    Watched,
    correct,
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


class TestBlocked:
    def test_then_the_input_lands(self):
        small = league(3)
        rows = small.raw[BOXES]
        small.drop_boxes("g1")
        pipeline = small.pipeline()
        report = run(pipeline, 0, 2, GAMES)
        assert statuses(report, GAMES) == ["success", "blocked", "success"]
        found = outcome(report, GAMES, 1)
        assert found.reason == f"{BOXES}: 0 games of {day(1)} whole"
        assert (report.overall.word, report.overall.exit_code) == ("blocked", 2)
        correct(pipeline, BOXES, rows)
        report = run(pipeline, 0, 2, GAMES)
        assert statuses(report, GAMES) == ["unchanged", "success", "unchanged"]

    def test_says_why_in_prepared(self):
        """What was asked is blocked by what had to be prepared for it."""
        small = league(2)
        small.drop_boxes("g0")
        report = run(small.pipeline(), 1, 1, PLAYER_ASOF)
        assert [one.table for one in report.results] == [PLAYER_ASOF]
        assert [(one.table, one.status) for one in report.prepared] == [(GAMES, Status.BLOCKED)]

    def test_lost_rows_block_again(self):
        """What is not there can't be told apart from what never was."""
        pipeline = league(1).pipeline()
        run(pipeline, 0, 0, GAMES)
        pipeline.warehouse._connection.execute(f"DELETE FROM {BOXES}")
        pipeline.refresh()
        assert statuses(run(pipeline, 0, 0, GAMES), GAMES) == ["blocked"]
        assert len(stored_rows(pipeline.warehouse, GAMES)) == 16


def broken(registry):
    """A team_defense_game_summary that compiles, and fails when it meets a team's name."""
    return rewritten(
        registry,
        DEFENSE,
        lambda text: text.replace(
            "SELECT\n  own.game_date,",
            "SELECT\n  IF(CAST(own.team_abbr AS INT64) > 0, own.game_date, NULL) AS game_date,",
        ),
    )


class Failing(Watched):
    """A warehouse whose statement for one table gives up, from a date on."""

    def __init__(self, inner, table: str, error: Exception, since: date = date.min) -> None:
        super().__init__(inner)
        self._table, self._error, self._since = table, error, since

    def stage(self, processor, span, errand=None) -> None:
        if processor.table == self._table and span.start >= self._since:
            raise self._error
        super().stage(processor, span, errand)


class TestFailed:
    def test_an_error_of_the_engine(self, registry):
        pipeline = league(2).pipeline(broken(registry))
        report = run(pipeline, 0, 1)
        found = outcome(report, DEFENSE, 0)
        assert found.status is Status.FAILED
        assert found.reason.startswith(
            f"WarehouseFailed: the statement of {DEFENSE} failed in duckdb 1."
        )
        assert "BOS" in found.reason or "NYK" in found.reason
        assert not found.transient
        assert (report.overall.http_status, report.overall.exit_code) == (500, 1)

    def test_other_tables_go_on(self, registry):
        pipeline = league(2).pipeline(broken(registry))
        report = run(pipeline, 0, 1)
        assert statuses(report, DEFENSE) == ["failed"] * 2
        assert statuses(report, GAMES) == ["success"] * 2
        assert statuses(report, OFFENSE) == ["success"] * 2
        assert statuses(report, TEAM_FORM) == ["blocked"] * 2
        assert statuses(report, PLAYER_ASOF) == ["skipped_bootstrap", "success"]

    def test_other_dates_go_on(self):
        """One of two statements of a table breaks; the other dates are done."""
        small = Small()
        for number in (0, 1, 20, 21):
            small.play(f"g{number}", number)
        pipeline = small.pipeline()
        error = WarehouseFailed("out of luck")
        pipeline.warehouse = Failing(pipeline.warehouse, OFFENSE, error, since=day(20))
        pipeline.refresh()
        report = run(pipeline, 0, 21, OFFENSE, DEFENSE)
        found = {
            (one.table, one.day): one.status.value
            for one in report.results
            if one.evidence.expectation.games
        }
        assert [found[OFFENSE, day(number)] for number in (0, 1, 20, 21)] == [
            "success",
            "success",
            "failed",
            "failed",
        ]
        assert [found[DEFENSE, day(number)] for number in (0, 1, 20, 21)] == [
            "success",
            "success",
            "blocked",
            "blocked",
        ]

    def test_transient(self):
        pipeline = league(1).pipeline()
        inner = pipeline.warehouse
        pipeline.warehouse = Failing(inner, GAMES, WarehouseTransient("memory"))
        pipeline.refresh()
        report = run(pipeline, 0, 0, GAMES)
        found = outcome(report, GAMES, 0)
        assert (found.status, found.transient) == (Status.FAILED, True)
        assert found.reason == "WarehouseTransient: memory"
        assert (report.overall.http_status, report.overall.exit_code) == (503, 1)
        pipeline.warehouse = inner
        pipeline.refresh()
        assert statuses(run(pipeline, 0, 0, GAMES), GAMES) == ["success"]

    def test_old_rows_stay(self, registry):
        pipeline = league(2).pipeline()
        run(pipeline, 0, 1)
        before = everything(pipeline.warehouse)
        again = Pipeline(pipeline.warehouse, broken(registry))
        assert statuses(run(again, 0, 1, DEFENSE), DEFENSE) == ["failed"] * 2
        assert everything(pipeline.warehouse) == before

    def test_an_error_that_is_not_ours_ends_the_run(self):
        """A fault in the code is no outcome: the run dies, and the next one says so."""
        pipeline = league(1).pipeline()
        inner = pipeline.warehouse
        pipeline.warehouse = Failing(inner, GAMES, ZeroDivisionError("a fault of ours"))
        pipeline.refresh()
        with pytest.raises(ZeroDivisionError):
            run(pipeline, 0, 0, GAMES)
        rows = inner.rows("SELECT event, status, detail FROM `nba_ops.runs` ORDER BY recorded_at")
        assert rows == [
            ("started", None, None),
            ("died", None, '{"error": "ZeroDivisionError"}'),
        ]
        assert Pipeline(inner, pipeline.registry).died == []


class Lying(Watched):
    """A warehouse whose published rows count right and scan as if they weren't there."""

    def __init__(self, inner, table: str, day_lost: date) -> None:
        super().__init__(inner)
        self._lost = table, day_lost
        self.lies = False

    def publish(self, publication, step) -> None:
        self._inner.publish(publication, step)
        self.lies = self.lies or publication.contract.table == self._lost[0]

    def fingerprints(self, contract, views, *, first, last):
        found = self._inner.fingerprints(contract, views, first=first, last=last)
        if self.lies and contract.table == self._lost[0]:
            for by_day in found:
                by_day.pop(self._lost[1], None)
        return found


class TestVerified:
    def test_a_scan_that_finds_nothing(self):
        pipeline = league(3).pipeline()
        pipeline.warehouse = Lying(pipeline.warehouse, GAMES, day(1))
        pipeline.refresh()
        report = run(pipeline, 0, 2, GAMES)
        assert statuses(report, GAMES) == ["success", "failed", "success"]
        found = outcome(report, GAMES, 1)
        assert found.reason.startswith("VerificationFailed: staged 16:")
        assert found.reason.endswith("a scan of the published rows finds 0:0000000000000000")
        assert (found.evidence.verified, found.transient) == (False, False)

    def test_where_others_write_one_of_them_may_have_come_between(self):
        pipeline = league(2).pipeline()
        lying = Lying(pipeline.warehouse, GAMES, day(1))
        lying.is_shared = True
        pipeline.warehouse = lying
        pipeline.refresh()
        assert outcome(run(pipeline, 0, 1, GAMES), GAMES, 1).transient

    def test_is_remembered_and_not_believed(self):
        pipeline = league(2).pipeline()
        lying = Lying(pipeline.warehouse, GAMES, day(1))
        pipeline.warehouse = lying
        pipeline.refresh()
        run(pipeline, 0, 1, GAMES)
        last = ledger(pipeline, ["status", "output_fingerprint"], "status = 'failed'")
        assert last == [("failed", None)]
        assert states(plan(pipeline, 0, 1, GAMES), GAMES) == {0: "fresh", 1: "missing"}
