"""Models beside the rules, the ensemble that weighs them, and what was told live."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fractions import Fraction

import pytest

from pipeline.explanation import explain
from pipeline.run import Pipeline, Report
from tests.oracle.player_games import COUNTS
from tests.oracle.tiny import day, tipoff
from tests.worlds import load_rows, stored_rows

from .small import BOXES, Small, correct, nth, outcome, plan, run, states, statuses

MODELS = "nba_raw.model_predictions"
LIVE = "nba_raw.live_predictions"
SYSTEMS = "nba_predictions.system_predictions"
ERRORS = "nba_predictions.system_errors"
PREDICTIONS = "nba_predictions.player_prop_predictions"
GRADES = "nba_predictions.prediction_accuracy"
BOTH = ("predictions", "grading")

BEFORE = (14, 15, 16)
"""Eighteen players each, all graded: 54 are enough for a weight, 36 are not."""
EVENING = 17
PLAYERS = [nth(team, number) for team in ("BOS", "NYK") for number in range(9)]
SAID = 30
OFF = 4
"""By how much the ridge is above what everybody scores on the dates before."""

Row = dict[str, object]


def points_of(player: str) -> int:
    """On the dates before the evening two more than ever, so that the rule is off as well."""
    return 12 + int(player[3:])


def said(player: str, number: int, points: float, *, hours: float = 2, **more: object) -> Row:
    at = tipoff(number) - timedelta(hours=hours)
    return {
        "game_date": day(number),
        "player_lookup": player,
        "system_id": "ridge",
        "as_of": at,
        "game_id": f"g{number}",
        "predicted_points": points,
        "is_backfill": False,
        "created_at": at,
        "model_id": "ridge-1",
        "model_state": "active",
        "feature_set": "v12",
        "feature_vector": "points_avg_last_5:1",
        "feature_hash": "abc",
        **more,
    }


def told(player: str, points: float, *, hours: float, **more: object) -> Row:
    row = said(player, EVENING, points, hours=hours)
    return {
        **{name: row[name] for name in row if name not in ("is_backfill", "created_at")},
        "team_abbr": "BOS",
        "opponent_team_abbr": "NYK",
        "current_points_line": 9.5,
        "points_line_provider": "odds_api",
        "points_line_bookmaker": "draftkings",
        "points_line_captured_at": row["as_of"] - timedelta(hours=1),
        "confidence": 0.123456,
        **more,
    }


def season(*, models: tuple[int, ...] = BEFORE, **of_the_evening: object) -> Small:
    small = Small()
    for number in (*range(10), *BEFORE, EVENING):
        more = of_the_evening if number == EVENING else {}
        small.play(f"g{number}", number, size=9, **more)
    for number in BEFORE:
        for player in PLAYERS:
            small.rows_of(f"g{number}", player, points=points_of(player))
    small.raw[MODELS] = [
        said(player, number, points_of(player) + OFF) for number in models for player in PLAYERS
    ]
    small.raw[MODELS] += [said(player, EVENING, SAID) for player in PLAYERS if player != "bos8"]
    return small


@dataclass(frozen=True)
class Done:
    """A season with the evening predicted and graded, and what the run said."""

    pipeline: Pipeline
    report: Report


def evening(*, live: bool = False) -> Iterator[Done]:
    small = season()
    if live:
        small.raw[LIVE] = [
            *(told("bos0", 20 + hours, hours=hours) for hours in (3, 1, 0, -1)),
            told("bos1", 8.25, hours=5, current_points_line=None, confidence=None),
        ]
    made = small.pipeline()
    yield Done(made, run(made, EVENING, None, *BOTH))
    made.warehouse.close()


@pytest.fixture(scope="module")
def done() -> Iterator[Done]:
    """To be read only."""
    yield from evening()


@pytest.fixture(scope="module")
def live() -> Iterator[Done]:
    """To be read only, and what was told is in it."""
    yield from evening(live=True)


def of(pipeline: Pipeline, table: str, player: str, *, number: int = EVENING) -> dict[str, Row]:
    """What is backfilled of a player, by system."""
    return {
        row["system_id"]: row
        for row in stored_rows(pipeline.warehouse, table)
        if (row["player_lookup"], row["game_date"]) == (player, day(number))
        and row.get("is_backfill", True)
    }


class TestModels:
    def test_beside_the_rules(self, done: Done) -> None:
        found = of(done.pipeline, SYSTEMS, "bos0")
        assert set(found) == {"moving_average", "ridge"}
        ridge = found["ridge"]
        assert (ridge["predicted_points"], ridge["model_id"]) == (SAID, "ridge-1")
        assert ridge["as_of"] == ridge["created_at"] == tipoff(EVENING) - timedelta(hours=2)
        assert found["moving_average"]["model_id"] is found["moving_average"]["created_at"] is None

    def test_last_word_before_tipoff(self) -> None:
        small = season()
        small.raw[MODELS] = [
            *(said("bos0", EVENING, 20 + hours, hours=hours) for hours in (3, 1, 0, -1)),
            said("bos8", EVENING, 19, hours=0),
        ]
        pipeline = small.pipeline()
        report = run(pipeline, EVENING, None, "predictions")
        assert of(pipeline, SYSTEMS, "bos0")["ridge"]["predicted_points"] == 21
        left_out = outcome(report, SYSTEMS, EVENING).evidence.left_out
        assert left_out == {"missing_shot_zone_mismatch_score": 18, "from_tipoff_on": 1}

    def test_of_another_game(self) -> None:
        """In time for a game that he isn't in, too late for his own: nothing is missing."""
        small = season()
        small.play("other", EVENING, "LAL", "UTA", size=9)
        small.raw[MODELS] = [
            said("bos0", EVENING, 20, game_id="other"),
            said("bos0", EVENING, 21, hours=0),
        ]
        report = run(small.pipeline(), EVENING, None, SYSTEMS)
        found = outcome(report, SYSTEMS, EVENING).evidence
        assert (found.expected, found.left_out["from_tipoff_on"]) == (found.written, 1)

    def test_without_a_tipoff(self) -> None:
        """Until ten in the morning, and no later."""
        small = season(tipoff_at=None)
        ten = datetime.combine(day(EVENING), time(10))
        small.raw[MODELS] = [
            said("bos0", EVENING, 20, as_of=ten),
            said("bos0", EVENING, 21, as_of=ten + timedelta(microseconds=1)),
            said("bos1", EVENING, 22, as_of=ten + timedelta(microseconds=1)),
        ]
        pipeline = small.pipeline()
        run(pipeline, EVENING, None, "predictions")
        assert of(pipeline, SYSTEMS, "bos0")["ridge"]["predicted_points"] == 20
        assert set(of(pipeline, SYSTEMS, "bos1")) == {"moving_average"}

    def test_line_seen_after_it_spoke(self) -> None:
        """The row speaks for both: its moment is the later one."""
        small = season()
        small.line(f"g{EVENING}", "bos0", 24.5, hours=1)
        pipeline = small.pipeline()
        run(pipeline, EVENING, None, "predictions")
        found = of(pipeline, PREDICTIONS, "bos0")["ridge"]
        assert (found["edge"], found["as_of"]) == (5.5, tipoff(EVENING) - timedelta(hours=1))
        assert found["created_at"] == tipoff(EVENING) - timedelta(hours=2)

    def test_nobody_is_missed(self) -> None:
        """Where no model speaks nothing is blocked, and nothing left out for it."""
        pipeline = season(models=()).pipeline()
        report = run(pipeline, 14, None, "predictions")
        assert statuses(report, PREDICTIONS) == ["success"]
        found = outcome(report, SYSTEMS, 14).evidence
        assert found.left_out == {"missing_shot_zone_mismatch_score": 18}
        (branch,) = explain(pipeline, day(14), [SYSTEMS]).branches
        (models,) = [one for one in branch.children if one.table == MODELS]
        assert models.summary == f"optional, missing: 0 rows of {day(14)}"
        (branch,) = explain(pipeline, day(14), [PREDICTIONS]).branches
        said = {one.table: one.summary for one in branch.children}
        assert said[LIVE] == f"optional, missing: 0 rows of {day(14)}"
        assert said[ERRORS].startswith("optional, missing: 0 rows from ")


