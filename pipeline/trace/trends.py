"""Which way his games go: trends, streaks and distances from his own mean."""

from __future__ import annotations

from functools import partial

from pipeline.trace.exact import (
    Worked,
    deviation,
    known,
    mean_of,
    micros,
    ratio,
    rounded,
    said,
    slope,
    sum_said,
    total,
)
from pipeline.trace.history import History
from pipeline.trace.player import (
    Formula,
    minutes_mean,
    points,
    points_deviation,
    points_mean,
    with_games,
)


def recent_trend(of: History) -> Worked:
    """Six times the difference of the means, so that no threshold hangs on a rounding."""
    if len(of.games) < 5:
        return Worked(None, f"{len(of.games)} games; it takes 5")
    last, before = total(points(of.games[:2])), total(points(of.games[2:5]))
    if last is None or before is None:
        return Worked(None, "the points are unknown")
    six = 3 * last - 2 * before
    level = _level(six, 12, 30)
    steps = f"({sum_said(points(of.games[:2]))}) / 2 - ({sum_said(points(of.games[2:5]))}) / 3"
    return Worked(level, f"{steps} = {said(six / 6)}; level {level}")


def minutes_change(of: History) -> Worked:
    last, season = minutes_mean(of.games[:10]).value, minutes_mean(of.games).value
    a, b = micros(last), micros(season)
    if a is None or not b:
        return Worked(None, "the minutes are unknown, or 0")
    level = _level(10 * (a - b), b, 2 * b)
    steps = f"last 10: {said(last)}, season: {said(season)}; their difference / the season's"
    return Worked(level, f"{steps} = {said((a - b) / b)}; level {level}")


def _level(value: int, small: int, large: int) -> int:
    size = 2 if abs(value) >= large else 1 if abs(value) >= small else 0
    return size if value > 0 else -size


def points_slope(of: History, size: int, least: int) -> Worked:
    oldest_first = points(of.games[:size])[::-1]
    n, value = len(oldest_first), slope(oldest_first, least)
    if value is None:
        return Worked(None, f"{n} games; it takes {least}")
    products = sum(place * (one or 0) for place, one in enumerate(oldest_first))
    added = said(total(oldest_first))
    steps = (
        f"oldest to newest {', '.join(map(said, oldest_first))}: sum {added}, sum of place x points"
        f" {products}; (12 x {products} - 6 x {n - 1} x {added}) / ({n} x ({n}^2 - 1))"
    )
    return Worked(value, f"{steps} = {said(value)}")


def _spread(of: History) -> tuple[int | None, int | None, int | None]:
    """Last five, season and deviation, x 10^6, each as published."""
    last = micros(points_mean(of, 5).value)
    return last, micros(points_mean(of).value), micros(points_deviation(of).value)


def zscore(of: History) -> Worked:
    last, season, dev = _spread(of)
    if last is None or season is None or not dev:
        return Worked(None, "the deviation is unknown, or 0")
    value = ratio(min(max(last - season, -3 * dev), 3 * dev), dev)
    steps = f"({said(last / 1e6)} - {said(season / 1e6)}) / {said(dev / 1e6)}, clamped to +-3"
    return Worked(value, f"{steps} = {said(value)}")


def breakout(of: History) -> Worked:
    last, season, dev = _spread(of)
    if last is None or season is None or dev is None:
        return Worked(None, "the deviation is unknown")
    value = int(2 * (last - season) > 3 * dev)
    limit = said(rounded((season + 1.5 * dev) / 1e6))
    steps = f"{said(last / 1e6)} against {said(season / 1e6)} + 1.5 x {said(dev / 1e6)} = {limit}"
    return Worked(value, f"{steps}: {value}")


def deviation_from_recent(of: History) -> Worked:
    recent = points(of.within(60))
    dev, added = deviation(recent), total(recent)
    last = micros(points_mean(of, 3).value) if of.games else None
    if not dev or added is None or last is None:
        return Worked(None, f"{len(recent)} games in 60 days; their deviation is unknown, or 0")
    n = len(recent)
    value = rounded((last * n - 1_000_000 * added) / (1_000_000 * n) / dev)
    steps = (
        f"last 3: {said(last / 1e6)}; {n} games of 60 days: mean {added} / {n} ="
        f" {said(rounded(added / n))}, deviation {said(rounded(dev))}; difference / deviation"
    )
    return Worked(value, f"{steps} = {said(value)}")


def games_below_mean(of: History) -> Worked:
    recent = points(of.within(60))
    if not recent:
        return Worked(None, "no game in 60 days")
    n, added = len(recent), sum(known(recent))
    below = 0
    for one in recent:
        if one is not None and one * n >= added:
            break
        below += 1
    steps = f"mean of {n} games: {added} / {n} = {said(rounded(added / n))}; from the latest back"
    return Worked(below, f"{steps} {', '.join(map(said, recent[: below + 1]))}: {below} below")


def since_change(of: History) -> Worked:
    latest = of.games[0]
    gap = (of.day - latest.day).days
    if latest.team != of.setting.team or gap > 14:
        return Worked(0, f"latest game {latest.day} for {latest.team}, {gap} days before: 0")
    count = 1
    for one, before in zip(of.games, of.games[1:], strict=False):
        if before.team != one.team or (one.day - before.day).days > 14:
            break
        count += 1
    first = of.games[count - 1]
    return Worked(min(count, 30), f"{count} games since {first.day}, at most 30")


def line_streak(of: History, word: str) -> Worked:
    results = [(one, one.result) for one in of.games]
    decided = [(one, result) for one, result in results if result]
    if not decided:
        return Worked(None, "no game of this season was decided against his line")
    streak = 0
    for _, result in decided:
        if result != word:
            break
        streak += 1
    shown = ", ".join(f"{said(one.points)} to {said(one.line)}" for one, _ in decided[: streak + 1])
    return Worked(streak, f"from the latest back, points to line: {shown}: {streak} {word}")


def against_opponent(of: History) -> Worked:
    if not of.meetings:
        return Worked(None, f"no game against {of.setting.opponent} within a year")
    return mean_of(points(of.meetings), len(of.meetings))


def games_against(of: History) -> Worked:
    count = len(of.meetings)
    return Worked(count, f"{count} games against {of.setting.opponent} within a year")


TRENDS: dict[str, Formula] = {
    "recent_trend": with_games(recent_trend),
    "minutes_change": with_games(minutes_change),
    "avg_points_vs_opponent": against_opponent,
    "games_vs_opponent": games_against,
    "pts_slope_10g": with_games(partial(points_slope, size=10, least=5)),
    "pts_vs_season_zscore": with_games(zscore),
    "breakout_flag": with_games(breakout),
    "scoring_trend_slope": with_games(partial(points_slope, size=7, least=4)),
    "deviation_from_avg_last3": deviation_from_recent,
    "consecutive_games_below_avg": games_below_mean,
    "games_since_structural_change": with_games(since_change),
    "prop_over_streak": with_games(partial(line_streak, word="over")),
    "prop_under_streak": with_games(partial(line_streak, word="under")),
}
