"""A computed season of one's own, to be audited."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.run import Pipeline
from processors.registry import load
from warehouse.duckdb.engine import DuckDBWarehouse


@pytest.fixture
def pipeline(computed_season_file: Path, tmp_path: Path) -> Iterator[Pipeline]:
    path = tmp_path / "season.duckdb"
    shutil.copy(computed_season_file, path)
    warehouse = DuckDBWarehouse(path)
    yield Pipeline(warehouse, load())
    warehouse.close()
    path.unlink()
