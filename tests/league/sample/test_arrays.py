"""Rounding that keeps sums, and generators that do not disturb each other."""

from __future__ import annotations

import numpy as np

from league.sample.arrays import apportion, deal, dice, ranks, round_to


def test_ranks() -> None:
    assert ranks(np.array([[3.0, 5.0, 5.0, -np.inf]])).tolist() == [[2, 0, 1, 3]]


def test_round_to() -> None:
    values = np.array([[1.5, 1.25, 0.25], [-0.5, -1.5, 0.0]])
    assert round_to(values, np.array([3, -2])).tolist() == [[2, 1, 0], [0, -2, 0]]


def test_apportion() -> None:
    shares = np.array([[1.0, 1.0, 1.0, 0.0]])
    assert apportion(shares, np.array([14_400 + 2])).tolist() == [[4801, 4801, 4800, 0]]


def test_deal() -> None:
    dealt = deal(dice(1), np.array([10, 0]), np.array([[1.0, 0.0, 3.0], [0.0, 0.0, 0.0]]))
    assert dealt.sum(axis=1).tolist() == [10, 0]
    assert dealt[0, 1] == 0


def test_dice() -> None:
    assert dice(1, "a").random() == dice(1, "a").random()
    assert len({dice(1, "a").random(), dice(1, "b").random(), dice(2, "a").random()}) == 3
