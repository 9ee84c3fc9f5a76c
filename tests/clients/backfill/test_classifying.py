"""Dates by the plan: counted, chosen, spread; what is removed is written down with its reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clients.backfill.choosing import Only, chosen, spread
from clients.backfill.classifying import Classified, classify, write_removed
from clients.backfill.looking import stretches
from clients.backfill.tables import asked_tables
from processors.errors import UsageError
from processors.registry import load
from service.models.answers import PlannedItem
from tests.clients.backfill.worlds import CACHE, STORE, TABLES


def day(number: int) -> date:
    return date(2026, 1, number)


def items(*states: tuple[str, str]) -> list[PlannedItem]:
    """The nth pair is of the nth day: the state of the cache and of the store."""
    return [
        PlannedItem(table=table, date=day(number), state=state, reason=f"why {state}", asked=True)
        for number, pair in enumerate(states, start=1)
        for table, state in zip(TABLES, pair, strict=True)
    ]


STATES = (
    ("bootstrap", "bootstrap"),
    ("missing", "missing"),
    ("fresh", "fresh"),
    ("stale_code", "fresh"),
    ("no_games", "no_games"),
    ("maybe_stale", "missing"),
    ("blocked", "fresh"),
    ("bootstrap", "stale_input"),
)


@pytest.fixture
def classified() -> Classified:
    return classify([day(number) for number in range(1, 9)], TABLES, items(*STATES))


def choose(classified: Classified, **said: object) -> list[int]:
    asked = {"only": Only.ALL, "failed": (), "force": False, "sample": None, "reverse": False}
    return [one.day for one in chosen(classified, **{**asked, **said})]


def test_a_date_is_what_the_most_urgent_of_its_tables_is(classified: Classified) -> None:
    assert str(classified) == (
        "8 dates: 5 to process, 1 fresh already, 1 bootstrap (by design), 1 without games"
        " (of those to process 2 missing, 2 stale, 1 blocked)"
    )
    assert classified.reasons[day(6)] == "why missing"


def test_the_common_sentence_is_short() -> None:
    found = classify([day(1), day(2)], TABLES, items(*STATES[:2]))
    assert str(found) == "2 dates: 1 to process, 1 bootstrap (by design)"


def test_tables_that_nobody_asked_for_dont_count() -> None:
    assert classify([day(6)], [CACHE], items(*STATES)).counts == {"stale": 1}


def test_a_date_that_the_plan_leaves_out_is_not_lost_in_silence() -> None:
    with pytest.raises(UsageError, match=f"says nothing of {STORE} on 2026-01-01"):
        classify([day(1)], TABLES, items(*STATES)[:1])


def test_chosen(classified: Classified) -> None:
    assert choose(classified) == [2, 4, 6, 7, 8]
    assert choose(classified, only=Only.MISSING) == [2, 6]
    assert choose(classified, only=Only.STALE) == [4, 6, 8]
    assert choose(classified, only=Only.FAILED, failed={day(3), day(4), day(7)}) == [4, 7]
    assert choose(classified, force=True) == [2, 3, 4, 6, 7, 8]
    assert choose(classified, sample=3, reverse=True) == [8, 6, 2]


def test_spread() -> None:
    assert spread([*range(9)], 3) == (0, 4, 8)
    assert spread([*range(9)], 1) == (0,)
    assert spread([*range(2)], 3) == (0, 1)
    assert len(set(spread([*range(207)], 50))) == 50


def test_removed_are_written_with_reasons(classified: Classified, tmp_path: Path) -> None:
    file = tmp_path / "removed.csv"
    assert write_removed(classified, file) == 2
    assert file.read_text() == (
        "date,reason\n2026-01-01,bootstrap: why bootstrap\n2026-01-05,no games: why no_games\n"
    )
    with pytest.raises(UsageError, match="can't be written"):
        write_removed(classified, tmp_path)


def test_seasons_are_planned_apart() -> None:
    days = [date(2025, 4, 1), date(2025, 5, 20), date(2025, 10, 21), date(2025, 10, 22)]
    assert list(stretches(days)) == [(days[0], days[1]), (days[2], days[3])]
    assert list(stretches(days[:1])) == [(days[0], days[0])]


def test_tables_from_one_on() -> None:
    registry = load()
    assert len(asked_tables(registry, None, None)) == 5
    assert asked_tables(registry, None, STORE) == (STORE,)
    from_cache = asked_tables(registry, None, "PlayerDailyCacheProcessor")
    assert from_cache[0] == CACHE
    assert from_cache[-1] == STORE
    assert asked_tables(registry, "team_form, player_form", "player_form") == (
        "nba_analytics.player_form",
    )
    with pytest.raises(UsageError, match="isn't asked for; --processors names what is"):
        asked_tables(registry, None, "team_form")
