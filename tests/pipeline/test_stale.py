"""What makes a date stale: other code, other input, a correction, another season; what does not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from pipeline.state import State
from processors.registry import Processor
from processors.statement import Statement
from tests.oracle.tiny import day
from tests.pipeline.small import (
    BOXES,
    DEFENSE,
    GAMES,
    LINES,
    NEXT_SEASON,
    OFFENSE,
    PEOPLE,
    PLAYER_ASOF,
    PLAYER_CONTEXT,
    PLAYER_FORM,
    TEAM_ASOF,
    TEAM_CONTEXT,
    TEAM_FORM,
    Small,
    by_hand,
    correct,
    done,
    league,
    plan,
    recontracted,
    rewritten,
    run,
    states,
    statuses,
    under,
    watch,
)

COMPUTED = (
    GAMES,
    OFFENSE,
    DEFENSE,
    TEAM_FORM,
    PLAYER_FORM,
    TEAM_ASOF,
    PLAYER_ASOF,
    TEAM_CONTEXT,
    PLAYER_CONTEXT,
)
"""All but the lines: these leagues have no odds."""


class TestStaleCode:
    def test_counts_by_table(self, registry):
        changed = rewritten(registry, OFFENSE, lambda text: text.replace("10000 *", "20000 *"))
        found = plan(under(done(league(3)), changed), 0, 2, *COMPUTED)
        assert {
            table: {str(state): count for state, count in counts.items()}
            for table, counts in found.counts().items()
            if table != LINES
        } == {
            GAMES: {"fresh": 3},
            OFFENSE: {"stale_code": 3},
            DEFENSE: {"maybe_stale": 3},
            TEAM_FORM: {"maybe_stale": 3},
            PLAYER_FORM: {"maybe_stale": 3},
            PLAYER_ASOF: {"fresh": 3},
            # On the first date there is no game before it that could change.
            TEAM_ASOF: {"fresh": 1, "maybe_stale": 2},
            TEAM_CONTEXT: {"fresh": 1, "maybe_stale": 2},
            PLAYER_CONTEXT: {"fresh": 1, "maybe_stale": 2},
        }

    def test_evidence(self, registry):
        changed = rewritten(registry, OFFENSE, lambda text: text.replace("10000 *", "20000 *"))
        before = registry.processors[OFFENSE].logic_version
        after = changed.processors[OFFENSE].logic_version
        item = plan(under(done(league(1)), changed), 0, 0, OFFENSE).to_compute[0]
        assert item.reason == f"made by {before}, today's code is {after}"

    @pytest.mark.parametrize(
        "change",
        [
            lambda text: f"-- Why it is so.\n{text}",
            lambda text: text.replace("\n", " /* here */ \n"),
            lambda text: " ".join(
                line for line in text.splitlines() if not line.strip().startswith("--")
            ),
            lambda text: text.replace("SELECT", "select"),
        ],
    )
    def test_not_after_a_comment_or_a_reformat(self, registry, change):
        same = rewritten(registry, OFFENSE, change)
        found = plan(under(done(league(2)), same), 0, 1, OFFENSE)
        assert states(found, OFFENSE) == {0: "fresh", 1: "fresh"}

    def test_contract(self, registry):
        pipeline = done(league(1))
        columns = registry.contracts[TEAM_FORM].columns
        tighter = (*columns[:-1], replace(columns[-1], maximum=5000))
        strict = recontracted(registry, TEAM_FORM, columns=tighter)
        assert states(plan(under(pipeline, strict), 0, 0, TEAM_FORM), TEAM_FORM) == {
            0: "stale_code"
        }
        reworded = recontracted(registry, TEAM_FORM, description="Otherwise.", canaries=())
        assert states(plan(under(pipeline, reworded), 0, 0, TEAM_FORM), TEAM_FORM) == {0: "fresh"}

    def test_new_column_is_new_code(self, registry):
        """The stored rows lack it: nobody has edited them."""
        contract, statement = (
            registry.contracts[TEAM_ASOF],
            registry.processors[TEAM_ASOF].statement,
        )
        wider = replace(
            contract,
            columns=(*contract.columns, replace(contract.columns[-1], name="season_again")),
        )
        text = statement.text.replace(
            "AS season_year\nFROM with_history\nFULL",
            "AS season_year,\n  on_the_slate.season_year AS season_again\nFROM with_history\nFULL",
        )
        assert text != statement.text
        pipeline = under(done(league(1)), registry.replaced(Processor(wider, Statement(text))))
        assert states(plan(pipeline, 0, 0, TEAM_ASOF), TEAM_ASOF) == {0: "stale_code"}
        assert statuses(run(pipeline, 0, 0, TEAM_ASOF), TEAM_ASOF) == ["success"]

    def test_same_rows_go_no_further(self, registry):
        """Other code, same rows: the readers are left alone."""
        pipeline = done(league(3))
        same = rewritten(registry, GAMES, lambda text: text.replace("<= 70 * 60", "<= 4200"))
        again = under(pipeline, same)
        watched = watch(again)
        report = run(again, 0, 2, *COMPUTED)
        assert watched.staged == [(GAMES, day(0), day(2))]
        assert statuses(report, GAMES) == ["unchanged"] * 3
        assert states(plan(again, 0, 2, GAMES), GAMES) == dict.fromkeys(range(3), "fresh")


class TestStaleInput:
    def test_names_the_input(self):
        small = league(4)
        pipeline = done(small)
        correct(pipeline, BOXES, small.rows_of("g2", "bos0", points=40))
        found = plan(pipeline, 0, 3)
        assert states(found, GAMES) == {0: "fresh", 1: "fresh", 2: "stale_input", 3: "fresh"}
        item = next(one for one in found.items if one.state is State.STALE_INPUT)
        assert item.reason == "changed since: nba_raw.player_boxscores"
        assert [one.state for one in found.items].count(State.STALE_INPUT) == 1

    def test_every_date_that_may_read_it_and_none_before(self):
        small = league(4)
        pipeline = done(small)
        correct(pipeline, BOXES, small.rows_of("g2", "bos0", points=40))
        found = plan(pipeline, 0, 3)
        after = {2: "maybe_stale", 3: "maybe_stale"}
        fresh = {0: "fresh", 1: "fresh"}
        on_the_day = {**fresh, 2: "maybe_stale", 3: "fresh"}
        before_the_day = {**fresh, 2: "fresh", 3: "maybe_stale"}
        assert states(found, OFFENSE) == on_the_day
        assert states(found, DEFENSE) == on_the_day
        assert states(found, TEAM_FORM) == fresh | after
        assert states(found, PLAYER_FORM) == fresh | after
        assert states(found, PLAYER_ASOF) == before_the_day
        assert states(found, TEAM_ASOF) == before_the_day
        assert states(found, TEAM_CONTEXT) == before_the_day
        assert states(found, PLAYER_CONTEXT) == before_the_day

    def test_says_what_it_waits_for(self):
        small = league(3)
        pipeline = done(small)
        correct(pipeline, BOXES, small.rows_of("g1", "bos0", points=40))
        items = {(item.table, item.day): item for item in plan(pipeline, 0, 2).items}
        assert items[TEAM_FORM, day(2)].reason == f"decided after {OFFENSE}, {DEFENSE}"

    def test_taken_back(self):
        small = league(2)
        pipeline = done(small)
        correct(pipeline, BOXES, small.rows_of("g1", "bos0", points=40))
        correct(pipeline, BOXES, small.rows_of("g1", "bos0", points=10))
        assert {item.state for item in plan(pipeline, 0, 1, *COMPUTED).items if item.asked} == {
            State.FRESH
        }

    def test_unread_columns_do_not_matter(self):
        """No statement reads a player's position."""
        small = league(2)
        for team in ("bos", "nyk"):
            small.person(f"{team}0", date(1995, 5, 5))
        pipeline = done(small)
        row = small.raw[PEOPLE][0]
        correct(pipeline, PEOPLE, [row | {"position": "C", "aliases": "bozo"}])
        found = plan(pipeline, 0, 1, PLAYER_CONTEXT)
        assert states(found, PLAYER_CONTEXT) == {0: "fresh", 1: "fresh"}

    def test_moved_rows(self):
        """The same rows under another date are another content of both dates."""
        small = league(3)
        pipeline = done(small)
        by_hand(
            pipeline,
            f"UPDATE {BOXES} SET game_date = '{day(2)}' WHERE game_id = 'g1'"
            " AND player_lookup = 'bos0'",
        )
        assert states(plan(pipeline, 0, 2, GAMES), GAMES) == {
            0: "fresh",
            1: "stale_input",
            2: "stale_input",
        }


