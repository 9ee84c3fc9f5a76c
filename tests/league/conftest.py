"""The three real seasons, computed once for all tests that look at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from league.importing import import_folder
from pipeline.plan import make_request
from pipeline.run import Pipeline, Report
from processors.registry import load
from tests.worlds import open_memory

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def real_seasons(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pipeline, Report]]:
    """Imported and run over every date: to be read, not to be changed."""
    if not DATA.is_dir():
        pytest.skip("the real seasons are not beside this checkout (../shared/data)")
    files = import_folder(DATA, out=tmp_path_factory.mktemp("real")).files
    warehouse = open_memory()
    warehouse.load(files, load().contracts)
    pipeline = Pipeline(warehouse, load())
    dates = pipeline.assessor.calendar.game_dates
    report = pipeline.run(make_request(pipeline.registry, start=dates[0], end=dates[-1]))
    yield pipeline, report
    warehouse.close()
