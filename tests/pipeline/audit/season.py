"""The sample season's dates that are audited whole, half of them in each of two files: tests of one
file run on one worker."""

from __future__ import annotations

from pathlib import Path

from pipeline.audit.blindness import audit_date, sampled
from pipeline.audit.verdict import Word
from pipeline.run import Pipeline
from processors.registry import load
from warehouse.duckdb.engine import DuckDBWarehouse

DATES = 6
"""Evenly spread from opening night to the last game: what two cores audit in half a minute. Blind
is a statement, whatever the date; the dates are to differ in what their rows hold."""


def assert_blind(season_file: Path, number: int) -> None:
    """All tables that are computed on the date; the season is not touched, and so not copied."""
    warehouse = DuckDBWarehouse(season_file)
    try:
        pipeline = Pipeline(warehouse, load())
        days = pipeline.assessor.calendar.game_dates
        day = sampled(days, DATES)[number]
        verdicts = audit_date(pipeline, list(pipeline.registry.processors), day)
    finally:
        warehouse.close()
    # Nothing follows the last game: what describes games that are over has nothing to be blind to.
    allowed = {Word.PASSED, Word.UNDETERMINED} if day == days[-1] else {Word.PASSED}
    assert verdicts
    assert [(one.table, one.reason) for one in verdicts if one.word not in allowed] == []