class TestCorrection:
    def test_early_cut_off(self):
        """A name that nobody else reads: one statement for one date."""
        small = league(5)
        pipeline = done(small)
        correct(pipeline, BOXES, small.rows_of("g2", "bos0", player_name="Boz"))
        watched = watch(pipeline)
        report = run(pipeline, 0, 4, *COMPUTED)
        assert watched.staged == [(GAMES, day(2), day(2))]
        assert statuses(report, GAMES).count("success") == 1
        assert set(statuses(report, PLAYER_FORM)) == {"unchanged"}

    def test_ends_where_nothing_changes(self):
        """A point moves from one man to another: the team's sum is the same."""
        small = league(5)
        pipeline = done(small)
        rows = [
            *small.rows_of("g2", "bos0", points=11),
            *small.rows_of("g2", "bos1", points=10),
        ]
        correct(pipeline, BOXES, rows)
        watched = watch(pipeline)
        run(pipeline, 0, 4, *COMPUTED)
        assert watched.staged == [
            (GAMES, day(2), day(2)),
            (OFFENSE, day(2), day(2)),
            (PLAYER_FORM, day(2), day(4)),
            (PLAYER_CONTEXT, day(3), day(4)),
        ]

    def test_everything_after_it(self):
        """One statement a table at most, none of them before the corrected date."""
        small = league(5)
        pipeline = done(small)
        correct(pipeline, BOXES, small.rows_of("g2", "bos0", points=40))
        watched = watch(pipeline)
        report = run(pipeline, 0, 4, *COMPUTED)
        assert max(Counter(watched.tables).values()) == 1
        assert min(first for _, first, _ in watched.staged) == day(2)
        # Who played when has not changed.
        assert {PLAYER_ASOF, TEAM_ASOF}.isdisjoint(watched.tables)
        assert statuses(report, PLAYER_FORM) == ["unchanged"] * 2 + ["success"] * 3
        assert {item.state for item in plan(pipeline, 0, 4, *COMPUTED).items if item.asked} == {
            State.FRESH
        }


