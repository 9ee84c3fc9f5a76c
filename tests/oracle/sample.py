"""How many games a row stands on, and what that makes it worth."""

from __future__ import annotations

Row = dict[str, object]


def sample(season: int, games: int, asked: int, *, high: int = 10, medium: int = 5) -> Row:
    """The columns that every precompute table has."""
    is_early = games < asked
    return {
        "season_year": season,
        "early_season_flag": is_early,
        "insufficient_data_reason": f"{games}_of_{asked}_games" if is_early else None,
        "games_in_sample": games,
        "data_quality_tier": "high" if games >= high else "medium" if games >= medium else "low",
    }
