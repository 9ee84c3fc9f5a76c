"""Who meets whom in a regular season: 82 games a team, 41 at home."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from league.sample.arrays import Ints
from league.sample.teams import CONFERENCE_SIZE

DIVISION_SIZE = 5


def pairings(rng: np.random.Generator) -> Ints:
    """One row (home, away) a game, 1,230 of them, in no order."""
    games: list[tuple[int, int]] = []
    for first in (0, CONFERENCE_SIZE):
        divisions = [
            first + DIVISION_SIZE * number + rng.permutation(DIVISION_SIZE) for number in range(3)
        ]
        for division in divisions:
            for one, other in combinations(division, 2):
                games += [(one, other), (other, one)] * 2
        for number, division in enumerate(divisions):
            games += _between(division, divisions[(number + 1) % 3])
    for east in range(CONFERENCE_SIZE):
        for west in range(CONFERENCE_SIZE, 2 * CONFERENCE_SIZE):
            games += [(east, west), (west, east)]
    return np.array(games, dtype=np.int64)


def _between(division: Ints, next_division: Ints) -> list[tuple[int, int]]:
    """Four games, or three against two of the five; the third is at home half the time."""
    games: list[tuple[int, int]] = []
    for place, one in enumerate(division):
        for other_place, other in enumerate(next_division):
            games += [(one, other), (other, one)]
            if other_place == place:
                games.append((one, other))
            elif other_place == (place + 1) % DIVISION_SIZE:
                games.append((other, one))
            else:
                games += [(one, other), (other, one)]
    return games
