"""The games themselves: possessions become shots, free throws and turnovers, and one team wins."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from league.sample.arrays import Bools, Floats, Ints
from league.sample.court import Court, court
from league.sample.fixtures import Games
from league.sample.lineups import Lineups, lineups
from league.sample.people import ZONE_VALUES
from league.sample.rotation import closers, rotation
from league.sample.stint import Shots, Stint, join_shots, stint
from league.sample.world import World

PACE_SPREAD = 3.0


@dataclass(frozen=True, kw_only=True)
class Played:
    """What happened; team-games in pairs, home first, fifteen columns."""

    lineups: Lineups
    seconds: Ints
    starters: Bools
    shots: Shots
    free_throws: Ints
    free_throws_made: Ints
    turnovers: Ints
    offensive_rebounds: Ints
    """Of the team."""
    overtimes: Ints
    """Of the game."""

    @property
    def points(self) -> Ints:
        """Of each of the fifteen."""
        values = np.array(ZONE_VALUES)[self.shots.zone] * self.shots.made
        from_the_field = self.shots.count(self.seconds.shape, weights=values)
        points: Ints = from_the_field + self.free_throws_made
        return points

    @property
    def scores(self) -> Ints:
        """Games × home and away."""
        scores: Ints = self.points.sum(axis=1).reshape(-1, 2)
        return scores

    def take(self, games: Ints) -> Played:
        """Only those games."""
        rows = (2 * games[:, None] + np.array([0, 1])).ravel()
        parts: dict[str, Any] = {
            one.name: getattr(self, one.name)[rows]
            for one in fields(self)
            if one.name not in ("lineups", "shots", "overtimes")
        }
        return Played(
            lineups=self.lineups.take(rows),
            shots=self.shots.of(rows, len(self.seconds)),
            overtimes=self.overtimes[games],
            **parts,
        )


def join_played(parts: list[Played]) -> Played:
    """Several batches as one."""
    arrays = {
        one.name: np.concatenate([getattr(part, one.name) for part in parts])
        for one in fields(Played)
        if one.name not in ("lineups", "shots")
    }
    sides = {
        one.name: np.concatenate([getattr(part.lineups, one.name) for part in parts])
        for one in fields(Lineups)
    }
    firsts = np.cumsum([0, *(len(part.seconds) for part in parts)])
    shots = join_shots(
        [part.shots.shifted(int(first)) for part, first in zip(parts, firsts, strict=False)]
    )
    return Played(lineups=Lineups(**sides), shots=shots, **arrays)


def play(world: World, games: Games, *, label: str) -> Played:
    """Play the games, with as many overtimes as each needs."""
    rng = world.dice("play", label)
    sides = lineups(world, games)
    minutes = rotation(rng, sides, world.squads.people.off_the_bench)
    floor = court(world, sides, rng=rng)
    pace = (world.pace[games.home] + world.pace[games.away]) / 2
    pace = np.repeat(pace + rng.normal(0, PACE_SPREAD, len(games)), 2)
    first = stint(rng, floor, seconds=minutes.seconds, possessions=pace)
    played = Played(
        lineups=sides,
        seconds=minutes.seconds,
        starters=minutes.starters,
        shots=first.shots,
        free_throws=first.free_throws,
        free_throws_made=first.free_throws_made,
        turnovers=first.turnovers,
        offensive_rebounds=first.offensive_rebounds,
        overtimes=np.zeros(len(games), dtype=np.int64),
    )
    tied = _tied(played)
    while tied.any():
        played = _overtime(rng, played, floor, pace=pace * 5 / 48, tied=tied)
        tied = _tied(played)
    return played


def _tied(played: Played) -> Bools:
    tied: Bools = played.scores[:, 0] == played.scores[:, 1]
    return tied


def _overtime(
    rng: np.random.Generator, played: Played, floor: Court, *, pace: Floats, tied: Bools
) -> Played:
    """Five minutes more in the tied games; in the others nobody moves."""
    both = np.repeat(tied, 2)[:, None]
    seconds = np.where(both, closers(played.seconds), 0)
    more: Stint = stint(rng, floor, seconds=seconds, possessions=np.where(both[:, 0], pace, 0.0))
    return replace(
        played,
        seconds=played.seconds + seconds,
        shots=join_shots([played.shots, more.shots]),
        free_throws=played.free_throws + more.free_throws,
        free_throws_made=played.free_throws_made + more.free_throws_made,
        turnovers=played.turnovers + more.turnovers,
        offensive_rebounds=played.offensive_rebounds + more.offensive_rebounds,
        overtimes=played.overtimes + tied,
    )
