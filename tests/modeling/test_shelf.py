"""The shelf: what a model brings with it, when it loads, who may be promoted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clients.command import execute
from modeling.backtest import fit_after, run_backtest
from modeling.fitting.recipe import USUAL_LOSS, Framework, Recipe, parse_loss
from modeling.models.metadata import State
from modeling.models.shelf import METADATA, STATE, Kept, Shelf
from modeling.report.report import make_report
from processors.errors import ModelRefused, UsageError
from tests.modeling.small import RIDGE, asked, make_rows

ROWS = make_rows()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def keep(shelf: Shelf, *, passing: bool, recipe: Recipe = RIDGE, name: str = "one") -> Kept:
    """A model whose report was made good, or is what it is."""
    wanted = asked(recipe=recipe, name=name, refit_days=None)
    done = run_backtest(ROWS, wanted)
    if passing:
        line, actual = done.rows.cascade, done.rows.points
        known = np.where(np.isfinite(line), line, done.predicted)
        done = replace(done, predicted=known + 0.65 * (actual - known))
    made = fit_after(ROWS, wanted)
    assert made is not None
    return shelf.register(*made, wanted, ROWS, make_report(done))


@pytest.mark.parametrize("framework", Framework)
def test_kept_and_loaded(shelf: Shelf, framework: Framework) -> None:
    wanted = asked(
        recipe=Recipe(framework=framework, loss=parse_loss("RMSE")),
        feature_set="v9",
        refit_days=None,
    )
    report = make_report(run_backtest(ROWS, wanted))
    made, again = fit_after(ROWS, wanted), fit_after(ROWS, wanted)
    assert made is not None
    assert again is not None
    kept = shelf.register(*made, wanted, ROWS, report)
    known = kept.metadata
    assert kept.state is State.SHADOW
    assert (known.feature_set, len(known.features)) == ("v9", 33)
    assert known.train_rows == len(ROWS)
    assert known.partition_count == len(ROWS.partitions)
    assert set(known.library_versions) >= {"python", "numpy"}
    fitted, told = shelf.load(known.model_id)
    assert told == known
    matrix = ROWS.matrix(known.features)
    assert fitted.predict(matrix).tolist() == made[0].predict(matrix).tolist()
    # Made once more it is the same bytes, and so the same model.
    assert shelf.register(*again, wanted, ROWS, report).metadata.model_id == known.model_id
    assert len(shelf.all()) == 1


class TestLoading:
    def edit(self, kept: Kept, **more: object) -> None:
        path = kept.folder / METADATA
        path.write_text(json.dumps(json.loads(path.read_text()) | more))

    def test_other_libraries(self, shelf: Shelf) -> None:
        kept = keep(shelf, passing=True)
        self.edit(kept, library_versions={**kept.metadata.library_versions, "numpy": "1.26.4"})
        for refused in (shelf.load, shelf.promote):
            with pytest.raises(ModelRefused, match=r"numpy 1\.26\.4, here 2"):
                refused(kept.metadata.model_id)

    def test_other_bytes(self, shelf: Shelf) -> None:
        kept = keep(shelf, passing=True)
        kept.file.write_text(kept.file.read_text().replace("1", "2", 1))
        with pytest.raises(ModelRefused, match="not the file that was kept"):
            shelf.load(kept.metadata.model_id)

    @pytest.mark.parametrize(
        ("file", "text"), [(METADATA, "{"), (METADATA, "{}"), (METADATA, "[1]"), (STATE, "asleep")]
    )
    def test_not_to_be_read(self, shelf: Shelf, file: str, text: str) -> None:
        """It may be the active one: nobody is listed or chosen without it."""
        kept = keep(shelf, passing=False)
        (kept.folder / file).write_text(text)
        with pytest.raises(ModelRefused, match=f"{kept.folder} holds no model that can be read"):
            shelf.all()

    def test_unknown(self, shelf: Shelf) -> None:
        with pytest.raises(UsageError, match="tipoff backtest keeps one"):
            shelf.load("one-abc")


class TestStates:
    def test_failed_gates(self, shelf: Shelf) -> None:
        kept = keep(shelf, passing=False)
        with pytest.raises(ModelRefused, match="failed hit rate"):
            shelf.promote(kept.metadata.model_id)
        assert shelf.kept(kept.metadata.model_id).state is State.SHADOW

    def test_one_is_active(self, shelf: Shelf) -> None:
        first = keep(shelf, passing=True).metadata.model_id
        lightgbm = Recipe(framework=Framework.LIGHTGBM, loss=USUAL_LOSS[Framework.LIGHTGBM])
        second = keep(shelf, passing=True, recipe=lightgbm).metadata.model_id
        other = keep(shelf, passing=True, name="two").metadata.model_id
        for one in (first, other, second):
            assert shelf.promote(one).state is State.ACTIVE
        states = {one.metadata.model_id: one.state for one in shelf.all()}
        assert states == {first: State.RETIRED, second: State.ACTIVE, other: State.ACTIVE}
        active = shelf.active("one")
        assert active is not None
        assert active.metadata.model_id == second

    def test_retired_is_for_good(self, shelf: Shelf) -> None:
        kept = keep(shelf, passing=True).metadata.model_id
        assert shelf.retire(kept).state is State.RETIRED
        for refused in (shelf.promote, shelf.retire):
            with pytest.raises(ModelRefused, match="is retired"):
                refused(kept)


def test_commands(shelf: Shelf, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(shelf.home)]
    assert execute(["models", "list", *home]) == 0
    assert "no model is kept" in capsys.readouterr().err
    good = keep(shelf, passing=True).metadata.model_id
    bad = keep(shelf, passing=False, name="bad").metadata.model_id
    assert execute(["models", "promote", bad, *home]) == 1
    assert "model_refused: bad-" in capsys.readouterr().err
    assert execute(["models", "promote", good, *home, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "active"
    assert execute(["models", "list", *home]) == 0
    told = capsys.readouterr().out
    assert "shadow" in told
    assert "active" in told
    assert execute(["models", "retire", good, *home]) == 0
    assert execute(["models", "retire", "nobody", *home]) == 64
