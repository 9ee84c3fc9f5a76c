"""The players: who they are and how they play, apart from how good they are this year."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from league.lookup import player_lookup
from league.sample.arrays import Floats, Times
from league.sample.names import draw_names

ZONE_VALUES = (2, 2, 3, 3, 3)
"""Points of a make in each of the shots contract's zones, in its order."""
POSITIONS = ("G", "G-F", "F", "F-C", "C")
UNKNOWN_BIRTHS = 0.03


@dataclass(frozen=True, kw_only=True)
class People:
    """One row a person; columns are arrays."""

    names: tuple[str, ...]
    births: Times
    bigness: Floats
    """0 a guard, 1 a centre."""
    zones: Floats
    accuracy: Floats
    free_throw_pct: Floats
    volume: Floats
    foul_drawing: Floats
    offence: Floats
    defence: Floats
    playmaking: Floats
    turnovers: Floats
    offensive_boards: Floats
    defensive_boards: Floats
    steals: Floats
    blocks: Floats
    fouls: Floats
    fragility: Floats
    off_the_bench: Floats

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(player_lookup(name) for name in self.names)

    @property
    def positions(self) -> tuple[str, ...]:
        places = np.minimum((self.bigness * len(POSITIONS)).astype(int), len(POSITIONS) - 1)
        return tuple(POSITIONS[place] for place in places)


def join_people(one: People, other: People) -> People:
    """The people of both, the first ones first."""
    parts = {
        field.name: np.concatenate([getattr(one, field.name), getattr(other, field.name)])
        for field in fields(People)
        if field.name != "names"
    }
    return People(names=one.names + other.names, **parts)


def draw_people(
    rng: np.random.Generator, *, ages: Floats, opening: date, taken: set[str]
) -> People:
    """New players of the given ages on that day."""
    count = len(ages)
    names = draw_names(rng, count, taken)
    births = np.datetime64(opening, "D") - np.round(ages * 365.25).astype("timedelta64[D]")
    bigness = rng.random(count)
    touch = rng.normal(0, 0.02, count)
    return People(
        names=tuple(names),
        births=np.where(rng.random(count) < UNKNOWN_BIRTHS, np.datetime64("NaT", "D"), births),
        bigness=bigness,
        zones=_zones(rng, bigness),
        accuracy=np.stack(
            [
                0.565 + 0.08 * bigness + touch,
                0.415 + touch,
                0.385 + touch,
                0.352 + touch,
                np.full(count, 0.02),
            ],
            axis=1,
        ),
        free_throw_pct=np.clip(0.82 - 0.11 * bigness + rng.normal(0, 0.05, count), 0.5, 0.93),
        volume=np.exp(rng.normal(0, 0.11, count)),
        foul_drawing=np.clip(0.19 + 0.11 * bigness + rng.normal(0, 0.05, count), 0.06, None),
        offence=rng.normal(0, 0.5, count),
        defence=rng.normal(0, 0.7, count),
        playmaking=np.exp(-1.3 * bigness + rng.normal(0, 0.3, count)),
        turnovers=np.exp(rng.normal(0, 0.2, count)),
        offensive_boards=0.35 + 2.2 * bigness,
        defensive_boards=1 + 1.6 * bigness,
        steals=np.exp(-0.5 * bigness + rng.normal(0, 0.25, count)),
        blocks=0.25 + 2.6 * bigness**2,
        fouls=0.8 + 0.5 * bigness,
        fragility=np.exp(rng.normal(0, 0.4, count)),
        off_the_bench=(rng.random(count) < 0.12).astype(float),
    )


def _zones(rng: np.random.Generator, bigness: Floats) -> Floats:
    """Where each takes his shots from, in the shots contract's order of zones."""
    count = len(bigness)
    paint = np.clip(0.30 + 0.36 * bigness + rng.normal(0, 0.07, count), 0.12, 0.9)
    threes = np.clip(0.60 - 0.34 * bigness + rng.normal(0, 0.09, count), 0.02, 0.97 - paint)
    corner = threes * np.clip(rng.normal(0.25, 0.09, count), 0.05, 0.6)
    backcourt = np.full(count, 0.003)
    middle = 1 - paint - threes
    zones = np.stack([paint, middle, corner, threes - corner, backcourt], axis=1)
    shares: Floats = zones / zones.sum(axis=1, keepdims=True)
    return shares
