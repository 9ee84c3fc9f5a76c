"""Tip-off times: Eastern evenings, as UTC across both changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import numpy as np

from league.sample.arrays import Bools, Ints, Times, choose
from league.sample.dates import SeasonDates

EASTERN = ZoneInfo("America/New_York")

EAST_EVENINGS = {1140: 0.45, 1170: 0.33, 1200: 0.14, 1110: 0.08}
WEST_EVENINGS = {1200: 0.30, 1230: 0.10, 1260: 0.20, 1320: 0.25, 1350: 0.15}
WEEKEND_TIMES = {720: 0.02, 780: 0.08, 930: 0.17, 1020: 0.13, 1080: 0.25, 1140: 0.20, 1230: 0.15}
"""Minutes after Eastern midnight, with how often."""
OPENING_TIMES = (1170, 1320)
SATURDAY_EVENING_SHARE = 0.65


def eastern_minutes(rng: np.random.Generator, weekdays: Ints, in_west: Bools) -> Ints:
    """When each game starts, in minutes after Eastern midnight."""
    evening = np.where(
        in_west,
        choose(rng, WEST_EVENINGS, len(weekdays)),
        choose(rng, EAST_EVENINGS, len(weekdays)),
    )
    on_weekend = (weekdays == 6) | (
        (weekdays == 5) & (rng.random(len(weekdays)) > SATURDAY_EVENING_SHARE)
    )
    return np.where(on_weekend, choose(rng, WEEKEND_TIMES, len(weekdays)), evening)


def utc(dates: SeasonDates, days: Ints, minutes: Ints) -> Times:
    """Eastern dates and minutes as UTC instants; the clock never changes after noon."""
    distinct, which = np.unique(days, return_inverse=True)
    noons = [
        datetime.combine(day, time(12), tzinfo=EASTERN).astimezone(UTC).replace(tzinfo=None)
        for day in dates.times(distinct).tolist()
    ]
    shifts = (np.array(minutes, dtype=np.int64) - 720).astype("timedelta64[m]")
    instants: Times = np.array(noons, dtype="datetime64[us]")[which] + shifts
    return instants
