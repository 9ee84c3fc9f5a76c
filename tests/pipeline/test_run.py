"""What becomes of each date: published, set aside, refused, blocked, broken, and remembered."""

from __future__ import annotations

import json
import threading
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from pipeline.outcome import Status
from pipeline.plan import make_request
from pipeline.run import Pipeline, Progress
from processors.contract import Canary, RowCheck
from processors.errors import WarehouseFailed, WarehouseTransient
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
    TEAM_CONTEXT,
    TEAM_FORM,
    Small,
    Watched,
    correct,
    everything,
    league,
    ledger,
    nth,
    outcome,
    plan,
    points_of,
    recontracted,
    rewritten,
    run,
    states,
    statuses,
    watch,
)
from tests.worlds import load_rows, stored_rows

NO_STATEMENT: list[str] = []


def two_games(dates: int = 1) -> Small:
    """32 rows a date: one bad row is 3.1 %."""
    small = Small()
    for number in range(dates):
        small.play_two(number)
    return small


def quarantine(pipeline: Pipeline) -> list[tuple]:
    return pipeline.warehouse.rows(
        "SELECT table_name, partition_date, row_key, reason, row_text FROM `nba_ops.quarantine`"
        " ORDER BY recorded_at, row_key"
    )


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
        assert watched.tables == NO_STATEMENT
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
        assert watched.tables == NO_STATEMENT

    def test_late_in_the_season_it_is_a_lack(self):
        """Nothing to read on season day 14 is no bootstrap: something is missing."""
        small = league(1)
        small.game("first", -14)
        small.raw["nba_raw.schedule"][-1]["status"] = "scheduled"
        report = run(small.pipeline(), 0, 0, PLAYER_ASOF)
        found = outcome(report, PLAYER_ASOF, 0)
        assert (found.status, found.evidence.expectation.season_day) == (Status.BLOCKED, 14)
        assert report.overall.http_status == 424


class TestPartial:
    def test_bad_rows_are_set_aside_with_the_reason(self):
        small = two_games()
        small.rows_of("east0", "bos0", fg_made=5, fg_attempted=4)
        pipeline = small.pipeline()
        found = outcome(run(pipeline, 0, 0, GAMES), GAMES, 0)
        assert (found.status, found.reason) == (
            Status.PARTIAL,
            "31 rows, 1 in quarantine: made_more_than_attempted 1",
        )
        assert len(stored_rows(pipeline.warehouse, GAMES)) == 31
        ((table, when, key, reason, text),) = quarantine(pipeline)
        assert (table, when, key, reason) == (
            GAMES,
            day(0),
            "2024-10-22 bos0",
            "made_more_than_attempted",
        )
        row = json.loads(text)
        assert (row["fg_made"], row["points"], row["team_abbr"]) == (5, 10, "BOS")

    def test_again_uncomputed(self):
        small = two_games(2)
        small.rows_of("east1", "bos0", points=None, assists=3)
        pipeline = small.pipeline()
        run(pipeline, 0, 1, GAMES)
        watched = watch(pipeline)
        report = run(pipeline, 0, 1, GAMES)
        assert watched.tables == NO_STATEMENT
        assert statuses(report, GAMES) == ["unchanged", "partial"]
        assert (report.overall.word, report.overall.exit_code) == ("completed_with_findings", 2)
        assert len(quarantine(pipeline)) == 1

    def test_good_after_a_fix(self):
        small = two_games()
        small.rows_of("east0", "bos0", fg_made=5, fg_attempted=4)
        pipeline = small.pipeline()
        run(pipeline, 0, 0, GAMES)
        correct(pipeline, BOXES, small.rows_of("east0", "bos0", fg_attempted=8))
        assert statuses(run(pipeline, 0, 0, GAMES), GAMES) == ["success"]
        assert len(stored_rows(pipeline.warehouse, GAMES)) == 32
        assert statuses(run(pipeline, 0, 0, GAMES), GAMES) == ["unchanged"]

    def test_all_rows_of_a_doubled_key(self, registry):
        """Which of them is right can't be told."""
        doubled = rewritten(
            registry,
            GAMES,
            lambda text: text.replace(
                "FROM appearances\nLEFT JOIN team_totals",
                "FROM appearances\n"
                "JOIN (SELECT 1 AS number UNION ALL SELECT 2 AS number) AS copies\n"
                "ON copies.number = 1 OR appearances.player_lookup = 'bos0'\n"
                "LEFT JOIN team_totals",
            ),
        )
        small = Small()
        for number in range(3):
            small.play(f"g{number}", 0, f"H{number}", f"A{number}")
        small.play("last", 0, "BOS", "NYK")
        pipeline = small.pipeline(doubled)
        found = outcome(run(pipeline, 0, 0, GAMES), GAMES, 0)
        assert found.reason == "63 rows, 2 in quarantine: key_doubled 2"
        assert [row[2:4] for row in quarantine(pipeline)] == [
            ("2024-10-22 bos0", "key_doubled")
        ] * 2
        assert found.evidence.written == 63

    def test_fresh_for_its_readers(self):
        """What reads a partial date is computed from the good rows, once."""
        small = Small()
        small.play_two(0, size=9)
        small.play_two(1, size=9)
        small.rows_of("east0", "bos0", fg_made=5, fg_attempted=4)
        pipeline = small.pipeline()
        report = run(pipeline, 0, 1)
        assert statuses(report, GAMES) == ["partial", "success"]
        assert statuses(report, OFFENSE) == ["success", "success"]
        watched = watch(pipeline)
        run(pipeline, 0, 1)
        assert watched.tables == NO_STATEMENT


