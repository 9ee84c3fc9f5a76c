"""Features over the games a player has played before a date."""

from __future__ import annotations

from fractions import Fraction

from tests.oracle.exact import exact, over_root
from tests.oracle.numbers import known, scaled, sum_known
from tests.oracle.team_form import MILLION

Row = dict[str, object]


def deviation_from_mean(published: float | None, points: list[int]) -> float | None:
    """A published mean against the mean of all these games, in sample deviations."""
    count = len(points)
    if count < 2 or published is None:
        return None
    total = sum(points)
    spread = count * sum(value * value for value in points) - total**2
    variance = Fraction(spread, count * (count - 1))
    return over_root(exact(published) - Fraction(total, count), variance) if spread else None


def games_below_mean(points: list[int]) -> int | None:
    """How many of the latest games, oldest first given, lie in a row below the mean of all."""
    if not points:
        return None
    length = 0
    while length < len(points) and len(points) * points[-1 - length] < sum(points):
        length += 1
    return length


def usage_micros(games: list[Row]) -> int | None:
    """Mean usage of the games in millionths; None where he hardly played in them."""
    seconds = known(game["seconds_played"] for game in games)
    rates = known(scaled_usage(game) for game in games)
    if not rates or not seconds or sum(seconds) <= 600 * len(seconds):
        return None
    return scaled(sum(rates), len(rates), 0)


def scaled_usage(game: Row) -> int | None:
    """The game's published usage rate in millionths."""
    rate = exact(game["usage_rate"])
    return None if rate is None else int(rate * MILLION)


def mean_points(games: list[Row]) -> Fraction | None:
    """Mean points; None without a game."""
    return Fraction(sum_known(game["points"] for game in games), len(games)) if games else None


def dnp_rate(form: Row, team_form: Row) -> Fraction | None:
    """The share of his team's latest ten games, since he joined it, that he did not play."""
    now, first = team_form.get("games_played_season"), form.get("stint_first_team_game_number")
    mask, own = form.get("team_games_played_mask"), form.get("team_game_number")
    if None in (now, first, mask, own) or form["team_abbr"] != team_form["team_abbr"]:
        return None
    window = range(max(first, now - 9), now + 1)
    # bit i of the mask is his team's game number own - i
    played = sum(0 <= own - number <= 9 and mask >> (own - number) & 1 for number in window)
    return 1 - Fraction(played, len(window))
