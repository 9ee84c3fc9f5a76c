"""The sample season's training set, read once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from modeling.reading import read_training_set
from modeling.training_set import TrainingSet
from pipeline.run import Pipeline
from processors.registry import load
from warehouse.duckdb.engine import DuckDBWarehouse


@pytest.fixture(scope="package")
def season_file(computed_season_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """To be read only."""
    return Path(shutil.copy(computed_season_file, tmp_path_factory.mktemp("modeling") / "s.duckdb"))


@pytest.fixture(scope="package")
def season_rows(season_file: Path) -> TrainingSet:
    with closing(DuckDBWarehouse(season_file)) as warehouse:
        return read_training_set(Pipeline(warehouse, load()), allow_unaudited=True)


@pytest.fixture
def pipeline(computed_season_file: Path, tmp_path: Path) -> Iterator[Pipeline]:
    """Over a copy, to be changed."""
    path = shutil.copy(computed_season_file, tmp_path / "season.duckdb")
    with closing(DuckDBWarehouse(Path(path))) as warehouse:
        yield Pipeline(warehouse, load())


@pytest.fixture
def file(pipeline: Pipeline) -> str:
    """The copy, closed, by its address."""
    pipeline.warehouse.close()
    return pipeline.warehouse.address
