"""The calendar: which games count, and where their season stands."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

Row = dict[str, object]

PHASES = ("regular", "play_in", "playoffs")


class Schedule:
    """The schedule's rows, by game, by date and by season."""

    def __init__(self, rows: list[Row]) -> None:
        self.games = {row["game_id"]: row for row in rows if _counts(row)}
        self._slates: dict[date, list[Row]] = defaultdict(list)
        for game in self.games.values():
            self._slates[game["game_date"]].append(game)
        self._starts: dict[int, date] = {}
        for row in rows:
            if row["season_phase"] == "regular":
                first = self._starts.get(row["season_year"], row["game_date"])
                self._starts[row["season_year"]] = min(first, row["game_date"])

    def game_of(self, row: Row) -> Row | None:
        """The counted game that a raw row belongs to by its id and by its date."""
        game = self.games.get(row["game_id"])
        return game if game and game["game_date"] == row["game_date"] else None

    def slate(self, day: date) -> list[Row]:
        """The counted games of a date."""
        return self._slates.get(day, [])

    def days(self, start: date, end: date) -> list[date]:
        """The dates in [start, end] that have games."""
        return sorted(day for day in self._slates if start <= day <= end)

    def season(self, day: date) -> int:
        """The season that a date with games belongs to."""
        return self.slate(day)[0]["season_year"]

    def season_day(self, day: date) -> int:
        """Days since the first regular-season game of the date's season."""
        return (day - self._starts[self.season(day)]).days


def sides(game: Row) -> list[tuple[str, str, bool]]:
    """The game's two teams, each with its opponent and whether it is at home."""
    home, away = game["home_team"], game["away_team"]
    return [(home, away, True), (away, home, False)]


def _counts(row: Row) -> bool:
    return row["season_phase"] in PHASES and row["boxscore_expected"] is True
