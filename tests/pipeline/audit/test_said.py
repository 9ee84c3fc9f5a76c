"""Blind to what was said from tip-off on: on a date with models' and live rows on either side."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.audit.blindness import audit_date
from pipeline.audit.verdict import Word
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.registry import load
from tests.pipeline.audit.plants import Plant, plant, through
from tests.worlds import Rows, load_rows, stored_rows
from warehouse.duckdb.engine import DuckDBWarehouse

DAY = date(2026, 1, 15)
MODELS, LIVE = "nba_raw.model_predictions", "nba_raw.live_predictions"
SYSTEMS = "nba_predictions.system_predictions"
PREDICTIONS = "nba_predictions.player_prop_predictions"
TABLES = (
    SYSTEMS,
    "nba_predictions.system_errors",
    PREDICTIONS,
    "nba_predictions.prediction_accuracy",
)
EITHER_SIDE = (timedelta(minutes=-30), timedelta(), timedelta(hours=1))

LEAKS = {
    "errors of the day": Plant(
        PREDICTIONS,
        (through("past.game_date < dates.game_date"), through("past.game_date < @end_date")),
    ),
    "said at tip-off": Plant(SYSTEMS, (through("said.as_of < games.tipoff_at"),)),
}


def said(stored: Rows) -> Rows:
    """A ridge that is a point above the moving average, before tip-off, at it, and after."""
    return [
        {
            **row,
            "system_id": "ridge",
            "as_of": row["tipoff_at"] + beside,
            "created_at": row["tipoff_at"] + beside,
            "predicted_points": row["predicted_points"] + 1 + number,
            "is_backfill": False,
            "model_id": "ridge-1",
            "model_state": "active",
            "feature_set": "v12",
        }
        for row in stored
        if row["system_id"] == "moving_average"
        for number, beside in enumerate(EITHER_SIDE)
    ]


@pytest.fixture(scope="module")
def pipeline(
    computed_season_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pipeline]:
    path = tmp_path_factory.mktemp("said") / "season.duckdb"
    shutil.copy(computed_season_file, path)
    made = Pipeline(DuckDBWarehouse(path), load())
    around = (DAY - timedelta(days=2), DAY + timedelta(days=2))
    rows = said(stored_rows(made.warehouse, PREDICTIONS, around))
    known = load().contracts
    load_rows(
        made.warehouse,
        {
            table: [{name: row.get(name) for name in known[table].column_names} for row in rows]
            for table in (MODELS, LIVE)
        },
    )
    made.refresh()
    made.run(make_request(made.registry, tables=TABLES, start=around[0], end=DAY))
    yield made
    made.warehouse.close()


def test_is_blind(pipeline: Pipeline) -> None:
    verdicts = audit_date(pipeline, TABLES, DAY)
    assert {one.table for one in verdicts} == set(TABLES)
    assert [(one.table, one.reason) for one in verdicts if one.word is not Word.PASSED] == []
    said = stored_rows(pipeline.warehouse, PREDICTIONS, (DAY, DAY))
    assert {(row["system_id"], row["is_backfill"]) for row in said} == {
        *((system, True) for system in ("moving_average", "zone_matchup", "ridge", "ensemble")),
        ("ridge", False),
    }
    for operation in ("delete", "falsify"):
        touched = {one.table: one.evidence["direct"][operation] for one in verdicts}
        assert touched[SYSTEMS][MODELS] > 0
        assert touched[PREDICTIONS][LIVE] > 0


@pytest.mark.parametrize("name", LEAKS)
def test_leak(name: str, pipeline: Pipeline) -> None:
    leaky = plant(pipeline, LEAKS[name], DAY)
    (verdict,) = audit_date(leaky, [LEAKS[name].table], DAY)
    assert verdict.word is Word.FAILED, verdict
    assert verdict.evidence["leak"]["row"]["game_date"] == DAY