class TestPartialByATableWithoutDates:
    def world(self) -> Small:
        """bos0 seems to be 74 years old."""
        small = two_games(3)
        for team in ("bos", "nyk", "lal", "uta"):
            for number in range(8):
                small.person(nth(team, number), date(1995, 1, 1))
        small.raw[PEOPLE][0]["birth_date"] = date(1950, 1, 1)
        return small

    def test_again_uncomputed(self):
        pipeline = self.world().pipeline()
        report = run(pipeline, 0, 2, PLAYER_CONTEXT)
        assert statuses(report, PLAYER_CONTEXT) == ["skipped_bootstrap", "partial", "partial"]
        watched = watch(pipeline)
        report = run(pipeline, 0, 2, PLAYER_CONTEXT)
        assert watched.tables == NO_STATEMENT
        assert statuses(report, PLAYER_CONTEXT) == ["skipped_bootstrap", "partial", "partial"]

    def test_a_fix_is_seen(self):
        """No stored row holds his key, and yet his birth date is what mends the date."""
        small = self.world()
        pipeline = small.pipeline()
        run(pipeline, 0, 2, PLAYER_CONTEXT)
        correct(pipeline, PEOPLE, [small.raw[PEOPLE][0] | {"birth_date": date(1995, 1, 1)}])
        report = run(pipeline, 0, 2, PLAYER_CONTEXT)
        assert statuses(report, PLAYER_CONTEXT) == ["skipped_bootstrap", "success", "success"]
        watched = watch(pipeline)
        run(pipeline, 0, 2, PLAYER_CONTEXT)
        assert watched.tables == NO_STATEMENT


class TestErrand:
    """Of an engine that remembers: the same for the same inputs, another for any other."""

    def errands(self, pipeline: Pipeline, **said) -> list[str]:
        """What a date that is rejected each time is computed for."""
        watched = watch(pipeline)
        report = run(pipeline, 2, 2, PLAYER_CONTEXT, **said)
        assert statuses(report, PLAYER_CONTEXT) == ["rejected"]
        at = watched.tables.index(PLAYER_CONTEXT)
        return [watched.errands[at].inputs, watched.errands[at].nonce]

    def test_of_a_date_that_is_not_stored(self, registry):
        small = two_games(3)
        small.person("bos0", date(1950, 1, 1))
        pipeline = small.pipeline(recontracted(registry, PLAYER_CONTEXT, minimum_coverage=2.0))
        first = self.errands(pipeline)
        assert self.errands(pipeline) == first
        correct(pipeline, PEOPLE, [small.raw[PEOPLE][0] | {"birth_date": date(1995, 1, 1)}])
        assert self.errands(pipeline) != first
        correct(pipeline, PEOPLE, [small.raw[PEOPLE][0]])
        assert self.errands(pipeline) == first
        correct(pipeline, BOXES, small.rows_of("east0", "bos0", points=44))
        assert self.errands(pipeline) != first

    def test_by_force(self, registry):
        pipeline = two_games(3).pipeline(
            recontracted(registry, PLAYER_CONTEXT, minimum_coverage=2.0)
        )
        inputs, nonce = self.errands(pipeline)
        forced = [self.errands(pipeline, force=True) for _ in range(2)]
        assert {one for one, _ in forced} == {inputs}
        assert len({nonce, *(one for _, one in forced)}) == 3


