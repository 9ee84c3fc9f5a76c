"""What becomes of each date: published, unchanged, skipped, forced, prepared, one at a time."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace

from pipeline.outcome import Status
from pipeline.plan import make_request
from pipeline.run import Pipeline, Progress
from processors.contract import Canary, RowCheck
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
    PLAYER_ASOF,
    PLAYER_CONTEXT,
    PLAYER_FORM,
    TEAM_CONTEXT,
    TEAM_FORM,
    Small,
    correct,
    everything,
    league,
    outcome,
    plan,
    points_of,
    run,
    states,
    statuses,
    two_games,
    watch,
)
from tests.worlds import stored_rows


class TestSuccess:
    def test_rows_and_fingerprints(self):
        pipeline = league(1).pipeline()
        found = outcome(run(pipeline, 0, 0, GAMES), GAMES, 0)
        assert (found.status, found.reason) == (Status.SUCCESS, "16 rows of 16 expected")
        assert points_of(pipeline, 0, "nyk7") == 17
        stored = pipeline.assessor.content.stored(pipeline.registry.contracts[GAMES])[day(0)]
        assert found.output_fingerprint == str(stored)
        assert found.output_fingerprint.startswith("16:")

    def test_bookkeeping_columns(self, registry):
        pipeline = league(1).pipeline()
        report = run(pipeline, 0, 0, GAMES)
        text = f"SELECT DISTINCT logic_version, input_fingerprint, run_id FROM `{GAMES}`"
        assert pipeline.warehouse.rows(text) == [
            (
                registry.processors[GAMES].logic_version,
                outcome(report, GAMES, 0).input_fingerprint,
                report.run_id,
            )
        ]

    def test_only_the_asked_dates(self):
        pipeline = league(3).pipeline()
        run(pipeline, 1, 1, GAMES)
        dates = {row["game_date"] for row in stored_rows(pipeline.warehouse, GAMES)}
        assert dates == {day(1)}

    def test_what_lies_between_is_not_published(self):
        """Two dates near each other go through one statement; the fresh one between stays."""
        small = league(5)
        pipeline = small.pipeline()
        first = run(pipeline, 2, 2, GAMES)
        watched = watch(pipeline)
        second = run(pipeline, 0, 4, GAMES)
        assert watched.staged == [(GAMES, day(0), day(4))]
        assert statuses(second, GAMES) == ["success"] * 2 + ["unchanged"] + ["success"] * 2
        runs = pipeline.warehouse.rows(
            f"SELECT DISTINCT run_id FROM `{GAMES}` WHERE game_date = @day", day=day(2)
        )
        assert runs == [(first.run_id,)]

    def test_far_apart_is_two_statements(self):
        small = Small()
        for number in (0, 10, 21):
            small.play(f"g{number}", number)
        pipeline = small.pipeline()
        watched = watch(pipeline)
        run(pipeline, 0, 21, GAMES)
        assert watched.staged == [(GAMES, day(0), day(10)), (GAMES, day(21), day(21))]


class TestUnchanged:
    def test_costs_no_statement(self):
        pipeline = league(3).pipeline()
        run(pipeline, 0, 2)
        watched = watch(pipeline)
        report = run(pipeline, 0, 2)
        assert watched.tables == []
        assert {one.status for one in report.results if one.table != LINES} == {
            Status.UNCHANGED,
            Status.SKIPPED_BOOTSTRAP,
        }
        assert outcome(report, GAMES, 0).evidence.rows == 16

    def test_rows_are_left_alone(self):
        pipeline = league(2).pipeline()
        first = run(pipeline, 0, 1, GAMES)
        run(pipeline, 0, 1, GAMES)
        assert pipeline.warehouse.rows(f"SELECT DISTINCT run_id FROM `{GAMES}`") == [
            (first.run_id,)
        ]

    def test_computed_again_to_the_same(self):
        """A column that only changes the input's fingerprint: nothing is rewritten."""
        small = league(1)
        pipeline = small.pipeline()
        first = run(pipeline, 0, 0, GAMES)
        # Both spellings are 24 minutes.
        correct(pipeline, BOXES, small.rows_of("g0", "bos0", minutes="24"))
        watched = watch(pipeline)
        found = outcome(run(pipeline, 0, 0, GAMES), GAMES, 0)
        assert watched.tables == [GAMES]
        assert (found.status, found.reason) == (
            Status.UNCHANGED,
            "computed again: the same 16 rows",
        )
        assert pipeline.warehouse.rows(f"SELECT DISTINCT run_id FROM `{GAMES}`") == [
            (first.run_id,)
        ]
        # The ledger alone knows which inputs last proved the partition.
        assert states(plan(pipeline, 0, 0, GAMES), GAMES) == {0: "fresh"}


