"""The fatigue score: 100 is fresh."""

from __future__ import annotations

FRESH = 100


def fatigue_score(
    back_to_back: bool,
    days_rest: int | None,
    games_7: int,
    minutes_7: float | None,
    minutes_a_game_7: float | None,
    back_to_backs_14: int,
    age: int | None,
) -> int | None:
    """The score; None where days of rest or the minutes of seven days are unknown."""
    if days_rest is None or minutes_7 is None:
        return None
    score = FRESH + _rest(back_to_back, days_rest)
    score -= 10 * (games_7 >= 4)
    score -= 10 * (minutes_7 > 240)
    score -= 8 * (minutes_a_game_7 is not None and minutes_a_game_7 > 35)
    score -= 12 if back_to_backs_14 >= 2 else 5 * back_to_backs_14
    if age is not None:
        score -= 10 if age >= 35 else 5 * (age >= 30)
    return max(0, min(score, FRESH))


def _rest(back_to_back: bool, days_rest: int) -> int:
    if back_to_back:
        return -15
    return 5 if days_rest >= 2 else 0
