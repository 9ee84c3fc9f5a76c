"""History: what may be known before the date, and what if one of its doors let the date in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from pipeline.trace.facts import Facts, Line, PlayerGame, Setting, TeamGame

YEAR = 365


class Door(StrEnum):
    """Where a table goes in to the past; each has a cut-off of its own that could be wrong."""

    PLAYER = "player_asof"
    TEAM = "team_asof"
    WINDOW = "player_game_summary"
    """Windows of days, cut by whoever reads them."""
    BOARD = "the odds"


HONEST: frozenset[Door] = frozenset()
ALL_OPEN = frozenset(Door)


@dataclass(frozen=True, kw_only=True)
class History:
    """Newest first everywhere."""

    setting: Setting
    games: Sequence[PlayerGame]
    """That he played this season."""
    windowed: Sequence[PlayerGame]
    """The same, as the tables see them that cut windows of days."""
    meetings: Sequence[PlayerGame]
    """That he played against the opponent within a year, of whatever season."""
    team_games: Sequence[TeamGame]
    """His team's of this season."""
    opponent_games: Sequence[TeamGame]
    lines: Sequence[Line]
    game_lines: Sequence[Line]

    @property
    def day(self) -> date:
        return self.setting.day

    def within(self, days: int) -> list[PlayerGame]:
        """His games of this season in the days before."""
        first = self.day - timedelta(days=days)
        return [one for one in self.windowed if one.day >= first]

    def with_shots(self) -> list[PlayerGame]:
        return [one for one in self.games if one.has_shots]

    @property
    def stint(self) -> list[PlayerGame]:
        """The games in a row for one team that end with his latest."""
        found: list[PlayerGame] = []
        for one in self.games:
            if one.team != self.games[0].team:
                break
            found.append(one)
        return found

    def team_games_of_stint(self) -> list[TeamGame]:
        """His team's latest ten, as far back as his stint goes."""
        stint = self.stint
        if not stint or stint[0].team != self.setting.team:
            return []
        return [one for one in self.team_games if one.day >= stint[-1].day][:10]


def history(facts: Facts, opened: frozenset[Door] = HONEST) -> History:
    """Cut at the date: `<`, and through an opened door `<=`."""
    day, setting = facts.setting.day, facts.setting

    def past(when: date, door: Door) -> bool:
        return when <= day if door in opened else when < day

    def teams(games: Sequence[TeamGame]) -> list[TeamGame]:
        return [one for one in games if past(one.day, Door.TEAM)]

    def board(lines: Sequence[Line]) -> list[Line]:
        return [one for one in lines if one.before_tipoff or Door.BOARD in opened]

    played = [one for one in facts.games if one.played]
    season = [one for one in played if one.season_year == setting.season_year]
    windowed = [one for one in season if past(one.day, Door.WINDOW)]
    earliest = day - timedelta(days=YEAR)
    return History(
        setting=setting,
        games=[one for one in season if past(one.day, Door.PLAYER)],
        windowed=windowed,
        meetings=[
            one
            for one in played
            if past(one.day, Door.WINDOW)
            and one.day >= earliest
            and one.opponent == setting.opponent
        ],
        team_games=teams(facts.team_games),
        opponent_games=teams(facts.opponent_games),
        lines=board(facts.lines),
        game_lines=board(facts.game_lines),
    )
