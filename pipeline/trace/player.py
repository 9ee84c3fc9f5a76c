"""What his own games come to: means, rates and shares, computed anew from the games alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from pipeline.trace.exact import (
    Worked,
    clock,
    deviation,
    known,
    mean_of,
    micros,
    ratio,
    rounded,
    said,
    sum_said,
    total,
)
from pipeline.trace.facts import PlayerGame
from pipeline.trace.history import History

Formula = Callable[[History], Worked]
Games = Sequence[PlayerGame]

LEAST_CACHED = 3
UNCACHED = Worked(None, "the daily cache has no row of fewer than 3 games of the season")
NO_GAME = Worked(None, "no game of this season before the date")


def points(games: Games) -> list[int | None]:
    return [one.points for one in games]


def cached(formula: Formula) -> Formula:
    """The daily cache holds whoever has played three games of the season."""
    return lambda of: formula(of) if len(of.games) >= LEAST_CACHED else UNCACHED


def with_games(formula: Formula) -> Formula:
    """As player_form has it: after his latest game of this season, if there is one."""
    return lambda of: formula(of) if of.games else NO_GAME


def points_mean(of: History, size: int | None = None) -> Worked:
    games = of.games[:size]
    return mean_of(points(games), len(games))


def points_deviation(of: History) -> Worked:
    games = of.games[:10]
    values, n = points(games), len(games)
    value = rounded(deviation(values))
    squares = sum(one * one for one in known(values))
    steps = (
        f"points {sum_said(values)} = {said(total(values))}, their squares {squares}; root of"
        f" ({n} x {squares} - {said(total(values))}^2) / ({n} x {n - 1}) = {said(value)}"
    )
    return Worked(value, steps)


def minutes_mean(games: Games) -> Worked:
    seconds = known(one.seconds for one in games)
    value = ratio(sum(seconds), 60 * len(seconds))
    shown = " + ".join(map(clock, seconds))
    steps = f"{shown} = {sum(seconds)} s; / 60 / {len(seconds)} games = {said(value)}"
    return Worked(value, steps)


def points_per_minute(of: History) -> Worked:
    timed = [one for one in of.games[:10] if one.seconds is not None]
    scored, seconds = total(points(timed)), total(one.seconds for one in timed)
    value = ratio(None if scored is None else 60 * scored, seconds)
    steps = f"{sum_said(points(timed))} = {said(scored)} points; x 60 / {said(seconds)} s"
    return Worked(value, f"{steps} = {said(value)}")


def usage_mean(games: Games) -> Worked:
    rates = [one.usage_rate for one in games if one.usage_rate is not None]
    added = sum(known(map(micros, rates)))
    value = ratio(added, 1_000_000 * len(rates))
    steps = f"{sum_said(rates)} = {said(added / 1_000_000)}; / {len(rates)} = {said(value)}"
    return Worked(value, steps)


def free_throw_share(of: History) -> Worked:
    games = of.games[:10]
    made, scored = total(one.ft_made for one in games), total(points(games))
    value = None if made is None or scored is None else ratio(min(2 * made, scored), 2 * scored)
    steps = f"free throws {sum_said([one.ft_made for one in games])} = {said(made)}"
    return Worked(value, f"{steps}; / {said(scored)} points, at most .5 = {said(value)}")


def shot_share(of: History, zone: str) -> Worked:
    """Where the shots came from, in the last ten games with shots known."""
    if len(of.games) < LEAST_CACHED:
        return Worked(None, "the shot zones have no row of fewer than 3 games of the season")
    if (of.day - of.games[0].day).days > 60:
        return Worked(None, "the shot zones have no row of whoever hasn't played for 60 days")
    games = of.with_shots()[:10]
    of_zone = [getattr(one, zone) for one in games]
    all_zones = total(one for game in games for one in (game.paint, game.mid_range, game.three))
    added = total(of_zone)
    rate = ratio(None if added is None else 100 * added, all_zones)
    value = ratio(rate, 100)
    steps = f"{sum_said(of_zone)} = {said(added)} of {said(all_zones)} shots"
    return Worked(value, f"{steps}; {said(rate)} %; / 100 = {said(value)}")


PLAYER: dict[str, Formula] = {
    "points_avg_last_5": cached(partial(points_mean, size=5)),
    "points_avg_last_10": cached(partial(points_mean, size=10)),
    "points_avg_season": cached(points_mean),
    "points_std_last_10": cached(points_deviation),
    "pct_paint": partial(shot_share, zone="paint"),
    "pct_mid_range": partial(shot_share, zone="mid_range"),
    "pct_three": partial(shot_share, zone="three"),
    "pct_free_throw": with_games(free_throw_share),
    "minutes_avg_last_10": cached(lambda of: minutes_mean(of.games[:10])),
    "ppm_avg_last_10": with_games(points_per_minute),
    "points_avg_last_3": with_games(partial(points_mean, size=3)),
    "usage_rate_last_5": with_games(lambda of: usage_mean(of.games[:5])),
}
