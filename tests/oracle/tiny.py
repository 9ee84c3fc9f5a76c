"""A league of a handful of games, built row by row."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.oracle import compute
from tests.oracle.player_games import COUNTS

Row = dict[str, object]

OPENING = date(2024, 10, 22)
BY_RIDGE: Row = {
    "system_id": "ridge",
    "model_id": "ridge-1",
    "model_state": "active",
    "feature_set": "v12",
    "feature_vector": "days_rest:1000000",
    "feature_hash": "abc",
}

NEWEST_FIRST = [22, 31, 18, 27, 25, 30, 14, 20, 26, 19]
"""The points of DOMAIN.md's vector."""


def day(number: int) -> date:
    """The season's date of that number, from 0."""
    return OPENING + timedelta(number)


def tipoff(number: int) -> datetime:
    """Half past midnight UTC after that date, as real evening games have it."""
    return datetime.combine(day(number + 1), datetime.min.time()) + timedelta(minutes=30)


def only(rows: list[Row]) -> Row:
    """The one row there is."""
    assert len(rows) == 1
    return rows[0]


def of(rows: list[Row], **said) -> Row:
    """The one row that holds these values."""
    return only([row for row in rows if said.items() <= row.items()])


class Tiny:
    """Raw tables with a row added by every call; what is not said is ordinary."""

    def __init__(self) -> None:
        self.raw: dict[str, list[Row]] = {
            f"nba_raw.{name}": []
            for name in (
                "schedule",
                "player_boxscores",
                "shots",
                "odds_game_lines",
                "odds_player_points",
                "injury_report",
                "players",
            )
        }
        self._games: dict[str, Row] = {}
        self._number: dict[str, int] = {}

    def game(self, game_id: str, number: int, home: str = "BOS", away: str = "NYK", **said):
        """A final regular-season game on a season's day."""
        row = {
            "game_id": game_id,
            "season_year": 2024,
            "game_date": day(number),
            "tipoff_at": tipoff(number),
            "season_phase": "regular",
            "home_team": home,
            "away_team": away,
            "home_score": None,
            "away_score": None,
            "status": "final",
            "overtime_periods": 0,
            "boxscore_expected": True,
            **said,
        }
        self._games[game_id], self._number[game_id] = row, number
        self.raw["nba_raw.schedule"].append(row)

    def box(self, game_id: str, player: str, points: int | None = 0, **said):
        """A home starter's 30 minutes in that game."""
        game = self._games[game_id]
        team = said.pop("team", game["home_team"])
        is_home = team == game["home_team"]
        self._add(
            "player_boxscores",
            game_id,
            {
                "player_lookup": player,
                "player_name": player.title(),
                "team": team,
                "opponent": game["away_team"] if is_home else game["home_team"],
                "is_home": is_home,
                "is_starter": True,
                "minutes": "30:00",
                **dict.fromkeys(COUNTS, 0),
                "points": points,
                "plus_minus": 0,
                "dnp_reason": None,
            },
            said,
        )

    def dnp(self, game_id: str, player: str, **said):
        """A box score row of somebody who did not play."""
        absent = dict.fromkeys((*COUNTS, "minutes", "plus_minus"))
        self.box(game_id, player, **{"is_starter": False, **absent, **said})

    def shot(self, game_id: str, player: str, zone: str, **said):
        """A made and assisted shot."""
        game = self._games[game_id]
        self._add(
            "shots",
            game_id,
            {
                "shot_number": len(self.raw["nba_raw.shots"]),
                "player_lookup": player,
                "team": game["home_team"],
                "zone": zone,
                "distance_ft": 10,
                "is_three": zone.endswith("three"),
                "made": True,
                "assisted": True,
            },
            said,
        )

    def line(self, game_id: str, player: str, points: float, *, hours: float = 1, **said):
        """A DraftKings points line, seen that many hours before tip-off."""
        own = {"player_lookup": player, "team": None, "points_line": points}
        prices = {"over_price": -110, "under_price": -110}
        self._add("odds_player_points", game_id, self._seen(game_id, hours) | own | prices, said)

    def spread(self, game_id: str, home: float | None, total: float | None, **said):
        """A DraftKings spread and total, seen an hour before tip-off."""
        hours = said.pop("hours", 1)
        own = {"spread_home": home, "total": total}
        self._add("odds_game_lines", game_id, self._seen(game_id, hours) | own, said)

    def report(self, game_id: str, player: str, status: str, *, hours: float = 1, **said):
        """What a report said of a player that many hours before tip-off."""
        at = tipoff(self._number[game_id]) - timedelta(hours=hours)
        own = {"player_lookup": player, "reported_at": at, "status": status}
        self._add("injury_report", game_id, own | {"team": "BOS", "reason": None}, said)

    def modelled(self, game_id: str, player: str, points: float, *, hours: float = 1, **said):
        """What an active ridge said of him that many hours before tip-off."""
        at = tipoff(self._number[game_id]) - timedelta(hours=hours)
        own = {"player_lookup": player, "as_of": at, "predicted_points": points, **BY_RIDGE}
        spoken = {"is_backfill": False, "created_at": at}
        self._add("model_predictions", game_id, own | spoken, said)

    def told(self, game_id: str, player: str, points: float, *, hours: float = 1, **said):
        """What people were told of him, by that ridge, without a line."""
        at = tipoff(self._number[game_id]) - timedelta(hours=hours)
        own = {"player_lookup": player, "as_of": at, "predicted_points": points, **BY_RIDGE}
        teams = {"team_abbr": "BOS", "opponent_team_abbr": "NYK"}
        self._add("live_predictions", game_id, own | teams, said)

    def person(self, player: str, birth: date | None):
        """A player with a birth date."""
        unknown = dict.fromkeys(("position", "aliases", "source_ids"))
        row = {"player_lookup": player, "player_name": player, "birth_date": birth, **unknown}
        self.raw["nba_raw.players"].append(row)

    @property
    def last_day(self) -> int:
        """The season's day of the latest game."""
        return max(self._number.values())

    def table(self, name: str, first: int = -400, last: int = 400) -> list[Row]:
        """The oracle's rows of a table for a stretch of the season's days."""
        return compute(self.raw, [name], day(first), day(last))[name]

    def _seen(self, game_id: str, hours: float) -> Row:
        return {
            "provider": "odds_api",
            "bookmaker": "draftkings",
            "captured_at": tipoff(self._number[game_id]) - timedelta(hours=hours),
            "captured_at_inferred": False,
        }

    def _add(self, table: str, game_id: str, row: Row, said: Row):
        game_date = self._games[game_id]["game_date"]
        self.raw.setdefault(f"nba_raw.{table}", []).append(
            {"game_id": game_id, "game_date": game_date} | row | said
        )
