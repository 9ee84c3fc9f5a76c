"""The day of each regular game: no team twice a day, never three days in a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Self

import numpy as np

from league.sample.arrays import Bools, Floats, Ints
from league.sample.dates import SeasonDates
from league.sample.teams import TEAMS

GAMES_BY_WEEKDAY = (8.0, 6.5, 9.5, 4.5, 9.5, 8.5, 7.5)
OPENING_NIGHT, SECOND_DAY, LAST_DAY = 2, 12, 13
WEEK_LIMIT = 4
BACK_TO_BACK_COST, REMATCH_COST, JITTER = 0.3, 2.0, 0.6


@dataclass(frozen=True)
class Board:
    """The games, and who has played when; days are shifted by a week so that none is negative."""

    games: Ints
    days: Ints
    played: Bools = field(repr=False)

    @classmethod
    def of(cls, games: Ints, days: Ints) -> Self:
        """The board of a timetable that stands."""
        played = np.zeros((len(TEAMS), int(days.max()) + 16), dtype=bool)
        played[games, days[:, None] + 7] = True
        return cls(games, days.copy(), played)

    def mark(self, game: int, day: int) -> None:
        self.days[game] = day
        self.played[self.games[game], day + 7] = True

    def free(self, day: int) -> Bools:
        """Teams that do not play that day, nor on two days that would make it three in a row."""
        here = self.played[:, day + 5 : day + 10]
        free: Bools = ~(
            here[:, 2]
            | (here[:, 0] & here[:, 1])
            | (here[:, 1] & here[:, 3])
            | (here[:, 3] & here[:, 4])
        )
        return free

    def allowed(self, day: int) -> Bools:
        """Teams that are free that day and not worn out by the week before it."""
        week = self.played[:, day + 1 : day + 7].sum(axis=1)
        allowed: Bools = self.free(day) & (week <= WEEK_LIMIT)
        return allowed


def timetable(rng: np.random.Generator, games: Ints, dates: SeasonDates) -> Ints:
    """The season day of each game; now and then the last games fit nowhere, and it starts anew."""
    playing = dates.regular_days
    targets = _targets(playing)
    offsets = [dates.offset(day) for day in playing]
    due = 2 * np.cumsum(targets) / len(TEAMS)
    while True:
        unset = np.full(len(games), -1)
        board = Board(games, unset, np.zeros((len(TEAMS), offsets[-1] + 16), dtype=bool))
        for offset, target, expected in zip(offsets, targets, due, strict=True):
            _fill(rng, board, day=offset, count=int(target), due=float(expected))
        if all(_fit(board, int(game), offsets[2:]) for game in np.flatnonzero(board.days < 0)):
            return board.days


def _targets(playing: list[date]) -> Ints:
    """How many games each day should hold."""
    shares = np.array([GAMES_BY_WEEKDAY[day.weekday()] for day in playing])
    shares[[0, 1, -1]] = 0
    rest = 41 * len(TEAMS) - OPENING_NIGHT - SECOND_DAY - LAST_DAY
    running = np.round(np.cumsum(shares) * rest / shares.sum())
    targets: Ints = np.diff(running, prepend=0).astype(np.int64)
    targets[[0, 1, -1]] = OPENING_NIGHT, SECOND_DAY, LAST_DAY
    return targets


def _fill(rng: np.random.Generator, board: Board, *, day: int, count: int, due: float) -> None:
    """Give the day its games, the teams furthest behind first."""
    free = board.allowed(day)
    behind = due - board.played.sum(axis=1) - BACK_TO_BACK_COST * board.played[:, day + 6]
    open_games = np.flatnonzero(board.days < 0)
    home, away = board.games[open_games].T
    scores: Floats = behind[home] + behind[away] + JITTER * rng.random(len(open_games))
    recent = np.flatnonzero(board.days >= day - 7)
    met = np.zeros((len(TEAMS), len(TEAMS)), dtype=bool)
    met[board.games[recent, 0], board.games[recent, 1]] = True
    scores -= REMATCH_COST * (met | met.T)[home, away]
    for _ in range(count):
        usable = free[home] & free[away]
        if not usable.any():
            return
        best = int(np.argmax(np.where(usable, scores, -np.inf)))
        board.mark(int(open_games[best]), day)
        free[[home[best], away[best]]] = False


def _fit(board: Board, game: int, offsets: list[int]) -> bool:
    """Put a left-over game on the quietest day that suits both teams, if one does."""
    pair = board.games[game]
    suits = [day for day in offsets if board.allowed(day)[pair].all()]
    suits = suits or [day for day in offsets if board.free(day)[pair].all()]
    if suits:
        board.mark(game, min(suits, key=lambda day: (int(board.played[:, day + 7].sum()), day)))
    return bool(suits)
