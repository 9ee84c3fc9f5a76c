"""A date that fails a gate is not published: what stood there stands."""

from __future__ import annotations

import pytest

from pipeline.outcome import Status
from pipeline.run import Pipeline
from tests.oracle.tiny import day
from tests.pipeline.small import (
    BOXES,
    GAMES,
    OFFENSE,
    PLAYER_FORM,
    Small,
    everything,
    league,
    nth,
    outcome,
    quarantine,
    recontracted,
    rewritten,
    run,
    statuses,
    two_games,
    watch,
)
from tests.worlds import load_rows, stored_rows


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
