"""Quarantine read back."""

from __future__ import annotations

from pipeline.quarantine import read_quarantine
from tests.oracle.tiny import day
from tests.pipeline.small import BOXES, GAMES, OFFENSE, Small, correct, run


def with_bad(*players: str) -> Small:
    """Three games, so that two bad rows are less than 5 %."""
    small = Small()
    small.play_two(0)
    small.play("south0", 0, "MIA", "ORL")
    for player in players:
        small.rows_of("east0", player, fg_made=5, fg_attempted=4)
    return small


def read(pipeline, *, table=None, examples=10):
    return read_quarantine(pipeline.warehouse, day(0), table=table, examples=examples)


def test_by_reason_with_examples():
    pipeline = with_bad("bos1", "bos0").pipeline()
    report = run(pipeline, 0, 0, GAMES)
    (found,) = read(pipeline)
    assert (found.table, found.reason, found.rows) == (GAMES, "made_more_than_attempted", 2)
    assert (found.run_id, found.is_latest) == (report.run_id, True)
    assert [one.key for one in found.examples] == ["2024-10-22 bos0", "2024-10-22 bos1"]
    assert found.examples[0].row["fg_made"] == 5
    (short,) = read(pipeline, examples=1)
    assert (short.rows, [one.key for one in short.examples]) == (2, ["2024-10-22 bos0"])


def test_of_a_table():
    """`_` in a table's name stands for itself."""
    pipeline = with_bad("bos0").pipeline()
    run(pipeline, 0, 0, GAMES)
    assert len(read(pipeline, table=GAMES)) == 1
    assert read(pipeline, table=OFFENSE) == []
    assert read(pipeline, table=GAMES.replace("_", "%")) == []


def test_computed_again_since():
    """What was set aside then stays, but it isn't what keeps the date partial now."""
    small = with_bad("bos0")
    pipeline = small.pipeline()
    run(pipeline, 0, 0, GAMES)
    run(pipeline, 0, 0, GAMES)
    assert [one.is_latest for one in read(pipeline)] == [True], "nothing was computed since"
    correct(pipeline, BOXES, small.rows_of("east0", "bos0", fg_attempted=8))
    run(pipeline, 0, 0, GAMES)
    assert [one.is_latest for one in read(pipeline)] == [False]


def test_rejected_date():
    """Nothing of it was published, and its bad rows are there to be looked at."""
    pipeline = with_bad(*(f"bos{number}" for number in range(8))).pipeline()
    run(pipeline, 0, 0, GAMES)
    assert [(one.reason, one.rows, one.is_latest) for one in read(pipeline)] == [
        ("made_more_than_attempted", 7, True),
        ("ts_pct_out_of_range", 1, True),
    ]


def test_other_date():
    pipeline = with_bad("bos0").pipeline()
    run(pipeline, 0, 0, GAMES)
    assert read_quarantine(pipeline.warehouse, day(1), table=None, examples=1) == []
