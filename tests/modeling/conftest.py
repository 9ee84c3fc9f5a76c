"""The sample season's training set, read once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from modeling.models.shelf import Kept, Shelf
from modeling.reading import read_training_set
from modeling.training_set import TrainingSet
from pipeline.run import Pipeline
from processors.registry import load
from tests.modeling.small import RIDGE
from tests.modeling.speakers import CATBOOST, KEPT, TRAIN_LAST, asked, named
from tests.modeling.test_shelf import keep
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


@pytest.fixture(scope="package")
def season(
    computed_season_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pipeline]:
    """Nothing of it is changed but what models said."""
    path = tmp_path_factory.mktemp("speaking") / "season.duckdb"
    with closing(DuckDBWarehouse(Path(shutil.copy(computed_season_file, path)))) as warehouse:
        yield Pipeline(warehouse, load())


@pytest.fixture
def quiet(season: Pipeline) -> Pipeline:
    """Nobody has spoken yet."""
    asked(season, f"DELETE FROM {KEPT}")
    return season


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two ridges and a CatBoost, fitted on rows made in code, up to TRAIN_LAST; all shadows."""
    shelf = Shelf(tmp_path_factory.mktemp("made"))
    for name, recipe in (("line", RIDGE), ("other", RIDGE), ("trees", CATBOOST)):
        kept = keep(shelf, passing=False, recipe=recipe, name=name)
        assert kept.metadata.train_last == TRAIN_LAST
    return shelf.home


@pytest.fixture
def shelf(made: Path, tmp_path: Path) -> Shelf:
    return Shelf(Path(shutil.copytree(made, tmp_path / "shelf")))


@pytest.fixture
def ridge(shelf: Shelf) -> Kept:
    return named(shelf, "line")


@pytest.fixture
def trees(shelf: Shelf) -> Kept:
    return named(shelf, "trees")
