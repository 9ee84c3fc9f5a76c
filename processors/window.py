"""Which dates of an input a row for D may read, relative to D."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol


class SeasonStarts(Protocol):
    """The calendar, as far as a window needs it."""

    def season_start(self, day: date, *, back: int = 0) -> date: ...


@dataclass(frozen=True, kw_only=True)
class Window:
    """Dates from `days` before D, or from a season's first day, up to D; D itself only if said."""

    days: int | None = None
    seasons_back: int | None = None
    includes_day: bool = False

    def __post_init__(self) -> None:
        if (self.days is None) == (self.seasons_back is None):
            raise ValueError("a window starts a number of days back or at a season, not both")
        if (self.days or 0) < 0 or (self.seasons_back or 0) < 0:
            raise ValueError("a window reaches back, not forward")
        if self.days == 0 and not self.includes_day:
            raise ValueError("a window of no days that leaves out D is empty")

    def first(self, day: date, calendar: SeasonStarts) -> date:
        if self.days is not None:
            return day - timedelta(days=self.days)
        return calendar.season_start(day, back=self.seasons_back or 0)

    def last(self, day: date) -> date:
        return day if self.includes_day else day - timedelta(days=1)

    def __str__(self) -> str:
        if self.days == 0:
            return "D"
        if self.days is not None:
            start = f"D-{self.days} days"
        elif self.seasons_back:
            start = f"start of the season {self.seasons_back} before D's"
        else:
            start = "season start"
        return f"[{start}, D{']' if self.includes_day else ')'}"


ON_THE_DAY = Window(days=0, includes_day=True)
SEASON_BEFORE = Window(seasons_back=0)
SEASON_THROUGH = Window(seasons_back=0, includes_day=True)
TWO_SEASONS_BEFORE = Window(seasons_back=1)
ALWAYS: Window | None = None
"""A table without dates is read whole."""


def days_before(days: int) -> Window:
    """[D-days, D)."""
    return Window(days=days)
