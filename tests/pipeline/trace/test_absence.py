"""Why somebody has no row: the first reason that can be seen."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pipeline.calendar import Expectation, Kind
from pipeline.trace.absence import Absence, Why, absence
from tests.pipeline.trace.worlds import DAY, setting

GAMES = Expectation(Kind.PROCESS, "8 games on season day 86 of 2025-26", 2025, 86, 8)


def of(**said: object) -> Absence:
    return absence(setting(**said), GAMES)


@pytest.mark.parametrize(
    ("said", "why", "reason"),
    [
        (
            {"context_rows": 0, "expected": False},
            Why.NOTHING_STORED,
            "nobody is known to be expected",
        ),
        ({"status": "out"}, Why.OUT, "out before tip-off: the store leaves him out"),
        (
            {"status": "doubtful", "reported_at": datetime(2026, 1, 15, 18)},
            Why.OUT,
            "doubtful before tip-off, reported at 2026-01-15 18:00:00 UTC",
        ),
        ({"latest_day": DAY - timedelta(days=61)}, Why.NO_RECENT_GAME, "latest was on 2025-11-15"),
        ({"latest_day": None}, Why.NO_RECENT_GAME, "no game before the date is known"),
        ({"store_rows": 0}, Why.NOTHING_STORED, "no row of the store is stored"),
        ({"quarantined": "dnp_rate_out_of_range"}, Why.QUARANTINED, "dnp_rate_out_of_range"),
        ({}, Why.NO_ROW, "none of the 100 rows of the store is his"),
        (
            {"expected": False, "game_id": None},
            Why.NOT_EXPECTED,
            "neither by his latest game nor by a line: his latest was on 2026-01-13 for BOS, which"
            " does not play on the date",
        ),
    ],
)
def test_reasons(said: dict[str, object], why: Why, reason: str) -> None:
    found = of(**said)
    assert found.why is why
    assert reason in found.reason


def test_sixty_days_are_recent() -> None:
    assert of(latest_day=DAY - timedelta(days=60)).why is Why.NO_ROW


@pytest.mark.parametrize(
    ("kind", "why"), [(Kind.BOOTSTRAP, Why.BOOTSTRAP), (Kind.NO_GAMES, Why.NO_GAMES)]
)
def test_the_calendar_speaks_first(kind: Kind, why: Why) -> None:
    expected = Expectation(kind, "as the calendar says", 2025, 3, 0)
    assert absence(setting(status="out"), expected) == Absence(why, "as the calendar says")
