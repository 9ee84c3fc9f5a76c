"""What a walk said is kept as if it had been said then, where nothing that it read has changed."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from clients.command import execute
from modeling.arrays import day_of
from modeling.backtest import run_backtest
from modeling.report.report import make_report
from modeling.runs import BACKTESTS, PREDICTIONS, REPORT, Run, read_run, write_run
from modeling.training_set import TrainingSet
from modeling.walkforward import Span
from modeling.walking import keep_walk
from pipeline.run import Pipeline
from processors.errors import ModelRefused, UsageError
from processors.registry import load
from tests.modeling.small import FIRST, asked
from warehouse.duckdb.engine import DuckDBWarehouse

FIRST_EVALUATED, LAST_EVALUATED = FIRST + timedelta(days=69), FIRST + timedelta(days=96)
WITHIN = Span(first=date(2026, 1, 20), last=date(2026, 1, 30))
NOW = datetime(2026, 4, 1, 12, 30, tzinfo=UTC)
STORE, KEPT = "nba_predictions.ml_feature_store_v2", "nba_raw.model_predictions"
NAME = "walk1"


@pytest.fixture(scope="module")
def walked(season_rows: TrainingSet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a backtest that fits a ridge each week for four weeks; to be read."""
    home = tmp_path_factory.mktemp("walked")
    rows = season_rows.pick(season_rows.days <= np.datetime64(LAST_EVALUATED))
    done = run_backtest(rows, asked(69, 96, name=NAME))
    write_run(home, done, make_report(done))
    return home


@pytest.fixture
def home(walked: Path, tmp_path: Path) -> Path:
    """To be changed."""
    return Path(shutil.copytree(walked, tmp_path / "home"))


@pytest.fixture(scope="module")
def run(walked: Path) -> Run:
    return read_run(walked, NAME)


def report_of(home: Path) -> Path:
    return home / BACKTESTS / NAME / REPORT


def said(pipeline: Pipeline, text: str) -> list[tuple]:
    return pipeline.warehouse._connection.execute(text).fetchall()


def walk(pipeline: Pipeline, home: Path, within: Span = WITHIN) -> int:
    return keep_walk(pipeline, home, NAME, within, moment=NOW).said


def test_origin_is_kept(run: Run, season_rows: TrainingSet) -> None:
    """Of every partition that was read, and of the features in their order."""
    stored = {
        one["day"]: one["fingerprint"] for one in run.origin["partitions"] if one["table"] == STORE
    }
    assert stored == {
        one.day.isoformat(): one.fingerprint for one in season_rows.partitions if one.table == STORE
    }
    assert run.origin["features"] == list(asked().features)


def test_says_what_was_predicted(pipeline: Pipeline, walked: Path, run: Run) -> None:
    """Of the evaluated dates in the range, and of nobody else."""
    spoken = keep_walk(pipeline, walked, NAME, WITHIN, moment=NOW)
    which = WITHIN.covers(run.days)
    told = zip(run.days[which], run.players[which], run.predicted["model"][which], strict=True)
    expected = {(day_of(day), who): round(max(value, 0), 2) for day, who, value in told}
    rows = said(
        pipeline,
        "SELECT game_date, player_lookup, predicted_points, as_of, feature_hash, created_at,"
        f" is_backfill, system_id, model_id, model_state, feature_set FROM {KEPT}",
    )
    assert len(rows) == len(expected) == spoken.said > 500
    assert {row[0] for row in rows} == set(spoken.days)
    assert [row for row in rows if abs(expected[row[0], row[1]] - row[2]) > 0.0101] == []
    assert {row[6:] for row in rows} == {(True, "ridge", NAME, "walk", "v12")}
    assert {row[5] for row in rows} == {NOW.replace(tzinfo=None)}
    beside = said(
        pipeline,
        f"SELECT count(*) FROM {KEPT} AS said"
        f" JOIN {STORE} AS store USING (game_date, player_lookup)"
        " JOIN nba_predictions.system_predictions AS rule USING (game_date, player_lookup)"
        " WHERE rule.system_id = 'moving_average' AND rule.as_of = said.as_of"
        " AND store.data_hash = said.feature_hash AND store.game_id = said.game_id",
    )
    assert beside == [(len(rows),)]


