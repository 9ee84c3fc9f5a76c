"""`tipoff features`: the catalogue and the readiness of its sets."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from clients.command import execute
from pipeline.readiness import read_readiness
from pipeline.run import Pipeline
from processors.features import FEATURES, SETS
from processors.registry import load
from warehouse.duckdb.engine import DuckDBWarehouse


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict]:
    assert execute(["features", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


class TestCatalogue:
    def test_all(self, capsys: pytest.CaptureFixture[str]) -> None:
        found = run_json(capsys)
        assert [one["index"] for one in found] == list(range(54))
        risk = found[10]
        assert (risk["name"], risk["required"], risk["minimum"]) == ("injury_risk", False, 0)
        assert risk["sets"] == list(SETS)
        assert found[25]["sets"] == ["v9", "v10", "v11", "v12"]

    @pytest.mark.parametrize("name", SETS)
    def test_set(self, capsys: pytest.CaptureFixture[str], name: str) -> None:
        found = run_json(capsys, "--set", name)
        assert [one["name"] for one in found] == list(SETS[name])

    def test_words(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["features"]) == 0
        said = capsys.readouterr().out
        assert "54 features" in said
        assert "required" in said

    def test_unknown(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["features", "--set", "v13"]) == 64
        assert "v12_blind" in capsys.readouterr().err


class TestReadiness:
    @pytest.fixture
    def computed(
        self, computed_season_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Path:
        path = tmp_path / "season.duckdb"
        shutil.copy(computed_season_file, path)
        monkeypatch.setenv("TIPOFF_WAREHOUSE", f"duckdb://{path}")
        return path

    def test_counts(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Each set in both phases; what is missing is counted, worst first."""
        found = run_json(capsys, "--readiness")
        assert [one["feature_set"] for one in found] == 2 * list(SETS)
        assert {one["phase"] for one in found} == {"day 14-29", "from day 30"}
        optional = {one.name for one in FEATURES if not one.required}
        for one in found:
            counts = [lack["rows"] for lack in one["missing"]]
            assert counts == sorted(counts, reverse=True)
            assert 0.75 < one["share"] <= 1
            lacking = {lack["feature"] for lack in one["missing"]}
            assert lacking <= set(SETS[one["feature_set"]]) - optional
            assert one["rows"] - one["ready"] <= sum(counts)
            assert not counts or one["rows"] - one["ready"] >= counts[0]

    def test_set(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        found = run_json(capsys, "--readiness", "--set", "v9")
        assert {one["feature_set"] for one in found} == {"v9"}

    def test_explained(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A set that few rows are ready for after day 30 is explained feature by feature."""
        assert execute(["features", "--readiness"]) == 0
        assert "why " not in capsys.readouterr().out
        warehouse = DuckDBWarehouse(computed)
        warehouse._connection.execute(
            "UPDATE nba_predictions.ml_feature_store_v2 SET dnp_rate = NULL,"
            " ready_feature_sets = CASE WHEN ready_feature_sets = '' THEN '' ELSE 'v9' END"
        )
        warehouse.close()
        assert execute(["features", "--readiness"]) == 0
        said = capsys.readouterr().out
        assert "why v10 is ready in 0.0%" in said
        assert "why v9" not in said
        explained = said.split("why v10")[1].split("why v11")[0].splitlines()
        assert explained[2].startswith("dnp_rate")
        assert "100.0%" in explained[2]

    def test_bootstrap(self, computed: Path) -> None:
        """Placeholders are no rows to be ready."""
        warehouse = DuckDBWarehouse(computed)
        pipeline = Pipeline(warehouse, load())
        before = read_readiness(warehouse, pipeline.assessor.calendar)
        warehouse._connection.execute(
            "INSERT INTO nba_predictions.ml_feature_store_v2 SELECT * REPLACE"
            " (game_date - 200 AS game_date) FROM nba_predictions.ml_feature_store_v2"
            " WHERE game_date = DATE '2026-05-12'"
        )
        assert read_readiness(warehouse, pipeline.assessor.calendar) == before
        warehouse.close()

    def test_empty(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TIPOFF_WAREHOUSE", f"duckdb://{tmp_path}/new.duckdb")
        assert execute(["features", "--readiness"]) == 0
        assert "the store holds no row" in capsys.readouterr().err
