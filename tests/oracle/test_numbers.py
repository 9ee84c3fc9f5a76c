"""Rounding, deviation, slope and the source's minutes."""

from __future__ import annotations

import pytest

from tests.oracle.minutes import is_malformed, seconds_played
from tests.oracle.numbers import median, ratio, sample_deviation, scaled, slope
from tests.oracle.team_form import run
from tests.oracle.tiny import NEWEST_FIRST


class TestNumbers:
    @pytest.mark.parametrize(
        ("numerator", "denominator", "digits", "expected"),
        [(1, 2, 0, 1), (-1, 2, 0, -1), (5, 4, 1, 13), (1, -2, 0, -1), (2, 3, 2, 67), (0, 7, 3, 0)],
    )
    def test_half_away_from_zero(self, numerator, denominator, digits, expected):
        assert scaled(numerator, denominator, digits) == expected

    def test_no_divisor(self):
        assert ratio(1, 0) is None
        assert ratio(1, None) is None
        assert ratio(None, 1) is None

    def test_deviation(self):
        assert sample_deviation(NEWEST_FIRST, 4) == 5.5136
        assert sample_deviation([2450, 2550], 4, unit=100) == 0.7071
        assert sample_deviation([7], 4) is None
        assert sample_deviation([7, 7], 4) == 0

    def test_slope(self):
        assert slope(NEWEST_FIRST[::-1], at_least=5) == 0.521212
        assert slope([1, 3], at_least=3) is None

    def test_median(self):
        assert median([3, 1, 2]) == 2
        assert median([2450, 2500]) == 2475
        assert median([1, 2]) == 2

    def test_run(self):
        assert run([True, False, True, True], value=True) == 2
        assert run([True, False, True, True], value=False) == 0
        assert run([], value=True) == 0


class TestMinutes:
    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("34:30", 2070),
            ("05:06", 306),
            ("0:00", 0),
            ("34", 2040),
            ("34.5", 2070),
            ("34.500000000", 2070),
            ("PT34M30.00S", 2070),
            ("PT05M06.60S", 307),
            ("70:00", 4200),
        ],
    )
    def test_read(self, text, seconds):
        assert seconds_played(text) == seconds
        assert not is_malformed(text)

    @pytest.mark.parametrize("text", [None, "", "-", "null"])
    def test_nothing(self, text):
        assert seconds_played(text) is None
        assert not is_malformed(text)

    @pytest.mark.parametrize("text", ["34:75", "-3:10", "abc", "70:01", "71", "PT34M75.00S"])
    def test_malformed(self, text):
        assert seconds_played(text) is None
        assert is_malformed(text)
