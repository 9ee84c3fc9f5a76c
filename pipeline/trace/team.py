"""What the two teams' games come to, and what lies between the games: rest and load."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.trace.exact import (
    Worked,
    clock,
    half_away,
    known,
    micros,
    ratio,
    said,
    sum_said,
    total,
)
from pipeline.trace.facts import TeamGame
from pipeline.trace.history import History
from pipeline.trace.player import Formula, cached, usage_mean, with_games

LEAST_TEAM = 5


def pace(values: Sequence[float | None]) -> Worked:
    rates = [one for one in values if one is not None]
    value = ratio(total(map(micros, rates)), 1_000_000 * len(rates))
    added = sum(known(map(micros, rates))) / 1e6
    return Worked(value, f"{sum_said(rates)} = {said(added)}; / {len(rates)} = {said(value)}")


def rating(games: Sequence[tuple[int | None, float | None]]) -> Worked:
    """Points per 100 possessions, where both are known: the ratio of the sums."""
    both = [(scored, held) for scored, held in games if scored is not None and held is not None]
    scored = sum(points for points, _ in both)
    held = sum(half_away(100 * one) for _, one in both)
    value = ratio(10_000 * scored, held)
    steps = (
        f"points {sum_said([points for points, _ in both])} = {scored}; possessions"
        f" {sum_said([one for _, one in both])} = {said(held / 100)}; 100 x {scored} /"
        f" {said(held / 100)} = {said(value)}"
    )
    return Worked(value, steps)


def own_pace(of: History) -> Worked:
    return pace([one.pace for one in of.team_games[:10]])


def own_rating(of: History) -> Worked:
    return rating([(one.points, one.possessions) for one in of.team_games[:10]])


def win_share(of: History) -> Worked:
    decided = [one for one in of.team_games if one.won is not None]
    won = sum(1 for one in decided if one.won)
    if len(decided) < LEAST_TEAM:
        return Worked(None, f"{len(decided)} decided games; it takes {LEAST_TEAM}")
    value = ratio(won, len(decided))
    return Worked(value, f"{won} won of {len(decided)} = {said(value)}")


def _opponents(of: History) -> Sequence[TeamGame] | None:
    """The latest fifteen; none with fewer than five, for then team defence has no row."""
    games = of.opponent_games[:15]
    return games if len(games) >= LEAST_TEAM else None


TOO_FEW = Worked(None, "fewer than 5 games of the opponent: team defence has no row")


def opponent_rating(of: History) -> Worked:
    games = _opponents(of)
    if games is None:
        return TOO_FEW
    return rating([(one.allowed, one.opponent_possessions) for one in games])


def opponent_pace(of: History) -> Worked:
    games = _opponents(of)
    return TOO_FEW if games is None else pace([one.opponent_pace for one in games])


def absence_rate(of: History) -> Worked:
    games = of.team_games_of_stint()
    if not games:
        return Worked(None, "his latest game of this season was for another team, or there is none")
    his = {one.day for one in of.stint}
    played = sum(1 for one in games if one.day in his)
    value = ratio(len(games) - played, len(games))
    return Worked(
        value, f"played {played} of {len(games)}; 1 - {played} / {len(games)} = {said(value)}"
    )


def _off(day: date, latest: date | None) -> int | None:
    """Full days between two games."""
    return None if latest is None else (day - latest).days - 1


def _days_off(of: History) -> int | None:
    return _off(of.day, of.games[0].day if of.games else None)


def days_rest(of: History) -> Worked:
    rest = _days_off(of)
    if rest is None:
        return Worked(None, "no game of this season before the date")
    return Worked(rest, f"{of.games[0].day} to {of.day}, less one = {rest}")


def back_to_back(of: History) -> Worked:
    rest = _days_off(of)
    latest = of.games[0].day if of.games else "none"
    return Worked(int(rest == 0), f"latest game {latest}, the date {of.day}")


def rest_advantage(of: History) -> Worked:
    own = _days_off(of)
    other = _off(of.day, of.opponent_games[0].day if of.opponent_games else None)
    if own is None or other is None:
        return Worked(None, "one of the two has not played this season")
    value = min(max(own - other, -2), 2)
    return Worked(value, f"his {own} - the opponent's {other}, clamped to +-2 = {value}")


def games_in_week(of: History) -> Worked:
    days = [one.day for one in of.within(7)]
    return Worked(len(days), f"{', '.join(map(str, days)) or 'none'}: {len(days)}")


def minutes_in_week(of: History) -> Worked:
    games = of.within(7)
    seconds = known(one.seconds for one in games)
    if len(seconds) < len(games):
        return Worked(None, "the minutes of a game are unknown")
    value = ratio(sum(seconds), 60, 4)
    return Worked(
        value,
        f"{' + '.join(map(clock, seconds)) or 'nothing'} = {sum(seconds)} s; / 60 = {said(value)}",
    )


def fatigue(of: History) -> Worked:
    """As the composite factors say it, point by point."""
    rest, load, games = _days_off(of), minutes_in_week(of).value, of.within(7)
    if rest is None or load is None:
        return Worked(None, "days_rest or the minutes of 7 days are unknown")
    each = ratio(sum(known(one.seconds for one in games)), 60 * len(games), 4)
    doubles = _back_to_backs(of)
    age = of.setting.age
    points = [
        (-15 if rest == 0 else 5 if rest >= 2 else 0, f"{rest} days of rest"),
        (-10 if len(games) >= 4 else 0, f"{len(games)} games in 7 days"),
        (-10 if load > 240 else 0, f"{said(load)} minutes in them"),
        (-8 if each is not None and each > 35 else 0, f"{said(each)} a game"),
        (-12 if doubles >= 2 else -5 if doubles else 0, f"{doubles} back-to-backs in 14 days"),
        (-10 if age and age >= 35 else -5 if age and age >= 30 else 0, f"age {said(age)}"),
    ]
    value = min(max(100 + sum(one for one, _ in points), 0), 100)
    shown = ", ".join(f"{one:+d} ({why})" for one, why in points)
    return Worked(value, f"100; {shown}; clamped to 0-100 = {value}")


def _back_to_backs(of: History) -> int:
    played = {one.day.toordinal() for one in of.windowed}
    return sum(1 for one in of.within(14) if one.day.toordinal() - 1 in played)


def usage_spike(of: History) -> Worked:
    last, season = usage_mean(of.games[:5]).value, usage_mean(of.games).value
    a, b = micros(last), micros(season)
    if a is None or b is None:
        return Worked(None, "the usage is unknown")
    stars = of.setting.stars_out or 0
    boost = 100 if a <= b or not stars else 130 if stars >= 2 else 115
    value = min(max(half_away(3 * (a - b) * boost / 1000), -3_000_000), 3_000_000) / 1_000_000
    steps = f"0.3 x (last 5 {said(last)} - season {said(season)}) x {said(boost / 100)}"
    return Worked(value, f"{steps}, clamped to +-3 = {said(value)}")


TEAM: dict[str, Formula] = {
    "games_in_last_7_days": cached(games_in_week),
    "fatigue_score": fatigue,
    "usage_spike_score": with_games(usage_spike),
    "rest_advantage": rest_advantage,
    "opponent_def_rating": opponent_rating,
    "opponent_pace": opponent_pace,
    "back_to_back": back_to_back,
    "team_pace": cached(own_pace),
    "team_off_rating": cached(own_rating),
    "team_win_pct": win_share,
    "dnp_rate": absence_rate,
    "days_rest": days_rest,
    "minutes_load_last_7d": minutes_in_week,
}
