"""The three real seasons, computed once for all tests that look at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.plan import make_request
from pipeline.run import Pipeline, Report
from processors.registry import load
from tests.worlds import open_memory


@pytest.fixture(scope="session")
def real_seasons(real_files: dict[str, Path]) -> Iterator[tuple[Pipeline, Report]]:
    """Imported and run over every date: to be read, not to be changed."""
    warehouse = open_memory()
    warehouse.load(real_files, load().contracts)
    pipeline = Pipeline(warehouse, load())
    dates = pipeline.assessor.calendar.game_dates
    report = pipeline.run(make_request(pipeline.registry, start=dates[0], end=dates[-1]))
    yield pipeline, report
    warehouse.close()
