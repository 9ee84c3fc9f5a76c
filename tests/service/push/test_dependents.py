"""What follows from a landed table is what the contracts say, for every table."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipeline.calendar import Calendar, make_calendar
from processors.contract import Layer
from processors.errors import UsageError
from processors.registry import Registry
from service.push.dependents import Slate, dependents, landed_table

D, NEXT = date(2025, 11, 18), date(2025, 11, 20)
LATER = date(2025, 12, 1)
ODDS, BOXES = "nba_raw.odds_player_points", "nba_raw.player_boxscores"


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    """Games every other day from 21 October."""
    first = date(2025, 10, 21)
    days = [first + timedelta(days=2 * number) for number in range(60)]
    return make_calendar([(2025, day, "regular", 5, 5) for day in days])


def tables_of(slates: tuple[Slate, ...], day: date) -> set[str]:
    return {table for one in slates if one.day == day for table in one.tables}


def stands_on(
    table: str, on: date, landed: tuple[str, date], registry: Registry, calendar: Calendar
) -> bool:
    """From the reader's side: whether anything that it reads is what landed, or stands on it."""
    for feed in registry.contracts[table].inputs:
        for day in (D, NEXT):
            window = feed.window
            if window and not window.first(on, calendar) <= day <= window.last(on):
                continue
            if day <= on and (feed.table, day) == landed:
                return True
            if day <= on and stands_on(feed.table, day, landed, registry, calendar):
                return True
    return False


def test_every_table_leads_to_what_stands_on_it(registry: Registry, calendar: Calendar) -> None:
    assert calendar.next_game_date(D) == NEXT
    led = 0
    for contract in registry.contracts.values():
        if contract.layer is Layer.OPS:
            continue
        slates = dependents(contract.table, D, registry, calendar, today=LATER)
        for day in (D, NEXT):
            expected = {
                one.table
                for one in registry
                if one.contract.layer is not Layer.PREDICTIONS
                and stands_on(one.table, day, (contract.table, D), registry, calendar)
            }
            assert tables_of(slates, day) == expected, (contract.table, day)
            led += len(expected)
    assert led > 150


def test_a_slate_s_tables_are_in_dependency_order(registry: Registry, calendar: Calendar) -> None:
    order = {one.table: number for number, one in enumerate(registry)}
    for slate in dependents(BOXES, D, registry, calendar, today=LATER):
        assert list(slate.tables) == sorted(slate.tables, key=order.__getitem__)


def test_odds_lead_to_what_is_known_before_tipoff(registry: Registry, calendar: Calendar) -> None:
    (slate,) = dependents(ODDS, D, registry, calendar, today=D)
    assert {one.split(".")[1] for one in slate.tables} == {
        "player_lines",
        "player_form",  # how often he went over his line; blocked until the game is played
        "upcoming_player_game_context",
        "player_composite_factors",
        "player_daily_cache",
        "ml_feature_store_v2",
    }


def test_box_scores_change_that_date_s_games_and_the_next_slate(
    registry: Registry, calendar: Calendar
) -> None:
    at_d, at_next = dependents(BOXES, D, registry, calendar, today=NEXT)
    names = {one.split(".")[1] for one in at_d.tables}
    assert {"player_game_summary", "player_form", "team_form"} <= names
    assert not {"player_asof", "upcoming_player_game_context", "ml_feature_store_v2"} & names
    assert {one.split(".")[1] for one in at_next.tables} >= {
        "player_asof",
        "team_asof",
        "upcoming_player_game_context",
        "ml_feature_store_v2",
    }


def test_a_next_slate_after_today_is_left(registry: Registry, calendar: Calendar) -> None:
    slates = dependents(BOXES, D, registry, calendar, today=NEXT - timedelta(days=1))
    assert [one.day for one in slates] == [D]


def test_the_schedule_s_last_date_has_no_next(registry: Registry, calendar: Calendar) -> None:
    last = calendar.game_dates[-1]
    slates = dependents(BOXES, last, registry, calendar, today=date(2027, 1, 1))
    assert [one.day for one in slates] == [last]


def test_nothing_reads_the_feature_store(registry: Registry, calendar: Calendar) -> None:
    store = "nba_predictions.ml_feature_store_v2"
    assert dependents(store, D, registry, calendar, today=LATER) == ()


@pytest.mark.parametrize(
    "name",
    [
        BOXES,
        "player_boxscores",
        "my-project.nba_raw.player_boxscores",
        "my-project:nba_raw.player_boxscores",
        "`my-project.nba_raw.player_boxscores`",
    ],
)
def test_a_table_by_its_spellings(name: str, registry: Registry) -> None:
    assert landed_table(name, registry) == BOXES


@pytest.mark.parametrize(
    "name", ["nba_ops.runs", "runs", "other.player_boxscores", "a.b.nba_raw.players", "", "."]
)
def test_a_strange_table_is_refused(name: str, registry: Registry) -> None:
    with pytest.raises(UsageError, match="no contract knows"):
        landed_table(name, registry)


def test_a_misspelled_table_gets_a_hint(registry: Registry) -> None:
    with pytest.raises(UsageError, match=r"did you mean .*player_boxscores"):
        landed_table("player_boxscore", registry)
