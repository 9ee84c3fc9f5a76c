"""Google's evaluator and DuckDB make the same precompute rows in the midst of a season.

The few games of test_evaluation_agrees.py never hold a month of twenty teams, nor twenty games of
a player. Here each statement reads what DuckDB published of the sample season: of the teams and
the league all, of the players those who are expected on three dates of Boston's and its opponents'.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from processors.registry import Processor, load
from tests.googlesql.catalog import columns_of
from tests.googlesql.evaluation import evaluate
from tests.worlds import stored_rows
from warehouse import texts
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.interface import Span

REGISTRY = load()
PREDICTIONS = "nba_predictions.player_prop_predictions"
_BOTH = (
    "game_date, player_lookup, 'ridge' AS system_id, tipoff_at AS as_of, game_id, predicted_points,"
    " 'ridge-1' AS model_id, 'active' AS model_state, 'v12' AS feature_set, feature_vector,"
    " feature_hash"
)
SAID = {
    "nba_raw.model_predictions": f"{_BOTH}, FALSE AS is_backfill, tipoff_at AS created_at",
    "nba_raw.live_predictions": f"{_BOTH}, team_abbr, opponent_team_abbr, current_points_line",
}
SUMS_OVER_ALL = "system_errors"
"""Of a cut they are other sums: the engines agree on them, and what was published is of all."""
PRECOMPUTE = [one for one in REGISTRY if not one.table.startswith("nba_analytics.")]


class Midseason:
    """A copy of the computed season, cut to the games of one team on a stretch of dates."""

    def __init__(self, path: Path) -> None:
        self._cut(path)
        self._warehouse = DuckDBWarehouse(path)
        first, last = self.dates[0], self.dates[-1]
        start = self._warehouse.rows(
            "SELECT MIN(game_date) FROM `nba_raw.schedule` WHERE season_phase = 'regular'"
        )[0][0]
        self._span = Span(start=first, end=last, history_start=start)

    def _cut(self, path: Path) -> None:
        connection = duckdb.connect(str(path))
        found = connection.execute(
            "SELECT DISTINCT game_date, game_id FROM nba_raw.schedule"
            " WHERE 'BOS' IN (home_team, away_team) AND season_phase = 'regular'"
            " AND boxscore_expected AND game_date >= DATE '2026-01-05' ORDER BY game_date LIMIT 3"
        ).fetchall()
        self.dates = [day for day, _ in found]
        games = self._games = [game for _, game in found]
        connection.execute(
            "CREATE TEMP TABLE players AS SELECT DISTINCT player_lookup"
            " FROM nba_analytics.upcoming_player_game_context WHERE game_id IN (SELECT unnest(?))",
            [games],
        )
        # What was said at tip-off counts for nothing; the evaluator takes no table without rows.
        for table, columns in SAID.items():
            connection.execute(
                f"INSERT INTO {table} BY NAME SELECT {columns} FROM {PREDICTIONS}"
                " WHERE system_id = 'moving_average' AND game_date IN (SELECT unnest(?))",
                [self.dates],
            )
        for table, contract in REGISTRY.contracts.items():
            if contract.date_column is None:
                continue
            day = contract.date_column
            connection.execute(f"DELETE FROM {table} WHERE {day} > ?", [self.dates[-1]])
            if "player_lookup" in contract.column_names:
                connection.execute(f"DELETE FROM {table} WHERE player_lookup NOT IN (FROM players)")
        connection.close()

    def is_whole(self, row: dict[str, object]) -> bool:
        return row.get("game_id", self._games[0]) in self._games

    def published(self, processor: Processor) -> dict[tuple, str]:
        contract = processor.contract
        return {
            tuple(row[name] for name in contract.key): row["data_hash"]
            for row in stored_rows(self._warehouse, contract.table)
            if self._span.start <= row[contract.date_column] <= self._span.end
        }

    def on_duckdb(self, processor: Processor):
        return self._warehouse.rows(texts.stage(processor), **self._span.parameters)

    def on_google(self, processor: Processor):
        text = texts.stage(processor)
        given = self._span.parameters.items()
        wanted = {name: value for name, value in given if f"@{name}" in text}
        inputs = {}
        for table in processor.statement.reads:
            contract = REGISTRY.contracts[table]
            names = ", ".join(one.name for one in contract.stored_columns)
            where = self._window(processor, table)
            rows = self._warehouse.rows(f"SELECT {names} FROM `{table}` WHERE {where}")
            inputs[table] = (columns_of(contract), rows)
        columns, rows = evaluate(text, inputs, wanted)
        return [name for name, _ in columns], rows

    def close(self) -> None:
        self._warehouse.close()

    def _window(self, processor: Processor, table: str) -> str:
        """What no reader can reach is not handed to the evaluator, which indexes nothing."""
        feeds = [one for one in processor.contract.inputs if one.table == table]
        day = REGISTRY.contracts[table].date_column
        if all(one.window is not None and one.window.days == 0 for one in feeds):
            return f"{day} >= DATE '{self._span.start}'"
        return "TRUE"


@pytest.fixture(scope="module")
def midseason(computed_season_file, tmp_path_factory):
    path = tmp_path_factory.mktemp("midseason") / "cut.duckdb"
    shutil.copy(computed_season_file, path)
    made = Midseason(path)
    yield made
    made.close()


@pytest.mark.parametrize("processor", PRECOMPUTE, ids=lambda one: one.contract.name)
def test_same_rows(midseason, processor):
    names, google = midseason.on_google(processor)
    ours = midseason.on_duckdb(processor)
    places = [names.index(one) for one in processor.contract.key]

    def by_key(rows):
        return {
            tuple(row[place] for place in places): dict(zip(names, row, strict=True))
            for row in rows
        }

    assert len(by_key(ours)) == len(ours) == len(google)
    assert by_key(ours) == by_key(google)
    if processor.contract.name == SUMS_OVER_ALL:
        return
    hashes = {key: row["data_hash"] for key, row in by_key(google).items()}
    published = midseason.published(processor)
    assert set(hashes) == set(published)
    # A player whose game is not Boston's may lack team-mates in the cut.
    whole = {key for key, row in by_key(google).items() if midseason.is_whole(row)}
    assert len(whole) >= 60
    assert {key: hashes[key] for key in whole} == {key: published[key] for key in whole}
