"""A date explained: what stands there, of how much, and what it is shown as."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipeline.explanation import Branch, Explanation, explain
from pipeline.outcome import Status
from pipeline.run import Pipeline
from pipeline.word import COMING
from tests.oracle.tiny import day
from tests.pipeline.small import (
    BOXES,
    GAMES,
    OFFENSE,
    PLAYER_ASOF,
    TEAM_FORM,
    Small,
    league,
    run,
)

CACHE = "nba_precompute.player_daily_cache"


def tree(pipeline: Pipeline, number: int, *tables: str) -> Explanation:
    return explain(pipeline, day(number), tables)


def child(branch: Branch, table: str) -> Branch:
    return next(one for one in branch.children if one.table == table)


class TestInputs:
    def test_found_and_needed(self):
        small = league(3)
        small.drop_boxes("g1")
        pipeline = small.pipeline()
        (branch,) = tree(pipeline, 1, GAMES).branches
        read = child(branch, BOXES).read
        assert (read.state.found, read.state.needed, read.state.required) == (0, 1, True)
        assert not read.state.present
        assert (read.window, read.first, read.last) == ("D", day(1), day(1))

    def test_window_in_dates(self):
        pipeline = league(3).pipeline()
        run(pipeline, 0, 2, TEAM_FORM)
        (branch,) = tree(pipeline, 2, TEAM_FORM).branches
        read = child(branch, OFFENSE).read
        assert (read.window, read.first, read.last) == ("[season start, D]", day(0), day(2))
        assert (read.state.found, read.state.needed) == (3, 3)

    def test_window_before_the_date(self):
        pipeline = league(3).pipeline()
        run(pipeline, 0, 1, GAMES)
        (branch,) = tree(pipeline, 2, PLAYER_ASOF).branches
        read = child(branch, GAMES).read
        assert (read.first, read.last, read.state.found) == (day(0), day(1), 2)

    def test_nothing_is_read_in_bootstrap(self):
        (branch,) = tree(league(3).pipeline(), 1, CACHE).branches
        assert (branch.word, branch.children) == ("bootstrap", [])


class TestWord:
    def test_by_the_outcome_that_proved_it(self):
        small = Small()
        small.play_two(0)
        small.rows_of("east0", "bos0", fg_made=5, fg_attempted=4)
        pipeline = small.pipeline()
        report = run(pipeline, 0, 0, GAMES)
        (branch,) = tree(pipeline, 0, GAMES).branches
        assert (branch.word, branch.rows) == ("partial", 31)
        assert (branch.latest.run_id, branch.latest.status) == (report.run_id, Status.PARTIAL)

    def test_by_the_try_that_failed(self):
        small = Small()
        small.play_two(0)
        for number in range(8):
            small.rows_of("east0", f"bos{number}", fg_made=5, fg_attempted=4)
        pipeline = small.pipeline()
        assert tree(pipeline, 0, GAMES).branches[0].word == "missing"
        run(pipeline, 0, 0, GAMES)
        assert tree(pipeline, 0, GAMES).branches[0].word == "rejected"

    def test_still_to_come(self, monkeypatch: pytest.MonkeyPatch):
        """Nothing of a date to come is late; once it is past, it is."""
        small = league(1)
        small.game("tonight", 3, status="scheduled")
        pipeline = small.pipeline()
        monkeypatch.setenv("TIPOFF_NOW", f"{day(2)}T09:00:00-05:00")
        found = tree(pipeline, 3, GAMES)
        assert (found.branches[0].word, found.around.is_coming) == (COMING, True)
        monkeypatch.setenv("TIPOFF_NOW", f"{day(3)}T09:00:00-05:00")
        found = tree(pipeline, 3, GAMES)
        assert (found.branches[0].word, found.around.is_coming) == ("blocked", False)


class TestAround:
    def test_in_the_season(self):
        around = tree(league(3, gap=2).pipeline(), 2, GAMES).around
        assert (around.season, around.season_day) == ("2024-25", 2)
        assert (around.games, around.games_over) == (1, 1)
        assert (around.previous, around.next) == (day(0), day(4))
        assert "season day 2" in around.bootstrap

    def test_first_and_last(self):
        pipeline = league(20).pipeline()
        first, last = tree(pipeline, 0, GAMES).around, tree(pipeline, 19, GAMES).around
        assert (first.previous, first.next) == (None, day(1))
        assert (last.previous, last.next, last.bootstrap) == (day(18), None, None)

    @pytest.mark.parametrize("number", [-40, 60])
    def test_between_seasons(self, number: int):
        around = tree(league(3).pipeline(), number, GAMES).around
        assert (around.season, around.season_day, around.games) == (None, None, 0)
        assert around.bootstrap is None

    @pytest.mark.parametrize("when", [date.min, date.max, date.max - timedelta(days=1)])
    def test_far_away(self, when: date):
        found = explain(league(1).pipeline(), when, [GAMES])
        assert found.branches[0].word == "no_games"
