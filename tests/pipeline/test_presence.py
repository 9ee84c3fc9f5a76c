"""What a date waits for: rows of its games, tables without dates, and those before it."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.state import State
from processors.contract import Input
from processors.window import ON_THE_DAY, SEASON_BEFORE
from tests.oracle.tiny import day
from tests.pipeline.small import (
    BOXES,
    GAMES,
    OFFENSE,
    PEOPLE,
    PLAYER_ASOF,
    PLAYER_CONTEXT,
    PLAYER_FORM,
    TEAM_FORM,
    Small,
    ask,
    correct,
    done,
    league,
    nth,
    plan,
    recontracted,
    run,
    states,
    statuses,
)


class TestTablesWithoutDates:
    def world(self) -> Small:
        """Boston and New York on even days, Los Angeles and Utah on odd ones."""
        small = Small()
        for number in range(6):
            pair = ("BOS", "NYK") if number % 2 == 0 else ("LAL", "UTA")
            small.play(f"g{number}", number, *pair)
            for team in pair if number < 2 else ():
                for player in range(8):
                    small.person(nth(team, player), date(1995, 1, 1 + player))
        return small

    def test_only_dates_that_hold_him(self):
        small = self.world()
        pipeline = done(small)
        born = {"player_lookup": "lal3", "player_name": "lal3", "birth_date": date(1990, 7, 7)}
        correct(pipeline, PEOPLE, [born])
        found = plan(pipeline, 0, 5, PLAYER_CONTEXT)
        assert states(found, PLAYER_CONTEXT) == {
            0: "fresh",
            1: "fresh",
            2: "fresh",
            3: "stale_input",
            4: "fresh",
            5: "stale_input",
        }
        assert {one.reason for one in found.to_compute} == {"changed since: nba_raw.players"}

    def test_after_the_run_all_is_fresh(self):
        small = self.world()
        pipeline = done(small)
        born = {"player_lookup": "lal3", "player_name": "lal3", "birth_date": date(1990, 7, 7)}
        correct(pipeline, PEOPLE, [born])
        report = run(pipeline, 0, 5, PLAYER_CONTEXT)
        assert statuses(report, PLAYER_CONTEXT) == [
            "skipped_bootstrap",
            "skipped_bootstrap",
            "unchanged",
            "success",
            "unchanged",
            "success",
        ]
        assert not plan(pipeline, 0, 5, PLAYER_CONTEXT).to_compute

    def test_known_at_once_in_the_same_process(self):
        """What was published is looked at again, also for whose keys it holds."""
        pipeline = self.world().pipeline()
        run(pipeline, 0, 5, PLAYER_CONTEXT)
        found = pipeline.plan(ask(pipeline, 0, 5, PLAYER_CONTEXT))
        assert not found.to_compute

    def test_a_new_player_marks_nothing(self):
        pipeline = done(self.world())
        new = {"player_lookup": "rookie", "player_name": "Rookie", "birth_date": date(2005, 1, 1)}
        correct(pipeline, PEOPLE, [new])
        assert not plan(pipeline, 0, 5, PLAYER_CONTEXT).to_compute


class TestPresence:
    def test_one_row_of_187(self):
        small = Small()
        for number in range(11):
            game = f"g{number}"
            small.play(game, 0, f"H{number}", f"A{number}")
            small.box(game, f"extra{number}", 3)
        assert len(small.raw[BOXES]) == 187
        for number in range(11):
            small.drop_boxes(f"g{number}", keep=1 if number == 0 else 0)
        assert len(small.raw[BOXES]) == 1
        item = plan(small.pipeline(), 0, 0, GAMES).blocked[0]
        assert item.reason == f"nba_raw.player_boxscores: 0 of 11 games of {day(0)} whole"

    @pytest.mark.parametrize(("held", "state"), [(20, "missing"), (18, "missing"), (17, "blocked")])
    def test_90_percent_of_the_day(self, held, state):
        small = Small()
        for number in range(20):
            small.play(f"g{number}", 0, f"H{number}", f"A{number}")
        for number in range(held, 20):
            small.drop_boxes(f"g{number}")
        assert states(plan(small.pipeline(), 0, 0, GAMES), GAMES) == {0: state}

    @pytest.mark.parametrize("keep", [0, 8, 15])
    def test_a_game_needs_both_teams_whole(self, keep):
        small = league(1)
        small.drop_boxes("g0", keep=keep)
        assert states(plan(small.pipeline(), 0, 0, GAMES), GAMES) == {0: "blocked"}

    def test_few_men_whose_points_add_up(self):
        """10 + 11 + 12 + 13 + 14 + 15 = 75: six men, and nobody is missing."""
        small = Small()
        small.play("short", 0, size=6, home_score=75, away_score=75)
        small.play("hole", 1, size=6, home_score=75, away_score=90)
        found = plan(small.pipeline(), 0, 1, GAMES)
        assert states(found, GAMES) == {0: "missing", 1: "blocked"}

    def over_the_season(self, registry) -> object:
        """player_game_summary as if it read all box scores before its date."""
        inputs = (
            Input(table="nba_raw.schedule", window=ON_THE_DAY),
            Input(table=BOXES, window=SEASON_BEFORE),
        )
        return recontracted(registry, GAMES, inputs=inputs)

    def test_an_old_hole_does_not_block_for_ever(self, registry):
        """19 of 20 are 95 %, and 18 of 19 are less."""
        small = league(23)
        small.drop_boxes("g1")
        found = plan(small.pipeline(self.over_the_season(registry)), 0, 22, GAMES, prepare=False)
        expected = dict.fromkeys(range(2), "missing") | dict.fromkeys(range(2, 20), "blocked")
        assert states(found, GAMES) == expected | dict.fromkeys(range(20, 23), "missing")
        reasons = {item.day: item.reason for item in found.blocked}
        assert reasons[day(2)] == f"{BOXES}: 0 games of {day(1)} whole"
        assert reasons[day(19)] == f"{BOXES}: 18 of 19 games from {day(0)} to {day(18)}"

    def test_the_latest_date_counts_by_itself(self, registry):
        """A hole yesterday blocks however good the season was; a break before makes none."""
        small = league(25)
        small.play("late", 40)
        small.drop_boxes("g24")
        pipeline = small.pipeline(self.over_the_season(registry))
        assert states(plan(pipeline, 24, 24, GAMES, prepare=False), GAMES) == {24: "missing"}
        item = plan(pipeline, 40, 40, GAMES, prepare=False).blocked[0]
        assert item.reason == f"{BOXES}: 0 games of {day(24)} whole"

    def test_none_of_none_is_present(self, registry):
        pipeline = league(1).pipeline(self.over_the_season(registry))
        assert states(plan(pipeline, 0, 0, GAMES, prepare=False), GAMES) == {0: "missing"}

    def test_unplayed_games_are_not_needed(self):
        small = league(1)
        small.game("tonight", 1, status="scheduled")
        found = plan(done(small, 0), 1, 1, PLAYER_ASOF, GAMES)
        assert states(found, PLAYER_ASOF) == {1: "missing"}
        assert states(found, GAMES)[1] == "blocked"
        assert {item.reason for item in found.blocked} >= {
            f"nba_raw.schedule: 0 games of {day(1)} final"
        }


class TestBlocked:
    def test_without_preparing(self):
        found = plan(league(2).pipeline(), 1, 1, PLAYER_FORM, prepare=False)
        assert [item.table for item in found.items] == [PLAYER_FORM]
        assert found.blocked[0].reason == (
            f"{GAMES}: 0 games of {day(1)} whole; {TEAM_FORM}: 0 games of {day(1)} whole"
        )

    def test_spreads_to_what_needs_it(self):
        small = league(3)
        small.drop_boxes("g1")
        found = plan(small.pipeline(), 0, 2)
        assert states(found, GAMES) == {0: "missing", 1: "blocked", 2: "missing"}
        assert states(found, OFFENSE) == {0: "missing", 1: "blocked", 2: "missing"}
        assert states(found, TEAM_FORM) == {0: "missing", 1: "blocked", 2: "blocked"}
        assert states(found, PLAYER_ASOF) == {0: "missing", 1: "missing", 2: "blocked"}

    def test_the_plan_and_the_run_agree(self):
        """A hole in the middle: what the plan calls blocked is blocked, and nothing else."""
        small = league(30)
        small.drop_boxes("g21")
        pipeline = small.pipeline()
        planned = {(one.table, one.day) for one in plan(pipeline, 0, 29).blocked}
        done = run(pipeline, 0, 29).results
        assert planned == {(one.table, one.day) for one in done if one.status.value == "blocked"}
        # 22 of 23 games are 95 % again.
        assert (TEAM_FORM, day(21)) in planned
        assert (TEAM_FORM, day(22)) not in planned

    def test_never_by_what_is_optional(self):
        """No odds, reports, shots or players, and every table that can do without is made."""
        pipeline = done(league(3))
        found = plan(pipeline, 2, 2, PLAYER_CONTEXT)
        item = next(one for one in found.items if one.table == PLAYER_CONTEXT)
        absent = {one.table: str(one) for one in item.inputs if not one.present}
        assert absent == {
            "nba_raw.injury_report": f"0 rows of {day(2)}",
            "nba_analytics.player_lines": f"0 rows of {day(2)}",
        }
        assert item.state is State.FRESH
