"""The fifteen of each team-game: who is fit, and how the coach ranks them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from league.sample.arrays import Bools, Floats, Ints, Pick, ranks
from league.sample.dates import LEAD_DAYS
from league.sample.fixtures import Games
from league.sample.world import World

FEWEST_FIT = 9


@dataclass(frozen=True, kw_only=True)
class Lineups:
    """One row a team-game, home first; fifteen columns."""

    day: Ints
    team: Ints
    who: Ints
    score: Floats
    fit: Bools
    ailment: Ints
    """A place in REASONS; -1 where nothing ails him."""

    def take(self, rows: Pick) -> Self:
        return type(self)(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})


def lineups(world: World, games: Games) -> Lineups:
    """What stands before the game: rosters after trades, health, the coach's ranking."""
    teams = games.teams
    days = np.repeat(games.day, 2)
    who = world.rosters.on(days, teams)
    column = (days + LEAD_DAYS)[:, None]
    score = world.squads.talent[who] + 0.22 * world.standing[who, column]
    out = world.health.out[who, column]
    # A team never falls below nine: whoever is least missed elsewhere plays hurt.
    needed = FEWEST_FIT - (~out).sum(axis=1)
    called = out & (ranks(np.where(out, score, -np.inf)) < needed[:, None])
    return Lineups(
        day=days,
        team=teams,
        who=who,
        score=score,
        fit=~out | called,
        ailment=world.health.reason[who, column],
    )