class TestSkipped:
    def test_no_games(self):
        report = run(league(2, gap=2).pipeline(), -1, 1, GAMES)
        assert statuses(report, GAMES) == ["skipped_no_games", "success", "skipped_no_games"]
        assert report.overall.word == "completed"

    def test_nobody_has_played(self):
        pipeline = league(2).pipeline()
        found = outcome(run(pipeline, 0, 0, PLAYER_ASOF), PLAYER_ASOF, 0)
        assert found.status is Status.SKIPPED_BOOTSTRAP
        assert found.reason.startswith("season day 0: nobody in the warehouse has played before")
        watched = watch(pipeline)
        again = outcome(run(pipeline, 0, 0, PLAYER_ASOF), PLAYER_ASOF, 0)
        assert again.status is Status.SKIPPED_BOOTSTRAP
        assert watched.tables == []

    def test_late_in_the_season_it_is_a_lack(self):
        """Nothing to read on season day 14 is no bootstrap: something is missing."""
        small = league(1)
        small.game("first", -14)
        small.raw["nba_raw.schedule"][-1]["status"] = "scheduled"
        report = run(small.pipeline(), 0, 0, PLAYER_ASOF)
        found = outcome(report, PLAYER_ASOF, 0)
        assert (found.status, found.evidence.expectation.season_day) == (Status.BLOCKED, 14)
        assert report.overall.http_status == 424


class TestForce:
    def test_writes_again(self):
        pipeline = league(2).pipeline()
        run(pipeline, 0, 1)
        watched = watch(pipeline)
        second = run(pipeline, 1, 1, OFFENSE, force=True)
        assert watched.staged == [(OFFENSE, day(1), day(1))]
        assert statuses(second, OFFENSE) == ["success"]
        runs = pipeline.warehouse.rows(
            f"SELECT DISTINCT run_id FROM `{OFFENSE}` WHERE game_date = @day", day=day(1)
        )
        assert runs == [(second.run_id,)]

    def test_changes_nothing_for_the_readers(self):
        pipeline = league(2).pipeline()
        run(pipeline, 0, 1)
        run(pipeline, 0, 1, GAMES, force=True)
        watched = watch(pipeline)
        run(pipeline, 0, 1)
        assert watched.tables == []


class TestPrepared:
    def test_apart_from_the_results(self):
        report = run(league(3).pipeline(), 2, 2, PLAYER_CONTEXT)
        assert [(one.table, one.day) for one in report.results] == [(PLAYER_CONTEXT, day(2))]
        assert report.results[0].status is Status.SUCCESS
        assert Counter(one.table for one in report.prepared if one.status is Status.SUCCESS) == {
            GAMES: 2,
            OFFENSE: 2,
            DEFENSE: 2,
            TEAM_FORM: 2,
            PLAYER_FORM: 2,
            PLAYER_ASOF: 1,
            "nba_analytics.team_asof": 1,
            TEAM_CONTEXT: 1,
        }

    def test_fresh_ones_are_no_news(self):
        pipeline = league(3).pipeline()
        run(pipeline, 2, 2, PLAYER_CONTEXT)
        report = run(pipeline, 2, 2, PLAYER_CONTEXT)
        assert [one.status for one in report.results] == [Status.UNCHANGED]
        # Only what is still lacking is said again.
        assert {one.table for one in report.prepared} == {LINES}

    def test_not_if_it_is_not_ours(self):
        pipeline = league(2).pipeline()
        watched = watch(pipeline)
        report = run(pipeline, 1, 1, PLAYER_ASOF, prepare=False)
        assert (statuses(report, PLAYER_ASOF), report.prepared) == (["blocked"], [])
        assert watched.tables == []


