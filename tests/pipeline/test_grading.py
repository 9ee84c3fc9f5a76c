"""Grades of picks made up, by the statement and by somebody who knows only the domain's words."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from fractions import Fraction

import pytest

from pipeline.run import Pipeline
from tests.modeling.independent import Said, edge, grade, hits
from tests.oracle.player_games import COUNTS
from tests.oracle.tiny import day
from tests.worlds import stored_rows

from .small import BOXES, Small, by_hand, run, statuses

PREDICTIONS = "nba_predictions.player_prop_predictions"
GRADES = "nba_predictions.prediction_accuracy"
EVENING, GAME = 14, "g14"
SYSTEMS = 40
HIT_RATE = f"""
SELECT COUNTIF(prediction_correct), COUNTIF(NOT prediction_correct), COUNTIF(is_push)
FROM `{GRADES}`
WHERE ABS(edge) >= @edge AND game_date >= @day AND system_id LIKE 'made_up_%'
"""

Key = tuple[str, str]


def season() -> Small:
    """Ten games, and an evening on which bos5 sits out and bos6 isn't in the box score."""
    small = Small()
    for number in (*range(10), EVENING):
        small.play(f"g{number}", number, size=9)
    small.rows_of(GAME, "bos5", **dict.fromkeys((*COUNTS, "minutes", "plus_minus")))
    small.raw[BOXES] = [
        row for row in small.raw[BOXES] if (row["game_id"], row["player_lookup"]) != (GAME, "bos6")
    ]
    return small


def made_up() -> Mapping[Key, Said]:
    """Lines whole and in halves, pushes, edges of just 1, 3 and 5, and a hundredth beside them."""
    dice = random.Random(9)
    found = {}
    for number in range(9):
        points = None if number in (5, 6) else 10 + number
        for system in range(SYSTEMS):
            line = (points or 12) + Fraction(dice.choice((-4, -1, 0, 0, 1, 2, 14)), 2)
            off = dice.choice((-5, -3, -1, 0, 1, 3, 5)) + Fraction(dice.choice((0, 1, -1)), 100)
            found[f"bos{number}", f"made_up_{system}"] = Said(
                day(EVENING), line + off, points, line if system % 10 else None
            )
    return found


def written(player: str, system: str, said: Said) -> str:
    """Beside what the rules said of him."""
    ahead = edge(said)
    numbers = {
        name: "NULL" if value is None else f"{float(value):.2f}"
        for name, value in (
            ("predicted_points", said.predicted),
            ("current_points_line", said.line),
            ("edge", ahead),
        )
    }
    replaced = ", ".join(f"{value} AS {name}" for name, value in numbers.items())
    return (
        f"INSERT INTO {PREDICTIONS} SELECT * REPLACE ('{system}' AS system_id, {replaced},"
        f" '{grade(said).recommendation}' AS recommendation) FROM {PREDICTIONS}"
        f" WHERE player_lookup = '{player}' AND system_id = 'moving_average'"
    )


@pytest.fixture(scope="module")
def said() -> Mapping[Key, Said]:
    return made_up()


@pytest.fixture(scope="module")
def graded(said: Mapping[Key, Said]) -> Iterator[Pipeline]:
    pipeline = season().pipeline()
    run(pipeline, EVENING, None, "predictions", "grading")
    by_hand(pipeline, ";".join(written(*key, one) for key, one in said.items()))
    report = run(pipeline, EVENING, None, "grading", prepare=False)
    assert statuses(report, GRADES) == ["success"]
    yield pipeline
    pipeline.warehouse.close()


def test_each(graded: Pipeline, said: Mapping[Key, Said]) -> None:
    """Right, wrong, pushed, or void; `is_push` is of the line, whatever was recommended."""
    found = {
        (row["player_lookup"], row["system_id"]): (
            row["prediction_correct"],
            row["is_push"],
            row["is_voided"],
        )
        for row in stored_rows(graded.warehouse, GRADES)
        if str(row["system_id"]).startswith("made_up")
    }
    expected = {}
    for key, one in said.items():
        of_him = grade(one)
        known = one.actual is not None and one.line is not None
        expected[key] = (of_him.correct, one.actual == one.line if known else None, of_him.voided)
        assert of_him.push == (known and one.actual == one.line and of_him.picked)
    assert found == expected
    assert {correct for correct, _, _ in found.values()} == {True, False, None}


@pytest.mark.parametrize("least", [1, 3, 5])
def test_hit_rate(graded: Pipeline, said: Mapping[Key, Said], least: int) -> None:
    """As users ask for it; who did not play is in none of the three."""
    expected = hits(said.values(), least)
    (found,) = graded.warehouse.rows(HIT_RATE, edge=float(least), day=day(EVENING))
    assert found == (expected.wins, expected.losses, expected.pushes)
    assert min(found) > 5