def dateless(registry, where: str):
    """player_game_summary with a NULL date in some rows."""
    return rewritten(
        registry,
        GAMES,
        lambda text: text.replace(
            "SELECT\n  appearances.game_date,",
            f"SELECT\n  IF({where}, NULL, appearances.game_date) AS game_date,",
        ),
    )


class TestRowsWithoutDate:
    """Nobody can tell which date they belong to: they count against all of the statement."""

    def test_few(self, registry):
        pipeline = two_games(2).pipeline(
            dateless(
                registry, "appearances.game_id = 'east1' AND appearances.player_lookup = 'bos0'"
            )
        )
        report = run(pipeline, 0, 1, GAMES)
        assert statuses(report, GAMES) == ["partial", "partial"]
        assert outcome(report, GAMES, 0).reason.startswith("32 rows, 1 in quarantine: game_date_is")
        assert outcome(report, GAMES, 1).reason.startswith("31 rows, 1 in quarantine: game_date_is")
        assert [row[1:4] for row in quarantine(pipeline)] == [
            (None, "NULL bos0", "game_date_is_null")
        ]

    def test_many(self, registry):
        pipeline = two_games(2).pipeline(
            dateless(registry, "appearances.player_lookup IN ('bos0', 'bos1')")
        )
        report = run(pipeline, 0, 1, GAMES)
        assert statuses(report, GAMES) == ["rejected", "rejected"]
        assert "4 of 64 rows have no game_date" in outcome(report, GAMES, 0).reason
        assert len(quarantine(pipeline)) == 4

    def test_all(self, registry):
        pipeline = two_games().pipeline(dateless(registry, "TRUE"))
        found = outcome(run(pipeline, 0, 0, GAMES), GAMES, 0)
        assert found.status is Status.REJECTED
        assert found.evidence.violations == (
            "0 of 32 expected entities were written, less than 90%",
            "32 of 32 rows have no game_date",
        )


