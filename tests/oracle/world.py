"""All ten tables over one raw history, each made once and only when asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property

from tests.oracle.asof import PlayerHistory, TeamHistory
from tests.oracle.lines import player_lines
from tests.oracle.player_context import PlayerContext
from tests.oracle.player_form import player_form
from tests.oracle.player_games import player_game_summary
from tests.oracle.reports import Reports
from tests.oracle.schedule import Schedule
from tests.oracle.team_context import Forms, TeamContext
from tests.oracle.team_form import team_form
from tests.oracle.team_games import team_defense_game_summary, team_offense_game_summary

Row = dict[str, object]


class World:
    """The tables for the dates in [start, end]; those of games reach back to the first game."""

    def __init__(self, raw: Mapping[str, list[Row]], start: date, end: date) -> None:
        self._raw = raw
        self._end = end
        self._schedule = Schedule(raw["nba_raw.schedule"])
        self._days = self._schedule.days(start, end)
        self._seasons = {self._schedule.season(day) for day in self._days}

    def _until_end(self, table: str) -> Iterator[Row]:
        return (row for row in self._raw.get(table, []) if row["game_date"] <= self._end)

    @cached_property
    def player_game_summary(self) -> list[Row]:
        boxscores = self._until_end("nba_raw.player_boxscores")
        return player_game_summary(self._schedule, boxscores, self._until_end("nba_raw.shots"))

    @cached_property
    def team_offense_game_summary(self) -> list[Row]:
        return team_offense_game_summary(self._schedule, self.player_game_summary)

    @cached_property
    def team_defense_game_summary(self) -> list[Row]:
        return team_defense_game_summary(self.team_offense_game_summary)

    @cached_property
    def player_lines(self) -> list[Row]:
        return player_lines(self._schedule, self._until_end("nba_raw.odds_player_points"))

    @cached_property
    def team_form(self) -> list[Row]:
        offense, defense = self.team_offense_game_summary, self.team_defense_game_summary
        return team_form(offense, defense, self._seasons)

    @cached_property
    def player_form(self) -> list[Row]:
        summaries, lines = self.player_game_summary, self.player_lines
        return player_form(summaries, self.team_form, lines, self._seasons)

    @cached_property
    def player_asof(self) -> list[Row]:
        return [row for day in self._days for row in self._player_asof[day]]

    @cached_property
    def team_asof(self) -> list[Row]:
        return [row for day in self._days for row in self._team_asof[day]]

    @cached_property
    def upcoming_team_game_context(self) -> list[Row]:
        return [row for day in self._days for row in self._team_context[day]]

    @cached_property
    def upcoming_player_game_context(self) -> list[Row]:
        context = PlayerContext(
            self._schedule,
            self._raw.get("nba_raw.players", []),
            self._reports,
            self._player_history,
            self._team_forms,
            self._player_forms,
        )
        lines: dict[date, list[Row]] = defaultdict(list)
        for line in self.player_lines:
            lines[line["game_date"]].append(line)
        rows = []
        for day in self._days:
            asof = self._team_asof[day], self._player_asof[day]
            rows += context.rows(day, self._team_context[day], lines[day], *asof)
        return rows

    @cached_property
    def _player_history(self) -> PlayerHistory:
        return PlayerHistory(self.player_game_summary)

    @cached_property
    def _team_history(self) -> TeamHistory:
        return TeamHistory(self._schedule, self.team_offense_game_summary)

    @cached_property
    def _player_asof(self) -> dict[date, list[Row]]:
        seasons = {day: self._schedule.season(day) for day in self._days}
        return {day: self._player_history.asof(day, season) for day, season in seasons.items()}

    @cached_property
    def _team_asof(self) -> dict[date, list[Row]]:
        return {day: self._team_history.asof(day) for day in self._days}

    @cached_property
    def _reports(self) -> Reports:
        return Reports(self._schedule, self._until_end("nba_raw.injury_report"))

    @cached_property
    def _team_forms(self) -> Forms:
        return {(row["game_date"], row["team_abbr"]): row for row in self.team_form}

    @cached_property
    def _player_forms(self) -> Forms:
        return {(row["game_date"], row["player_lookup"]): row for row in self.player_form}

    @cached_property
    def _team_context(self) -> dict[date, list[Row]]:
        context = TeamContext(
            self._schedule,
            self._until_end("nba_raw.odds_game_lines"),
            self._reports,
            self._team_history,
            self._team_forms,
            self._player_forms,
        )
        return {
            day: context.rows(day, self._team_asof[day], self._player_asof[day])
            for day in self._days
        }
