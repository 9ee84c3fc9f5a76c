"""upcoming_player_game_context: who is expected, and what is known of him before tip-off."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from tests.oracle.asof import PlayerHistory
from tests.oracle.numbers import ratio, sum_all
from tests.oracle.reports import ABSENT, Reports
from tests.oracle.roster import expected
from tests.oracle.schedule import Schedule
from tests.oracle.team_context import Forms

Row = dict[str, object]

LINE_COLUMNS = (
    "current_points_line",
    "opening_points_line",
    "line_movement",
    "points_line_provider",
    "points_line_bookmaker",
    "points_line_captured_at",
)


class PlayerContext:
    """Makes the rows of a date from who is expected and what he has played."""

    def __init__(
        self,
        schedule: Schedule,
        players: list[Row],
        reports: Reports,
        history: PlayerHistory,
        team_forms: Forms,
        player_forms: Forms,
    ) -> None:
        self._schedule = schedule
        self._births = {row["player_lookup"]: row["birth_date"] for row in players}
        self._reports = reports
        self._history = history
        self._team_forms = team_forms
        self._player_forms = player_forms

    def rows(
        self,
        day: date,
        team_rows: list[Row],
        lines: list[Row],
        team_asof: list[Row],
        player_asof: list[Row],
    ) -> list[Row]:
        """The table's rows of one date."""
        season = self._schedule.season(day)
        teams = {row["team_abbr"]: row for row in team_rows}
        latest = {row["player_lookup"]: row for row in player_asof}
        forms = {
            player: self._player_forms[row["last_game_date"], player]
            for player, row in latest.items()
            if row["season_year"] == season
        }
        season_day = self._schedule.season_day(day)
        rows = [
            self._row(player, teams[team], source, line, forms.get(player, {}))
            for player, team, source, line in expected(day, season_day, teams, lines, latest)
        ]
        self._add_stars(rows, forms, team_asof)
        return rows

    def _row(self, player: str, team: Row, source: str, line: Row | None, form: Row) -> Row:
        day, game_id = team["game_date"], team["game_id"]
        return {
            "game_date": day,
            "player_lookup": player,
            "game_id": game_id,
            "season_year": team["season_year"],
            "season_phase": team["season_phase"],
            "team_abbr": team["team_abbr"],
            "opponent_team_abbr": team["opponent_team_abbr"],
            "is_home": team["is_home"],
            "roster_source": source,
            "player_status": self._reports.status(game_id, player),
            "injury_report_at": self._reports.reported_at(game_id, player),
            **self._load(player, day, team["season_year"], form.get("game_date")),
            **{column: line[column] if line else None for column in LINE_COLUMNS},
            "has_prop_line": line is not None,
            "game_spread": team["game_spread"],
            "game_total": team["game_total"],
            "star_teammates_out": None,
            "projected_usage_rate": form.get("usage_rate_last_5"),
            "player_age": age(self._births.get(player), day),
        }

    def _load(self, player: str, day: date, season: int, last: date | None) -> Row:
        # one day more than the window: a back-to-back may begin on the day before it
        games = [
            game
            for game in self._history.between(player, day - timedelta(15), day)
            if game["season_year"] == season
        ]
        dates = {game["game_date"] for game in games}
        in_14 = [game for game in games if game["game_date"] >= day - timedelta(14)]
        in_7 = [game for game in games if game["game_date"] >= day - timedelta(7)]
        seconds_7, seconds_14 = _seconds(in_7), _seconds(in_14)
        return {
            "days_rest": (day - last).days - 1 if last else None,
            "back_to_back": day - timedelta(1) in dates,
            "games_in_last_7_days": len(in_7),
            "games_in_last_14_days": len(in_14),
            "minutes_in_last_7_days": ratio(seconds_7, 60, 4),
            "minutes_in_last_14_days": ratio(seconds_14, 60, 4),
            "avg_minutes_per_game_last_7": ratio(seconds_7, 60 * len(in_7), 4),
            "back_to_backs_last_14_days": sum(
                game["game_date"] - timedelta(1) in dates for game in in_14
            ),
        }

    def _add_stars(self, rows: list[Row], forms: dict[object, Row], team_asof: list[Row]) -> None:
        last = {row["team_abbr"]: row["last_game_date"] for row in team_asof}
        away = [
            row
            for row in rows
            if row["player_status"] in ABSENT and is_star(forms.get(row["player_lookup"], {}))
        ]
        out = Counter(row["team_abbr"] for row in away)
        absent_stars = {row["player_lookup"] for row in away}
        for row in rows:
            team = row["team_abbr"]
            form = self._team_forms.get((last[team], team), {})
            seasoned = form.get("games_played_season", 0) >= 10
            if seasoned and self._reports.covers(row["game_id"]):
                row["star_teammates_out"] = out[team] - (row["player_lookup"] in absent_stars)


def is_star(form: Row) -> bool:
    """Whether a player's published form makes him a star."""
    points = form.get("points_avg_last_10")
    if points is None or form["games_played_season"] < 10:
        return False
    minutes = form["minutes_avg_last_10"]
    return points >= 18 or (points >= 12 and minutes is not None and minutes >= 28)


def age(birth: date | None, day: date) -> int | None:
    """Full years on the day."""
    if birth is None:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _seconds(games: list[Row]) -> int | None:
    return sum_all(game["seconds_played"] for game in games) if games else 0
