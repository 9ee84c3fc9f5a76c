"""Who publishes lines and when they are seen: opening, on the way, before tip-off, and after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from league.sample.arrays import Bools, Floats, Ints, Times

GAME_MINUTES = 140
"""Real time from tip-off to the final whistle, about."""
INFERRED_SHARE = 0.10
WHOLE_LINES = 0.10


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One book as one provider shows it."""

    provider: str
    bookmaker: str
    coverage: float
    minutes_before: tuple[int, ...]
    minutes_after: tuple[int, ...] = ()
    in_game_share: float = 0.0
    times_known: bool = True
    prices_known: bool = True
    team_known: bool = True


FEEDS = (
    Feed(
        provider="odds_api",
        bookmaker="draftkings",
        coverage=0.92,
        minutes_before=(1380, 420, 9),
        minutes_after=(38, 105),
        in_game_share=0.35,
    ),
    Feed(
        provider="odds_api",
        bookmaker="fanduel",
        coverage=0.86,
        minutes_before=(1200, 14),
        minutes_after=(70,),
        in_game_share=0.25,
    ),
    Feed(
        provider="odds_api",
        bookmaker="betmgm",
        coverage=0.55,
        minutes_before=(35,),
        team_known=False,
    ),
    Feed(provider="bettingpros", bookmaker="draftkings", coverage=0.88, minutes_before=(1260, 25)),
    Feed(
        provider="bettingpros",
        bookmaker="fanduel",
        coverage=0.70,
        minutes_before=(20,),
        times_known=False,
    ),
    Feed(
        provider="bettingpros",
        bookmaker="consensus",
        coverage=0.95,
        minutes_before=(1140, 16),
        minutes_after=(60,),
        in_game_share=0.30,
        prices_known=False,
        team_known=False,
    ),
)
PROVIDERS = tuple(dict.fromkeys(feed.provider for feed in FEEDS))
BOOKMAKERS = tuple(dict.fromkeys(feed.bookmaker for feed in FEEDS))


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One look of one feed at every game."""

    feed: Feed
    captured_at: Times
    inferred: Bools
    taken: Bools
    """Games for which the look happened."""
    market: float
    """0 at the opening, 1 just before tip-off."""
    played: Floats
    """The share of the game that is over."""


def snapshots(rng: np.random.Generator, tipoffs: Times) -> list[Snapshot]:
    """All looks of all feeds, each at its own second."""
    count = len(tipoffs)
    looks = []
    for feed in FEEDS:
        covered = rng.random(count) < np.sqrt(feed.coverage)
        earliest = max(feed.minutes_before)
        for minutes in feed.minutes_before:
            seconds = np.round(60 * minutes * rng.uniform(0.8, 1.2, count)).astype(np.int64)
            unknown = np.full(count, not feed.times_known) & (rng.random(count) < INFERRED_SHARE)
            seconds = np.where(unknown, 1, seconds)
            looks.append(
                Snapshot(
                    feed=feed,
                    captured_at=tipoffs - seconds.astype("timedelta64[s]"),
                    inferred=unknown,
                    taken=covered,
                    market=1 - minutes / earliest if len(feed.minutes_before) > 1 else 1.0,
                    played=np.zeros(count),
                )
            )
        in_game = covered & (rng.random(count) < feed.in_game_share)
        for minutes in feed.minutes_after:
            seconds = np.round(60 * minutes * rng.uniform(0.8, 1.2, count)).astype(np.int64)
            looks.append(
                Snapshot(
                    feed=feed,
                    captured_at=tipoffs + seconds.astype("timedelta64[s]"),
                    inferred=np.zeros(count, dtype=bool),
                    taken=in_game,
                    market=1.0,
                    played=np.clip(seconds / (60 * GAME_MINUTES), 0.05, 0.95),
                )
            )
    return looks


def feed_keeps(rng: np.random.Generator, feed: Feed, count: int) -> Bools:
    """Which of the offers in a covered game the feed shows."""
    kept: Bools = rng.random(count) < np.sqrt(feed.coverage)
    return kept


def as_line(rng: np.random.Generator, values: Floats) -> Floats:
    """Half points mostly; a whole one now and then, on which a bet can be pushed."""
    whole = rng.random(len(values)) < WHOLE_LINES
    return np.where(whole, np.round(values), np.floor(values) + 0.5)


def prices(rng: np.random.Generator, count: int) -> tuple[Ints, Ints]:
    """American odds of over and under, with the book's margin in them."""
    lean = 4 * np.clip(np.round(rng.normal(0, 1.5, count)), -4, 4).astype(np.int64)
    over, under = -112 - lean, -112 + lean
    return np.where(over > -100, over + 200, over), np.where(under > -100, under + 200, under)
