"""Runs that died: found, told of, and with them what they published without a word."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from pipeline.clock import wall_clock
from pipeline.died import QUIET
from pipeline.ledger import PARTITIONS, PROCESS, RUNS, Event, run_row
from pipeline.run import Pipeline
from pipeline.since import MOMENT
from processors.errors import WarehouseDenied
from tests.oracle.tiny import day
from tests.pipeline.small import (
    GAMES,
    Watched,
    ask,
    by_hand,
    league,
    plan,
    run,
    states,
    statuses,
)

ELSEWHERE = "elsewhere:1:abcdef"


def begun_elsewhere(
    pipeline: Pipeline, ago: timedelta = timedelta(days=1), name: str = "abcdef"
) -> tuple[str, str]:
    """What a process leaves behind that was killed in a run."""
    begun = wall_clock() - ago
    request = json.dumps(ask(pipeline, 0, 0, GAMES).as_json())
    row = run_row(f"{begun:{MOMENT}}-{name}", Event.STARTED, request)
    row |= {"process": ELSEWHERE, "recorded_at": begun}
    pipeline.warehouse.append({RUNS: [row]})
    return str(row["run_id"]), request


def said(pipeline: Pipeline, run_id: str, ago: timedelta) -> None:
    """A word of that run in the ledger."""
    row = {
        "run_id": run_id,
        "table_name": GAMES,
        "partition_date": day(0),
        "status": "blocked",
        "reason": "nothing there",
        "evidence": "{}",
        "duration_ms": 1,
        "recorded_at": wall_clock() - ago,
    }
    pipeline.warehouse.append({PARTITIONS: [row]})


class Shared(Watched):
    """A warehouse that others write too."""

    is_shared = True


class OnlyRead(Shared):
    """Where this account may not write."""

    def append(self, rows: object) -> None:
        raise WarehouseDenied(f"{len(str(rows))} letters were not taken")


def again(pipeline: Pipeline) -> Pipeline:
    return Pipeline(pipeline.warehouse, pipeline.registry)


def shared(pipeline: Pipeline, kind: type[Shared] = Shared) -> Pipeline:
    """The same, opened by a process beside others."""
    return Pipeline(kind(pipeline.warehouse), pipeline.registry)


class TestAlone:
    def test_leaves_a_trace(self):
        pipeline = league(1).pipeline()
        run_id, request = begun_elsewhere(pipeline, ago=timedelta(seconds=1))
        assert again(pipeline).died == [run_id]
        ((event, asked, detail),) = pipeline.warehouse.rows(
            "SELECT event, request, detail FROM `nba_ops.runs` WHERE event != 'started'"
        )
        assert (event, asked) == ("died", request)
        assert json.loads(detail) == {"died_in": ELSEWHERE, "found_by": PROCESS}

    def test_is_found_once(self):
        pipeline = league(1).pipeline()
        begun_elsewhere(pipeline)
        assert len(again(pipeline).died) == 1
        assert again(pipeline).died == []

    def test_a_living_run_of_this_process_has_not(self):
        pipeline = league(2).pipeline()
        reports = pipeline.run_in_chunks(ask(pipeline, 0, 1, GAMES), size=1)
        next(reports)
        assert again(pipeline).died == []
        assert len(list(reports)) == 1

    def test_finished_runs_have_not(self):
        pipeline = league(1).pipeline()
        run(pipeline, 0, 0, GAMES)
        assert again(pipeline).died == []


class TestBesideOthers:
    @pytest.mark.parametrize(
        ("began", "spoke", "has_died"),
        [
            (QUIET / 2, None, False),
            (QUIET * 2, None, True),
            (QUIET * 3, QUIET / 2, False),
            (QUIET * 3, QUIET * 2, True),
        ],
    )
    def test_who_has_said_something_lately_lives(self, began, spoke, has_died):
        pipeline = league(1).pipeline()
        run_id, _ = begun_elsewhere(pipeline, ago=began)
        if spoke is not None:
            said(pipeline, run_id, spoke)
        assert shared(pipeline).died == ([run_id] if has_died else [])

    def test_who_may_only_read_leaves_them(self):
        pipeline = league(1).pipeline()
        run_id, _ = begun_elsewhere(pipeline)
        assert shared(pipeline, OnlyRead).died == [run_id]
        assert shared(pipeline).died == [run_id]

    def test_is_looked_for_again(self):
        pipeline = shared(league(1).pipeline())
        run_id, _ = begun_elsewhere(pipeline)
        assert pipeline.died == []
        pipeline.bury()
        assert pipeline.died == [run_id]


def lose_the_word(pipeline: Pipeline, run_id: str) -> None:
    """As where a process was killed after its rows stood there, and before the ledger did."""
    of_run = f"WHERE run_id = '{run_id}'"
    by_hand(pipeline, f"DELETE FROM nba_ops.runs {of_run} AND event != 'started'")
    by_hand(pipeline, f"DELETE FROM nba_ops.partitions {of_run}")
    by_hand(pipeline, f"UPDATE nba_ops.runs SET process = '{ELSEWHERE}' {of_run}")


@pytest.fixture(scope="module")
def found() -> tuple[Pipeline, str]:
    pipeline = league(2).pipeline()
    run(pipeline, 1, 1, GAMES)
    run_id = run(pipeline, 0, 0, GAMES).run_id
    lose_the_word(pipeline, run_id)
    return again(pipeline), run_id


class TestLostWord:
    def test_is_noticed(self, found: tuple[Pipeline, str]):
        pipeline, run_id = found
        rows = pipeline.warehouse.rows(
            "SELECT partition_date, status, reason, output_fingerprint FROM `nba_ops.partitions`"
            f" WHERE run_id = '{run_id}'"
        )
        ((when, status, reason, fingerprint),) = rows
        assert (when, status, fingerprint) == (day(0), "failed", None)
        assert reason == (
            f"WordLost: run {run_id} published these 16 rows and died before it could say so: they"
            " count for nothing until the date is asked for again"
        )
        ((detail,),) = pipeline.warehouse.rows(
            f"SELECT detail FROM `nba_ops.runs` WHERE run_id = '{run_id}' AND event = 'died'"
        )
        assert json.loads(detail)["published_without_a_word"] == 1

    def test_is_noticed_once(self, found: tuple[Pipeline, str]):
        pipeline, _ = found
        before = pipeline.warehouse.rows("SELECT COUNT(*) FROM `nba_ops.partitions`")
        assert again(pipeline).died == []
        assert pipeline.warehouse.rows("SELECT COUNT(*) FROM `nba_ops.partitions`") == before

    def test_asked_for_again(self, found: tuple[Pipeline, str]):
        """Computed, found the same, remembered; the other date was never in doubt."""
        pipeline, _ = found
        assert states(plan(pipeline, 0, 1, GAMES), GAMES) == {0: "missing", 1: "fresh"}
        report = run(pipeline, 0, 1, GAMES)
        assert statuses(report, GAMES) == ["unchanged", "unchanged"]
        assert report.results[0].reason.startswith("computed again: the same")
        assert states(plan(pipeline, 0, 1, GAMES), GAMES) == {0: "fresh", 1: "fresh"}

    def test_proven_since_by_another(self):
        """Who was asked meanwhile found it right: nothing is lost any more."""
        pipeline = league(1).pipeline()
        run_id = run(pipeline, 0, 0, GAMES).run_id
        lose_the_word(pipeline, run_id)
        assert statuses(run(pipeline, 0, 0, GAMES), GAMES) == ["unchanged"]
        assert again(pipeline).died == [run_id]
        words = pipeline.warehouse.rows("SELECT status FROM `nba_ops.partitions`")
        assert words == [("unchanged",)]
        assert states(plan(pipeline, 0, 0, GAMES), GAMES) == {0: "fresh"}
