"""What a well-informed bookmaker expects before a game: from form and reports, never its result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from league.sample.arrays import Bools, Floats, ranks
from league.sample.court import court
from league.sample.fixtures import Games
from league.sample.lineups import Lineups
from league.sample.people import ZONE_VALUES
from league.sample.rotation import expected_seconds
from league.sample.stint import FREE_THROW_RATE, REBOUND_RATE, TURNOVER_RATE
from league.sample.world import World

ALWAYS_OFFERED, NINTH_MANS_POINTS = 8, 8.5


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The expected game."""

    points: Floats
    """Team-games × fifteen: expected points of who is expected to play, else 0."""
    lined: Bools
    """Who is played enough to be offered."""
    margin: Floats
    total: Floats


def outlook(world: World, games: Games, sides: Lineups, expected: Bools) -> Outlook:
    """The expectation of everyone who is `expected` to play by the reports before tip-off."""
    floor = court(world, sides)
    seconds = expected_seconds(sides.score, expected)
    work = seconds * floor.volume
    share = work / work.sum(axis=1, keepdims=True)
    drawn = share * floor.foul_drawing / 0.25
    possessions = np.repeat((world.pace[games.home] + world.pace[games.away]) / 2, 2)
    trips = possessions * FREE_THROW_RATE * drawn.sum(axis=1)
    attempts = possessions * (1 - TURNOVER_RATE + REBOUND_RATE) - 0.44 * trips
    a_shot = (floor.zones * floor.accuracy * np.array(ZONE_VALUES)).sum(axis=2)
    fouled = drawn / drawn.sum(axis=1, keepdims=True)
    points = attempts[:, None] * share * a_shot + trips[:, None] * fouled * floor.free_throw_pct
    scores = points.sum(axis=1).reshape(-1, 2)
    place = ranks(seconds)
    ninth = (place == ALWAYS_OFFERED) & (points >= NINTH_MANS_POINTS)
    return Outlook(
        points=points,
        lined=((place < ALWAYS_OFFERED) | ninth) & (seconds > 0),
        margin=scores[:, 0] - scores[:, 1],
        total=scores.sum(axis=1),
    )
