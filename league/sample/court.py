"""What each of the fifteen brings to one game: his share of the work and his chances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from league.sample.arrays import Floats, Ints
from league.sample.dates import LEAD_DAYS
from league.sample.lineups import Lineups
from league.sample.people import ZONE_VALUES
from league.sample.rotation import REGULATION, expected_seconds
from league.sample.world import World

HOME_EDGE = 1.1
"""Points per 100 possessions, to the home side and from the other."""
EFFECT = 0.0105
"""Relative change of shooting that is worth one point per 100 possessions."""
MOST_TALENT = 2.5
"""Beyond this a star shoots better, not more."""
DAY_SPREAD, THREES_SPREAD, TOUCH_SPREAD, SHARE_SHAPE = 1.5, 0.145, 0.05, 25.0


@dataclass(frozen=True, kw_only=True)
class Court:
    """Team-games × fifteen (× zones)."""

    volume: Floats
    zones: Floats
    accuracy: Floats
    free_throw_pct: Floats
    foul_drawing: Floats
    turnovers: Floats


def court(world: World, sides: Lineups, *, rng: np.random.Generator | None = None) -> Court:
    """The game as it turns out to be or, without dice, as it is expected to be."""
    people, who = world.squads.people, sides.who
    column = (sides.day + LEAD_DAYS)[:, None]
    talent = world.squads.talent[who]
    volume = people.volume[who] * np.exp(
        0.19 * np.minimum(talent, MOST_TALENT) + 0.09 * world.form[who, column]
    )
    edge = _edge(world, sides)
    touch = np.ones((*who.shape, 1))
    if rng is not None:
        volume = volume * rng.gamma(SHARE_SHAPE, 1 / SHARE_SHAPE, who.shape)
        edge = edge + rng.normal(0, DAY_SPREAD, len(edge))
        threes = 1 + THREES_SPREAD * rng.standard_normal((len(edge), 1, 1))
        touch = 1 + TOUCH_SPREAD * rng.standard_normal((*who.shape, 1))
        touch = touch * np.where(np.array(ZONE_VALUES) == 3, threes, 1.0)
    lift = (1 + 0.012 * talent) * (1 + EFFECT * edge[:, None])
    return Court(
        volume=volume,
        zones=people.zones[who],
        accuracy=np.clip(people.accuracy[who] * lift[:, :, None] * touch, 0.01, 0.95),
        free_throw_pct=people.free_throw_pct[who],
        foul_drawing=people.foul_drawing[who],
        turnovers=people.turnovers[who],
    )


def _edge(world: World, sides: Lineups) -> Floats:
    """Each side's offence against the other's defence, in points per 100 possessions."""
    column = sides.day + LEAD_DAYS
    present = expected_seconds(sides.score, sides.fit) / (REGULATION / 5)
    people, talent = world.squads.people, world.squads.talent[sides.who]
    offence = (present * (0.75 * talent + people.offence[sides.who])).sum(axis=1)
    defence = (present * (0.40 * talent + people.defence[sides.who])).sum(axis=1)
    offence += world.quality[0, sides.team, column]
    defence += world.quality[1, sides.team, column]
    base = _everyday(world)
    home = np.where(np.arange(len(column)) % 2 == 0, HOME_EDGE, -HOME_EDGE)
    against = defence[_other_side(len(column))]
    edge: Floats = home + (offence - base[0]) - (against - base[1])
    return edge


def _everyday(world: World) -> tuple[float, float]:
    """The mean team's offence and defence with everyone fit, so that edges centre on nothing."""
    members = world.squads.members
    people, talent = world.squads.people, world.squads.talent[members]
    present = expected_seconds(talent, np.ones(members.shape, dtype=bool)) / (REGULATION / 5)
    offence = (present * (0.75 * talent + people.offence[members])).sum(axis=1)
    defence = (present * (0.40 * talent + people.defence[members])).sum(axis=1)
    quality = world.quality[:, : len(members)].mean(axis=(1, 2))
    return float(offence.mean() + quality[0]), float(defence.mean() + quality[1])


def _other_side(count: int) -> Ints:
    """The row of each team-game's opponent."""
    return np.arange(count) ^ 1
