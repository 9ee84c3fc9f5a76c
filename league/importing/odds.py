"""The sign of a spread, held against how the games ended."""

from __future__ import annotations

from league.importing.errors import ImportRefused
from warehouse.files import Desk

ENOUGH_GAMES = 100
"""Right lines correlate at about 0.45 with the result; over so many games never below zero."""


def check_spread_signs(desk: Desk) -> None:
    """End the import where a book's favourites lose: its spreads are signed the other way."""
    turned = desk.rows(
        f"""
        SELECT o.provider, o.bookmaker, count(*) AS games
        FROM settled_odds_game_lines AS o
        JOIN games AS g USING (game_id)
        WHERE o._reason IS NULL AND NOT o._copy
          AND o.spread_home IS NOT NULL AND g.home_score IS NOT NULL AND g.away_score IS NOT NULL
        GROUP BY ALL
        HAVING count(*) >= {ENOUGH_GAMES} AND corr(o.spread_home, g.away_score - g.home_score) < 0
        ORDER BY ALL
        """
    )
    if turned:
        provider, bookmaker, games = turned[0]
        raise ImportRefused(
            f"The spreads of {bookmaker} from {provider} run against the results of {games} games:"
            " negative must mean that the home team is favoured."
            ' Map spread_home with as = "negate".',
            provider=provider,
            bookmaker=bookmaker,
        )