class TestRejected:
    def refused(self, small: Small, violation: str, registry=None) -> None:
        """The second version of day 0 is refused: the first stays, and nothing else is new."""
        pipeline = self.first_version(small, registry)
        before = everything(pipeline.warehouse)
        load_rows(pipeline.warehouse, {BOXES: small.raw[BOXES]})
        pipeline.refresh()
        report = run(pipeline, 0, 0, GAMES)
        found = outcome(report, GAMES, 0)
        assert found.status is Status.REJECTED
        assert len(found.evidence.violations) == 1
        assert found.reason.startswith(violation)
        assert (report.overall.http_status, report.overall.exit_code) == (500, 1)
        assert everything(pipeline.warehouse) == before
        assert found.output_fingerprint is None
        # It is tried again, since a rejected date is nothing that stands.
        watched = watch(pipeline)
        assert statuses(run(pipeline, 0, 0, GAMES), GAMES) == ["rejected"]
        assert watched.tables == [GAMES]

    def first_version(self, small: Small, registry=None) -> Pipeline:
        good = two_games()
        pipeline = good.pipeline(registry)
        assert statuses(run(pipeline, 0, 0, GAMES), GAMES) == ["success"]
        return pipeline

    def test_minutes_missing(self):
        """3 of 32: more than 1 %, and as many as 3."""
        small = two_games()
        for number in range(3):
            small.rows_of("east0", nth("bos", number), minutes=None)
        self.refused(
            small, "minutes are unknown for more than 1 % and at least 3 of those who played"
        )

    def test_minutes_missing_of_two(self):
        small = two_games()
        for number in range(2):
            small.rows_of("east0", nth("bos", number), minutes="??")
        found = outcome(run(small.pipeline(), 0, 0, GAMES), GAMES, 0)
        assert found.status is Status.SUCCESS
        assert found.evidence.findings["minutes_malformed"] == 2
        assert found.evidence.findings["minutes_unknown"] == 2

    def test_many_bad_rows(self):
        """2 of 32 are more than 5 %."""
        small = two_games()
        for number in range(2):
            small.rows_of("east0", nth("bos", number), fg_made=5, fg_attempted=4)
        self.refused(
            small,
            "2 of 32 rows are bad, more than 5 %: made_more_than_attempted 2"
            " (such as 2024-10-22 bos0)",
        )

    def test_constant_canary(self):
        small = two_games()
        for row in small.raw[BOXES]:
            row["points"] = 12
        self.refused(small, "points is the same in all 32 rows")

    def test_few_rows_may_be_alike(self):
        """A canary sings from 20 rows on."""
        small = league(1)
        for row in small.raw[BOXES]:
            row["points"] = 12
        assert statuses(run(small.pipeline(), 0, 0, GAMES), GAMES) == ["success"]

    @pytest.mark.parametrize(("lost", "status"), [(3, "success"), (4, "rejected")])
    def test_coverage(self, registry, lost, status):
        """29 of 32 are 90.6 %, 28 are 87.5 %."""
        names = ", ".join(f"'bos{number}'" for number in range(lost))
        forgetful = rewritten(
            registry,
            GAMES,
            lambda text: text.rstrip() + f"\nWHERE appearances.player_lookup NOT IN ({names})",
        )
        found = outcome(run(two_games().pipeline(forgetful), 0, 0, GAMES), GAMES, 0)
        assert found.status == status
        if status == "rejected":
            assert found.reason == "28 of 32 expected entities were written, less than 90%"

    def test_bad_rows_are_kept_for_whoever_mends_it(self):
        small = two_games()
        for number in range(2):
            small.rows_of("east0", nth("bos", number), fg_made=5, fg_attempted=4)
        pipeline = small.pipeline()
        run(pipeline, 0, 0, GAMES)
        assert [row[2] for row in quarantine(pipeline)] == ["2024-10-22 bos0", "2024-10-22 bos1"]
        assert stored_rows(pipeline.warehouse, GAMES) == []

    def test_dates_are_judged_one_by_one(self):
        small = two_games(3)
        for number in range(2):
            small.rows_of("east1", nth("bos", number), fg_made=5, fg_attempted=4)
        pipeline = small.pipeline()
        report = run(pipeline, 0, 2, GAMES)
        assert statuses(report, GAMES) == ["success", "rejected", "success"]
        dates = {row["game_date"] for row in stored_rows(pipeline.warehouse, GAMES)}
        assert dates == {day(0), day(2)}

    def test_blocks_what_needs_it(self):
        small = two_games(2)
        for number in range(2):
            small.rows_of("east1", nth("bos", number), fg_made=5, fg_attempted=4)
        report = run(small.pipeline(), 0, 1)
        assert statuses(report, OFFENSE) == ["success", "blocked"]
        assert statuses(report, PLAYER_FORM) == ["success", "blocked"]
        assert outcome(report, OFFENSE, 1).reason == f"{GAMES}: 0 of 2 games of {day(1)} whole"

    def test_nothing_at_all_keeps_what_stands(self, registry):
        """Even where a contract asks for no coverage, no rows never replace rows."""
        lax = recontracted(registry, GAMES, minimum_coverage=0.0)
        pipeline = league(1).pipeline(lax)
        run(pipeline, 0, 0, GAMES)
        before = everything(pipeline.warehouse)
        empty = rewritten(lax, GAMES, lambda text: text.rstrip() + "\nWHERE FALSE")
        again = Pipeline(pipeline.warehouse, empty)
        found = outcome(run(again, 0, 0, GAMES), GAMES, 0)
        assert (found.status, found.reason) == (
            Status.REJECTED,
            "no row of 16 expected entities",
        )
        assert everything(pipeline.warehouse) == before
        assert statuses(run(again, 0, 0, GAMES), GAMES) == ["rejected"]

    def test_nothing_at_all_is_nothing_that_stands(self, registry):
        """Asked again it is refused again: the ledger proves no empty date."""
        lax = recontracted(registry, GAMES, minimum_coverage=0.0)
        empty = rewritten(lax, GAMES, lambda text: text.rstrip() + "\nWHERE FALSE")
        pipeline = league(1).pipeline(empty)
        assert statuses(run(pipeline, 0, 0, GAMES), GAMES) == ["rejected"]
        assert statuses(run(pipeline, 0, 0, GAMES), GAMES) == ["rejected"]


