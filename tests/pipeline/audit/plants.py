"""Leaks planted in the real statements by rewriting their trees, published past all gates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import sqlglot
from sqlglot import exp

from pipeline.clock import wall_clock
from pipeline.run import Pipeline
from pipeline.work import span_of
from processors.registry import Processor
from processors.statement import Statement
from warehouse.interface import Publication

Rewrite = Callable[[exp.Query], None]


@dataclass(frozen=True)
class Plant:
    table: str
    rewrites: tuple[Rewrite, ...]

    def leaky(self, honest: Processor) -> Processor:
        tree = honest.statement.tree.copy()
        for rewrite in self.rewrites:
            rewrite(tree)
        return replace(honest, statement=Statement(tree.sql(dialect="bigquery")))


def parsed(text: str) -> exp.Expression:
    return sqlglot.parse_one(text, read="bigquery")


def exchanged(old: str, new: str) -> Rewrite:
    """Every expression that is the old one becomes the new one; there must be one."""

    def rewrite(tree: exp.Query) -> None:
        wanted = parsed(old)
        found = [node for node in tree.walk() if node == wanted]
        assert found, f"the statement no longer holds {old}"
        for node in found:
            is_yielded = isinstance(node, exp.Column) and isinstance(node.parent, exp.Select)
            node.replace(exp.alias_(parsed(new), node.name) if is_yielded else parsed(new))

    return rewrite


def through(old: str) -> Rewrite:
    """A `<` becomes a `<=`."""
    return exchanged(old, old.replace(" < ", " <= "))


def narrowed(table: str, query: str) -> Rewrite:
    """A query stands where the table was read."""

    def rewrite(tree: exp.Query) -> None:
        (found,) = (one for one in tree.find_all(exp.Table) if one.name == table)
        found.replace(exp.Subquery(this=parsed(query), alias=exp.to_identifier(table)))

    return rewrite


def plant(pipeline: Pipeline, planted: Plant, day: date, *, last: date | None = None) -> Pipeline:
    """The leaky statement's rows of the date, of a pass over the dates up to `last`."""
    leaky = planted.leaky(pipeline.registry.processors[planted.table])
    span = span_of(leaky, day, last or day, pipeline.assessor.calendar)
    pipeline.warehouse.stage(leaky, span)
    publication = Publication(
        contract=leaky.contract,
        replaced={day: "planted"},
        quarantined=[],
        logic_version=leaky.logic_version,
        run_id="planted",
        processed_at=wall_clock(),
        ledger={},
    )
    pipeline.warehouse.publish(publication, lambda _: None)
    return Pipeline(pipeline.warehouse, pipeline.registry.replaced(leaky))


PLAYER_DOOR = through("latest_games.game_date < slate.analysis_date")
TEAM_DOOR = PLAYER_DOOR
PRUNED = through("game_date < @end_date")

LEAKS: dict[str, Plant] = {
    "the players' door and its window": Plant("nba_analytics.player_asof", (PLAYER_DOOR, PRUNED)),
    "the teams' door and its window": Plant("nba_analytics.team_asof", (TEAM_DOOR, PRUNED)),
    "a form row of the day": Plant(
        "nba_precompute.team_defense_zone_analysis",
        (
            exchanged(
                "form.game_date = latest.last_game_date", "form.game_date = latest.analysis_date"
            ),
            through("form.game_date < @end_date"),
        ),
    ),
    "a league average with the day in it": Plant(
        "nba_precompute.team_defense_zone_analysis",
        (
            through("game.game_date < standings.analysis_date"),
            through("game.game_date < @end_date"),
        ),
    ),
    "a line from after tip-off": Plant(
        "nba_analytics.player_lines", (exchanged("odds.captured_at < games.tipoff_at", "TRUE"),)
    ),
    "a roster from the day's box score": Plant(
        "nba_analytics.upcoming_player_game_context",
        (
            narrowed(
                "player_asof",
                "SELECT latest.analysis_date, latest.player_lookup, latest.last_game_date,"
                " latest.season_year, latest.team_abbr FROM `nba_analytics.player_asof` AS latest"
                " JOIN `nba_analytics.player_game_summary` AS there"
                " ON there.game_date = latest.analysis_date"
                " AND there.player_lookup = latest.player_lookup",
            ),
        ),
    ),
    "a score of the day": Plant(
        "nba_analytics.upcoming_team_game_context",
        (exchanged("boxscore_expected", "(boxscore_expected AND home_score > away_score)"),),
    ),
    "a status of the day": Plant(
        "nba_analytics.upcoming_team_game_context",
        (exchanged("boxscore_expected", "(boxscore_expected AND status = 'final')"),),
    ),
    "the phase of a game not yet played": Plant(
        "nba_analytics.upcoming_team_game_context",
        (
            exchanged("past.season_year = slate.season_year", "past.season_phase = 'regular'"),
            exchanged("past.game_date < slate.game_date", "past.game_date <= slate.game_date"),
            exchanged("past.game_date < @end_date", "past.game_date <= @end_date"),
        ),
    ),
}
"""Each leaks into single dates too: rows of one date, computed alone, hold what they may not."""

BARE_DOORS: dict[str, Plant] = {
    "players": Plant("nba_analytics.player_asof", (PLAYER_DOOR,)),
    "teams": Plant("nba_analytics.team_asof", (TEAM_DOOR,)),
}
"""Only the `<`: a date computed alone is pruned before it, and its rows are honest."""

_UPPER = "COALESCE(latest_games.next_game_date, @end_date) >= slate.analysis_date"
SHIFTED_DOORS: dict[str, Plant] = {
    name: Plant(one.table, (*one.rewrites, exchanged(_UPPER, _UPPER.replace(" >= ", " > "))))
    for name, one in BARE_DOORS.items()
}
"""Both ends moved by a day: no key is doubled, and a range's rows hold the game of the day."""
