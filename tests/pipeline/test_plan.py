"""What a plan says of each date, from which evidence, and what it doesn't say."""

from __future__ import annotations

import pytest

from pipeline.plan import LONGEST_RANGE, make_request
from pipeline.run import Pipeline
from pipeline.state import State
from processors.contract import Layer
from processors.errors import UsageError
from processors.names import resolve_tables
from tests.oracle.tiny import OPENING, day
from tests.pipeline.small import (
    DEFENSE,
    GAMES,
    LINES,
    OFFENSE,
    PLAYER_ASOF,
    PLAYER_CONTEXT,
    PLAYER_FORM,
    TEAM_ASOF,
    TEAM_CONTEXT,
    TEAM_FORM,
    Small,
    ask,
    by_hand,
    done,
    league,
    plan,
    recontracted,
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
