"""One stretch of play: regulation, or an overtime."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from league.sample.arrays import Bools, Floats, Ints, deal
from league.sample.court import Court
from league.sample.people import ZONE_VALUES

TURNOVER_RATE, FREE_THROW_RATE, REBOUND_RATE = 0.134, 0.222, 0.106
"""Per possession."""
WHISTLE_SHAPE = 60.0


@dataclass(frozen=True, kw_only=True)
class Shots:
    """One row an attempt, in the order of play within each team-game and stretch."""

    row: Ints
    """The team-game."""
    slot: Ints
    zone: Ints
    """A place in the shots contract's ZONES."""
    made: Bools

    def count(self, shape: tuple[int, ...], *, weights: Ints | Bools | None = None) -> Ints:
        """Attempts, or the weights' sums, of each of the fifteen."""
        cells = self.row * shape[1] + self.slot
        return np.bincount(cells, weights, shape[0] * shape[1]).astype(np.int64).reshape(shape)

    def of(self, rows: Ints, count: int) -> Shots:
        """The shots of those team-games, which are numbered anew."""
        places = np.full(count, -1)
        places[rows] = np.arange(len(rows))
        kept = places[self.row] >= 0
        return Shots(
            row=places[self.row[kept]],
            slot=self.slot[kept],
            zone=self.zone[kept],
            made=self.made[kept],
        )

    def shifted(self, first: int) -> Shots:
        return Shots(row=self.row + first, slot=self.slot, zone=self.zone, made=self.made)


def join_shots(parts: list[Shots]) -> Shots:
    return Shots(
        **{
            one.name: np.concatenate([getattr(part, one.name) for part in parts])
            for one in fields(Shots)
        }
    )


@dataclass(frozen=True, kw_only=True)
class Stint:
    """What happened in the stretch, by team-game and place among the fifteen."""

    shots: Shots
    free_throws: Ints
    free_throws_made: Ints
    turnovers: Ints
    offensive_rebounds: Ints


def stint(rng: np.random.Generator, floor: Court, *, seconds: Ints, possessions: Floats) -> Stint:
    """Play so many possessions with those on the court."""
    work = seconds * floor.volume
    turnovers = rng.binomial(np.round(possessions).astype(np.int64), TURNOVER_RATE)
    whistle = rng.gamma(WHISTLE_SHAPE, 1 / WHISTLE_SHAPE, len(possessions))
    drawn = (work * floor.foul_drawing).sum(axis=1) / np.maximum(work.sum(axis=1), 1e-9) / 0.25
    trips = rng.poisson(possessions * FREE_THROW_RATE * whistle * drawn)
    rebounds = rng.poisson(possessions * REBOUND_RATE)
    attempts = np.round(possessions - 0.44 * trips - turnovers + rebounds)
    free_throws = deal(rng, trips, work * floor.foul_drawing)
    return Stint(
        shots=_shots(rng, floor, deal(rng, np.maximum(attempts, 0).astype(np.int64), work)),
        free_throws=free_throws,
        free_throws_made=rng.binomial(free_throws, floor.free_throw_pct),
        turnovers=deal(rng, turnovers, work * floor.turnovers),
        offensive_rebounds=rebounds,
    )


def _shots(rng: np.random.Generator, floor: Court, attempts: Ints) -> Shots:
    """Each attempt with its zone and whether it went in, shuffled within the team-game."""
    by_zone = rng.multinomial(attempts, floor.zones)
    cells = np.repeat(np.arange(by_zone.size), by_zone.ravel())
    rows = cells // (by_zone.shape[1] * by_zone.shape[2])
    order = np.lexsort((rng.random(len(cells)), rows))
    cells, rows = cells[order], rows[order]
    zones = cells % by_zone.shape[2]
    chances = floor.accuracy.ravel()[cells]
    three = np.array(ZONE_VALUES)[zones] == 3
    twos = _evenly(rng, np.where(three, 0.0, chances), rows, len(attempts))
    threes = _evenly(rng, np.where(three, chances, 0.0), rows, len(attempts))
    return Shots(
        row=rows,
        slot=cells // by_zone.shape[2] % by_zone.shape[1],
        zone=zones,
        made=np.where(three, threes, twos),
    )


def _evenly(rng: np.random.Generator, chances: Floats, rows: Ints, count: int) -> Bools:
    """Makes fall evenly over a team's game: real margins vary less than coin flips would."""
    running = np.cumsum(chances)
    start = rng.random(count)[rows]
    return np.floor(running + start) > np.floor(running - chances + start)
