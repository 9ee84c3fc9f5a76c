"""Everything about a season that stands before its first game: people, trades, health, form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from league.sample.arrays import Floats, dice, drift
from league.sample.careers import Squads, squads
from league.sample.dates import SPAN_DAYS, SeasonDates, season_dates
from league.sample.health import Health, season_health
from league.sample.rosters import Rosters, season_rosters
from league.sample.teams import WORDS

SLOW, SLOWER = 0.965, 0.985


@dataclass(frozen=True, kw_only=True)
class World:
    """What a season's games are drawn from; day columns start LEAD_DAYS before opening night."""

    seed: int
    season_year: int
    dates: SeasonDates
    squads: Squads
    rosters: Rosters
    health: Health
    form: Floats
    """People × days: how eager a scorer he is just now."""
    standing: Floats
    """People × days: how much his coach trusts him just now."""
    quality: Floats
    """2 × teams × days: offence and defence beyond the people, points per 100 possessions."""
    pace: Floats

    def dice(self, *labels: int | str) -> np.random.Generator:
        return dice(self.seed, self.season_year, *labels)


def world(seed: int, season_year: int) -> World:
    """A season's world; it depends on the seed and the year alone."""
    dates, league = season_dates(season_year), squads(seed, season_year)
    people, teams = len(league.talent), len(WORDS)
    coaching = np.zeros((2, teams))
    coaching[:, : len(league.coaching)] = league.coaching.T
    walks = dice(seed, season_year, "walks")
    quality = drift(walks, 2 * teams, SPAN_DAYS, memory=SLOWER).reshape(2, teams, SPAN_DAYS)
    return World(
        seed=seed,
        season_year=season_year,
        dates=dates,
        squads=league,
        rosters=season_rosters(dice(seed, season_year, "trades"), league, dates),
        health=season_health(dice(seed, season_year, "health"), league.people.fragility),
        form=drift(walks, people, SPAN_DAYS, memory=SLOW),
        standing=drift(walks, people, SPAN_DAYS, memory=SLOWER),
        quality=coaching[:, :, None] + 0.9 * quality,
        pace=np.concatenate([99.5 + league.pace, [108.0, 108.0]]),
    )
