"""What stands: one reading for coverage and calendar, of one season or of all."""

from __future__ import annotations

import pytest

from pipeline.coverage import coverage_of, read_coverage
from pipeline.standing import read_standing
from pipeline.state import State
from tests.pipeline.small import (
    GAMES,
    NEXT_SEASON,
    PLAYER_FORM,
    TEAM_ASOF,
    Small,
    by_hand,
    day,
    run,
)

TABLES = (GAMES, PLAYER_FORM, TEAM_ASOF)


@pytest.fixture
def two_seasons() -> Small:
    small = Small()
    for number in (0, 1, 2, NEXT_SEASON, NEXT_SEASON + 1):
        small.play(f"g{number}", number, season_year=2024 + (number >= NEXT_SEASON))
    return small


def test_one_season_is_a_part_of_all(two_seasons: Small) -> None:
    pipeline = two_seasons.pipeline()
    run(pipeline, 0, 1)
    run(pipeline, NEXT_SEASON, NEXT_SEASON + 1)
    whole = read_standing(pipeline, TABLES)
    assert [(one.season.year, one.table) for one in whole] == [
        (year, table) for year in (2024, 2025) for table in TABLES
    ]
    for season in pipeline.assessor.calendar.seasons:
        alone = read_standing(pipeline, TABLES, [season])
        assert alone == [one for one in whole if one.season == season]
        assert [coverage_of(one, pipeline.registry) for one in alone] == [
            one for one in read_coverage(pipeline, TABLES) if one.season == season.label
        ]


def test_rows_are_of_the_season(two_seasons: Small) -> None:
    pipeline = two_seasons.pipeline()
    run(pipeline, 0, 2)
    first, second = read_standing(pipeline, [GAMES])
    assert {found: one.rows for found, one in first.stored.items()} == {
        day(number): 16 for number in (0, 1, 2)
    }
    assert second.stored == {}


def test_seen_again_after_each_change(two_seasons: Small) -> None:
    """A season is remembered only as long as nothing of it has changed."""
    pipeline = two_seasons.pipeline()

    def states(table: str) -> list[State]:
        (found,) = read_standing(pipeline, [table], pipeline.assessor.calendar.seasons[:1])
        return [item.state for item in found.items]

    assert states(GAMES) == states(GAMES) == [State.MISSING] * 3
    run(pipeline, 0, 1)
    assert states(GAMES) == [State.FRESH, State.FRESH, State.MISSING]
    assert states(PLAYER_FORM) == [State.FRESH, State.FRESH, State.BLOCKED]
    by_hand(pipeline, f"DELETE FROM {GAMES} WHERE game_date = '{day(0)}'")
    assert states(GAMES) == [State.MISSING, State.FRESH, State.MISSING]


def test_what_is_remembered_is_what_would_be_read_anew(two_seasons: Small) -> None:
    """Whatever is published, in whichever season, a date before it or one that reads it."""
    pipeline = two_seasons.pipeline()
    for first, last, tables in (
        (1, 1, TABLES),
        (0, 0, [GAMES]),
        (0, 1, TABLES),
        (NEXT_SEASON, NEXT_SEASON + 1, TABLES),
        (2, 2, [GAMES]),
        (2, 2, TABLES),
        (NEXT_SEASON, NEXT_SEASON, [TEAM_ASOF]),
    ):
        run(pipeline, first, last, *tables, force=True)
        remembered = read_standing(pipeline, TABLES)
        pipeline.refresh()
        assert remembered == read_standing(pipeline, TABLES)


def test_what_waits_for_an_earlier_date_waits_still(two_seasons: Small) -> None:
    """After a later date was published, too."""
    pipeline = two_seasons.pipeline()
    run(pipeline, 0, 2)
    by_hand(
        pipeline,
        "UPDATE nba_ops.partitions SET logic_version = 'older'"
        f" WHERE table_name = '{GAMES}' AND partition_date = '{day(0)}'",
    )
    for _ in range(2):
        games, form, _ = read_standing(pipeline, TABLES, pipeline.assessor.calendar.seasons[:1])
        assert [item.state for item in games.items] == [
            State.STALE_CODE,
            State.FRESH,
            State.FRESH,
        ]
        assert [item.state for item in form.items] == [State.MAYBE_STALE] * 3
        run(pipeline, 2, 2, GAMES, force=True, prepare=False)


def test_a_season_is_left_as_known_where_nothing_it_reads_was_published(
    two_seasons: Small,
) -> None:
    pipeline = two_seasons.pipeline()
    run(pipeline, 0, 2)
    old, new = pipeline.assessor.calendar.seasons
    (before,) = read_standing(pipeline, [GAMES], [old])
    run(pipeline, NEXT_SEASON, NEXT_SEASON)
    (after,) = read_standing(pipeline, [GAMES], [old])
    assert after.items is before.items
    # The new season's first date reads the season before it.
    (before,) = read_standing(pipeline, [GAMES], [new])
    run(pipeline, 2, 2, force=True)
    (after,) = read_standing(pipeline, [GAMES], [new])
    assert after.items is not before.items