class TestBlocked:
    def test_then_the_input_lands(self):
        small = league(3)
        rows = small.raw[BOXES]
        small.drop_boxes("g1")
        pipeline = small.pipeline()
        report = run(pipeline, 0, 2, GAMES)
        assert statuses(report, GAMES) == ["success", "blocked", "success"]
        found = outcome(report, GAMES, 1)
        assert found.reason == f"{BOXES}: 0 games of {day(1)} whole"
        assert (report.overall.word, report.overall.exit_code) == ("blocked", 2)
        correct(pipeline, BOXES, rows)
        report = run(pipeline, 0, 2, GAMES)
        assert statuses(report, GAMES) == ["unchanged", "success", "unchanged"]

    def test_says_why_in_prepared(self):
        """What was asked is blocked by what had to be prepared for it."""
        small = league(2)
        small.drop_boxes("g0")
        report = run(small.pipeline(), 1, 1, PLAYER_ASOF)
        assert [one.table for one in report.results] == [PLAYER_ASOF]
        assert [(one.table, one.status) for one in report.prepared] == [(GAMES, Status.BLOCKED)]

    def test_lost_rows_block_again(self):
        """What is not there can't be told apart from what never was."""
        pipeline = league(1).pipeline()
        run(pipeline, 0, 0, GAMES)
        pipeline.warehouse._connection.execute(f"DELETE FROM {BOXES}")
        pipeline.refresh()
        assert statuses(run(pipeline, 0, 0, GAMES), GAMES) == ["blocked"]
        assert len(stored_rows(pipeline.warehouse, GAMES)) == 16


def broken(registry):
    """A team_defense_game_summary that compiles, and fails when it meets a team's name."""
    return rewritten(
        registry,
        DEFENSE,
        lambda text: text.replace(
            "SELECT\n  own.game_date,",
            "SELECT\n  IF(CAST(own.team_abbr AS INT64) > 0, own.game_date, NULL) AS game_date,",
        ),
    )


class Failing(Watched):
    """A warehouse whose statement for one table gives up, from a date on."""

    def __init__(self, inner, table: str, error: Exception, since: date = date.min) -> None:
        super().__init__(inner)
        self._table, self._error, self._since = table, error, since

    def stage(self, processor, span, errand=None) -> None:
        if processor.table == self._table and span.start >= self._since:
            raise self._error
        super().stage(processor, span, errand)


