"""Which models speak of a date, what keeps them from it, and what is published of it."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import date, timedelta
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from clients.command import execute
from modeling.fitting import frameworks
from modeling.fitting.recipe import Framework
from modeling.models.choosing import SYSTEMS
from modeling.models.shelf import Kept, Shelf
from modeling.speaking import SILENCES, Speaking
from pipeline.outcome import COMPLETED, WITH_FINDINGS
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.errors import ModelRefused, UsageError
from processors.registry import load
from processors.systems import MODELS
from tests.modeling.speakers import (
    AFTERWARDS,
    DAY,
    KEPT,
    STORE,
    TRAIN_LAST,
    asked,
    backfilled,
    edit,
    named,
    used,
)
from warehouse.duckdb.engine import DuckDBWarehouse


class TestWhoSpeaks:
    def test_every_framework_speaks_as_somebody(self) -> None:
        assert set(SYSTEMS) == set(Framework)
        assert set(SYSTEMS.values()) == set(MODELS)

    def test_nobody_is_active(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        told = backfilled(quiet, shelf)
        assert (told.said, told.voices, told.overall) == (0, (), COMPLETED)
        assert "none in" in told.reason
        assert backfilled(quiet, None).reason == "no model speaks: TIPOFF_MODELS_HOME is not set"
        with pytest.raises(ModelRefused, match="TIPOFF_MODELS_HOME"):
            Speaking(quiet, None, ridge.metadata.model_id)
        assert asked(quiet, f"SELECT * FROM {KEPT}") == []

    def test_retired(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        shelf.retire(ridge.metadata.model_id)
        assert backfilled(quiet, shelf).voices == ()
        with pytest.raises(ModelRefused, match="is retired"):
            backfilled(quiet, shelf, model_id=ridge.metadata.model_id)

    def test_unknown(self, quiet: Pipeline, shelf: Shelf) -> None:
        """Told before anything is computed."""
        with pytest.raises(UsageError, match="no model is called"):
            Speaking(quiet, shelf.home, "nobody-1")

    def test_two_are_active(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        """Which of both is meant nobody has said; where one is named, it speaks."""
        other = used(named(shelf, "other")).metadata.model_id
        used(ridge)
        with pytest.raises(
            ModelRefused, match=r"2 active models would speak as ridge: line-.*othe"
        ):
            backfilled(quiet, shelf)
        (voice,) = backfilled(quiet, shelf, model_id=other).voices
        assert voice.model_id == other


class TestSilent:
    """What keeps a named model from speaking is an error; another's silence is told."""

    def refused(
        self, pipeline: Pipeline, shelf: Shelf, kept: Kept, word: str, day: date = DAY
    ) -> str:
        with pytest.raises(ModelRefused) as caught:
            backfilled(pipeline, shelf, day, kept.metadata.model_id)
        used(kept)
        (voice,) = (told := backfilled(pipeline, shelf, day)).voices
        assert (voice.said, voice.silence, voice.reason) == (0, word, caught.value.message)
        assert told.overall is WITH_FINDINGS
        assert word in SILENCES
        assert asked(pipeline, f"SELECT * FROM {KEPT}") == []
        return caught.value.message

    @pytest.mark.parametrize("before", [0, 1, 60])
    def test_fitted_on_the_date(
        self, quiet: Pipeline, shelf: Shelf, ridge: Kept, before: int
    ) -> None:
        day = TRAIN_LAST - timedelta(days=before)
        said = self.refused(quiet, shelf, ridge, "fitted_later", day)
        assert str(day) in said
        assert str(TRAIN_LAST) in said

    def test_the_day_after(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        day = TRAIN_LAST + timedelta(days=1)
        assert backfilled(quiet, shelf, day, ridge.metadata.model_id).said > 0

    def test_other_order(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        """The same features, two of them in each other's place."""
        first, second, *rest = ridge.metadata.features
        edit(ridge, features=[second, first, *rest])
        assert "today's v12 in today's order" in self.refused(quiet, shelf, ridge, "other_features")

    def test_other_versions(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        edit(ridge, library_versions={**ridge.metadata.library_versions, "numpy": "1.26.4"})
        assert "numpy 1.26.4, here 2" in self.refused(quiet, shelf, ridge, "not_loaded")

    def test_not_installed(
        self, quiet: Pipeline, shelf: Shelf, trees: Kept, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def version(name: str) -> str:
            raise PackageNotFoundError(name)

        monkeypatch.setattr(frameworks, "version", version)
        assert "pip install 'tipoff[modeling]'" in self.refused(quiet, shelf, trees, "not_loaded")

    def test_cannot_be_imported(
        self, quiet: Pipeline, shelf: Shelf, trees: Kept, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its distribution is there, and what it needs of the system is not."""
        monkeypatch.setitem(sys.modules, "catboost", None)
        assert "can't be used here" in self.refused(quiet, shelf, trees, "not_loaded")

    def test_its_file_is_gone(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        ridge.file.unlink()
        assert "not the file that was kept" in self.refused(quiet, shelf, ridge, "not_loaded")

    def test_stale_store(self, pipeline: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        """Somebody edits a stored row: what stands there is not what was proven."""
        asked(pipeline, f"UPDATE {STORE} SET points_avg_last_5 = 1 WHERE game_date = ?", DAY)
        pipeline.refresh()
        said = self.refused(pipeline, shelf, ridge, "not_proven")
        assert f"tipoff run --start {DAY} --end {DAY}" in said
        assert "--allow-stale" not in said
        (other,) = backfilled(pipeline, shelf, DAY + timedelta(days=1)).voices
        assert other.said > 0

    def test_nothing_stored(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        said = self.refused(quiet, shelf, ridge, "not_proven", date(2026, 7, 14))
        assert "holds nobody of 2026-07-14" in said


PUBLISHED = (
    "SELECT model_id, model_state, count(*) FROM nba_predictions.player_prop_predictions"
    " WHERE game_date = ? AND system_id = 'ridge' GROUP BY 1, 2"
)


class TestPublished:
    def test_the_next_run_sees_it(self, pipeline: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        """In the same process, and by Tipoff's own way of asking."""
        speaking = Speaking(pipeline, shelf.home, ridge.metadata.model_id)
        told = speaking(DAY, moment=AFTERWARDS, is_backfill=True)
        request = make_request(pipeline.registry, tables=["predictions"], start=DAY, end=DAY)
        report = pipeline.run(request)
        assert {one.status.value for one in report.results} == {"success"}
        assert asked(pipeline, PUBLISHED, DAY) == [(ridge.metadata.model_id, "shadow", told.said)]

    @pytest.mark.parametrize("named", [True, False])
    def test_command(
        self,
        file: str,
        shelf: Shelf,
        ridge: Kept,
        named: bool,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """The model that is named; or the active one, where the setting says that models are."""
        given = ["predict", str(DAY), "--backfill", "--warehouse", file]
        if named:
            given += ["--model", ridge.metadata.model_id, "--home", str(shelf.home)]
        else:
            used(ridge)
            monkeypatch.setenv("TIPOFF_MODELS_HOME", str(shelf.home))
        assert execute(given) == 0
        assert "speaks as ridge of" in capsys.readouterr().err
        with closing(DuckDBWarehouse(Path(file.removeprefix("duckdb://")))) as warehouse:
            ((model_id, state, rows),) = asked(Pipeline(warehouse, load()), PUBLISHED, DAY)
        assert (model_id, state) == (ridge.metadata.model_id, "shadow" if named else "active")
        assert rows > 50

    def test_no_such_model(self, file: str, capsys: pytest.CaptureFixture[str]) -> None:
        given = ["predict", str(DAY), "--backfill", "--warehouse", file]
        assert execute([*given, "--model", "nobody-1"]) == 64
        assert "no model is called 'nobody-1'" in capsys.readouterr().err

    @pytest.mark.parametrize("words", [[], [str(DAY), "--start", str(DAY)], ["--end", str(DAY)]])
    def test_one_date(self, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["predict", *words]) == 64
        assert "name one date" in capsys.readouterr().err