class TestErrors:
    def test_sums(self, done: Done) -> None:
        found = {
            (row["game_date"], row["system_id"]): row
            for row in stored_rows(done.pipeline.warehouse, ERRORS)
        }
        first = found[day(14), "moving_average"]
        assert (first["predictions_graded"], first["absolute_error_sum"]) == (18, 36)
        assert found[day(14), "ridge"]["absolute_error_sum"] == 18 * OFF

    def test_who_did_not_play(self) -> None:
        small = season()
        small.rows_of("g14", "bos0", **dict.fromkeys((*COUNTS, "minutes", "plus_minus")))
        pipeline = small.pipeline()
        run(pipeline, 14, None, "system_errors")
        (found,) = [
            row["predictions_graded"]
            for row in stored_rows(pipeline.warehouse, ERRORS)
            if (row["game_date"], row["system_id"]) == (day(14), "ridge")
        ]
        assert found == 17

    def test_not_played_yet(self) -> None:
        pipeline = season(status="scheduled").pipeline()
        report = run(pipeline, EVENING, None, "system_errors")
        assert statuses(report, ERRORS) == ["blocked"]


class TestEnsemble:
    def test_weights(self, done: Done) -> None:
        """1 / mean absolute error: of the ridge 1/4."""
        found = of(done.pipeline, PREDICTIONS, "bos0")
        errors = [
            Fraction(str(row["absolute_error_sum"]))
            for row in stored_rows(done.pipeline.warehouse, ERRORS)
            if row["system_id"] == "moving_average" and row["game_date"] < day(EVENING)
        ]
        weight = round(10**6 * 54 / sum(errors))
        rule = Fraction(str(found["moving_average"]["predicted_points"]))
        mean = (weight * rule + 250_000 * SAID) / (weight + 250_000)
        assert found["ensemble"]["predicted_points"] == float(round(mean, 2))
        assert found["ensemble"]["feature_vector"] == (
            f"moving_average:{int(rule * 10**6)},moving_average_weight:{weight},"
            "ridge:30000000,ridge_weight:250000"
        )
        assert found["ensemble"]["as_of"] == found["ridge"]["as_of"]

    def test_one_system(self, done: Done) -> None:
        left_out = outcome(done.report, PREDICTIONS, EVENING).evidence.left_out
        assert left_out == {"one_system": 1}
        assert set(of(done.pipeline, PREDICTIONS, "bos8")) == {"moving_average"}

    def test_too_few_graded(self) -> None:
        """A model that spoke on two of the dates has 36 players behind it."""
        pipeline = season(models=(15, 16)).pipeline()
        report = run(pipeline, EVENING, None, "predictions")
        left_out = outcome(report, PREDICTIONS, EVENING).evidence.left_out
        assert left_out == {"one_system": 18}

    def test_no_past_errors(self) -> None:
        report = run(season().pipeline(), 14, None, "predictions")
        left_out = outcome(report, PREDICTIONS, 14).evidence.left_out
        assert left_out == {"no_past_errors": 18}


