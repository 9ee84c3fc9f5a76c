"""Who plays, who starts, and for how long, to the second."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from league.sample.arrays import Bools, Floats, Ints, apportion, choose, ranks
from league.sample.careers import ROSTER_SIZE
from league.sample.lineups import Lineups

PLAYERS_USED = {8: 0.03, 9: 0.15, 10: 0.34, 11: 0.48}
REGULATION, OVERTIME = 5 * 48 * 60, 5 * 5 * 60
STARTERS = 5
LONGEST, EXHAUSTED = 46 * 60, 60 * 60
MINUTES_BY_RANK = np.array(
    [35, 33.5, 31.5, 29.5, 26.5, 22.5, 19.5, 16.5, 13, 8, 4.5] + [0.0] * (ROSTER_SIZE - 11)
)
EXPECTED_BY_RANK = np.array(
    [35.5, 34, 32, 30, 27, 23, 19.5, 16.5, 12.5, 7, 3] + [0.0] * (ROSTER_SIZE - 11)
)
WHIM, MINUTES_SPREAD = 0.17, 0.13
EARLY_EXITS = 0.015
BENCH_COST = 0.8


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """Team-games × fifteen."""

    seconds: Ints
    starters: Bools


def rotation(rng: np.random.Generator, lineups: Lineups, bench: Floats) -> Rotation:
    """Draw the minutes of regulation; every row sums to 240 minutes exactly."""
    shape = lineups.who.shape
    used = np.minimum(choose(rng, PLAYERS_USED, shape[0]), lineups.fit.sum(axis=1))
    whim = lineups.score + WHIM * rng.standard_normal(shape)
    place = ranks(np.where(lineups.fit, whim, -np.inf))
    plays = place < used[:, None]
    spread = MINUTES_SPREAD * (1 + place / 12)
    noise = np.exp(spread * np.clip(rng.standard_normal(shape), -2, 2))
    exits = np.where(rng.random(shape) < EARLY_EXITS, rng.uniform(0.1, 0.6, shape), 1.0)
    wanted = np.where(plays, MINUTES_BY_RANK[place] * noise * exits, 0.0)
    order = ranks(np.where(plays, whim - BENCH_COST * bench[lineups.who], -np.inf))
    return Rotation(
        seconds=apportion(_capped(wanted), np.full(shape[0], REGULATION)),
        starters=plays & (order < STARTERS),
    )


def expected_seconds(score: Floats, available: Bools) -> Floats:
    """The minutes that a well-informed outsider expects of each."""
    place = ranks(np.where(available, score, -np.inf))
    wanted = np.where(available, EXPECTED_BY_RANK[place], 0.0)
    shares: Floats = wanted / wanted.sum(axis=1, keepdims=True)
    return REGULATION * shares


def closers(seconds: Ints) -> Ints:
    """An overtime's minutes: the five who played the most and can still stand play all of it."""
    standing = np.where(seconds <= EXHAUSTED, seconds, 0)
    return np.where(ranks(standing.astype(float)) < STARTERS, OVERTIME // STARTERS, 0)


def _capped(wanted: Floats) -> Floats:
    """Shares of regulation of which none is longer than anyone can last."""
    shares = wanted
    for _ in range(8):
        shares = REGULATION * shares / shares.sum(axis=1, keepdims=True)
        shares = np.minimum(shares, LONGEST)
    return shares
