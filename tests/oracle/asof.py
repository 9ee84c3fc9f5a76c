"""The doors to history: the latest game of each player and team before a date."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import date

from tests.oracle.schedule import Schedule, sides

Row = dict[str, object]


class PlayerHistory:
    """The games that each player played, oldest first."""

    def __init__(self, summaries: list[Row]) -> None:
        self._games: dict[object, list[Row]] = defaultdict(list)
        for row in sorted(summaries, key=lambda row: (row["game_date"], row["game_id"])):
            if not row["is_dnp"]:
                self._games[row["player_lookup"]].append(row)
        self._dates = {
            player: [game["game_date"] for game in games] for player, games in self._games.items()
        }

    def asof(self, day: date, season: int) -> list[Row]:
        """player_asof's rows of one date."""
        rows = []
        for player, games in self._games.items():
            played = bisect_left(self._dates[player], day)
            last = games[played - 1] if played else None
            if last and last["season_year"] in (season, season - 1):
                rows.append(
                    {
                        "analysis_date": day,
                        "player_lookup": player,
                        "last_game_date": last["game_date"],
                        "season_year": last["season_year"],
                        "team_abbr": last["team_abbr"],
                    }
                )
        return rows

    def between(self, player: object, first: date, day: date) -> list[Row]:
        """His games in [first, day)."""
        dates = self._dates.get(player, [])
        return self._games.get(player, [])[bisect_left(dates, first) : bisect_left(dates, day)]


class TeamHistory:
    """The dates on which each team played, by season."""

    def __init__(self, schedule: Schedule, offense: list[Row]) -> None:
        self._schedule = schedule
        self._dates: dict[int, dict[object, list[date]]] = defaultdict(lambda: defaultdict(list))
        for row in sorted(offense, key=lambda row: row["game_date"]):
            self._dates[row["season_year"]][row["team_abbr"]].append(row["game_date"])

    def asof(self, day: date) -> list[Row]:
        """team_asof's rows of one date."""
        season = self._schedule.season(day)
        tonight = {side[0] for game in self._schedule.slate(day) for side in sides(game)}
        rows = []
        for team in tonight | set(self._dates[season]):
            dates = self._dates[season].get(team, [])
            played = bisect_left(dates, day)
            if played or team in tonight:
                rows.append(
                    {
                        "analysis_date": day,
                        "team_abbr": team,
                        "last_game_date": dates[played - 1] if played else None,
                        "season_year": season,
                    }
                )
        return rows

    def count(self, team: str, first: date, day: date) -> int:
        """Its games in [first, day) of the date's season."""
        dates = self._dates[self._schedule.season(day)].get(team, [])
        return bisect_left(dates, day) - bisect_left(dates, first)