class TestRefused:
    def edited(self, pipeline: Pipeline, day: date) -> None:
        pipeline.warehouse._connection.execute(
            f"UPDATE {STORE} SET points_avg_last_5 = 1 WHERE game_date = ?", [day]
        )
        pipeline.refresh()

    def test_changed_before(self, pipeline: Pipeline, walked: Path) -> None:
        """A fit has learnt from what stands otherwise now."""
        self.edited(pipeline, date(2025, 12, 10))
        with pytest.raises(ModelRefused, match=r"1 of \d+ dates .* the first 2025-12-10: run it"):
            walk(pipeline, walked)
        assert said(pipeline, f"SELECT * FROM {KEPT}") == []

    def test_changed_after(self, pipeline: Pipeline, walked: Path) -> None:
        """What comes after the range has told it nothing."""
        self.edited(pipeline, date(2026, 2, 3))
        assert walk(pipeline, walked) > 0
        with pytest.raises(ModelRefused, match="the first 2026-02-03"):
            walk(pipeline, walked, Span(first=WITHIN.first, last=LAST_EVALUATED))

    def test_fitted_later(self, pipeline: Pipeline, home: Path) -> None:
        """A report that says so of one of its fits."""
        report = json.loads(report_of(home).read_text())
        report["fits"][1]["train_last"] = report["fits"][1]["first_evaluated"]
        report_of(home).write_text(json.dumps(report))
        with pytest.raises(ModelRefused, match="ended before 2026-01-20"):
            walk(pipeline, home)
        later = Span(first=date(2026, 1, 27), last=date(2026, 1, 30))
        assert walk(pipeline, home, later) > 0

    def test_not_said_what_it_read(self, pipeline: Pipeline, home: Path) -> None:
        """A run from before that was kept."""
        path = home / BACKTESTS / NAME / PREDICTIONS
        bare = path.with_suffix(".bare")
        with duckdb.connect() as connection:
            connection.execute(f"COPY (FROM '{path}') TO '{bare}' (FORMAT parquet)")
        bare.replace(path)
        with pytest.raises(ModelRefused, match="doesn't say which partitions it read"):
            walk(pipeline, home)

    def test_other_dates(self, pipeline: Pipeline, walked: Path) -> None:
        with pytest.raises(UsageError, match=f"evaluated {FIRST_EVALUATED} to .*, and no row"):
            walk(pipeline, walked, Span(first=date(2025, 12, 1), last=date(2025, 12, 31)))
        with pytest.raises(UsageError, match="there is no backtest 'walk2'"):
            keep_walk(pipeline, walked, "walk2", WITHIN, moment=NOW)


def test_command(file: str, walked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Published beside the rules, and none of the dates before or after."""
    given = ["predict", "--walk", NAME, "--start", "2026-01-20", "--home", str(walked)]
    given += ["--warehouse", file, "--json"]
    assert execute(given) == 64
    assert "--backfill" in capsys.readouterr().err
    assert execute([*given, "--end", "2026-01-22", "--backfill"]) == 0
    told = capsys.readouterr()
    answer = json.loads(told.out)
    (voice,) = answer["spoken"]["voices"]
    assert (voice["model_id"], voice["state"], voice["silence"]) == (NAME, "walk", "")
    assert f"{NAME} (walk) speaks as ridge of {voice['said']} players" in told.err
    done = {one["date"] for one in answer["results"]}
    assert len(done) == answer["days"] == 3
    with closing(DuckDBWarehouse(Path(file.removeprefix("duckdb://")))) as warehouse:
        published = said(
            Pipeline(warehouse, load()),
            "SELECT CAST(game_date AS VARCHAR), count(*)"
            " FROM nba_predictions.player_prop_predictions"
            " WHERE system_id = 'ridge' AND model_state = 'walk' GROUP BY game_date",
        )
    assert {day for day, _ in published} == done
    assert sum(rows for _, rows in published) == voice["said"]
