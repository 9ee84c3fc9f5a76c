"""The bootstrap days: skipped by design, and filled with placeholders where that is wanted."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.options import pipeline_at
from pipeline.coverage import read_coverage
from pipeline.plan import make_request
from pipeline.run import Pipeline, Report
from processors.contract import Layer
from processors.features import FEATURES, SETS, required_of
from processors.registry import Processor, Registry, load
from processors.statement import Statement
from tests.linters.reading import Reading
from tests.linters.rules import RULES
from tests.oracle.tiny import day
from tests.worlds import stored_rows
from warehouse.duckdb.engine import DuckDBWarehouse

from .small import PLAYER_CONTEXT, Small, ask, league, outcome, run, states

STORE = "nba_predictions.ml_feature_store_v2"


def precompute(registry: Registry) -> list[str]:
    return [one.table for one in registry if one.contract.layer is Layer.PRECOMPUTE]


def placed(small: Small) -> Pipeline:
    pipeline = small.pipeline()
    pipeline.bootstrap_placeholders = True
    return pipeline


class TestSkipped:
    def test_words(self, registry: Registry) -> None:
        """Each of the five says which day it is and when the first date is processed."""
        report = run_all(league(16).pipeline(), 3)
        tables = precompute(registry)
        assert len(tables) == 5
        for table in tables:
            found = outcome(report, table, 3)
            assert found.status.value == "skipped_bootstrap"
            assert "season day 3 of" in found.reason
            assert f"the first date processed is {day(14)}" in found.reason
            assert found.evidence.rows == 0

    def test_last(self, registry: Registry) -> None:
        """Day 13 is skipped, day 14 is not."""
        report = run_all(league(16).pipeline(), 13, 14)
        for table in precompute(registry):
            assert outcome(report, table, 13).status.value == "skipped_bootstrap"
            assert outcome(report, table, 14).status.value != "skipped_bootstrap"


class TestPlaceholders:
    @pytest.fixture
    def pipeline(self) -> Iterator[Pipeline]:
        pipeline = placed(league(16))
        yield pipeline
        pipeline.warehouse.close()

    def test_rows(self, pipeline: Pipeline) -> None:
        run_all(pipeline, 0, 13)
        context = stored_rows(pipeline.warehouse, PLAYER_CONTEXT)
        rows = stored_rows(pipeline.warehouse, STORE)
        keys = [(row["game_date"], row["player_lookup"]) for row in context]
        assert keys
        assert [(row["game_date"], row["player_lookup"]) for row in rows] == keys
        required = required_of(SETS["v12"])
        counted = required_of(SETS["v11"])
        for row, expected in zip(rows, context, strict=True):
            number = (row["game_date"] - day(0)).days
            assert {row[feature.name] for feature in FEATURES} == {None}
            assert row["insufficient_data_reason"] == f"bootstrap_day_{number}"
            assert row["early_season_flag"] is True
            assert (row["games_in_sample"], row["data_quality_tier"]) == (0, "low")
            assert row["missing_features"] == ",".join(required)
            assert row["required_default_count"] == len(counted)
            assert (row["ready_feature_sets"], row["feature_quality_score"]) == ("", 0)
            for name in ("game_id", "team_abbr", "opponent_team_abbr", "is_home", "season_year"):
                assert row[name] == expected[name]

    def test_outcome(self, pipeline: Pipeline) -> None:
        """The status is as without them; the rows are in the evidence and in the ledger."""
        found = outcome(run_all(pipeline, 5), STORE, 5)
        assert found.status.value == "skipped_bootstrap"
        assert found.evidence.rows > 0
        assert found.evidence.violations == ()
        (row_count, evidence) = pipeline.warehouse.rows(
            "SELECT row_count, evidence FROM `nba_ops.partitions`"
            f" WHERE table_name = '{STORE}' AND output_fingerprint IS NOT NULL"
        )[0]
        assert row_count == json.loads(evidence)["rows"] == found.evidence.rows

    def test_prepared(self, pipeline: Pipeline) -> None:
        """Asked for alone, the store brings about what its placeholders are made from."""
        report = run(pipeline, 5, 5, "ml_feature_store_v2")
        assert outcome(report, STORE, 5).evidence.rows > 0
        assert PLAYER_CONTEXT in {one.table for one in report.prepared}

    def test_not_prepared(self) -> None:
        report = run(league(16).pipeline(), 5, 5, "ml_feature_store_v2")
        assert report.prepared == []

    def test_idempotent(self, pipeline: Pipeline) -> None:
        run_all(pipeline, 0, 13)
        before = published(pipeline)
        again = run_all(pipeline, 0, 13)
        assert published(pipeline) == before
        assert {one.status.value for one in again.results if one.table == STORE} == {
            "skipped_bootstrap"
        }

    def test_follow_the_context(self) -> None:
        """A game that moves takes its placeholders along."""
        small = league(16)
        pipeline = placed(small)
        run_all(pipeline, 0, 8)
        before = len(stored_rows(pipeline.warehouse, STORE))
        pipeline.warehouse._connection.execute(
            f"DELETE FROM {PLAYER_CONTEXT} WHERE player_lookup = 'bos3'"
        )
        pipeline.refresh()
        run(pipeline, 8, 8, "ml_feature_store_v2", prepare=False)
        assert len(stored_rows(pipeline.warehouse, STORE)) == before - 1

    def test_off(self, pipeline: Pipeline) -> None:
        """Switched off, what is there stays."""
        run_all(pipeline, 0, 13)
        before = published(pipeline)
        pipeline.bootstrap_placeholders = False
        run_all(pipeline, 0, 13)
        assert published(pipeline) == before

    def test_bad_rows(self, registry: Registry) -> None:
        """A placeholder that breaks its contract is set aside with the reason, and counted."""
        store = registry.processors[STORE]
        places = Statement(store.in_bootstrap.statement.text.replace("'low' AS", "'poor' AS"))
        broken = registry.replaced(Processor(store.contract, store.statement, places))
        pipeline = league(16).pipeline(broken)
        pipeline.bootstrap_placeholders = True
        found = outcome(run_all(pipeline, 5), STORE, 5)
        assert found.status.value == "skipped_bootstrap"
        (bad,) = found.evidence.quarantined.values()
        kept = pipeline.warehouse.rows(
            f"SELECT reason, COUNT(*) FROM `nba_ops.quarantine` WHERE table_name = '{STORE}'"
            f" AND partition_date = DATE '{day(5)}' GROUP BY reason"
        )
        assert kept == [("data_quality_tier_unknown_word", bad.rows)]
        context = stored_rows(pipeline.warehouse, PLAYER_CONTEXT)
        assert bad.rows == sum(row["game_date"] == day(5) for row in context) > 0
        assert found.evidence.rows == len(stored_rows(pipeline.warehouse, STORE)) == 0
        pipeline.warehouse.close()

    def test_outside_coverage(self, pipeline: Pipeline) -> None:
        run_all(pipeline, 0, 13)
        (found,) = read_coverage(pipeline, [STORE])
        assert (found.rows, found.bootstrap) == (0, 14)
        assert states(pipeline.plan(ask(pipeline, 5, 5, STORE)), STORE) == {5: "bootstrap"}

    def test_beside_the_season(self, computed_season_file: Path, tmp_path: Path) -> None:
        """A whole season's rows are untouched by them."""
        path = tmp_path / "season.duckdb"
        shutil.copy(computed_season_file, path)
        warehouse = DuckDBWarehouse(path)
        pipeline = Pipeline(warehouse, load(), bootstrap_placeholders=True)
        season = pipeline.assessor.calendar.seasons[0]
        text = (
            f"SELECT COUNT(*), COUNTIF(insufficient_data_reason LIKE 'bootstrap%') FROM `{STORE}`"
        )
        ((before, none),) = warehouse.rows(text)
        report = run_season(pipeline)
        ((after, held),) = warehouse.rows(text)
        assert none == 0
        assert after - before == held > 0
        assert report.overall.exit_code == 0
        assert {one.status.value for one in report.results if season.day_of(one.day) >= 14} <= {
            "unchanged",
            "skipped_no_games",
        }
        warehouse.close()

    @pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
    def test_rules(self, registry: Registry, rule) -> None:
        """The statement of the placeholders keeps the rules of all statements."""
        held = registry.processors[STORE].in_bootstrap
        assert rule(Reading.of(held, registry.contracts)) == []


@pytest.mark.parametrize(("value", "wanted"), [("yes", True), ("no", False), (None, False)])
def test_setting(
    value: str | None, wanted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIPOFF_BOOTSTRAP_PLACEHOLDERS", raising=False)
    if value is not None:
        monkeypatch.setenv("TIPOFF_BOOTSTRAP_PLACEHOLDERS", value)
    with pipeline_at(f"duckdb://{tmp_path}/new.duckdb", 0) as pipeline:
        assert pipeline.bootstrap_placeholders is wanted


def published(pipeline: Pipeline) -> list[tuple]:
    """Every row with the run that published it."""
    return pipeline.warehouse.rows(
        f"SELECT game_date, player_lookup, data_hash, run_id FROM `{STORE}`"
        " ORDER BY game_date, player_lookup"
    )


def run_all(pipeline: Pipeline, first: int, last: int | None = None) -> Report:
    """Every table of the house."""
    end = day(first if last is None else last)
    return pipeline.run(make_request(pipeline.registry, start=day(first), end=end))


def run_season(pipeline: Pipeline) -> Report:
    dates = pipeline.assessor.calendar.game_dates
    return pipeline.run(make_request(pipeline.registry, start=dates[0], end=dates[-1]))