def two_seasons() -> Small:
    small = league(3)
    for number in range(3):
        small.play(f"h{number}", NEXT_SEASON + number, season_year=2025)
    return small


class TestAnotherSeason:
    last = NEXT_SEASON + 2

    def test_points_leave_the_next_season_fresh(self):
        small = two_seasons()
        pipeline = done(small)
        correct(pipeline, BOXES, small.rows_of("g1", "bos0", points=40))
        watched = watch(pipeline)
        report = run(pipeline, 0, self.last, *COMPUTED)
        assert max(last for _, _, last in watched.staged) == day(2)
        assert set(statuses(report, PLAYER_ASOF)) <= {
            "skipped_bootstrap",
            "skipped_no_games",
            "unchanged",
        }

    def test_next_seasons_own_tables_are_not_even_in_doubt(self):
        small = two_seasons()
        pipeline = done(small)
        correct(pipeline, BOXES, small.rows_of("g1", "bos0", points=40))
        found = plan(pipeline, 0, self.last, *COMPUTED)
        doubted = {
            item.table
            for item in found.to_compute
            if item.day >= day(NEXT_SEASON) and item.table != PLAYER_ASOF
        }
        # player_asof is looked at again, and so is what stands on it.
        assert doubted == {TEAM_CONTEXT, PLAYER_CONTEXT}
        run(pipeline, 0, 2, *COMPUTED)
        after = plan(pipeline, NEXT_SEASON, self.last, *COMPUTED)
        assert {item.state for item in after.items if item.asked} == {State.FRESH}

    def test_who_played_does_reach_it(self):
        """He didn't play last season's last game after all: an earlier one is his latest."""
        small = two_seasons()
        pipeline = done(small)
        absent = dict.fromkeys(("minutes", "points"))
        correct(pipeline, BOXES, small.rows_of("g2", "bos0", **absent))
        report = run(pipeline, 0, self.last, *COMPUTED)
        found = {one.day: one.status.value for one in report.results if one.table == PLAYER_ASOF}
        assert [found[day(number)] for number in range(3)] == [
            "skipped_bootstrap",
            "unchanged",
            "unchanged",
        ]
        # He has played again before the second date.
        assert found[day(NEXT_SEASON)] == "success"
        assert found[day(NEXT_SEASON + 1)] == "unchanged"

    def test_last_season_never_reads_the_next(self):
        small = two_seasons()
        pipeline = done(small)
        correct(pipeline, BOXES, small.rows_of("h1", "bos0", points=40))
        found = plan(pipeline, 0, 2, *COMPUTED)
        assert {item.state for item in found.items if item.asked} == {State.FRESH}