class TestFailed:
    def test_an_error_of_the_engine(self, registry):
        pipeline = league(2).pipeline(broken(registry))
        report = run(pipeline, 0, 1)
        found = outcome(report, DEFENSE, 0)
        assert found.status is Status.FAILED
        assert found.reason.startswith(
            f"WarehouseFailed: the statement of {DEFENSE} failed in duckdb 1."
        )
        assert "BOS" in found.reason or "NYK" in found.reason
        assert not found.transient
        assert (report.overall.http_status, report.overall.exit_code) == (500, 1)

    def test_other_tables_go_on(self, registry):
        pipeline = league(2).pipeline(broken(registry))
        report = run(pipeline, 0, 1)
        assert statuses(report, DEFENSE) == ["failed"] * 2
        assert statuses(report, GAMES) == ["success"] * 2
        assert statuses(report, OFFENSE) == ["success"] * 2
        assert statuses(report, TEAM_FORM) == ["blocked"] * 2
        assert statuses(report, PLAYER_ASOF) == ["skipped_bootstrap", "success"]

    def test_other_dates_go_on(self):
        """One of two statements of a table breaks; the other dates are done."""
        small = Small()
        for number in (0, 1, 20, 21):
            small.play(f"g{number}", number)
        pipeline = small.pipeline()
        error = WarehouseFailed("out of luck")
        pipeline.warehouse = Failing(pipeline.warehouse, OFFENSE, error, since=day(20))
        pipeline.refresh()
        report = run(pipeline, 0, 21, OFFENSE, DEFENSE)
        found = {
            (one.table, one.day): one.status.value
            for one in report.results
            if one.evidence.expectation.games
        }
        assert [found[OFFENSE, day(number)] for number in (0, 1, 20, 21)] == [
            "success",
            "success",
            "failed",
            "failed",
        ]
        assert [found[DEFENSE, day(number)] for number in (0, 1, 20, 21)] == [
            "success",
            "success",
            "blocked",
            "blocked",
        ]

    def test_transient(self):
        pipeline = league(1).pipeline()
        inner = pipeline.warehouse
        pipeline.warehouse = Failing(inner, GAMES, WarehouseTransient("memory"))
        pipeline.refresh()
        report = run(pipeline, 0, 0, GAMES)
        found = outcome(report, GAMES, 0)
        assert (found.status, found.transient) == (Status.FAILED, True)
        assert found.reason == "WarehouseTransient: memory"
        assert (report.overall.http_status, report.overall.exit_code) == (503, 1)
        pipeline.warehouse = inner
        pipeline.refresh()
        assert statuses(run(pipeline, 0, 0, GAMES), GAMES) == ["success"]

    def test_old_rows_stay(self, registry):
        pipeline = league(2).pipeline()
        run(pipeline, 0, 1)
        before = everything(pipeline.warehouse)
        again = Pipeline(pipeline.warehouse, broken(registry))
        assert statuses(run(again, 0, 1, DEFENSE), DEFENSE) == ["failed"] * 2
        assert everything(pipeline.warehouse) == before

    def test_an_error_that_is_not_ours_ends_the_run(self):
        """A fault in the code is no outcome: the run dies, and the next one says so."""
        pipeline = league(1).pipeline()
        inner = pipeline.warehouse
        pipeline.warehouse = Failing(inner, GAMES, ZeroDivisionError("a fault of ours"))
        pipeline.refresh()
        with pytest.raises(ZeroDivisionError):
            run(pipeline, 0, 0, GAMES)
        rows = inner.rows("SELECT event, status, detail FROM `nba_ops.runs` ORDER BY recorded_at")
        assert rows == [
            ("started", None, None),
            ("died", None, '{"error": "ZeroDivisionError"}'),
        ]
        assert Pipeline(inner, pipeline.registry).died == []


class Lying(Watched):
    """A warehouse whose published rows count right and scan as if they weren't there."""

    def __init__(self, inner, table: str, day_lost: date) -> None:
        super().__init__(inner)
        self._lost = table, day_lost
        self.lies = False

    def publish(self, publication, step) -> None:
        self._inner.publish(publication, step)
        self.lies = self.lies or publication.contract.table == self._lost[0]

    def fingerprints(self, contract, views, *, first, last):
        found = self._inner.fingerprints(contract, views, first=first, last=last)
        if self.lies and contract.table == self._lost[0]:
            for by_day in found:
                by_day.pop(self._lost[1], None)
        return found


class TestVerified:
    def test_a_scan_that_finds_nothing(self):
        pipeline = league(3).pipeline()
        pipeline.warehouse = Lying(pipeline.warehouse, GAMES, day(1))
        pipeline.refresh()
        report = run(pipeline, 0, 2, GAMES)
        assert statuses(report, GAMES) == ["success", "failed", "success"]
        found = outcome(report, GAMES, 1)
        assert found.reason.startswith("VerificationFailed: staged 16:")
        assert found.reason.endswith("a scan of the published rows finds 0:0000000000000000")
        assert (found.evidence.verified, found.transient) == (False, False)

    def test_where_others_write_one_of_them_may_have_come_between(self):
        pipeline = league(2).pipeline()
        lying = Lying(pipeline.warehouse, GAMES, day(1))
        lying.is_shared = True
        pipeline.warehouse = lying
        pipeline.refresh()
        assert outcome(run(pipeline, 0, 1, GAMES), GAMES, 1).transient

    def test_is_remembered_and_not_believed(self):
        pipeline = league(2).pipeline()
        lying = Lying(pipeline.warehouse, GAMES, day(1))
        pipeline.warehouse = lying
        pipeline.refresh()
        run(pipeline, 0, 1, GAMES)
        last = ledger(pipeline, ["status", "output_fingerprint"], "status = 'failed'")
        assert last == [("failed", None)]
        assert states(plan(pipeline, 0, 1, GAMES), GAMES) == {0: "fresh", 1: "missing"}


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
        assert watched.tables == NO_STATEMENT


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
        assert watched.tables == NO_STATEMENT


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


