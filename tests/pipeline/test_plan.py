"""What a plan says of each date, from which evidence, and what it doesn't say."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from pipeline.plan import LONGEST_RANGE, make_request
from pipeline.run import Pipeline
from pipeline.state import State
from processors.contract import Input, Layer
from processors.errors import UsageError
from processors.names import resolve_tables
from processors.registry import Processor
from processors.statement import Statement
from processors.window import ON_THE_DAY, SEASON_BEFORE
from tests.oracle.tiny import OPENING, day
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
    ask,
    by_hand,
    correct,
    league,
    nth,
    plan,
    recontracted,
    rewritten,
    run,
    states,
    statuses,
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


def done(small: Small, last: int | None = None) -> Pipeline:
    """Every table of every date computed."""
    pipeline = small.pipeline()
    run(pipeline, 0, small.last_day if last is None else last)
    return pipeline


def under(pipeline: Pipeline, registry) -> Pipeline:
    """The same warehouse, after a deployment of other code."""
    return Pipeline(pipeline.warehouse, registry)


class TestMissing:
    def test_never_computed(self):
        found = plan(league(2).pipeline(), 0, 1, GAMES)
        assert states(found, GAMES) == {0: "missing", 1: "missing"}
        assert {item.reason for item in found.items} == {"never computed"}
        assert str(found.items[0].inputs[1]) == f"1 games of {day(0)} whole"

    def test_edited(self):
        pipeline = done(league(3))
        by_hand(
            pipeline,
            f"UPDATE {GAMES} SET points = 99 WHERE player_lookup = 'bos0'"
            f" AND game_date = '{day(1)}'",
        )
        found = plan(pipeline, 0, 2, GAMES)
        assert states(found, GAMES) == {0: "fresh", 1: "missing", 2: "fresh"}
        assert found.items[1].reason.startswith("the stored 16 rows are not the 16 that run ")
        assert found.items[1].reason.endswith("edited, lost or restored by hand")

    def test_deleted(self):
        pipeline = done(league(2))
        by_hand(pipeline, f"DELETE FROM {TEAM_FORM} WHERE team_abbr = 'NYK'")
        found = plan(pipeline, 0, 1, TEAM_FORM)
        mine = [item for item in found.items if item.table == TEAM_FORM]
        assert [item.state for item in mine] == [State.MISSING] * 2
        assert mine[0].reason.startswith("the stored 1 rows are not the 2 that run ")

    def test_doubled(self):
        pipeline = done(league(1))
        by_hand(pipeline, f"INSERT INTO {TEAM_FORM} SELECT * FROM {TEAM_FORM}")
        assert states(plan(pipeline, 0, 0, TEAM_FORM), TEAM_FORM) == {0: "missing"}

    def test_what_is_mended_leaves_its_readers_alone(self):
        pipeline = done(league(3))
        by_hand(pipeline, f"DELETE FROM {GAMES} WHERE game_date = '{day(1)}'")
        watched = watch(pipeline)
        report = run(pipeline, 0, 2)
        assert watched.staged == [(GAMES, day(1), day(1))]
        assert statuses(report, GAMES) == ["unchanged", "success", "unchanged"]
        assert set(statuses(report, PLAYER_FORM)) == {"unchanged"}


class TestFresh:
    def test_all(self):
        found = plan(done(league(3)), 0, 2, *COMPUTED)
        asked = [item for item in found.items if item.asked]
        assert {item.state for item in asked} == {State.FRESH}
        assert {item.reason for item in asked} == {"made by today's code from today's inputs"}

    def test_nobody_yet_is_proven_too(self):
        """Opening night has no player_asof; that this was seen is remembered."""
        pipeline = done(league(1))
        assert states(plan(pipeline, 0, 0, PLAYER_ASOF), PLAYER_ASOF) == {0: "fresh"}

    def test_survives_another_process(self, tmp_path):
        """What is proven stands in the ledger, not in memory."""
        pipeline = done(league(2))
        again = Pipeline(pipeline.warehouse, pipeline.registry)
        assert set(states(plan(again, 0, 1, PLAYER_CONTEXT), PLAYER_CONTEXT).values()) == {"fresh"}

    def test_columns_of_the_machinery_prove_nothing(self):
        pipeline = done(league(1))
        by_hand(pipeline, f"UPDATE {GAMES} SET run_id = 'another', processed_at = '2000-01-01'")
        assert states(plan(pipeline, 0, 0, GAMES), GAMES) == {0: "fresh"}


class TestNoGames:
    def test_gaps(self):
        found = plan(league(3, gap=2).pipeline(), -1, 5, GAMES)
        assert states(found, GAMES) == {
            -1: "no_games",
            0: "missing",
            1: "no_games",
            2: "missing",
            3: "no_games",
            4: "missing",
            5: "no_games",
        }
        assert [item.reason for item in found.items if item.state is State.NO_GAMES] == [
            f"preseason: 2024-25 starts on {OPENING}",
            "day off in 2024-25",
            "day off in 2024-25",
            f"off-season: the schedule ends on {day(4)}",
        ]

    def test_empty_warehouse(self):
        found = plan(Small().pipeline(), 0, 0)
        assert {item.reason for item in found.items} == {"the schedule table holds no season"}


class TestBootstrap:
    def test_days_0_to_13(self, registry):
        small = league(9, gap=2)
        pipeline = small.pipeline(recontracted(registry, GAMES, layer=Layer.PRECOMPUTE))
        found = states(plan(pipeline, 0, 16, GAMES), GAMES)
        assert {found[number] for number in range(14)} == {"bootstrap"}
        assert [found[number] for number in (14, 15, 16)] == ["missing", "no_games", "missing"]

    def test_needs_nothing_before_it(self, registry):
        """Dates that are left out by design make nobody work for them."""
        pipeline = league(9).pipeline(recontracted(registry, TEAM_FORM, layer=Layer.PRECOMPUTE))
        assert {item.table for item in plan(pipeline, 0, 8, TEAM_FORM).items} == {TEAM_FORM}


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


class TestForce:
    def test_only_what_was_asked(self):
        pipeline = done(league(2))
        pipeline.refresh()
        found = pipeline.plan(ask(pipeline, 1, 1, OFFENSE, force=True))
        assert states(found, OFFENSE) == {1: "stale_code"}
        assert found.to_compute[0].reason == "asked for by force"
        assert states(found, GAMES) == {1: "fresh"}

    def test_never_what_is_blocked(self):
        pipeline = league(1).pipeline()
        assert states(plan(pipeline, 0, 0, LINES, force=True), LINES) == {0: "blocked"}


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


class TestNeededDates:
    def test_only_what_the_asked_date_stands_on(self):
        found = plan(league(6).pipeline(), 3, 3, PLAYER_ASOF)
        assert states(found, PLAYER_ASOF) == {3: "missing"}
        assert states(found, GAMES) == dict.fromkeys(range(3), "missing")
        assert {item.table for item in found.items} == {PLAYER_ASOF, GAMES}
        assert {item.table for item in found.items if item.asked} == {PLAYER_ASOF}

    def test_order(self, registry):
        """Every table after all that it reads."""
        small = league(2)
        order = list(dict.fromkeys(item.table for item in plan(small.pipeline(), 0, 1).items))
        assert sorted(order) == sorted(registry.processors)
        for table in order:
            feeds = {feed.table for feed in registry.contracts[table].inputs} & set(order)
            assert feeds <= set(order[: order.index(table)])

    def test_planning_changes_nothing(self):
        pipeline = league(2).pipeline()
        first, second = plan(pipeline, 0, 1), plan(pipeline, 0, 1)
        assert first == second
        assert pipeline.warehouse.rows("SELECT COUNT(*) FROM `nba_ops.runs`") == [(0,)]


class TestMakeRequest:
    def test_all_tables(self, registry):
        found = make_request(registry, start=day(0), end=day(0))
        assert found.tables == tuple(registry.processors)

    def test_names_without_dataset(self, registry):
        assert resolve_tables(["team_form", OFFENSE], registry) == (OFFENSE, TEAM_FORM)

    def test_stranger(self, registry):
        with pytest.raises(UsageError, match="'team_from'; did you mean team_form"):
            resolve_tables(["team_from"], registry)

    def test_backwards(self, registry):
        with pytest.raises(UsageError, match="the range ends on 2024-10-22, before it starts on"):
            make_request(registry, start=day(1), end=day(0))

    def test_too_long(self, registry):
        make_request(registry, start=day(0), end=day(LONGEST_RANGE - 1))
        with pytest.raises(UsageError, match="more than ten years"):
            make_request(registry, start=day(0), end=day(LONGEST_RANGE))

    def test_as_json(self, registry):
        found = make_request(registry, tables=["team_form"], start=day(0), end=day(1), force=True)
        assert found.as_json() == {
            "tables": [TEAM_FORM],
            "days": ["2024-10-22/2024-10-23"],
            "force": True,
            "prepare": True,
        }
