"""What the ledger tells of one date."""

from __future__ import annotations

from pipeline.outcome import Status
from pipeline.told import latest_outcomes, said_by_run
from tests.oracle.tiny import day
from tests.pipeline.small import GAMES, OFFENSE, league, run


def test_latest_of_each_table():
    pipeline = league(2).pipeline()
    first = run(pipeline, 0, 1, GAMES)
    second = run(pipeline, 0, 0, GAMES, OFFENSE)
    found = latest_outcomes(pipeline.warehouse, day(0))
    assert {table: (one.run_id, one.status) for table, one in found.items()} == {
        GAMES: (second.run_id, Status.UNCHANGED),
        OFFENSE: (second.run_id, Status.SUCCESS),
    }
    assert found[OFFENSE].evidence["rows"] == 2
    (other,) = latest_outcomes(pipeline.warehouse, day(1)).values()
    assert (other.run_id, other.day, other.reason) == (
        first.run_id,
        day(1),
        "16 rows of 16 expected",
    )


def test_what_each_run_said():
    small = league(2)
    small.drop_boxes("g1")
    pipeline = small.pipeline()
    first, second = run(pipeline, 0, 1, GAMES), run(pipeline, 1, 1, GAMES, OFFENSE)
    assert said_by_run(pipeline.warehouse, day(0)) == {first.run_id: {Status.SUCCESS: 1}}
    assert said_by_run(pipeline.warehouse, day(1)) == {
        first.run_id: {Status.BLOCKED: 1},
        second.run_id: {Status.BLOCKED: 2},
    }


def test_nothing_was_said():
    pipeline = league(1).pipeline()
    assert latest_outcomes(pipeline.warehouse, day(0)) == {}
    assert said_by_run(pipeline.warehouse, day(0)) == {}