class TestLedger:
    def test_one_row_a_run_table_and_date(self):
        small = league(4)
        small.drop_boxes("g2")
        pipeline = small.pipeline()
        first = run(pipeline, -1, 4)
        second = run(pipeline, 0, 3, PLAYER_CONTEXT)
        for report in (first, second):
            rows = ledger(pipeline, ["table_name", "partition_date"], f"run_id = '{report.run_id}'")
            told = [(one.table, one.day) for one in (*report.results, *report.prepared)]
            assert len(rows) == len(set(rows))
            assert sorted(rows) == sorted(told)

    def test_says_what_the_report_says(self):
        pipeline = league(2).pipeline()
        report = run(pipeline, 0, 1)
        rows = ledger(pipeline, ["table_name", "partition_date", "status", "reason"])
        assert sorted(rows) == sorted(
            (one.table, one.day, one.status.value, one.reason) for one in report.results
        )

    def test_evidence(self):
        small = two_games()
        small.rows_of("east0", "bos0", fg_made=5, fg_attempted=4)
        small.rows_of("east0", "bos1", minutes="??")
        pipeline = small.pipeline()
        run(pipeline, 0, 0, GAMES)
        ((text, rows),) = ledger(pipeline, ["evidence", "row_count"])
        assert json.loads(text) == {
            "expectation": "2 games on season day 0 of 2024-25",
            "inputs": {
                "nba_raw.schedule": f"2 of 2 games of {day(0)} final",
                "nba_raw.player_boxscores": f"2 of 2 games of {day(0)} whole",
                "nba_raw.shots": f"0 rows of {day(0)}",
            },
            "computed": True,
            "rows": 31,
            "expected": 32,
            "written": 31,
            "quarantined": {"made_more_than_attempted": {"rows": 1, "example": "2024-10-22 bos0"}},
            "findings": {"minutes_malformed": 1, "minutes_unknown": 1, "no_shots_in_game": 31},
        }
        assert rows == 31

    def test_fingerprints_of_each_input(self):
        pipeline = league(1).pipeline()
        found = outcome(run(pipeline, 0, 0, GAMES), GAMES, 0)
        ((inputs, together, output),) = ledger(
            pipeline, ["inputs", "input_fingerprint", "output_fingerprint"]
        )
        assert json.loads(inputs) == found.inputs
        assert set(found.inputs) == {BOXES, "nba_raw.schedule", "nba_raw.shots"}
        assert found.inputs["nba_raw.shots"] == "0:0000000000000000"
        assert found.inputs[BOXES].startswith("16:")
        assert (together, output) == (found.input_fingerprint, found.output_fingerprint)

    def test_runs(self):
        pipeline = league(1).pipeline()
        report = run(pipeline, 0, 0, GAMES)
        rows = pipeline.warehouse.rows(
            "SELECT run_id, event, status, request FROM `nba_ops.runs` ORDER BY recorded_at"
        )
        assert [row[:3] for row in rows] == [
            (report.run_id, "started", None),
            (report.run_id, "finished", "completed"),
        ]
        assert json.loads(rows[0][3]) == {
            "tables": [GAMES],
            "days": ["2024-10-22"],
            "force": False,
            "prepare": True,
        }

    def test_run_ids_sort_by_time(self):
        pipeline = league(1).pipeline()
        ids = [run(pipeline, 0, 0, GAMES).run_id for _ in range(3)]
        assert ids == sorted(set(ids))


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
