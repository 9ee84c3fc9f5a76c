"""The dates of a season: its real opening day, breaks, and days without games."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from league.sample.arrays import Times

FIRST_SEASON, LAST_SEASON = 2021, 2025

OPENINGS = {
    2021: date(2021, 10, 19),
    2022: date(2022, 10, 18),
    2023: date(2023, 10, 24),
    2024: date(2024, 10, 22),
    2025: date(2025, 10, 21),
}
REGULAR_ENDS = {
    2021: date(2022, 4, 10),
    2022: date(2023, 4, 9),
    2023: date(2024, 4, 14),
    2024: date(2025, 4, 13),
    2025: date(2026, 4, 12),
}
ALL_STAR_SUNDAYS = {
    2021: date(2022, 2, 20),
    2022: date(2023, 2, 19),
    2023: date(2024, 2, 18),
    2024: date(2025, 2, 16),
    2025: date(2026, 2, 15),
}
CUP_FINALS = {2023: date(2023, 12, 9), 2024: date(2024, 12, 17), 2025: date(2025, 12, 16)}
"""The cup began in 2023."""

ELECTION_DAYS = (date(2022, 11, 8), date(2024, 11, 5))
LEAD_DAYS = 20
"""Days before opening night that a season's walks already run: preseason is played in them."""
SPAN_DAYS = 290


@dataclass(frozen=True, kw_only=True)
class SeasonDates:
    """When a season's parts are played."""

    season_year: int
    opening: date
    regular_end: date
    all_star: date
    cup_final: date | None

    def offset(self, day: date) -> int:
        """The season day: 0 on opening night."""
        return (day - self.opening).days

    def times(self, offsets: object) -> Times:
        """Season days as dates."""
        return np.datetime64(self.opening, "D") + np.asarray(offsets, dtype="timedelta64[D]")

    @property
    def days_off(self) -> frozenset[date]:
        """Days inside the regular season on which no counted game is played."""
        november = date(self.season_year, 11, 1)
        thanksgiving = november + timedelta(days=(3 - november.weekday()) % 7 + 21)
        all_star_break = {self.all_star + timedelta(days=shift) for shift in range(-2, 4)}
        fixed = {thanksgiving, date(self.season_year, 12, 24), *ELECTION_DAYS, *all_star_break}
        return frozenset(fixed | ({self.cup_final} if self.cup_final else set()))

    @property
    def regular_days(self) -> list[date]:
        """The days that regular games may be played on."""
        span = (self.regular_end - self.opening).days + 1
        days = (self.opening + timedelta(days=shift) for shift in range(span))
        return [day for day in days if day not in self.days_off]


def season_dates(season_year: int) -> SeasonDates:
    return SeasonDates(
        season_year=season_year,
        opening=OPENINGS[season_year],
        regular_end=REGULAR_ENDS[season_year],
        all_star=ALL_STAR_SUNDAYS[season_year],
        cup_final=CUP_FINALS.get(season_year),
    )


def season_years(*, seasons: int, last_season: int) -> range:
    """The seasons asked for, or a refusal that names what is possible."""
    if not FIRST_SEASON <= last_season <= LAST_SEASON:
        raise ValueError(
            f"last_season={last_season}: the sample knows the seasons"
            f" {FIRST_SEASON} to {LAST_SEASON} (2025 is 2025-26)"
        )
    most = last_season - FIRST_SEASON + 1
    if not 1 <= seasons <= most:
        raise ValueError(
            f"seasons={seasons}: with last_season={last_season} it is 1 to {most},"
            f" for the sample begins with {FIRST_SEASON}-{FIRST_SEASON % 100 + 1}"
        )
    return range(last_season - seasons + 1, last_season + 1)
