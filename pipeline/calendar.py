"""The calendar: seasons, days and games from the schedule table, and what to expect of a date."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from warehouse.interface import Warehouse

BOOTSTRAP_DAYS = 14
PRESEASON_DAYS = 35
BREAK_DAYS = 4

SCHEDULE = """
SELECT season_year, game_date, season_phase,
  COUNTIF(boxscore_expected) AS expected,
  COUNTIF(boxscore_expected AND status = 'final') AS final
FROM `nba_raw.schedule`
WHERE game_date >= @first_date AND game_date <= @last_date
GROUP BY season_year, game_date, season_phase
"""
EVER = {"first_date": date.min, "last_date": date.max}
"""The seasons are read whole: which there are is what is asked."""
COUNTED = ("regular", "play_in", "playoffs")


class Kind(StrEnum):
    """What is to be expected of a date before anything is computed."""

    PROCESS = "process"
    BOOTSTRAP = "bootstrap"
    NO_GAMES = "no_games"


@dataclass(frozen=True)
class Season:
    """One season; `games` are the counted games by date, `final` those that are over."""

    year: int
    start: date
    games: Mapping[date, int]
    final: Mapping[date, int]
    phases: Mapping[date, str]

    @property
    def label(self) -> str:
        return f"{self.year}-{(self.year + 1) % 100:02d}"

    def day_of(self, day: date) -> int:
        return (day - self.start).days

    @cached_property
    def dates(self) -> tuple[date, ...]:
        return tuple(sorted(self.games))

    @property
    def last(self) -> date:
        return self.dates[-1]


@dataclass(frozen=True)
class Expectation:
    """The outcome that a date should have, with the reason in words."""

    kind: Kind
    reason: str
    season_year: int | None
    season_day: int | None
    games: int

    @property
    def wants_placeholders(self) -> bool:
        """Whether it is a bootstrap date on which somebody plays."""
        return self.kind is Kind.BOOTSTRAP and self.games > 0


@dataclass(frozen=True)
class Calendar:
    """All seasons that the schedule knows, by their first day."""

    seasons: Sequence[Season]

    @cached_property
    def _starts(self) -> list[date]:
        return [season.start for season in self.seasons]

    def season_of(self, day: date) -> Season | None:
        """The season that has started last; a summer belongs to the season before it."""
        index = bisect_right(self._starts, day) - 1
        return self.seasons[index] if index >= 0 else None

    def season_start(self, day: date, *, back: int = 0) -> date:
        """First day of the date's season, or of one so many years before if it is known."""
        season = self.season_of(day)
        if season is None:
            return day
        if back == 0:
            return season.start
        known = self._start_by_year
        return next(
            (known[year] for year in range(season.year - back, season.year) if year in known),
            season.start,
        )

    @cached_property
    def _start_by_year(self) -> dict[int, date]:
        return {season.year: season.start for season in self.seasons}

    @cached_property
    def game_dates(self) -> tuple[date, ...]:
        return tuple(day for season in self.seasons for day in season.dates)

    def games_on(self, day: date) -> int:
        season = self.season_of(day)
        return season.games.get(day, 0) if season else 0

    def final_on(self, day: date) -> int:
        season = self.season_of(day)
        return season.final.get(day, 0) if season else 0

    def dates_with_games(self, first: date, last: date) -> tuple[date, ...]:
        dates = self.game_dates
        return dates[bisect_left(dates, first) : bisect_right(dates, last)]

    def next_game_date(self, day: date) -> date | None:
        dates = self.game_dates
        index = bisect_right(dates, day)
        return dates[index] if index < len(dates) else None

    def previous_game_date(self, day: date) -> date | None:
        dates = self.game_dates
        index = bisect_left(dates, day)
        return dates[index - 1] if index else None

    def first_processed(self, season: Season) -> date | None:
        """The first date with games after the bootstrap days."""
        first = season.start + timedelta(days=BOOTSTRAP_DAYS)
        return next((day for day in season.dates if day >= first), None)

    def expect(self, day: date, *, bootstrap: bool) -> Expectation:
        """What the date should come to; `bootstrap` says whether the table leaves out days 0-13."""
        found = self._expected.get((day, bootstrap))
        if found is None:
            found = self._expected[day, bootstrap] = self._expect(day, bootstrap=bootstrap)
        return found

    @cached_property
    def _expected(self) -> dict[tuple[date, bool], Expectation]:
        """A plan asks for the same date once a table."""
        return {}

    def _expect(self, day: date, *, bootstrap: bool) -> Expectation:
        season = self.season_of(day)
        if season is None or day > season.last:
            return self._between_seasons(day)
        number = season.day_of(day)
        games = season.games.get(day, 0)
        if bootstrap and number < BOOTSTRAP_DAYS:
            first = self.first_processed(season)
            reason = (
                f"season day {number} of {season.label}: rolling windows need history;"
                f" the first date processed is {first or 'not scheduled yet'}"
            )
            return Expectation(Kind.BOOTSTRAP, reason, season.year, number, games)
        if games:
            reason = f"{games} games on season day {number} of {season.label}"
            return Expectation(Kind.PROCESS, reason, season.year, number, games)
        return Expectation(Kind.NO_GAMES, self._gap(season, day), season.year, number, 0)

    def _gap(self, season: Season, day: date) -> str:
        index = bisect_left(season.dates, day)
        before, after = season.dates[index - 1], season.dates[index]
        if (after - before).days > BREAK_DAYS:
            return f"break of {season.label} from {before} to {after}"
        return f"day off in {season.label}"

    def _between_seasons(self, day: date) -> Expectation:
        coming = next((one for one in self.seasons if one.start > day), None)
        if coming and (coming.start - day).days <= PRESEASON_DAYS:
            reason = f"preseason: {coming.label} starts on {coming.start}"
        elif coming:
            reason = f"off-season: {coming.label} starts on {coming.start}"
        elif self.seasons:
            reason = f"off-season: the schedule ends on {self.seasons[-1].last}"
        else:
            reason = "the schedule table holds no season"
        past = self.season_of(day)
        return Expectation(Kind.NO_GAMES, reason, past.year if past else None, None, 0)


def read_calendar(warehouse: Warehouse) -> Calendar:
    return make_calendar(warehouse.rows(SCHEDULE, **EVER))


def make_calendar(rows: Iterable[tuple[int, date, str, int, int]]) -> Calendar:
    """From (season_year, game_date, phase, games expected, games final)."""
    by_year: dict[int, list[tuple[date, str, int, int]]] = {}
    for year, day, phase, expected, final in rows:
        by_year.setdefault(year, []).append((day, phase, expected, final))
    seasons = []
    for year, days in by_year.items():
        regular = [day for day, phase, _, _ in days if phase == "regular"]
        if not regular:
            continue
        games: dict[date, int] = {}
        over: dict[date, int] = {}
        phases: dict[date, str] = {}
        for day, phase, expected, final in days:
            if phase in COUNTED and expected:
                games[day] = games.get(day, 0) + expected
                over[day] = over.get(day, 0) + final
                phases[day] = phase
        if games:
            seasons.append(Season(year, min(regular), games, over, phases))
    return Calendar(tuple(sorted(seasons, key=lambda season: season.start)))
