"""Who is on which team on which day: a season's trades, and the two all-star teams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from league.sample.arrays import Ints, ranks
from league.sample.careers import ROSTER_SIZE, Squads
from league.sample.dates import SeasonDates
from league.sample.teams import CONFERENCE_SIZE, TEAMS

TRADES = 14
FIRST_TRADE_DAY, DEADLINE_BEFORE_ALL_STAR = 40, 10


@dataclass(frozen=True, kw_only=True)
class Trade:
    """Two players change places from a day on."""

    day: int
    players: tuple[int, int]
    teams: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Rosters:
    """The rosters between trades."""

    trades: tuple[Trade, ...]
    members: Ints
    """Trades + 1 × teams × 15."""

    def on(self, days: Ints, teams: Ints) -> Ints:
        """The fifteen of each team on each day."""
        epochs = np.searchsorted([trade.day for trade in self.trades], days, side="right")
        return self.members[epochs, teams]


def season_rosters(rng: np.random.Generator, squads: Squads, dates: SeasonDates) -> Rosters:
    """The opening rosters and what the trades make of them, like for like by talent."""
    deadline = dates.offset(dates.all_star) - DEADLINE_BEFORE_ALL_STAR
    days = np.sort(rng.integers(FIRST_TRADE_DAY, deadline, TRADES))
    current = np.concatenate([squads.members, _all_stars(squads)])
    epochs, trades = [current.copy()], []
    for day in days:
        one, other = rng.choice(len(TEAMS), 2, replace=False)
        place = int(rng.integers(2, 10))
        slots = [
            int(np.argsort(-squads.talent[current[team]], kind="stable")[place])
            for team in (one, other)
        ]
        players = int(current[one, slots[0]]), int(current[other, slots[1]])
        current[one, slots[0]], current[other, slots[1]] = players[1], players[0]
        trades.append(Trade(day=int(day), players=players, teams=(int(one), int(other))))
        epochs.append(current.copy())
    return Rosters(trades=tuple(trades), members=np.stack(epochs))


def _all_stars(squads: Squads) -> Ints:
    """The best fifteen of each conference."""
    conferences = squads.members.reshape(2, CONFERENCE_SIZE * ROSTER_SIZE)
    places = ranks(squads.talent[conferences])
    return np.stack(
        [
            conference[place < ROSTER_SIZE]
            for conference, place in zip(conferences, places, strict=True)
        ]
    )
