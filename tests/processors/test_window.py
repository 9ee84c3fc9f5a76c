"""Windows of dates, relative to the date to be predicted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from processors.window import (
    ON_THE_DAY,
    SEASON_BEFORE,
    SEASON_THROUGH,
    TWO_SEASONS_BEFORE,
    Window,
    days_before,
)

DAY = date(2024, 11, 18)


class Calendar:
    """Two seasons, the later one begun on 2024-10-22."""

    def season_start(self, day, *, back=0):
        assert day == DAY
        return [date(2024, 10, 22), date(2023, 10, 24)][back]


class TestDates:
    @pytest.mark.parametrize(
        ("window", "first", "last"),
        [
            (ON_THE_DAY, DAY, DAY),
            (days_before(1), DAY - timedelta(days=1), DAY - timedelta(days=1)),
            (days_before(14), date(2024, 11, 4), date(2024, 11, 17)),
            (Window(days=7, includes_day=True), date(2024, 11, 11), DAY),
            (SEASON_BEFORE, date(2024, 10, 22), date(2024, 11, 17)),
            (SEASON_THROUGH, date(2024, 10, 22), DAY),
            (TWO_SEASONS_BEFORE, date(2023, 10, 24), date(2024, 11, 17)),
        ],
    )
    def test_bounds(self, window, first, last):
        assert (window.first(DAY, Calendar()), window.last(DAY)) == (first, last)

    def test_month_and_year_end(self):
        assert days_before(2).first(date(2025, 1, 1), Calendar()) == date(2024, 12, 30)
        assert days_before(1).last(date(2024, 3, 1)) == date(2024, 2, 29)


class TestText:
    @pytest.mark.parametrize(
        ("window", "text"),
        [
            (ON_THE_DAY, "D"),
            (days_before(14), "[D-14 days, D)"),
            (Window(days=7, includes_day=True), "[D-7 days, D]"),
            (SEASON_BEFORE, "[season start, D)"),
            (SEASON_THROUGH, "[season start, D]"),
            (TWO_SEASONS_BEFORE, "[start of the season 1 before D's, D)"),
        ],
    )
    def test_text(self, window, text):
        assert str(window) == text


class TestRefusals:
    @pytest.mark.parametrize("bounds", [{}, {"days": 7, "seasons_back": 0}])
    def test_one_start(self, bounds):
        with pytest.raises(ValueError, match="not both"):
            Window(**bounds)

    def test_empty(self):
        with pytest.raises(ValueError, match="empty"):
            Window(days=0)