class TestRanges:
    def test_over_a_summer(self):
        """Two seasons in one request: a chunk each, nothing of the summer is computed."""
        small = league(2)
        for number in range(2):
            small.play(f"h{number}", NEXT_SEASON + number, season_year=2025)
        pipeline = small.pipeline()
        watched = watch(pipeline)
        report = run(pipeline, 0, NEXT_SEASON + 1, GAMES, PLAYER_ASOF)
        assert watched.staged == [
            (GAMES, day(0), day(1)),
            (PLAYER_ASOF, day(0), day(1)),
            (GAMES, day(NEXT_SEASON), day(NEXT_SEASON + 1)),
            (PLAYER_ASOF, day(NEXT_SEASON), day(NEXT_SEASON + 1)),
        ]
        assert Counter(statuses(report, GAMES)) == {
            "success": 4,
            "skipped_no_games": NEXT_SEASON - 2,
        }
        # On the next opening night last season's players are known.
        assert outcome(report, PLAYER_ASOF, NEXT_SEASON).evidence.rows == 16

    def test_every_asked_date_has_one_outcome(self):
        pipeline = league(3, gap=3).pipeline()
        report = pipeline.run(make_request(pipeline.registry, start=day(-3), end=day(9)))
        asked = [(one.table, one.day) for one in report.results]
        assert len(asked) == len(set(asked)) == 13 * len(pipeline.registry.processors)

    def test_progress(self):
        pipeline = league(2).pipeline()
        seen: list[Progress] = []
        pipeline.on_progress = seen.append
        run(pipeline, 0, 1, GAMES, OFFENSE)
        assert [(one.what, one.done, one.in_all) for one in seen] == [
            (GAMES, 2, 4),
            (OFFENSE, 4, 4),
        ]


class TestAtTheSameTime:
    def test_one_does_it_and_the_others_find_it_done(self):
        """Four threads ask for overlapping dates; each date is published once."""
        pipeline = league(4).pipeline()
        together = threading.Barrier(4)
        reports = []

        def go(first: int) -> None:
            together.wait()
            reports.append(run(pipeline, first, 3, GAMES, OFFENSE, TEAM_FORM))

        threads = [threading.Thread(target=go, args=(first,)) for first in (0, 1, 2, 0)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        words = Counter(
            (one.table, one.day, one.status.value)
            for report in reports
            for one in (*report.results, *report.prepared)
        )
        assert {word for _, _, word in words} == {"success", "unchanged"}
        published = {key[:2]: count for key, count in words.items() if key[2] == "success"}
        assert set(published.values()) == {1}
        assert len(published) == 4 * 4
        quiet = league(4).pipeline()
        run(quiet, 0, 3, GAMES, OFFENSE, TEAM_FORM)
        assert everything(pipeline.warehouse) == everything(quiet.warehouse)


class TestRegistry:
    def test_another_deployments_contract_is_judged_by_its_own_checks(self, registry):
        """Rows that today's code would set aside are set aside, wherever they came from."""
        pipeline = two_games().pipeline()
        run(pipeline, 0, 0, GAMES)
        contract = registry.contracts[GAMES]
        stricter = replace(
            contract,
            row_checks=(
                *contract.row_checks,
                RowCheck(name="not_him", bad_when="player_lookup = 'bos0'"),
            ),
            canaries=(Canary(column="points"),),
        )
        statement = Statement(registry.processors[GAMES].statement.text)
        again = Pipeline(pipeline.warehouse, registry.replaced(Processor(stricter, statement)))
        found = outcome(run(again, 0, 0, GAMES), GAMES, 0)
        assert found.reason == "31 rows, 1 in quarantine: not_him 1"
        assert len(stored_rows(pipeline.warehouse, GAMES)) == 31

    def test_default_is_every_table(self, registry):
        report = league(1).pipeline().run(make_request(registry, start=day(0), end=day(0)))
        assert {one.table for one in report.results} == set(registry.processors)
