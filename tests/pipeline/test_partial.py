"""Bad rows are set aside, and the good ones of their date are published."""

from __future__ import annotations

import json
from datetime import date

from pipeline.outcome import Status
from pipeline.run import Pipeline
from tests.oracle.tiny import day
from tests.pipeline.small import (
    BOXES,
    GAMES,
    OFFENSE,
    PEOPLE,
    PLAYER_CONTEXT,
    Small,
    correct,
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
from tests.worlds import stored_rows


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
        assert watched.tables == []
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
        assert watched.tables == []


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
        assert watched.tables == []
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
        assert watched.tables == []


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
