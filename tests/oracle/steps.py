"""Features that are steps: a size told in a few whole numbers."""

from __future__ import annotations

from fractions import Fraction

from tests.oracle.exact import clamped, exact, where_known

Row = dict[str, object]

RISKS = {"available": 0, "probable": 1, "questionable": 2}


def step(value: Fraction, small: Fraction | int, large: Fraction | int) -> int:
    """0 below the small size, 1 from it, 2 from the large one, with the value's sign."""
    size = (abs(value) >= small) + (abs(value) >= large)
    return size if value >= 0 else -size


def recent_trend(form: Row) -> int | None:
    """His last two games against the three before them."""
    if form.get("games_played_season", 0) < 5:
        return None
    last_2, last_5 = form["points_sum_last_2"], form["points_sum_last_5"]
    return step(Fraction(last_2, 2) - Fraction(last_5 - last_2, 3), 2, 5)


def minutes_change(form: Row) -> int | None:
    """His minutes of ten games against those of the season."""
    last_10 = exact(form.get("minutes_avg_last_10"))
    season = exact(form.get("minutes_avg_season"))
    if last_10 is None or not season:
        return None
    return step((last_10 - season) / season, Fraction(1, 10), Fraction(1, 5))


def rest_advantage(own: int | None, opponent: int | None) -> int | None:
    """His days of rest beyond the opponent's."""
    return where_known(lambda own, opponent: clamped(own - opponent, 2), own, opponent)


def injury_risk(status: str | None, is_covered: bool) -> int | None:
    """What a report says of him, or does not say."""
    if status is None:
        return 0 if is_covered else None
    return RISKS[status]
