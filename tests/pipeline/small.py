"""Small leagues with whole box scores, and a warehouse that is watched or that lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from pipeline.outcome import Outcome
from pipeline.plan import Plan, Request, make_request
from pipeline.run import Pipeline, Report
from processors.registry import Processor, Registry, load
from processors.statement import Statement
from tests.oracle.tiny import OPENING, Tiny, day
from tests.worlds import Rows, load_rows, open_memory, stored_rows
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.interface import Errand

GAMES = "nba_analytics.player_game_summary"
LINES = "nba_analytics.player_lines"
OFFENSE = "nba_analytics.team_offense_game_summary"
DEFENSE = "nba_analytics.team_defense_game_summary"
TEAM_FORM = "nba_analytics.team_form"
PLAYER_FORM = "nba_analytics.player_form"
TEAM_ASOF = "nba_analytics.team_asof"
PLAYER_ASOF = "nba_analytics.player_asof"
TEAM_CONTEXT = "nba_analytics.upcoming_team_game_context"
PLAYER_CONTEXT = "nba_analytics.upcoming_player_game_context"

BOXES = "nba_raw.player_boxscores"
PEOPLE = "nba_raw.players"
NEXT_SEASON = 365
"""2025-10-22 in days of the season before."""


def nth(name: str, number: int) -> str:
    """bos0, bos1, …: a team's players."""
    return f"{name.lower()}{number}"


class Small(Tiny):
    """Games with whole box scores: player i of a team scores 10 + i in 24 + i minutes."""

    def play(
        self,
        game_id: str,
        number: int,
        home: str = "BOS",
        away: str = "NYK",
        *,
        size: int = 8,
        **said: object,
    ) -> None:
        self.game(game_id, number, home, away, **said)
        for team in (home, away):
            for player in range(size):
                minutes = f"{24 + player}:00"
                self.box(game_id, nth(team, player), 10 + player, team=team, minutes=minutes)

    def play_two(self, number: int, **said: object) -> None:
        """Two games of four teams, 32 rows: one bad row is less than 5 %."""
        self.play(f"east{number}", number, "BOS", "NYK", **said)
        self.play(f"west{number}", number, "LAL", "UTA", **said)

    def drop_boxes(self, game_id: str, *, keep: int = 0) -> None:
        """The source lost them, all but the first few."""
        kept = [row for row in self.raw[BOXES] if row["game_id"] == game_id][:keep]
        others = [row for row in self.raw[BOXES] if row["game_id"] != game_id]
        self.raw[BOXES] = [*others, *kept]

    def rows_of(self, game_id: str, player: str, **said: object) -> Rows:
        """His box score of that game, corrected as said: also in here, so that it stays so."""
        row = next(
            row
            for row in self.raw[BOXES]
            if (row["game_id"], row["player_lookup"]) == (game_id, player)
        )
        row.update(said)
        return [row]

    @property
    def filled(self) -> dict[str, Rows]:
        return {table: rows for table, rows in self.raw.items() if rows}

    def pipeline(self, registry: Registry | None = None) -> Pipeline:
        warehouse = open_memory(threads=1)
        load_rows(warehouse, self.filled)
        return Pipeline(warehouse, registry or load())


def league(dates: int, *, gap: int = 1) -> Small:
    """One game a date, Boston at home against New York."""
    small = Small()
    for number in range(dates):
        small.play(f"g{number}", number * gap)
    return small


def ask(
    pipeline: Pipeline,
    first: int,
    last: int | None = None,
    *tables: str,
    force: bool = False,
    prepare: bool = True,
) -> Request:
    return make_request(
        pipeline.registry,
        tables=tables,
        start=day(first),
        end=day(first if last is None else last),
        force=force,
        prepare=prepare,
    )


def run(pipeline: Pipeline, first: int, last: int | None = None, *tables: str, **said) -> Report:
    return pipeline.run(ask(pipeline, first, last, *tables, **said))


def plan(pipeline: Pipeline, first: int, last: int | None = None, *tables: str, **said) -> Plan:
    pipeline.refresh()
    return pipeline.plan(ask(pipeline, first, last, *tables, **said))


