"""`tipoff features`: the catalogue and the readiness of its sets."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clients.command import execute
from pipeline.plan import make_request
from pipeline.readiness import read_readiness
from pipeline.run import Pipeline
from processors.contract import Layer
from processors.features import FEATURES, SETS
from processors.registry import load
from warehouse.duckdb.engine import DuckDBWarehouse

STORE = "nba_predictions.ml_feature_store_v2"
LAST = date(2026, 1, 18)
"""Half of the season's games are enough for a shortage."""


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
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
        found = run_json(capsys, "--readiness")["sets"]
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
        found = run_json(capsys, "--readiness", "--set", "v9")["sets"]
        assert {one["feature_set"] for one in found} == {"v9"}

    def test_nothing_to_explain(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Every set is ready in most rows after day 30; what the raw tables know is told anyway."""
        assert execute(["features", "--readiness"]) == 0
        said = capsys.readouterr().out
        assert "why few rows" not in said
        assert "games that the raw tables know" in said

    def test_by_hand(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Only the sets that are not ready; where no raw column has a gap, that is what is said."""
        warehouse = DuckDBWarehouse(computed)
        warehouse._connection.execute(
            f"UPDATE {STORE} SET dnp_rate = NULL,"
            " ready_feature_sets = CASE WHEN ready_feature_sets = '' THEN '' ELSE 'v9' END"
        )
        warehouse.close()
        (shortage,) = run_json(capsys, "--readiness")["shortages"]
        assert shortage["shares"] == dict.fromkeys([*SETS][1:], 0.0)
        worst = shortage["features"][0]
        assert (worst["feature"], worst["share"], worst["gaps"]) == ("dnp_rate", 1.0, [])
        assert worst["feature_sets"] == [*SETS][1:]
        assert "no raw column has a gap; formula: 1 - his games / team games" in worst["cause"]

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


class TestShortage:
    """Parts of half the sample season's raw tables are taken away before it is computed."""

    @pytest.fixture
    def without(
        self, raw_season_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[DuckDBWarehouse]:
        path = tmp_path / "season.duckdb"
        shutil.copy(raw_season_file, path)
        monkeypatch.setenv("TIPOFF_WAREHOUSE", f"duckdb://{path}")
        warehouse = DuckDBWarehouse(path)
        for contract in load().contracts.values():
            if contract.layer is Layer.RAW and contract.date_column:
                warehouse._connection.execute(
                    f"DELETE FROM {contract.table} WHERE {contract.date_column} > ?", [LAST]
                )
        yield warehouse
        warehouse.close()

    @pytest.fixture
    def without_shots(self, without: DuckDBWarehouse) -> tuple[int, str]:
        """How many games keep their shots, and from when on."""
        ((day,),) = without.rows(
            f"SELECT game_date FROM ({COUNTED_GAMES}) ORDER BY game_date LIMIT 1 OFFSET 450"
        )
        without._connection.execute("DELETE FROM nba_raw.shots WHERE game_date < ?", [day])
        without._connection.execute("UPDATE nba_raw.player_boxscores SET offensive_rebounds = NULL")
        compute(without)
        ((kept,),) = without.rows(
            f"SELECT COUNT(*) FROM ({COUNTED_GAMES}) WHERE game_date >= @day", day=day
        )
        without.close()
        return kept, str(day)

    def test_shots(
        self, without_shots: tuple[int, str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        kept, day = without_shots
        found = run_json(capsys, "--readiness")
        (shortage,) = found["shortages"]
        assert (shortage["season"], shortage["phase"]) == ("2025-26", "from day 30")
        assert set(shortage["shares"]) == set(SETS)
        assert max(shortage["shares"].values()) < 0.5
        by_name = {one["feature"]: one for one in shortage["features"]}
        in_all = next(one["needed"] for one in found["holdings"] if one["table"] == "nba_raw.shots")
        for name in ("pct_paint", "pct_mid_range", "pct_three", "shot_zone_mismatch_score"):
            assert by_name[name]["share"] > 0.5
            assert by_name[name]["cause"].startswith(
                f"nba_raw.shots: {kept} of {in_all:,} games, {day} to "
            )
        # No offensive rebound is known, yet pace is there for most: they are no cause.
        assert by_name["team_pace"]["share"] < 0.5
        assert by_name["team_pace"]["gaps"] == []
        # And what only beginners lack is laid at no table's door.
        trend = by_name["recent_trend"]
        assert trend["early_rows"] == trend["rows"]
        assert trend["cause"] == "all rows are of players with fewer than 10 games this season"

        assert execute(["features", "--readiness", "--set", "v12_blind"]) == 0
        known, explained = capsys.readouterr().out.split("why few rows of 2025-26 from day 30")
        shots = next(line for line in known.splitlines() if "nba_raw.shots" in line)
        assert str(kept) in shots.split()
        paint = next(line for line in explained.splitlines() if line.startswith("pct_paint"))
        assert f"nba_raw.shots: {kept} of " in paint

    def test_one_column(self, without: DuckDBWarehouse, capsys: pytest.CaptureFixture[str]) -> None:
        """Not the table is named but what of it is unknown; nothing known is said so."""
        without._connection.execute("UPDATE nba_raw.player_boxscores SET ft_made = NULL")
        compute(without)
        without.close()
        (shortage,) = run_json(capsys, "--readiness")["shortages"]
        by_name = {one["feature"]: one for one in shortage["features"]}
        assert by_name["pct_free_throw"]["share"] == 1
        assert by_name["pct_free_throw"]["cause"].startswith(
            "nba_raw.player_boxscores ft_made: none of "
        )
        assert [one["columns"] for one in by_name["pct_free_throw"]["gaps"]] == [["ft_made"]]


COUNTED_GAMES = """
SELECT game_id, game_date FROM `nba_raw.schedule`
WHERE status = 'final' AND boxscore_expected
  AND season_phase IN ('regular', 'play_in', 'playoffs')
"""


def compute(warehouse: DuckDBWarehouse) -> None:
    pipeline = Pipeline(warehouse, load())
    dates = pipeline.assessor.calendar.game_dates
    request = make_request(pipeline.registry, start=dates[0], end=dates[-1])
    assert pipeline.run(request).overall.exit_code == 0
