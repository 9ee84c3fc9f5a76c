"""The metrics against vectors worked out by hand, and against a slow way to count."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numpy as np
import pytest

from modeling.metrics.calibration import calibration
from modeling.metrics.errors import errors
from modeling.metrics.hits import Hits, picks
from modeling.metrics.paired import difference

NAN = math.nan
VECTOR = (
    np.array([25.0, 20.0, 18.5, 24.0]),
    np.array([21.5, 24.5, 18.5, 20.0]),
    np.array([24.0, 24.5, 20.0, 17.0]),
)


def arrays(rows: list[tuple[float | None, float | None, float]]) -> list[np.ndarray]:
    return [
        np.array([NAN if one is None else one for one in column])
        for column in zip(*rows, strict=True)
    ]


class TestPicks:
    def test_vector(self) -> None:
        """Over and right, under and pushed, no edge at all, over and wrong."""
        found = picks(*VECTOR, 3)
        assert found.all == Hits(won=1, lost=1, pushed=1)
        assert (found.over, found.under) == (
            Hits(won=1, lost=1, pushed=0),
            Hits(won=0, lost=0, pushed=1),
        )
        assert (found.all.decided, found.all.rate) == (2, 0.5)

    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            ((25.0, 21.5, 24.0), (1, 0, 0)),
            ((20.0, 24.5, 24.5), (0, 0, 1)),
            ((18.5, 18.5, 20.0), (0, 0, 0)),
            ((24.0, 20.0, 17.0), (0, 1, 0)),
            ((24.0, None, 17.0), (0, 0, 0)),
            ((24.0, 20.0, NAN), (0, 0, 0)),
            ((NAN, 20.0, 22.0), (0, 0, 0)),
        ],
        ids=["win", "push", "on the line", "loss", "no line", "void", "no prediction"],
    )
    def test_each(self, row: tuple, expected: tuple) -> None:
        found = picks(*arrays([row]), 1).all
        assert (found.won, found.lost, found.pushed) == expected

    def test_no_edge_is_no_pick(self) -> None:
        assert picks(*VECTOR, 0).all == Hits(won=1, lost=1, pushed=1)

    def test_edge_itself_counts(self) -> None:
        assert picks(*arrays([(23.0, 20.0, 21.0)]), 3).all.won == 1
        assert picks(*arrays([(22.9, 20.0, 21.0)]), 3).all.decided == 0

    def test_against_a_slow_one(self) -> None:
        rows = drawn(400)
        for edge in (1, 3, 5):
            found = picks(*arrays(rows), edge)
            assert (found.over, found.under) == (slow(rows, edge, 1), slow(rows, edge, -1))
            assert found.all.won == found.over.won + found.under.won > 0
            assert found.all.pushed == found.over.pushed + found.under.pushed > 0


def drawn(count: int) -> list[tuple[float | None, float | None, float]]:
    """In halves, so that pushes happen; some without a line, some without a result."""
    dice = random.Random(3)
    rows: list[tuple[float | None, float | None, float]] = []
    for _ in range(count):
        line = None if dice.random() < 0.1 else dice.randrange(10, 60) / 2
        actual = NAN if dice.random() < 0.1 else float(dice.randrange(40))
        rows.append((dice.randrange(8, 70) / 2, line, actual))
    return rows


def slow(rows: list, edge: float, side: int) -> Hits:
    """One row after the other, in whole halves."""
    counts = {"won": 0, "lost": 0, "pushed": 0}
    for predicted, line, actual in rows:
        if line is None or math.isnan(actual):
            continue
        ahead = Fraction(predicted) - Fraction(line)
        if ahead * side <= 0 or abs(ahead) < edge:
            continue
        beyond = (Fraction(actual) - Fraction(line)) * side
        counts["won" if beyond > 0 else "lost" if beyond < 0 else "pushed"] += 1
    return Hits(**counts)


class TestWilson:
    def test_known(self) -> None:
        """As everybody's tables have it: 1 of 2, 60 of 100."""
        assert Hits(won=1, lost=1, pushed=5).interval == pytest.approx((0.0945, 0.9055), abs=1e-4)
        assert Hits(won=60, lost=40, pushed=0).interval == pytest.approx((0.5020, 0.6906), abs=1e-4)

    def test_nothing(self) -> None:
        found = Hits(won=0, lost=0, pushed=3)
        assert (found.rate, found.interval) == (None, (0.0, 1.0))


class TestErrors:
    def test_by_hand(self) -> None:
        found = errors(np.array([10.0, 20.0, NAN, 7.0]), np.array([13.0, 16.0, 5.0, NAN]))
        assert (found.n, found.mae, found.bias) == (2, 3.5, 0.5)
        assert found.rmse == pytest.approx(math.sqrt((9 + 16) / 2))

    def test_nothing(self) -> None:
        found = errors(np.array([NAN]), np.array([1.0]))
        assert found.n == 0
        assert math.isnan(found.mae)


class TestCalibration:
    def test_tenths(self) -> None:
        predicted = np.arange(100.0)[::-1]
        found = list(calibration(predicted, predicted + 1))
        assert [one.n for one in found] == [10] * 10
        assert [one.predicted for one in found] == [4.5 + 10 * n for n in range(10)]
        assert all(one.actual == one.predicted + 1 for one in found)

    def test_few(self) -> None:
        assert [one.n for one in calibration(np.array([1.0, 2.0]), np.array([1.0, NAN]))] == [1]
        assert list(calibration(np.array([]), np.array([]))) == []


class TestDifference:
    days = np.datetime64("2025-11-04") + np.repeat(np.arange(60), 10)

    def test_by_hand(self) -> None:
        first, second, actual = np.array([1.0, 5.0, NAN]), np.array([3.0, 4.0, 1.0]), np.zeros(3)
        found = difference(first, second, actual, self.days[:3])
        assert (found.n, found.dates, found.mae) == (2, 1, -0.5)

    def test_better_beyond_chance(self) -> None:
        rng = np.random.default_rng(5)
        actual = rng.normal(15, 6, 600)
        near, far = actual + rng.normal(0, 3, 600), actual + rng.normal(0, 5, 600)
        found = difference(near, far, actual, self.days)
        assert found.is_below_zero
        assert found.low < found.mae < found.high < 0
        assert difference(far, near, actual, self.days).is_above_zero
        assert found == difference(near, far, actual, self.days)

    def test_alike(self) -> None:
        rng = np.random.default_rng(6)
        actual = rng.normal(15, 6, 600)
        one, other = actual + rng.normal(0, 4, 600), actual + rng.normal(0, 4, 600)
        found = difference(one, other, actual, self.days)
        assert not found.is_below_zero
        assert not found.is_above_zero

    def test_evenings_are_drawn(self) -> None:
        """What a whole evening shares is no more evidence than one row of it."""
        rng = np.random.default_rng(7)
        shared = np.repeat(rng.normal(0, 2, 60), 10)
        zero = np.zeros(600)
        clustered = difference(np.abs(3 + shared), zero + 3, zero, self.days)
        apart = difference(np.abs(3 + rng.permutation(shared)), zero + 3, zero, self.days)
        assert clustered.high - clustered.low > 2 * (apart.high - apart.low)
        deviation = np.std(np.abs(3 + shared)[::10], ddof=1) / math.sqrt(60)
        assert clustered.high - clustered.low == pytest.approx(2 * 1.96 * deviation, rel=0.1)

    def test_nothing(self) -> None:
        found = difference(np.array([NAN]), np.array([1.0]), np.array([1.0]), self.days[:1])
        assert found.n == 0
        assert not found.is_below_zero