def rows_told(done: Done, table: str) -> list[Row]:
    return [row for row in stored_rows(done.pipeline.warehouse, table) if not row["is_backfill"]]


class TestLive:
    def test_as_it_was_told(self, live: Done) -> None:
        first, second, third = rows_told(live, PREDICTIONS)
        assert [first["predicted_points"], second["predicted_points"]] == [23, 21]
        assert first["as_of"] == first["created_at"] == tipoff(EVENING) - timedelta(hours=3)
        assert (first["current_points_line"], first["edge"]) == (9.5, 13.5)
        assert (first["recommendation"], first["confidence"]) == ("OVER", 0.123456)
        assert (third["recommendation"], third["confidence"]) == ("NO_LINE", None)
        evidence = outcome(live.report, PREDICTIONS, EVENING).evidence
        assert evidence.left_out == {"one_system": 1, "from_tipoff_on": 2}
        assert evidence.findings["live"] == 3

    def test_graded_apart(self, live: Done) -> None:
        """The last word that was told, beside what would have been said."""
        graded, other = rows_told(live, GRADES)
        assert (graded["error"], graded["prediction_correct"]) == (11, True)
        assert graded["as_of"] == tipoff(EVENING) - timedelta(hours=1)
        assert (other["prediction_correct"], other["error"]) == (None, -2.75)
        assert of(live.pipeline, GRADES, "bos0")["ridge"]["error"] == SAID - 10

    def test_in_another_game_it_is_news(self) -> None:
        """Traded on the day: the same points and line, and what stands would be void."""
        small = season()
        small.raw[LIVE] = [told("bos0", 20, hours=3)]
        with closing(small.pipeline().warehouse) as warehouse:
            for hours in (2, 1):
                load_rows(warehouse, {LIVE: [told("bos0", 20, hours=hours, game_id="other")]})
            assert [row["game_id"] for row in stored_rows(warehouse, LIVE)] == ["g17", "other"]

    def test_told_of_two_games(self) -> None:
        """The last word is of a game that isn't over: it is waited for, and not counted as lost."""
        small = season()
        small.play("other", EVENING, "LAL", "UTA", size=9, status="scheduled")
        small.raw[LIVE] = [
            told("bos0", 20, hours=3),
            told("bos0", 20, hours=1, game_id="other"),
        ]
        report = run(small.pipeline(), EVENING, None, GRADES)
        found = outcome(report, GRADES, EVENING).evidence
        assert (found.expected, found.left_out) == (found.written, {"no_result": 1})

    def test_without_a_tipoff(self) -> None:
        """When it was told is known, and whether that was before is not."""
        small = season(tipoff_at=None)
        small.raw[LIVE] = [told("bos0", 20, hours=20)]
        report = run(small.pipeline(), EVENING, None, "predictions")
        evidence = outcome(report, PREDICTIONS, EVENING).evidence
        assert evidence.left_out["no_tipoff"] == 1
        assert "live" not in evidence.findings


