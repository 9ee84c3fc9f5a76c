"""Walking forward: when a model is fitted anew, on which rows, and for which dates it then speaks.

The one comparison that everything hangs on is `days < refit.moment`; it stands here once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from modeling.arrays import Bools, Days, Ints, day_of
from processors.errors import UsageError

VALIDATION_SHARE = 0.15
"""Of the training dates, the latest: early stopping looks at what came after, as use will."""
LEAST_DATES = 10
"""With fewer there is nothing to hold back."""
SUMMER_DAYS = 30
"""A gap this long between games is no part of a window."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Dates, both ends included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise UsageError(f"{self.last} is before {self.first}: the range ends before it starts")

    def covers(self, days: Days) -> Bools:
        within: Bools = (days >= np.datetime64(self.first)) & (days <= np.datetime64(self.last))
        return within


@dataclass(frozen=True, kw_only=True)
class Walk:
    """How training goes along with the dates that are evaluated."""

    evaluated: Span
    train_first: date
    train_last: date | None = None
    """Of the first fit; where it isn't said, up to the day before the first evaluated one."""
    refit_days: int | None = None
    """None fits once."""
    window_days: int | None = None
    """Only so many of the latest days; summers don't count. None is everything since the first."""

    def __post_init__(self) -> None:
        last = self.train_last
        if last is not None and last >= self.evaluated.first:
            raise UsageError(
                f"training ends on {last}, evaluation begins on {self.evaluated.first}: nobody"
                " learns from what he is to predict; let it end before"
            )
        if last is not None and last < self.train_first:
            raise UsageError(f"training ends on {last}, before it begins on {self.train_first}")
        for name, days in (("--refit-days", self.refit_days), ("--window-days", self.window_days)):
            if days is not None and days < 1:
                raise UsageError(f"{name} is at least 1, not {days}")


@dataclass(frozen=True, kw_only=True)
class Refit:
    """One fit: it learns from what lies before its moment, and speaks until its last date."""

    moment: date
    last: date
    train_last: date | None = None

    @property
    def evaluated(self) -> Span:
        return Span(first=self.moment, last=self.last)


def refits(walk: Walk, days: Days) -> Iterator[Refit]:
    """In order; stretches without a row are left out."""
    moment, train_last = walk.evaluated.first, walk.train_last
    while moment <= walk.evaluated.last:
        last = walk.evaluated.last
        if walk.refit_days is not None:
            last = min(last, moment + timedelta(days=walk.refit_days - 1))
        if Span(first=moment, last=last).covers(days).any():
            yield Refit(moment=moment, last=last, train_last=train_last)
            train_last = None
        moment = last + timedelta(days=1)


def training_rows(walk: Walk, refit: Refit, days: Days) -> Bools:
    """Rows that the fit may learn from: all of them before its moment."""
    rows = (days < np.datetime64(refit.moment)) & (days >= np.datetime64(walk.train_first))
    if refit.train_last is not None:
        rows &= days <= np.datetime64(refit.train_last)
    if walk.window_days is not None and rows.any():
        elapsed = _elapsed(days[rows])
        behind = elapsed.max() + _since(days[rows].max(), refit.moment) - elapsed
        rows[np.flatnonzero(rows)[behind > walk.window_days]] = False
    return rows


def validation_rows(days: Days) -> Bools:
    """Of training rows, those of the latest dates."""
    dates = np.unique(days)
    if len(dates) < LEAST_DATES:
        return np.zeros(len(days), dtype=bool)
    first = dates[int(len(dates) * (1 - VALIDATION_SHARE))]
    later: Bools = days >= first
    return later


def _elapsed(days: Days) -> Ints:
    """Days since the first of them, summers left out."""
    dates, place = np.unique(days, return_inverse=True)
    gaps = np.diff(dates).astype(np.int64)
    counted = np.concatenate([[0], np.cumsum(np.where(gaps > SUMMER_DAYS, 1, gaps))])
    found: Ints = counted[place]
    return found


def _since(latest: np.datetime64, moment: date) -> int:
    gap = (moment - day_of(latest)).days
    return 1 if gap > SUMMER_DAYS else gap
