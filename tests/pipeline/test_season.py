"""A season as a calendar shows it: what a date is called, and which month is looked at first."""

from __future__ import annotations

import pytest

from pipeline.outcome import Status
from pipeline.run import Pipeline
from pipeline.season import Cell, SeasonSeen, see_season
from pipeline.state import State
from processors.errors import UsageError
from tests.pipeline.small import (
    GAMES,
    NEXT_SEASON,
    PLAYER_ASOF,
    TEAM_ASOF,
    Small,
    by_hand,
    correct,
    day,
    league,
    run,
)

BOXES = "nba_raw.player_boxscores"
CACHE = "nba_precompute.player_daily_cache"


def cells(pipeline: Pipeline, table: str) -> list[Cell]:
    (row,) = see_season(pipeline, [table]).rows
    return list(row.cells)


def words(pipeline: Pipeline, table: str) -> list[str]:
    return [cell.word for cell in cells(pipeline, table)]


def at(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    monkeypatch.setenv("TIPOFF_NOW", f"{day(number)}T12:00:00-04:00")


class TestWord:
    def test_what_stands_is_called_as_it_was_proved(self) -> None:
        small = Small()
        for number in (0, 1):
            small.play_two(number)
        small.rows_of("east1", "bos0", fg_made=5, fg_attempted=4)
        pipeline = small.pipeline()
        run(pipeline, 0, 1, GAMES)
        assert words(pipeline, GAMES) == [Status.SUCCESS, Status.PARTIAL]
        assert [cell.rows for cell in cells(pipeline, GAMES)] == [32, 31]
        # Asked again it says `unchanged`, which is no other outcome of the rows.
        run(pipeline, 0, 1, GAMES)
        first, _ = cells(pipeline, GAMES)
        assert (first.word, first.last.status) == (Status.SUCCESS, Status.UNCHANGED)

    def test_what_was_tried_and_failed(self) -> None:
        """The latest try counts, not an earlier one."""
        small = league(3)
        for row in small.raw[BOXES]:
            if row["game_id"] in ("g1", "g2"):
                row |= {"fg_made": 5, "fg_attempted": 4}
        pipeline = small.pipeline()
        run(pipeline, 0, 2, GAMES)
        found = cells(pipeline, GAMES)
        assert [cell.word for cell in found] == [
            Status.SUCCESS,
            Status.REJECTED,
            Status.REJECTED,
        ]
        assert found[1].item.state is State.MISSING
        assert found[1].last.reason.startswith("16 of 16 rows are bad")
        again = (
            "INSERT INTO nba_ops.partitions BY NAME SELECT * REPLACE ('failed' AS status,"
            " 'it broke' AS reason, recorded_at + INTERVAL 1 SECOND AS recorded_at)"
            f" FROM nba_ops.partitions WHERE partition_date = '{day(2)}'"
        )
        by_hand(pipeline, again)
        last = cells(pipeline, GAMES)[2]
        assert (last.word, last.last.reason) == (Status.FAILED, "it broke")

    def test_what_was_lost_is_missing(self) -> None:
        """That a run once had done it doesn't make it stand."""
        pipeline = league(2).pipeline()
        run(pipeline, 0, 1, GAMES)
        by_hand(pipeline, f"DELETE FROM {GAMES} WHERE game_date = '{day(1)}'")
        lost = cells(pipeline, GAMES)[1]
        assert (lost.word, lost.rows, lost.last.status) == (State.MISSING, 0, Status.SUCCESS)
        assert lost.can_be_mended

    def test_stale_stays_stale(self) -> None:
        small = league(2)
        pipeline = small.pipeline()
        run(pipeline, 0, 1, GAMES)
        correct(pipeline, BOXES, small.rows_of("g1", "bos0", points=1))
        stale = cells(pipeline, GAMES)[1]
        assert (stale.word, stale.rows) == (State.STALE_INPUT, 16)

    def test_blocked_and_bootstrap(self) -> None:
        small = league(3)
        small.drop_boxes("g1")
        pipeline = small.pipeline()
        run(pipeline, 0, 2)
        assert words(pipeline, GAMES) == [Status.SUCCESS, State.BLOCKED, Status.SUCCESS]
        assert words(pipeline, CACHE) == [State.BOOTSTRAP] * 3
        assert not any(cell.can_be_mended for cell in cells(pipeline, CACHE))

    def test_opening_night_has_nobody_to_speak_of(self) -> None:
        pipeline = league(2).pipeline()
        run(pipeline, 0, 1)
        assert words(pipeline, PLAYER_ASOF)[0] == State.BOOTSTRAP

    def test_coming(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Tomorrow nobody is late; today is waited for; what is done ahead stands."""
        small = league(1)
        for number in (1, 2, 3):
            small.game(f"g{number}", number, status="scheduled")
        pipeline = small.pipeline()
        run(pipeline, 0, 0)
        run(pipeline, 2, 2, TEAM_ASOF, prepare=False)
        at(monkeypatch, 1)
        assert words(pipeline, GAMES) == [Status.SUCCESS, State.BLOCKED, "coming", "coming"]
        assert words(pipeline, TEAM_ASOF)[2:] == [Status.SUCCESS, "coming"]
        assert [cell.can_be_mended for cell in cells(pipeline, GAMES)] == [
            False,
            True,
            False,
            False,
        ]


def season(pipeline: Pipeline, label: str | None = None) -> SeasonSeen:
    return see_season(pipeline, [GAMES], label)


class TestMonth:
    """Opening night is 2024-10-22."""

    @pytest.fixture
    def pipeline(self) -> Pipeline:
        small = Small()
        for number in (0, 20, 50, 80):
            small.play(f"g{number}", number)
        return small.pipeline()

    def test_the_first_that_can_be_mended(
        self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at(monkeypatch, 60)
        run(pipeline, 0, 80, GAMES)
        by_hand(pipeline, f"DELETE FROM {GAMES} WHERE game_date IN ('{day(0)}', '{day(20)}')")
        assert season(pipeline).undone == {
            "2024-10": 1,
            "2024-11": 1,
            "2024-12": 0,
            "2025-01": 0,
        }
        assert season(pipeline).month(None) == "2024-10"
        assert season(pipeline).month("2024-12") == "2024-12"

    def test_else_the_latest_begun(
        self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(pipeline, 0, 80, GAMES)
        for number, month in ((-5, "2024-10"), (30, "2024-11"), (60, "2024-12"), (300, "2025-01")):
            at(monkeypatch, number)
            assert season(pipeline).month(None) == month

    def test_unknown(self, pipeline: Pipeline) -> None:
        with pytest.raises(UsageError, match="month 2025-02: this season has 2024-10, 2024-11"):
            season(pipeline).month("2025-02")


class TestSeasons:
    @pytest.fixture
    def pipeline(self) -> Pipeline:
        small = Small()
        small.play("old", 0)
        small.play("new", NEXT_SEASON, season_year=2025)
        return small.pipeline()

    def test_newest_begun_first(self, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
        for number, labels in (
            (5, ["2024-25", "2025-26"]),
            (NEXT_SEASON, ["2025-26", "2024-25"]),
        ):
            at(monkeypatch, number)
            found = season(pipeline)
            assert [one.label for one in found.seasons] == labels
            assert found.season.label == labels[0]
        assert season(pipeline, "2024-25").season.label == "2024-25"

    def test_unknown(self, pipeline: Pipeline) -> None:
        with pytest.raises(UsageError, match="season 2001-02: the schedule knows"):
            season(pipeline, "2001-02")

    def test_none(self) -> None:
        found = season(Small().pipeline())
        assert (found.season, found.rows, found.month(None)) == (None, (), None)
