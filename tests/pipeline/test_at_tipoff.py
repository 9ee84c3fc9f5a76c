"""Tip-off to the microsecond, through the whole pipeline: what is seen before it counts, what is
seen at it or after it does not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.oracle.tiny import of, tipoff
from tests.worlds import stored_rows

from .small import LINES, PLAYER_CONTEXT, Small, league, run

DAY = 2
GAME, PLAYER = f"g{DAY}", "bos3"
TIPOFF = tipoff(DAY)
TICK = timedelta(microseconds=1)
MOMENTS = pytest.mark.parametrize(
    ("at", "is_seen"),
    [(TIPOFF - TICK, True), (TIPOFF, False), (TIPOFF + TICK, False)],
    ids=["a microsecond before", "at tip-off", "a microsecond after"],
)


def rows_of(small: Small, table: str) -> list[dict[str, object]]:
    pipeline = small.pipeline()
    run(pipeline, 0, DAY)
    found = [
        row
        for row in stored_rows(pipeline.warehouse, table)
        if (row["game_id"], row["player_lookup"]) == (GAME, PLAYER)
    ]
    pipeline.warehouse.close()
    return found


def context_of(small: Small) -> dict[str, object]:
    return of(rows_of(small, PLAYER_CONTEXT))


@MOMENTS
def test_report(at: datetime, is_seen: bool) -> None:
    """Of two reports the later one, if it was out before tip-off."""
    small = league(DAY + 1)
    small.report(GAME, PLAYER, "probable", hours=2)
    small.report(GAME, PLAYER, "out", reported_at=at)
    row = context_of(small)
    known = ("out", at) if is_seen else ("probable", TIPOFF - timedelta(hours=2))
    assert (row["player_status"], row["injury_report_at"]) == known


@MOMENTS
def test_only_report(at: datetime, is_seen: bool) -> None:
    """Without another one, nothing is known of him."""
    small = league(DAY + 1)
    small.report(GAME, PLAYER, "doubtful", reported_at=at)
    row = context_of(small)
    known = ("doubtful", at) if is_seen else (None, None)
    assert (row["player_status"], row["injury_report_at"]) == known


@MOMENTS
def test_line(at: datetime, is_seen: bool) -> None:
    """The latest of a book's snapshots, in player_lines and in the context."""
    small = league(DAY + 1)
    small.line(GAME, PLAYER, 12.5, hours=2)
    small.line(GAME, PLAYER, 20.5, captured_at=at)
    known = (20.5, at) if is_seen else (12.5, TIPOFF - timedelta(hours=2))
    row = context_of(small)
    assert (row["current_points_line"], row["points_line_captured_at"]) == known
    (priced,) = rows_of(small, LINES)
    assert (priced["current_points_line"], priced["points_line_captured_at"]) == known


@MOMENTS
def test_only_line(at: datetime, is_seen: bool) -> None:
    small = league(DAY + 1)
    small.line(GAME, PLAYER, 20.5, captured_at=at)
    assert context_of(small)["has_prop_line"] is is_seen
    assert len(rows_of(small, LINES)) == is_seen


@MOMENTS
def test_spread(at: datetime, is_seen: bool) -> None:
    small = league(DAY + 1)
    small.spread(GAME, -3.0, 220.0, hours=2)
    small.spread(GAME, -9.0, 240.0, captured_at=at)
    row = context_of(small)
    assert (row["game_spread"], row["game_total"]) == ((-9, 240) if is_seen else (-3, 220))
