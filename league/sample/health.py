"""Who is hurt on which day, and of what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from league.sample.arrays import Bools, Floats, Ints
from league.sample.dates import SPAN_DAYS

REASONS = (
    "Right Ankle; Sprain",
    "Left Knee; Soreness",
    "Right Hamstring; Strain",
    "Lower Back; Tightness",
    "Illness",
    "Left Calf; Strain",
    "Right Wrist; Sprain",
    "Left Groin; Soreness",
    "Concussion Protocol",
    "Left Foot; Stress Reaction",
)
SPELLS_A_SEASON = 5.0


@dataclass(frozen=True, kw_only=True)
class Health:
    """People × days: absence and its reason, which outlasts the absence by a few days."""

    out: Bools
    reason: Ints
    """A place in REASONS; -1 where nothing ails him."""


def season_health(rng: np.random.Generator, fragility: Floats) -> Health:
    """Spells of absence: most of days, some of weeks, a few of months."""
    count = len(fragility)
    spells = rng.poisson(SPELLS_A_SEASON * fragility / fragility.mean())
    people = np.repeat(np.arange(count), spells)
    starts = rng.integers(0, SPAN_DAYS, len(people))
    kind = rng.random(len(people))
    lengths = np.where(
        kind < 0.68,
        rng.integers(1, 6, len(people)),
        np.where(kind < 0.94, rng.integers(6, 22, len(people)), rng.integers(28, 90, len(people))),
    )
    aches = rng.integers(0, 4, len(people))
    reasons = rng.integers(0, len(REASONS), len(people))
    out = np.zeros((count, SPAN_DAYS), dtype=bool)
    reason = np.full((count, SPAN_DAYS), -1, dtype=np.int64)
    for person, start, length, ache, which in zip(
        people, starts, lengths, aches, reasons, strict=True
    ):
        out[person, start : start + length] = True
        reason[person, max(start - 1, 0) : start + length + ache] = which
    return Health(out=out, reason=reason)
