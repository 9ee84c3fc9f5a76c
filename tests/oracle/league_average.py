"""The league's averages before a date: each team's own first, then their mean."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.eve import Eve
from tests.oracle.numbers import known, scaled, sum_known, whole
from tests.oracle.team_form import MILLION

Row = dict[str, object]

LATELY = timedelta(30)
GAMES = 5
TEAMS = 20


class Part(NamedTuple):
    """One team's games and the two sums of its share."""

    games: int
    numerator: int | None
    denominator: int | None


class LeagueAverage:
    """The averages of the last 30 days, or of the season while these are of too few teams."""

    def __init__(self, offense: list[Row], defense: list[Row]) -> None:
        self._offense = _by_season(offense)
        self._defense = _by_season(defense)

    def zone(self, eve: Eve, zone: str) -> Fraction | None:
        """Share of the zone's shots that go in."""
        recent = [
            Part(
                len(games),
                sum_known(game[f"{zone}_makes_allowed"] for game in games),
                sum_known(game[f"{zone}_attempts_allowed"] for game in games),
            )
            for games in _lately(
                (row for row in _window(self._defense, eve) if row["has_shots"]),
                "defending_team_abbr",
            )
        ]
        season = [
            Part(
                form["shot_games_season"],
                form[f"{zone}_makes_allowed_sum_season"],
                form[f"{zone}_attempts_allowed_sum_season"],
            )
            for form in eve.team_forms.values()
        ]
        return league_mean(recent, season)

    def pace(self, eve: Eve) -> Fraction | None:
        """Possessions a game."""
        recent = []
        for games in _lately(_window(self._offense, eve), "team_abbr"):
            paces = known(whole(game["pace"], 6) for game in games)
            recent.append(_pace_part(len(paces), sum_known(paces)))
        season = [
            _pace_part(form["pace_games_season"], form["pace_micros_sum_season"])
            for form in eve.team_forms.values()
        ]
        return league_mean(recent, season)


def league_mean(recent: list[Part], season: list[Part]) -> Fraction | None:
    """The mean over the teams with enough games, lately or else in the season."""
    parts = [part for part in recent if part.games >= GAMES]
    if len(parts) < TEAMS:
        parts = [part for part in season if part.games >= GAMES]
    shares = [scaled(part.numerator, part.denominator, 6) for part in parts if part.denominator]
    return Fraction(sum(shares), MILLION * len(shares)) if shares else None


def _pace_part(games: int, micros: int | None) -> Part:
    return Part(games, micros, MILLION * games)


def _by_season(rows: list[Row]) -> dict[int, list[tuple[date, Row]]]:
    seasons: dict[int, list[tuple[date, Row]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["game_date"]):
        seasons[row["season_year"]].append((row["game_date"], row))
    return seasons


def _window(seasons: dict[int, list[tuple[date, Row]]], eve: Eve) -> list[Row]:
    games = seasons.get(eve.season, [])
    first = bisect_left(games, eve.day - LATELY, key=lambda game: game[0])
    end = bisect_left(games, eve.day, key=lambda game: game[0])
    return [row for _, row in games[first:end]]


def _lately(rows: Iterable[Row], team: str) -> Iterable[list[Row]]:
    teams: dict[object, list[Row]] = defaultdict(list)
    for row in rows:
        teams[row[team]].append(row)
    return teams.values()
