"""Numbers by hand."""

from __future__ import annotations

import pytest

from pipeline.trace.exact import (
    clock,
    deviation,
    half_away,
    mean_of,
    ratio,
    rounded,
    said,
    slope,
    total,
)
from tests.pipeline.trace.worlds import POINTS


class TestRounding:
    @pytest.mark.parametrize(
        ("value", "whole"), [(0.5, 1), (-0.5, -1), (1.5, 2), (2.5, 3), (2.4999, 2), (-2.5, -3)]
    )
    def test_halves_go_away_from_zero(self, value: float, whole: int) -> None:
        assert half_away(value) == whole

    def test_digits(self) -> None:
        assert rounded(2 / 3) == 0.666667
        assert rounded(2.345, 2) == 2.35
        assert rounded(None) is None

    def test_what_divides_by_nothing_is_null(self) -> None:
        assert ratio(1, 0) is None
        assert ratio(None, 3) is None
        assert ratio(0, 3) == 0


class TestVectors:
    def test_means(self) -> None:
        assert mean_of(POINTS[:5], 5).value == 24.6
        ten = mean_of(POINTS, 10)
        assert ten.value == 23.2
        assert ten.steps == "22 + 31 + 18 + 27 + 25 + 30 + 14 + 20 + 26 + 19 = 232; / 10 = 23.2"

    def test_deviation(self) -> None:
        assert deviation(POINTS) == pytest.approx(5.5136, abs=5e-5)
        assert deviation([7]) is None
        assert deviation([7, 7]) == 0

    def test_slope(self) -> None:
        assert slope(POINTS[::-1], 5) == 0.521212
        assert slope([1, 2, 3, 4], 5) is None
        assert slope([5, 5, 5, 5], 4) == 0


class TestUnknown:
    def test_sums_take_what_is_known(self) -> None:
        assert total([None, 3, 4]) == 7
        assert total([None]) is None

    def test_said(self) -> None:
        assert [said(one) for one in (None, 0, 0.0, 8.0, 0.25, -0.000001)] == [
            "NULL",
            "0",
            "0",
            "8",
            "0.25",
            "-0.000001",
        ]

    def test_clock(self) -> None:
        assert clock(2045) == "34:05"
