"""upcoming_team_game_context: what is known of a team before tip-off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from tests.oracle.asof import TeamHistory
from tests.oracle.cascade import Line, cascade
from tests.oracle.lines import before_tipoff, snapshots_of
from tests.oracle.numbers import ratio
from tests.oracle.reports import Reports
from tests.oracle.schedule import Schedule, sides

Row = dict[str, object]

Forms = dict[tuple[object, object], Row]
"""A form table by (game_date, entity)."""


class TeamContext:
    """Makes the rows of a date from the history and the odds."""

    def __init__(
        self,
        schedule: Schedule,
        odds: Iterable[Row],
        reports: Reports,
        history: TeamHistory,
        team_forms: Forms,
        player_forms: Forms,
    ) -> None:
        self._schedule = schedule
        self._reports = reports
        self._history = history
        self._team_forms = team_forms
        self._player_forms = player_forms
        self._odds: dict[object, list[Row]] = defaultdict(list)
        for row in odds:
            if before_tipoff(schedule, row, "captured_at"):
                self._odds[row["game_id"]].append(row)

    def rows(self, day: date, team_asof: list[Row], player_asof: list[Row]) -> list[Row]:
        """The table's rows of one date."""
        latest = {row["team_abbr"]: row["last_game_date"] for row in team_asof}
        season = self._schedule.season(day)
        squads: dict[object, list[Row]] = defaultdict(list)
        for row in player_asof:
            if row["season_year"] == season:
                form = self._player_forms[row["last_game_date"], row["player_lookup"]]
                squads[row["team_abbr"]].append(form)
        return [
            self._row(game, side, latest[side[0]], squads[side[0]])
            for game in self._schedule.slate(day)
            for side in sides(game)
        ]

    def _row(
        self, game: Row, side: tuple[str, str, bool], last: date | None, squad: list[Row]
    ) -> Row:
        team, opponent, is_home = side
        day = game["game_date"]
        form = self._team_forms[last, team] if last else {}
        return {
            "game_date": day,
            "team_abbr": team,
            "game_id": game["game_id"],
            "season_year": game["season_year"],
            "season_phase": game["season_phase"],
            "opponent_team_abbr": opponent,
            "is_home": is_home,
            "team_days_rest": (day - last).days - 1 if last else None,
            "games_in_last_7_days": self._history.count(team, day - timedelta(7), day),
            "games_in_last_14_days": self._history.count(team, day - timedelta(14), day),
            "win_streak": form.get("win_streak"),
            "loss_streak": form.get("loss_streak"),
            **self._line(game, "spread_home", "spread", 1 if is_home else -1),
            **self._line(game, "total", "total", 1),
            "starters_out_count": self._starters_out(game, form, squad),
        }

    def _line(self, game: Row, column: str, name: str, sign: int) -> Row:
        snapshots = snapshots_of(self._odds.get(game["game_id"], []), column)
        line = cascade(snapshots) or Line(None, None, None, None, None)
        found = line.current is not None
        current, opening = (sign * line.current, sign * line.opening) if found else (None, None)
        return {
            f"game_{name}": ratio(current, 100, 2),
            f"opening_{name}": ratio(opening, 100, 2),
            f"{name}_movement": ratio(current - opening, 100, 2) if found else None,
            f"{name}_provider": line.provider,
            f"{name}_bookmaker": line.bookmaker,
            f"{name}_captured_at": line.captured_at,
        }

    def _starters_out(self, game: Row, team_form: Row, squad: list[Row]) -> int | None:
        played = team_form.get("games_played_season", 0)
        if played < 5 or not self._reports.covers(game["game_id"]):
            return None
        out = 0
        for form in (form for form in squad if form["team_game_number"] is not None):
            # the mask counts back from his own latest game, the question from the team's
            missed = played - form["team_game_number"]
            if missed > 4:
                continue
            if form["team_starts_mask"] is None:
                return None
            starts = (form["team_starts_mask"] & (2 ** (5 - missed) - 1)).bit_count()
            out += starts >= 3 and self._reports.is_absent(game["game_id"], form["player_lookup"])
        return out
