"""The injury reports: what was said of whom, and when, before and after tip-off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from league.sample.arrays import Bools, Floats, Ints, Times
from league.sample.play import Played
from processors.raw.injury_report import STATUSES

OUT, DOUBTFUL, QUESTIONABLE, PROBABLE, AVAILABLE = range(len(STATUSES))
LAST_WORD_IF_ABSENT = (0.84, 0.07, 0.075, 0.015, 0.0)
LAST_WORD_IF_PRESENT = (0.006, 0.03, 0.354, 0.31, 0.30)
HOURS_BEFORE = (26.0, 8.0, 1.0)
EARLIER_AND_VAGUER = (0.30, 0.12)
"""How often a report one step earlier did not know yet: the day before, in the morning."""
MINOR_ACHES, GAMES_WITHOUT, GAMES_WITH_LATE = 0.035, 0.04, 0.07
LATE_MINUTES = (10, 100)


@dataclass(frozen=True, kw_only=True)
class Reports:
    """What was said; the rows' columns first, then what the books could know."""

    row: Ints
    """The team-game."""
    slot: Ints
    status: Ints
    reported_at: Times
    expected: Bools
    """Team-games × fifteen: who was to play by the last word before tip-off."""


def reports(rng: np.random.Generator, played: Played, tipoffs: Times) -> Reports:
    """Three reports a game for everyone ailing, and now and then one after tip-off."""
    absent = ~played.lineups.fit
    named = absent | (played.lineups.ailment >= 0) | (rng.random(absent.shape) < MINOR_ACHES)
    covered = np.repeat(rng.random(len(tipoffs)) >= GAMES_WITHOUT, 2)
    last = np.where(
        absent,
        _draw(rng, LAST_WORD_IF_ABSENT, absent.shape),
        _draw(rng, LAST_WORD_IF_PRESENT, absent.shape),
    )
    expected = np.where(named & covered[:, None], last > DOUBTFUL, ~absent)
    rows, slots = np.nonzero(named & covered[:, None])
    final = last[rows, slots]
    vaguer = np.where(final <= DOUBTFUL, QUESTIONABLE, PROBABLE)
    first = np.where(rng.random(len(rows)) < EARLIER_AND_VAGUER[0], vaguer, final)
    second = np.where(rng.random(len(rows)) < EARLIER_AND_VAGUER[1], vaguer, final)
    late = np.repeat(rng.random(len(tipoffs)) < GAMES_WITH_LATE, 2)[rows] & (final != OUT)
    truth = np.where(absent[rows, slots], OUT, AVAILABLE)
    starts = np.repeat(tipoffs, 2)
    wobble = np.repeat(rng.integers(-30, 31, (len(tipoffs), len(HOURS_BEFORE))), 2, axis=0)
    before = 60 * np.array(HOURS_BEFORE) + wobble * np.array([1, 1, 0.3])
    after = np.repeat(rng.integers(*LATE_MINUTES, len(tipoffs)), 2)
    times = [starts - _minutes(before[:, step]) for step in range(len(HOURS_BEFORE))]
    times.append(starts + _minutes(after))
    return Reports(
        row=np.concatenate([rows, rows, rows, rows[late]]),
        slot=np.concatenate([slots, slots, slots, slots[late]]),
        status=np.concatenate([first, second, final, truth[late]]),
        reported_at=np.concatenate(
            [times[0][rows], times[1][rows], times[2][rows], times[3][rows[late]]]
        ),
        expected=expected,
    )


def _draw(rng: np.random.Generator, odds: tuple[float, ...], shape: tuple[int, ...]) -> Ints:
    return np.searchsorted(np.cumsum(odds), rng.random(shape) * sum(odds), side="right")


def _minutes(count: Ints | Floats) -> NDArray[np.timedelta64]:
    return np.round(count).astype("timedelta64[m]")
