"""What models say of a date: which of them speak, for which moment, of whom, and what is kept."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest

from clients.command import execute
from modeling.arrays import moments_of
from modeling.fitting import frameworks
from modeling.fitting.recipe import Framework, Recipe, parse_loss
from modeling.models.metadata import State
from modeling.models.shelf import METADATA, STATE, Kept, Shelf
from modeling.speaking import SILENCES, Speaking, Spoken, speak
from modeling.speech import Speaker, to_hundredths, vectors
from modeling.spoken_of import read_spoken_of
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.errors import ModelRefused, UsageError
from processors.features import SETS
from processors.registry import load
from tests.modeling.small import RIDGE
from tests.modeling.test_shelf import keep
from warehouse.duckdb.engine import DuckDBWarehouse

TRAIN_LAST = date(2026, 1, 22)
DAY = date(2026, 2, 10)
AFTERWARDS = datetime(2026, 4, 1, 12, 30, tzinfo=UTC)
CATBOOST = Recipe(framework=Framework.CATBOOST, loss=parse_loss("RMSE"))
STORE = "nba_predictions.ml_feature_store_v2"
KEPT = "nba_raw.model_predictions"
READY = "list_contains(string_split(ready_feature_sets, ','), 'v12')"


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
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


def named(shelf: Shelf, name: str) -> Kept:
    return next(one for one in shelf.all() if one.metadata.name == name)


def asked(pipeline: Pipeline, text: str, *values: object) -> list[tuple]:
    return pipeline.warehouse._connection.execute(text, list(values)).fetchall()


def backfilled(
    pipeline: Pipeline, shelf: Shelf | None, day: date = DAY, model_id: str | None = None
) -> Spoken:
    return speak(pipeline, day, shelf, moment=AFTERWARDS, is_backfill=True, model_id=model_id)


def used(kept: Kept) -> Kept:
    """As if it had passed every gate."""
    (kept.folder / STATE).write_text(State.ACTIVE.value)
    return replace(kept, state=State.ACTIVE)


def edit(kept: Kept, **more: object) -> None:
    path = kept.folder / METADATA
    path.write_text(json.dumps(json.loads(path.read_text()) | more))


class TestBackfilled:
    def test_says_what_it_predicts(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        """Of everybody who is ready, from the store's row as it stands."""
        model_id = ridge.metadata.model_id
        (voice,) = backfilled(quiet, shelf, model_id=model_id).voices
        stored = asked(
            quiet,
            f"SELECT player_lookup, game_id, data_hash, {', '.join(SETS['v12'])} FROM {STORE}"
            f" WHERE game_date = ? AND {READY} ORDER BY player_lookup",
            DAY,
        )
        read = np.array([row[3:] for row in stored], dtype=np.float64)
        fitted, _ = shelf.load(model_id)
        points = np.round(np.maximum(fitted.predict(read), 0), 2)
        told = asked(quiet, f"SELECT * FROM {KEPT} WHERE game_date = ? ORDER BY 2", DAY)
        names = load().contracts[KEPT].column_names
        found = [dict(zip(names, row, strict=True)) for row in told]
        assert [(one["player_lookup"], one["game_id"], one["feature_hash"]) for one in found] == [
            row[:3] for row in stored
        ]
        assert [one["predicted_points"] for one in found] == pytest.approx(points, abs=0.011)
        assert 0 < len(found) == voice.said
        (rows,) = asked(quiet, f"SELECT count(*) FROM {STORE} WHERE game_date = ?", DAY)[0]
        assert voice.left_out == {"not_ready": rows - len(found)}
        assert {
            (one["system_id"], one["model_id"], one["model_state"], one["feature_set"])
            for one in found
        } == {("ridge", model_id, "shadow", "v12")}
        assert {(one["is_backfill"], one["created_at"]) for one in found} == {
            (True, AFTERWARDS.replace(tzinfo=None))
        }

    def test_speaks_for_the_moment_of_rules(self, season: Pipeline) -> None:
        """On every date of the season, of everybody of whom a rule speaks."""
        dates = season.assessor.calendar.game_dates
        rows = read_spoken_of(season, dates[0], dates[-1])
        keys = zip(rows.days.tolist(), rows.players, strict=True)
        ours = dict(zip(keys, rows.as_rules_speak.tolist(), strict=True))
        rules = asked(
            season,
            "SELECT game_date, player_lookup, as_of FROM nba_predictions.player_prop_predictions"
            " WHERE system_id = 'moving_average'",
        )
        assert len(rules) > 10_000
        assert [one for one in rules if ours[one[0], one[1]] != one[2]] == []
        seen = ~np.isnat(rows.captured) & (rows.as_rules_speak == rows.captured)
        assert 0.1 < seen.mean() < 0.9

    def test_is_kept_once(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        """Speech again it is the same row; what is loaded is seen."""
        before = quiet.warehouse.writes
        said = {backfilled(quiet, shelf, model_id=ridge.metadata.model_id).said for _ in "12"}
        assert {row[0] for row in asked(quiet, f"SELECT count(*) FROM {KEPT}")} == said
        assert quiet.warehouse.writes == before + 2

    def test_catboost(self, quiet: Pipeline, shelf: Shelf, ridge: Kept, trees: Kept) -> None:
        """Saved and loaded, beside the other system's."""
        boosted = used(trees)
        used(ridge)
        told = backfilled(quiet, shelf)
        assert [(one.system_id, one.state) for one in told.voices] == [
            ("gradient_boosted", "active"),
            ("ridge", "active"),
        ]
        counts = asked(quiet, f"SELECT model_id, count(*) FROM {KEPT} GROUP BY 1")
        assert dict(counts) == {one.model_id: one.said for one in told.voices}
        assert told.said == sum(dict(counts).values())
        rows = read_spoken_of(quiet, DAY, DAY)
        ready = rows.pick(rows.ready("v12"))
        fitted, _ = shelf.load(boosted.metadata.model_id)
        found = asked(
            quiet,
            f"SELECT predicted_points FROM {KEPT} WHERE model_id = ? ORDER BY player_lookup",
            boosted.metadata.model_id,
        )
        expected = np.maximum(fitted.predict(ready.matrix(SETS["v12"])), 0)
        assert [row[0] for row in found] == pytest.approx(expected, abs=0.0051)


class TestLive:
    def test_only_who_has_not_begun(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        """At the first tip-off: its game has begun, the others have not."""
        rows = read_spoken_of(quiet, DAY, DAY)
        ready = rows.pick(rows.ready("v12"))
        first = ready.tipoffs.min()
        moment = first.item().replace(tzinfo=UTC)
        told = speak(
            quiet, DAY, shelf, moment=moment, is_backfill=False, model_id=ridge.metadata.model_id
        )
        (voice,) = told.voices
        begun = int((ready.tipoffs == first).sum())
        assert 0 < begun < len(ready)
        assert voice.left_out["begun"] == begun
        assert voice.said == len(ready) - begun
        found = asked(quiet, f"SELECT DISTINCT as_of, created_at, is_backfill FROM {KEPT}")
        assert found == [(first.item(), first.item(), False)]
        still_to_come = {row[0] for row in asked(quiet, f"SELECT player_lookup FROM {KEPT}")}
        assert still_to_come == set(ready.players[ready.tipoffs > first])

    def test_an_hour_later_it_is_said_again(
        self, quiet: Pipeline, shelf: Shelf, ridge: Kept
    ) -> None:
        morning = datetime(2026, 2, 10, 15, tzinfo=UTC)
        for hours in (0, 1):
            speak(
                quiet,
                DAY,
                shelf,
                moment=morning + timedelta(hours=hours),
                is_backfill=False,
                model_id=ridge.metadata.model_id,
            )
        counts = asked(quiet, f"SELECT count(*) FROM {KEPT} GROUP BY as_of")
        assert len(counts) == 2
        assert counts[0] == counts[1]

    def test_no_tipoff_is_known(self, season: Pipeline) -> None:
        """Rules speak for the date's morning; what comes after it comes too late."""
        rows = read_spoken_of(season, DAY, DAY).pick(np.arange(3))
        tipoff = datetime(2026, 2, 11, 0, 30)
        morning = datetime(2026, 2, 10, 10)
        unknown = replace(
            rows,
            tipoffs=moments_of([None, tipoff, tipoff]),
            captured=moments_of([None, None, tipoff - timedelta(minutes=5)]),
            reported=moments_of([None, tipoff - timedelta(hours=9), tipoff - timedelta(hours=2)]),
        )
        assert unknown.as_rules_speak.tolist() == [
            morning,
            tipoff - timedelta(hours=8),
            tipoff - timedelta(minutes=5),
        ]
        assert not unknown.too_late(unknown.as_rules_speak).any()
        minute = np.timedelta64(1, "m")
        assert unknown.too_late(unknown.as_rules_speak + minute).tolist() == [True, False, False]
        assert unknown.too_late(moments_of([morning, tipoff, tipoff])).tolist() == [
            False,
            True,
            True,
        ]


class TestWhoSpeaks:
    def test_nobody_is_active(self, quiet: Pipeline, shelf: Shelf, ridge: Kept) -> None:
        told = backfilled(quiet, shelf)
        assert (told.said, told.voices) == (0, ())
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
        (voice,) = backfilled(pipeline, shelf, day).voices
        assert (voice.said, voice.silence, voice.reason) == (0, word, caught.value.message)
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


class TestPoints:
    SPEAKER = Speaker(
        system_id="ridge", model_id="one", state="shadow", feature_set="v12", features=()
    )

    def test_hundredths(self) -> None:
        found = to_hundredths(np.array([-3.2, 0.004, 17.126, 17.124]), self.SPEAKER)
        assert found.tolist() == [0, 0, 17.13, 17.12]

    def test_no_number(self) -> None:
        with pytest.raises(ModelRefused, match="no number of 1 players"):
            to_hundredths(np.array([1.0, np.inf]), self.SPEAKER)

    def test_vector(self) -> None:
        read = np.array([[12.345678, np.nan, -2]])
        assert vectors(read, ("a", "b", "c")).tolist() == ["a:12345678,b:,c:-2000000"]
