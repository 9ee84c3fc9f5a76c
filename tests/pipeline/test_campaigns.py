"""Campaigns: what one backfill has come to, from its runs alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from clients.backfill.asked import Asked as AskedOfService
from pipeline.campaigns import Asked, Told, campaign_in, campaigns_of
from pipeline.outcome import Status

NOW = datetime(2026, 1, 16, 3, 0)
TABLES = ("nba_analytics.team_form", "nba_analytics.player_form")


def told(day: date, ago: int, *statuses: Status) -> Told:
    counts = {one: statuses.count(one) for one in statuses}
    return Told(day=day, statuses=counts, moment=NOW - timedelta(seconds=ago))


def run(number: int, days: list[int], *said: Told, ago: int, is_open: bool = False) -> Asked:
    return Asked(
        run_id=f"r{number:03}",
        campaign="ab12cd34",
        started=NOW - timedelta(seconds=ago),
        is_open=is_open,
        request={"force": False, "about": {"triggered_by": "tipoff backfill"}},
        tables=TABLES,
        days=tuple(date(2025, 11, day) for day in days),
        told={one.day: one for one in said},
    )


def day(number: int) -> date:
    return date(2025, 11, number)


def test_what_the_client_sends_is_known_again() -> None:
    asked = AskedOfService(tables=TABLES, force=False, campaign="0a1b2c3d", seconds=300)
    days = (day(4), day(5))
    for body in (asked.body_of(day(4), 2), asked.body_of_range(days, 1)):
        assert campaign_in(body) == "0a1b2c3d"


@pytest.mark.parametrize("said", ["", "backfill-", "nightly-backfill-ab12-", "BACKFILL-ab12-x"])
def test_other_ids(said: str) -> None:
    assert campaign_in({"correlation_id": said}) is None
    assert campaign_in({}) is None


def test_progress() -> None:
    good = (Status.SUCCESS, Status.UNCHANGED)
    (found,) = campaigns_of(
        [
            run(1, [4], told(day(4), 500, Status.FAILED, Status.SUCCESS), ago=600),
            run(2, [5, 6], told(day(5), 200, *good), told(day(6), 100, *good), ago=400),
            run(3, [4], told(day(4), 60, *good), ago=70),
            # Of the 7th one table has been told; the 1st was done for it and not asked for.
            run(
                4,
                [7],
                told(day(7), 5, Status.SUCCESS),
                told(day(1), 6, *good),
                ago=20,
                is_open=True,
            ),
        ],
        NOW,
    )
    assert (found.asked, found.requests, found.open) == (4, 4, 1)
    assert found.done == {Status.SUCCESS: 3}
    assert found.last_day == day(4)
    assert found.last_said == NOW - timedelta(seconds=5)
    assert found.per_minute == pytest.approx(3 / 5)
    assert found.is_lively


def test_the_worst_table_names_the_date() -> None:
    said = told(day(4), 60, Status.UNCHANGED, Status.BLOCKED)
    (found,) = campaigns_of([run(1, [4], said, ago=90)], NOW)
    assert found.done == {Status.BLOCKED: 1}
    assert not found.is_lively


def test_no_pace_of_a_moment() -> None:
    said = told(day(4), 1, Status.SUCCESS, Status.SUCCESS)
    (found,) = campaigns_of([run(1, [4], said, ago=2)], NOW)
    assert found.per_minute is None
    assert found.is_lively
