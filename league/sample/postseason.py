"""Play-in and playoffs: every possible game of a round is played, those not needed are dropped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from league.sample.arrays import Bools, Ints
from league.sample.fixtures import Games, make_games
from league.sample.play import Played
from league.sample.teams import CONFERENCE_SIZE, TEAMS
from league.sample.world import World

PLAY_IN_DAYS = (2, 3, 5)
"""Days after the regular season's last."""
ROUND_STARTS = (6, 22, 38, 54)
SERIES_DAYS = (0, 2, 5, 7, 9, 11, 13)
FINALS_DAYS = (0, 3, 6, 9, 11, 14, 17)
HIGHER_SEED_HOSTS = np.array([True, True, False, False, True, False, True])
WINS_NEEDED = 4

Play = Callable[[Games, str], Played]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Games that were played together."""

    games: Games
    played: Played


def postseason(world: World, regular: Batch, play: Play) -> list[Batch]:
    """From the standings to the champion."""
    standing = _standings(regular)
    batches, seeds = _play_in(world, standing, play)
    survivors = [
        (seeds[side][one], seeds[side][other])
        for side in (0, 1)
        for one, other in ((0, 7), (3, 4), (2, 5), (1, 6))
    ]
    order = {team: place for place, team in enumerate(standing)}
    for number in range(len(ROUND_STARTS)):
        batch, winners = _round(world, number, survivors, play)
        batches.append(batch)
        pairs = zip(winners[::2], winners[1::2], strict=False)
        survivors = [
            (one, other) if order[one] < order[other] else (other, one) for one, other in pairs
        ]
    return batches


def _standings(regular: Batch) -> list[int]:
    """All thirty teams, best first: by wins, then by points."""
    margins = regular.played.scores @ np.array([1, -1])
    sides = np.stack([margins, -margins], axis=1).ravel()
    wins = np.bincount(regular.games.teams, sides > 0, len(TEAMS))
    points = np.bincount(regular.games.teams, sides, len(TEAMS))
    order: list[int] = np.lexsort((-points, -wins)).tolist()
    return order


def _play_in(
    world: World, standing: list[int], play: Play
) -> tuple[list[Batch], tuple[list[int], list[int]]]:
    """Places seven to ten of each conference play for the last two seeds."""
    last = world.dates.offset(world.dates.regular_end)
    conferences = [
        [team for team in standing if (team >= CONFERENCE_SIZE) == west] for west in (False, True)
    ]
    hosts = np.array([side[place] for side in conferences for place in (6, 8)])
    guests = np.array([side[place] for side in conferences for place in (7, 9)])
    first = make_games(
        world,
        "play_in",
        home=hosts,
        away=guests,
        day=last + np.array(PLAY_IN_DAYS)[[0, 1, 0, 1]],
        numbers=np.arange(1, 5),
    )
    opening = Batch(games=first, played=play(first, "play_in first"))
    home_won = opening.played.scores @ np.array([1, -1]) > 0
    winners, losers = np.where(home_won, hosts, guests), np.where(home_won, guests, hosts)
    second = make_games(
        world,
        "play_in",
        home=losers[[0, 2]],
        away=winners[[1, 3]],
        day=np.full(2, last + PLAY_IN_DAYS[2]),
        numbers=np.arange(5, 7),
    )
    closing = Batch(games=second, played=play(second, "play_in second"))
    home_won = closing.played.scores @ np.array([1, -1]) > 0
    eighth = np.where(home_won, second.home, second.away)
    seeds = [
        [*side[:6], int(winners[2 * number]), int(eighth[number])]
        for number, side in enumerate(conferences)
    ]
    return [opening, closing], (seeds[0], seeds[1])


def _round(
    world: World, number: int, series: list[tuple[int, int]], play: Play
) -> tuple[Batch, list[int]]:
    """Best of seven, series by series, in the bracket's order."""
    start = world.dates.offset(world.dates.regular_end) + ROUND_STARTS[number]
    rhythm = np.array(FINALS_DAYS if len(series) == 1 else SERIES_DAYS)
    higher, lower = np.repeat(np.array(series), len(rhythm), axis=0).T
    hosts = np.tile(HIGHER_SEED_HOSTS, len(series))
    places = np.repeat(np.arange(len(series)), len(rhythm))
    numbers = 100 * (number + 1) + 10 * places + np.tile(np.arange(1, 8), len(series))
    games = make_games(
        world,
        "playoffs",
        home=np.where(hosts, higher, lower),
        away=np.where(hosts, lower, higher),
        # The series of a play-in survivor, a bracket's first, starts a day later.
        day=start + np.tile(rhythm, len(series)) + (places + 1) % 2,
        numbers=numbers,
    )
    played = play(games, f"playoffs {number}")
    home_won = played.scores @ np.array([1, -1]) > 0
    higher_won = (home_won == hosts).reshape(len(series), -1)
    needed = _needed(higher_won)
    kept = np.flatnonzero(needed.ravel())
    champions = (higher_won & needed).sum(axis=1) == WINS_NEEDED
    winners = [pair[0] if won else pair[1] for pair, won in zip(series, champions, strict=True)]
    return Batch(games=games.take(kept), played=played.take(kept)), winners


def _needed(higher_won: Bools) -> Bools:
    """A game is played while neither side has four wins."""
    before: Ints = np.cumsum(higher_won, axis=1) - higher_won
    lost = np.arange(higher_won.shape[1]) - before
    needed: Bools = (before < WINS_NEEDED) & (lost < WINS_NEEDED)
    return needed
