"""The games of a season as the league office writes them: who, where, when, under which id."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from league.sample.arrays import Ints, Pick, Times
from league.sample.dates import SeasonDates
from league.sample.pairings import pairings
from league.sample.teams import (
    CONFERENCE_SIZE,
    EAST_ALL_STARS,
    TEAMS,
    WEST_ALL_STARS,
)
from league.sample.timetable import Board, timetable
from league.sample.tipoffs import OPENING_TIMES, eastern_minutes, utc
from league.sample.world import World
from processors.raw.schedule import PHASES

ID_PREFIXES = {
    "preseason": "001",
    "regular": "002",
    "all_star": "003",
    "playoffs": "004",
    "play_in": "005",
    "cup_final": "006",
}
MAKE_UP_NUMBER = 9001
POSTPONED_GAMES, POSTPONED_FROM, POSTPONED_TO, MINIMUM_DELAY = 2, 55, 105, 8
PRESEASON_DAYS, PRESEASON_GAMES = (-12, -9, -6), 3


@dataclass(frozen=True, kw_only=True)
class Games:
    """One row a game; columns are arrays."""

    ids: NDArray[np.object_]
    phase: Ints
    """A place in the schedule contract's PHASES."""
    day: Ints
    minute: Ints
    home: Ints
    away: Ints

    def __len__(self) -> int:
        return len(self.day)

    def take(self, rows: Pick) -> Self:
        return type(self)(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})

    @property
    def teams(self) -> Ints:
        """Two rows a game, home first: the order of everything about team-games."""
        return np.stack([self.home, self.away], axis=1).ravel()

    def tipoffs(self, dates: SeasonDates) -> Times:
        return utc(dates, self.day, self.minute)


@dataclass(frozen=True, kw_only=True)
class Postponements:
    """Games as first scheduled, and the rows of `Games` that make them up."""

    original: Games
    make_up: Ints


def join_games(*parts: Games) -> Games:
    return Games(
        **{
            one.name: np.concatenate([getattr(part, one.name) for part in parts])
            for one in fields(Games)
        }
    )


def make_games(
    world: World, phase: str, *, home: Ints, away: Ints, day: Ints, numbers: Ints
) -> Games:
    """Games of one phase, with ids and tip-off times."""
    weekdays = np.array([one.weekday() for one in world.dates.times(day).tolist()])
    rng = world.dice("tipoffs", phase, int(numbers[0]))
    prefix = f"{ID_PREFIXES[phase]}{world.season_year % 100}"
    return Games(
        ids=np.array([f"{prefix}{number:05d}" for number in numbers], dtype=object),
        phase=np.full(len(day), PHASES.index(phase)),
        day=np.asarray(day, dtype=np.int64),
        minute=eastern_minutes(rng, weekdays, home >= CONFERENCE_SIZE),
        home=np.asarray(home, dtype=np.int64),
        away=np.asarray(away, dtype=np.int64),
    )


def regular_games(world: World) -> tuple[Games, Postponements]:
    """The 1,230 games of the regular season as they were played, in order of their dates."""
    rng = world.dice("timetable")
    pairs = pairings(rng)
    days = timetable(rng, pairs, world.dates)
    order = np.lexsort((rng.random(len(days)), days))
    pairs, days = pairs[order], days[order]
    games = make_games(
        world,
        "regular",
        home=pairs[:, 0],
        away=pairs[:, 1],
        day=days,
        numbers=np.arange(1, len(days) + 1),
    )
    games.minute[games.day == 0] = OPENING_TIMES
    moved, new_days = _postpone(rng, games, world.dates)
    original = games.take(moved)
    games.day[moved] = new_days
    games.ids[moved] = [
        f"{ID_PREFIXES['regular']}{world.season_year % 100}{MAKE_UP_NUMBER + number:05d}"
        for number in range(len(moved))
    ]
    return games, Postponements(original=original, make_up=moved)


def _postpone(rng: np.random.Generator, games: Games, dates: SeasonDates) -> tuple[Ints, Ints]:
    """Which games are called off, and the later days that suit both teams."""
    board = Board.of(np.stack([games.home, games.away], axis=1), games.day)
    candidates = np.flatnonzero((games.day >= POSTPONED_FROM) & (games.day <= POSTPONED_TO))
    playing = [dates.offset(day) for day in dates.regular_days]
    moved: list[int] = []
    new_days: list[int] = []
    for game in rng.permutation(candidates).tolist():
        suits = [
            day
            for day in playing
            if day > games.day[game] + MINIMUM_DELAY and board.allowed(day)[board.games[game]].all()
        ]
        if suits and games.day[game] not in games.day[moved]:
            board.mark(game, suits[0])
            moved.append(game)
            new_days.append(suits[0])
        if len(moved) == POSTPONED_GAMES:
            break
    return np.array(moved, dtype=np.int64), np.array(new_days, dtype=np.int64)


def show_games(world: World) -> Games:
    """The games that count for nothing: preseason, the all-star game, the cup's final."""
    rng = world.dice("shows")
    preseason = rng.permutation(len(TEAMS))[: 2 * len(PRESEASON_DAYS) * PRESEASON_GAMES]
    numbers = np.arange(1, len(PRESEASON_DAYS) * PRESEASON_GAMES + 1)
    parts = [
        make_games(
            world,
            "preseason",
            home=preseason[::2],
            away=preseason[1::2],
            day=np.repeat(PRESEASON_DAYS, PRESEASON_GAMES),
            numbers=numbers,
        )
    ]
    singles = [("all_star", world.dates.all_star, EAST_ALL_STARS, WEST_ALL_STARS)]
    if world.dates.cup_final:
        finalists = rng.integers(CONFERENCE_SIZE), CONFERENCE_SIZE + rng.integers(CONFERENCE_SIZE)
        singles.append(("cup_final", world.dates.cup_final, int(finalists[0]), int(finalists[1])))
    parts += [
        make_games(
            world,
            phase,
            home=np.array([home]),
            away=np.array([away]),
            day=np.array([world.dates.offset(day)]),
            numbers=np.array([1]),
        )
        for phase, day, home, away in singles
    ]
    return join_games(*parts)
