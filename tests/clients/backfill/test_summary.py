"""The summary's words, counts and exit code; the board that is shown meanwhile."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from datetime import timedelta

import pytest
from rich.console import Console

from clients.backfill.estimate import estimate, remaining, span
from clients.backfill.looking import Measured
from clients.backfill.progress import Board
from clients.backfill.results import Attempt, Ending
from clients.backfill.summary import Summary
from pipeline.outcome import Status
from tests.clients.backfill.worlds import CACHE, DAY, STORE, TABLES, answered, done

GOOD = answered(Status.SUCCESS, Status.UNCHANGED)
LOST = Attempt(ending=Ending.TIMED_OUT, message="nothing came for 300 s")


def summed(attempts: Sequence[Attempt], **said: object) -> Summary:
    dates = [done(one, DAY + timedelta(number)) for number, one in enumerate(attempts)]
    return Summary(**{"url": "http://svc", "done": dates, "asked": len(dates), **said})


@pytest.mark.parametrize(
    ("attempts", "said", "word", "code"),
    [
        ([GOOD, GOOD], {}, "completed", 0),
        ([], {}, "completed", 0),
        ([GOOD, answered(Status.PARTIAL)], {}, "completed_with_findings", 2),
        ([answered(Status.BLOCKED), answered(Status.PARTIAL)], {}, "blocked", 2),
        ([answered(Status.BLOCKED), answered(Status.REJECTED)], {}, "failed", 1),
        ([GOOD, LOST], {}, "failed", 1),
        ([GOOD], {"asked": 2, "stopped": "five alike"}, "failed", 1),
        ([GOOD], {"asked": 2, "stopped": "interrupted", "interrupted": True}, "failed", 130),
    ],
)
def test_the_worst_date_decides(
    attempts: list[Attempt], said: dict[str, object], word: str, code: int
) -> None:
    found = summed(attempts, **said)
    assert (found.overall.word, found.exit_code) == (word, code)


def test_by_status_processor_and_reason() -> None:
    blocked = [answered(Status.BLOCKED, reason=f"{n} of 11 games") for n in (3, 4, 5)]
    found = summed([GOOD, *blocked, LOST])
    assert found.statuses == {CACHE: {"success": 1, "blocked": 3}, STORE: {"unchanged": 1}}
    first, second = found.reasons
    assert (first.table, first.status, first.dates) == (CACHE, "blocked", 3)
    assert (first.first, first.example) == (DAY + timedelta(1), "3 of 11 games")
    assert (second.status, second.dates) == ("no answer", 1)
    assert found.as_json()["processors"]["PlayerDailyCacheProcessor"]["blocked"] == 3
    with redirect_stdout(io.StringIO()) as out:
        found.show()
    assert "timed out: nothing came for 300 s" in out.getvalue()


def board(attempts: Sequence[Attempt], seconds: float) -> Board:
    now = [0.0]
    found = Board(TABLES, in_all=10, clock=lambda: now[0])
    for number, attempt in enumerate(attempts):
        found.told(done(attempt, DAY + timedelta(number)))
    now[0] = seconds
    return found


def test_the_board() -> None:
    found = board([GOOD, GOOD, answered(Status.BLOCKED), LOST], 2)
    assert found.headline == (
        "4 of 10 dates, 2.0 a second, about 3 s left; 1 blocked, 2 completed, 1 failed"
    )
    found.tried(DAY, 2, LOST)
    console = Console(width=160, file=io.StringIO(), record=True)
    console.print(found.picture)
    text = console.export_text()
    assert "PlayerDailyCacheProcessor" in text
    assert "2026-01-08 timed out: nothing came" in text
    assert "trying again: 2026-01-05, try 2: timed out" in text
    assert board([], 5).headline == "0 of 10 dates, unknown until the first dates are done"


def test_estimates_are_honest() -> None:
    assert estimate(207, None, rate=5) == "unknown until the first dates are done"
    measured = Measured(seconds=0.6, dates=3)
    assert estimate(200, measured, rate=5) == "about 2 min, from the last 3 dates done there"
    assert estimate(200, measured, rate=0.5) == "about 7 min, from the last 3 dates done there"
    assert estimate(1, Measured(0.01, 1), rate=None) == "about 1 s, from the last 1 date done there"
    assert remaining(5, 0, 3) == "unknown until the first dates are done"
    assert remaining(0, 8, 3) == "none left"
    assert [span(one) for one in (89, 91, 12000)] == ["89 s", "2 min", "3 h 20 min"]