def states(plan: Plan, table: str) -> dict[int, str]:
    """By the season's day."""
    return {
        (item.day - OPENING).days: item.state.value for item in plan.items if item.table == table
    }


def outcome(report: Report, table: str, number: int) -> Outcome:
    found = [*report.results, *report.prepared]
    return next(one for one in found if (one.table, one.day) == (table, day(number)))


def statuses(report: Report, table: str) -> list[str]:
    """In the order of the dates."""
    found = sorted((one for one in report.results if one.table == table), key=lambda one: one.day)
    return [one.status.value for one in found]


def correct(pipeline: Pipeline, table: str, rows: Rows) -> None:
    load_rows(pipeline.warehouse, {table: rows})
    pipeline.refresh()


def by_hand(pipeline: Pipeline, sql: str) -> None:
    """What somebody does to the file behind our back, in DuckDB's words."""
    pipeline.warehouse._connection.execute(sql)
    pipeline.refresh()


def rewritten(registry: Registry, table: str, change: Callable[[str], str]) -> Registry:
    """The same house with one statement's text changed."""
    processor = registry.processors[table]
    text = change(processor.statement.text)
    assert text != processor.statement.text
    return registry.replaced(Processor(processor.contract, Statement(text)))


def recontracted(registry: Registry, table: str, **said: object) -> Registry:
    """The same house with something in one contract said otherwise."""
    processor = registry.processors[table]
    return registry.replaced(Processor(replace(processor.contract, **said), processor.statement))


def everything(warehouse: DuckDBWarehouse) -> dict[str, list[dict[str, object]]]:
    """The rows of all computed tables."""
    return {table: stored_rows(warehouse, table) for table in load().processors}


class Watched:
    """A warehouse that remembers which statements it was asked for, and over which dates."""

    def __init__(self, inner: DuckDBWarehouse) -> None:
        self._inner = inner
        self.staged: list[tuple[str, date, date]] = []
        self.errands: list[Errand] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def stage(self, processor: Processor, span, errand=None) -> int | None:
        self.staged.append((processor.table, span.start, span.end))
        self.errands.append(errand)
        return self._inner.stage(processor, span, errand)

    @property
    def tables(self) -> list[str]:
        return [table for table, _, _ in self.staged]


def watch(pipeline: Pipeline) -> Watched:
    """From now on the pipeline's statements are counted."""
    watched = Watched(pipeline.warehouse)
    pipeline.warehouse = watched
    pipeline.refresh()
    return watched


def ledger(pipeline: Pipeline, columns: Sequence[str], where: str = "TRUE") -> list[tuple]:
    text = f"SELECT {', '.join(columns)} FROM `nba_ops.partitions` WHERE {where}"
    return pipeline.warehouse.rows(f"{text} ORDER BY recorded_at, table_name, partition_date")


def points_of(pipeline: Pipeline, number: int, player: str) -> object:
    rows = stored_rows(pipeline.warehouse, GAMES)
    return next(
        row["points"]
        for row in rows
        if (row["game_date"], row["player_lookup"]) == (day(number), player)
    )


def days(first: int, last: int) -> list[date]:
    return [OPENING + timedelta(number) for number in range(first, last + 1)]


Tables = Mapping[str, Rows]


def two_games(dates: int = 1) -> Small:
    """32 rows a date: one bad row is 3.1 %."""
    small = Small()
    for number in range(dates):
        small.play_two(number)
    return small


def quarantine(pipeline: Pipeline) -> list[tuple]:
    return pipeline.warehouse.rows(
        "SELECT table_name, partition_date, row_key, reason, row_text FROM `nba_ops.quarantine`"
        " ORDER BY recorded_at, row_key"
    )


def done(small: Small, last: int | None = None) -> Pipeline:
    """Every table of every date computed."""
    pipeline = small.pipeline()
    run(pipeline, 0, small.last_day if last is None else last)
    return pipeline


def under(pipeline: Pipeline, registry) -> Pipeline:
    """The same warehouse, after a deployment of other code."""
    return Pipeline(pipeline.warehouse, registry)
