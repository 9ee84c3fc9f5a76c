"""The precompute tables and predictions over the ten, each made once and only when asked for."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cached_property

from tests.oracle.composite import composite
from tests.oracle.daily_cache import daily_cache
from tests.oracle.eve import Eve
from tests.oracle.grades import grades
from tests.oracle.league_average import LeagueAverage
from tests.oracle.predictions import backfilled, live, weights
from tests.oracle.shot_zones import shot_zones
from tests.oracle.store import Store
from tests.oracle.systems import system_errors, system_predictions
from tests.oracle.team_defense import team_defense
from tests.oracle.world import World
from tests.oracle.zones import ZONES

Row = dict[str, object]

ByDay = dict[date, list[Row]]

BOOTSTRAP_DAYS = 14
MODELS, LIVE = "nba_raw.model_predictions", "nba_raw.live_predictions"


class PrecomputeWorld(World):
    """All tables; those made here have no rows in a season's first fourteen days."""

    @cached_property
    def team_defense_zone_analysis(self) -> list[Row]:
        rows = []
        for eve in self._eves:
            league = {zone: self._league.zone(eve, zone) for zone in ZONES}
            rows += team_defense(eve, league)
        return rows

    @cached_property
    def player_shot_zone_analysis(self) -> list[Row]:
        return [row for eve in self._eves for row in shot_zones(eve)]

    @cached_property
    def player_daily_cache(self) -> list[Row]:
        shots = _by(self.player_shot_zone_analysis, "analysis_date", "player_lookup")
        return [row for eve in self._eves for row in daily_cache(eve, shots[eve.day])]

    @cached_property
    def player_composite_factors(self) -> list[Row]:
        shots = _by(self.player_shot_zone_analysis, "analysis_date", "player_lookup")
        defense = _by(self.team_defense_zone_analysis, "analysis_date", "team_abbr")
        rows = []
        for eve in self._eves:
            pace = self._league.pace(eve)
            rows += composite(eve, pace, shots[eve.day], defense[eve.day])
        return rows

    @cached_property
    def ml_feature_store_v2(self) -> list[Row]:
        lines = {(row["game_id"], row["player_lookup"]): row for row in self.player_lines}
        store = Store(self._player_history, self._reports, lines)
        tables = {
            "shot_zones": _by(self.player_shot_zone_analysis, "analysis_date", "player_lookup"),
            "team_defense": _by(self.team_defense_zone_analysis, "analysis_date", "team_abbr"),
            "daily_cache": _by(self.player_daily_cache, "analysis_date", "player_lookup"),
            "composite": _by(self.player_composite_factors, "game_date", "player_lookup"),
        }
        return [
            row
            for eve in self._eves
            for row in store.rows(eve, {name: days[eve.day] for name, days in tables.items()})
        ]

    @cached_property
    def system_predictions(self) -> list[Row]:
        contexts = _by(self.upcoming_player_game_context, "game_date", "player_lookup")
        by_models: ByDay = defaultdict(list)
        for said in self._until_end(MODELS):
            by_models[said["game_date"]].append(said)
        return [
            said
            for row in self.ml_feature_store_v2
            for said in system_predictions(
                row,
                contexts[row["game_date"]][row["player_lookup"]],
                self._schedule.games[row["game_id"]],
                by_models[row["game_date"]],
            )
        ]

    @cached_property
    def system_errors(self) -> list[Row]:
        return system_errors(self.system_predictions, self.player_game_summary, self._final)

    @cached_property
    def player_prop_predictions(self) -> list[Row]:
        """The first thirty days lack the errors before them: they are for those that follow."""
        contexts = _by(self.upcoming_player_game_context, "game_date", "player_lookup")
        said: dict[tuple[object, object], list[Row]] = defaultdict(list)
        for row in self.system_predictions:
            said[row["game_date"], row["player_lookup"]].append(row)
        weighing = {day: weights(self.system_errors, day) for day in self._days}
        computed = [
            row
            for store in self.ml_feature_store_v2
            for row in backfilled(
                said[store["game_date"], store["player_lookup"]],
                store,
                contexts[store["game_date"]][store["player_lookup"]],
                weighing[store["game_date"]],
            )
        ]
        days = {eve.day for eve in self._eves}
        told = [row for row in self._until_end(LIVE) if row["game_date"] in days]
        games = {row["game_id"]: row for row in self._raw["nba_raw.schedule"]}
        return [*computed, *live(told, games)]

    @cached_property
    def prediction_accuracy(self) -> list[Row]:
        return grades(self.player_prop_predictions, self.player_game_summary, self._final)

    @cached_property
    def _final(self) -> set[object]:
        return {key for key, game in self._schedule.games.items() if game["status"] == "final"}

    @cached_property
    def _league(self) -> LeagueAverage:
        return LeagueAverage(self.team_offense_game_summary, self.team_defense_game_summary)

    @cached_property
    def _eves(self) -> list[Eve]:
        contexts: ByDay = defaultdict(list)
        for row in self.upcoming_player_game_context:
            contexts[row["game_date"]].append(row)
        return [
            self._eve(day, contexts[day])
            for day in self._days
            if self._schedule.season_day(day) >= BOOTSTRAP_DAYS
        ]

    def _eve(self, day: date, context: list[Row]) -> Eve:
        season = self._schedule.season(day)
        asof = {row["player_lookup"]: row for row in self._player_asof[day]}
        return Eve(
            day=day,
            season=season,
            player_asof=asof,
            player_forms={
                player: self._player_forms[row["last_game_date"], player]
                for player, row in asof.items()
                if row["season_year"] == season
            },
            team_forms={
                row["team_abbr"]: self._team_forms[row["last_game_date"], row["team_abbr"]]
                for row in self._team_asof[day]
                if row["last_game_date"]
            },
            context=context,
            team_context={row["team_abbr"]: row for row in self._team_context[day]},
        )


def _by(rows: list[Row], day: str, entity: str) -> dict[date, dict[str, Row]]:
    days: dict[date, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        days[row[day]][row[entity]] = row
    return days
