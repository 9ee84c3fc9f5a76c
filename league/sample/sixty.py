"""A night of sixty points: the day's best scorer takes makes from his team-mates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from league.sample.arrays import Ints
from league.sample.fixtures import Games
from league.sample.people import ZONE_VALUES
from league.sample.play import Played

SIXTY = 60
SIXTY_DAY = 27
HIGHEST_BEFORE = 54


def sixty_place(games: Games, points: Ints) -> tuple[int, int]:
    """The team-game and place of the day's best scorer."""
    eligible = (np.repeat(games.day, 2) == SIXTY_DAY)[:, None] & (
        (points <= HIGHEST_BEFORE) | (points == SIXTY)
    )
    row, slot = np.unravel_index(np.argmax(np.where(eligible, points, -1)), points.shape)
    return int(row), int(slot)


def sixty_points(games: Games, played: Played) -> Played:
    """Give him exactly sixty; the team's shots, score and result stay what they were."""
    points = played.points
    row, slot = sixty_place(games, points)
    shots, values = played.shots, np.array(ZONE_VALUES)[played.shots.zone]
    others = (shots.row == row) & (shots.slot != slot) & shots.made
    twos, threes = np.flatnonzero(others & (values == 2)), np.flatnonzero(others & (values == 3))
    need = SIXTY - int(points[row, slot])
    of_three = need % 2
    while (need - 3 * of_three) // 2 > len(twos):
        of_three += 2
    taken = np.concatenate([threes[:of_three], twos[: (need - 3 * of_three) // 2]])
    shooters = shots.slot.copy()
    shooters[taken] = slot
    return replace(played, shots=replace(shots, slot=shooters))
