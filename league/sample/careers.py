"""From season to season: players age, leave, arrive and change teams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from league.sample.arrays import Floats, Ints, dice
from league.sample.dates import FIRST_SEASON, season_dates
from league.sample.people import People, draw_people, join_people
from league.sample.teams import TEAMS

ROSTER_SIZE = 15
LEAVERS, MOVER_SHARE = 62, 0.20
COACH_MEMORY, COACH_SPREAD = 0.7, 2.4


@dataclass(frozen=True, kw_only=True)
class Squads:
    """The league on a season's first day."""

    people: People
    """Everyone who has ever played up to this season; earlier seasons' numbers stay valid."""
    talent: Floats
    """Of every person, in deviations; of those who have left, as they left."""
    members: Ints
    """Teams × 15: the people of each."""
    coaching: Floats
    """Teams × 2: points per 100 possessions that the people alone do not explain."""
    pace: Floats


def squads(seed: int, season_year: int) -> Squads:
    """The league as it stands in a season: always grown from the first, whatever is written out."""
    taken: set[str] = set()
    league = _founding(seed, taken)
    for year in range(FIRST_SEASON + 1, season_year + 1):
        league = _summer(league, seed=seed, year=year, taken=taken)
    return league


def _founding(seed: int, taken: set[str]) -> Squads:
    rng = dice(seed, "founding")
    count = len(TEAMS) * ROSTER_SIZE
    ages = 19 + 18 * rng.beta(1.6, 2.2, count)
    talent = rng.standard_normal(count)
    ages[1], talent[1] = 21.5, 2.0
    people = draw_people(rng, ages=ages, opening=season_dates(FIRST_SEASON).opening, taken=taken)
    order = np.argsort(-(talent + rng.normal(0, 0.5, count)), kind="stable")
    tiers = order.reshape(ROSTER_SIZE, len(TEAMS))
    return Squads(
        people=people,
        talent=talent,
        members=np.stack([rng.permutation(tier) for tier in tiers], axis=1),
        coaching=rng.normal(0, COACH_SPREAD, (len(TEAMS), 2)),
        pace=rng.normal(0, 1.5, len(TEAMS)),
    )


def _summer(league: Squads, *, seed: int, year: int, taken: set[str]) -> Squads:
    """A year on: the new names take the places of those who left, movers each other's."""
    rng = dice(seed, "summer", year)
    opening = season_dates(year).opening
    # Unknown births are unknown to the sources, not to time: such players count as 27.
    ages = (np.datetime64(opening, "D") - league.people.births).astype(float) / 365.25
    ages = np.where(np.isnat(league.people.births), 27.0, ages)
    growth = np.interp(ages, [20, 23, 27, 31, 35, 39], [0.25, 0.16, 0.02, -0.08, -0.25, -0.6])
    talent = league.talent + growth + rng.normal(0, 0.2, len(ages))

    places = league.members.ravel().copy()
    staying_power = talent[places] - 0.5 * (ages[places] > 34) + rng.normal(0, 0.4, len(places))
    staying_power[ages[places] > 40] = -np.inf
    leaving = np.argsort(staying_power, kind="stable")[:LEAVERS]
    moving = np.flatnonzero(rng.random(len(places)) < MOVER_SHARE)
    moving = np.setdiff1d(moving, leaving)

    rookie_talent = np.sort(rng.normal(-0.45, 0.65, LEAVERS))[::-1]
    rookie_talent[:6] += np.array([1.1, 0.9, 0.8, 0.6, 0.5, 0.4])
    rookies = draw_people(rng, ages=rng.uniform(19, 24, LEAVERS), opening=opening, taken=taken)
    talent = np.concatenate([talent, rookie_talent])
    incoming = np.concatenate([len(ages) + np.arange(LEAVERS), places[moving]])

    open_places = np.concatenate([leaving, moving])
    strength = np.sort(talent[league.members], axis=1)[:, -9:].sum(axis=1)
    need = strength[open_places // ROSTER_SIZE] + rng.normal(0, 4.0, len(open_places))
    by_talent = np.argsort(-talent[incoming], kind="stable")
    places[open_places[np.argsort(need, kind="stable")]] = incoming[by_talent]
    shock = np.sqrt(1 - COACH_MEMORY**2)
    return Squads(
        people=join_people(league.people, rookies),
        talent=talent,
        members=places.reshape(league.members.shape),
        coaching=COACH_MEMORY * league.coaching
        + shock * rng.normal(0, COACH_SPREAD, league.coaching.shape),
        pace=COACH_MEMORY * league.pace + shock * rng.normal(0, 1.5, len(TEAMS)),
    )