class TestAgain:
    @pytest.fixture
    def own(self) -> Iterator[Done]:
        yield from evening(live=True)

    def test_corrected(self, own: Done) -> None:
        """A corrected box score moves errors, ensembles and grades, and nothing that was told."""
        pipeline = own.pipeline
        before = {table: rows_told(own, table) for table in (PREDICTIONS, GRADES)}
        ensemble = of(pipeline, PREDICTIONS, "bos0")["ensemble"]
        report = run(pipeline, EVENING, None, *BOTH)
        assert statuses(report, PREDICTIONS) == statuses(report, GRADES) == ["unchanged"]
        correct(pipeline, BOXES, season().rows_of("g15", "nyk0", points=40))
        planned = plan(pipeline, EVENING, None, *BOTH)
        assert states(planned, ERRORS)[15] == "maybe_stale"
        assert states(planned, PREDICTIONS)[EVENING] == "maybe_stale"
        report = run(pipeline, EVENING, None, *BOTH)
        assert outcome(report, ERRORS, 15).status.value == "success"
        assert statuses(report, PREDICTIONS) == statuses(report, GRADES) == ["success"]
        found = of(pipeline, PREDICTIONS, "bos0")["ensemble"]
        assert found["feature_vector"] != ensemble["feature_vector"]
        assert {table: rows_told(own, table) for table in before} == before


def test_prepared_windows(done: Done) -> None:
    """Errors of thirty days are computed before whoever weighs by them."""
    found = {one.day for one in done.report.prepared if one.table == ERRORS and one.evidence.rows}
    assert found == {day(number) for number in BEFORE}
