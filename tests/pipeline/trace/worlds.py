"""Games made by hand, and a history of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from pipeline.trace.facts import Facts, Line, PlayerGame, Setting, TeamGame

DAY = date(2026, 1, 15)
TIPOFF = datetime(2026, 1, 16, 0, 30)
POINTS = (22, 31, 18, 27, 25, 30, 14, 20, 26, 19)
"""Newest first, of DOMAIN's vectors."""


def game(before: int, points: int | None = 10, **said: object) -> PlayerGame:
    """So many days before the date; 0 is the date's own."""
    values: dict[str, object] = {
        "day": DAY - timedelta(days=before),
        "game_id": f"g{before}",
        "season_year": 2025,
        "team": "BOS",
        "opponent": "NYK",
        "is_home": True,
        "played": True,
        "seconds": 1800,
        "points": points,
        "fg_attempted": 10,
        "ft_made": 2,
        "ft_attempted": 4,
        "turnovers": 1,
        "usage_rate": 20.0,
        "has_shots": True,
        "paint": 5,
        "mid_range": 3,
        "three": 2,
        "line": None,
    }
    return PlayerGame(**{**values, **said})  # type: ignore[arg-type]


def team_game(before: int, **said: object) -> TeamGame:
    values: dict[str, object] = {
        "day": DAY - timedelta(days=before),
        "game_id": f"g{before}",
        "team": "BOS",
        "opponent": "NYK",
        "is_home": True,
        "points": 112,
        "allowed": 100,
        "won": True,
        "possessions": 100.68,
        "pace": 100.0,
        "offensive_rating": 111.243544,
        "opponent_possessions": 98.0,
        "opponent_pace": 98.0,
        "defensive_rating": 102.040816,
        "paint_allowed": 40,
        "mid_range_allowed": 20,
        "three_allowed": 30,
    }
    return TeamGame(**{**values, **said})  # type: ignore[arg-type]


def line(minutes: int, points: float, book: str = "draftkings", provider: str = "odds_api") -> Line:
    """So many minutes before tip-off."""
    return Line(
        provider=provider,
        bookmaker=book,
        captured_at=TIPOFF - timedelta(minutes=minutes),
        before_tipoff=minutes > 0,
        points=points,
        spread=-6.5,
        total=230.0,
    )


def setting(**said: object) -> Setting:
    values: dict[str, object] = {
        "day": DAY,
        "player": "ada",
        "name": "Ada",
        "season_year": 2025,
        "game_id": "g0",
        "tipoff_at": TIPOFF,
        "season_phase": "regular",
        "team": "BOS",
        "opponent": "NYK",
        "is_home": True,
        "expected": True,
        "status": None,
        "reported_at": None,
        "stars_out": 0,
        "age": 25,
        "latest_day": DAY - timedelta(days=2),
        "latest_team": "BOS",
        "store_rows": 100,
        "context_rows": 120,
        "quarantined": None,
    }
    return Setting(**{**values, **said})  # type: ignore[arg-type]


def facts(
    games: Sequence[PlayerGame] = (),
    team_games: Sequence[TeamGame] = (),
    opponent_games: Sequence[TeamGame] = (),
    lines: Sequence[Line] = (),
    **said: object,
) -> Facts:
    return Facts(
        setting=setting(**said),
        games=games,
        team_games=team_games,
        opponent_games=opponent_games,
        lines=lines,
        game_lines=lines,
    )


def every_other_day(points: Sequence[int] = POINTS) -> list[PlayerGame]:
    """Newest first, the latest two days before the date."""
    return [game(2 * (place + 1), one) for place, one in enumerate(points)]
