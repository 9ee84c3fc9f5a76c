"""The lines: the books' own noisy estimates, moving towards tip-off and on through the game."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from league.sample.arrays import Bools, Floats, Ints, Times
from league.sample.books import (
    BOOKMAKERS,
    FEEDS,
    PROVIDERS,
    Snapshot,
    as_line,
    feed_keeps,
    prices,
    snapshots,
)
from league.sample.market import Outlook
from league.sample.play import Played

MEAN_OVER_MEDIAN = 0.45
"""Points have a long right tail: the fair line is a little below the mean."""
OPENING_ERROR, CLOSING_ERROR, BOOK_ERROR = 0.10, 0.035, 0.3
GAME_OPENING_ERROR, GAME_CLOSING_ERROR, GAME_BOOK_ERROR = 2.2, 1.2, 0.4


@dataclass(frozen=True, kw_only=True)
class PlayerLines:
    """One row a snapshot of a player's points line."""

    row: Ints
    slot: Ints
    provider: Ints
    bookmaker: Ints
    captured_at: Times
    line: Floats
    over: Ints
    under: Ints
    inferred: Bools
    prices_known: Bools
    team_known: Bools


@dataclass(frozen=True, kw_only=True)
class GameLines:
    """One row a snapshot of a game's spread and total."""

    game: Ints
    provider: Ints
    bookmaker: Ints
    captured_at: Times
    spread_home: Floats
    total: Floats
    inferred: Bools


def player_lines(
    rng: np.random.Generator, played: Played, expected: Outlook, tipoffs: Times
) -> PlayerLines:
    """What every feed showed of every player who was offered."""
    rows, slots = np.nonzero(expected.lined)
    fair = expected.points[rows, slots] - MEAN_OVER_MEDIAN
    count = len(fair)
    closing = fair * (1 + CLOSING_ERROR * rng.standard_normal(count))
    opening = closing + fair * OPENING_ERROR * rng.standard_normal(count)
    points, plays = played.points[rows, slots], played.seconds[rows, slots] > 0
    offers = {
        (feed.provider, feed.bookmaker): (
            feed_keeps(rng, feed, count),
            BOOK_ERROR * rng.standard_normal(count),
        )
        for feed in FEEDS
    }
    parts = []
    for look in snapshots(rng, tipoffs):
        shown, lean = offers[look.feed.provider, look.feed.bookmaker]
        over = look.played[rows // 2]
        wanted = np.flatnonzero(shown & look.taken[rows // 2] & (plays | (over == 0)))
        over, value = over[wanted], (opening + (closing - opening) * look.market + lean)[wanted]
        value = over * points[wanted] + (1 - over) * value
        value += 2.5 * np.sqrt(over * (1 - over)) * rng.standard_normal(len(wanted))
        line = np.maximum(as_line(rng, value), 0.5)
        parts.append(_player_part(rng, look, rows=rows[wanted], slots=slots[wanted], line=line))
    return PlayerLines(
        **{name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    )


def _player_part(
    rng: np.random.Generator, look: Snapshot, *, rows: Ints, slots: Ints, line: Floats
) -> dict[str, NDArray[Any]]:
    count, games = len(rows), rows // 2
    over, under = prices(rng, count)
    return {
        "row": rows,
        "slot": slots,
        "provider": np.full(count, PROVIDERS.index(look.feed.provider)),
        "bookmaker": np.full(count, BOOKMAKERS.index(look.feed.bookmaker)),
        "captured_at": look.captured_at[games],
        "line": line,
        "over": over,
        "under": under,
        "inferred": look.inferred[games],
        "prices_known": np.full(count, look.feed.prices_known),
        "team_known": np.full(count, look.feed.team_known),
    }


def game_lines(
    rng: np.random.Generator, played: Played, expected: Outlook, tipoffs: Times
) -> GameLines:
    """What every feed showed of every game."""
    result = played.scores @ np.array([[1, 1], [-1, 1]])
    fair = np.stack([expected.margin, expected.total], axis=1)
    closing = fair + GAME_CLOSING_ERROR * rng.standard_normal(fair.shape)
    opening = closing + GAME_OPENING_ERROR * rng.standard_normal(fair.shape)
    parts = []
    for look in snapshots(rng, tipoffs):
        games = np.flatnonzero(look.taken)
        over = look.played[games, None]
        value = (opening + (closing - opening) * look.market)[games]
        value = over * result[games] + (1 - over) * value
        value += GAME_BOOK_ERROR * rng.standard_normal(value.shape)
        parts.append(
            {
                "game": games,
                "provider": np.full(len(games), PROVIDERS.index(look.feed.provider)),
                "bookmaker": np.full(len(games), BOOKMAKERS.index(look.feed.bookmaker)),
                "captured_at": look.captured_at[games],
                "spread_home": as_line(rng, -value[:, 0]),
                "total": np.where(rng.random(len(games)) < 0.01, np.nan, as_line(rng, value[:, 1])),
                "inferred": look.inferred[games],
            }
        )
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    # A pick'em is a spread of 0, not of -0.
    joined["spread_home"] = joined["spread_home"] + 0.0
    return GameLines(**joined)
