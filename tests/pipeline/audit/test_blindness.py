"""Blindness: an honest date passes, each planted leak is caught and named, nothing stored moves."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from clients import options
from clients.command import execute
from pipeline.audit.blindness import audit_date, sampled
from pipeline.audit.verdict import Verdict, Word
from pipeline.run import Pipeline
from processors.registry import load
from tests.pipeline.audit.plants import BARE_DOORS, LEAKS, SHIFTED_DOORS, Plant, exchanged, plant
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.interface import proven_columns

DAY = date(2026, 1, 15)
LAST = date(2026, 6, 20)


def verdict_of(pipeline: Pipeline, table: str, day: date = DAY) -> Verdict:
    (verdict,) = audit_date(pipeline, [table], day)
    return verdict


def contents(pipeline: Pipeline) -> dict[str, object]:
    return {
        table: pipeline.warehouse.fingerprint(
            contract, proven_columns(contract) if contract.is_computed else contract.column_names
        )
        for table, contract in pipeline.registry.contracts.items()
    }


def assert_named(verdict: Verdict) -> None:
    """The entity, and a forbidden row: of D or later."""
    assert verdict.word is Word.FAILED, verdict
    leak = verdict.evidence["leak"]
    assert leak["entity"]
    assert leak["row"], leak
    assert leak["row"]["game_date"] >= DAY
    assert f"{leak['input']} gave it away" in verdict.reason


class TestHonest:
    def test_every_table_passes_and_nothing_stored_is_touched(self, pipeline: Pipeline) -> None:
        before = contents(pipeline)
        verdicts = audit_date(pipeline, list(pipeline.registry.processors), DAY)
        assert {one.table for one in verdicts} == set(pipeline.registry.processors)
        assert [(one.table, one.reason) for one in verdicts if one.word is not Word.PASSED] == []
        assert contents(pipeline) == before

    def test_in_memory(self, computed_season_file: Path) -> None:
        warehouse = DuckDBWarehouse(None)
        connection = warehouse._connection
        connection.execute(f"ATTACH '{computed_season_file}' AS season (READ_ONLY)")
        connection.execute("COPY FROM DATABASE season TO memory")
        connection.execute("DETACH season")
        pipeline = Pipeline(warehouse, load())
        before = contents(pipeline)
        assert verdict_of(pipeline, "nba_analytics.player_asof").word is Word.PASSED
        assert contents(pipeline) == before
        leaky = plant(pipeline, LEAKS["the teams' door and its window"], DAY)
        assert_named(verdict_of(leaky, "nba_analytics.team_asof"))
        warehouse.close()

    def test_nothing_forbidden_is_undetermined(self, pipeline: Pipeline) -> None:
        assert verdict_of(pipeline, "nba_analytics.team_form", LAST).word is Word.UNDETERMINED


@pytest.mark.parametrize(
    "edit", ["last_game_date = analysis_date", "data_hash = 'x'"], ids=["columns", "hash"]
)
def test_an_edited_row_is_no_honest_one(edit: str, pipeline: Pipeline) -> None:
    """The hash that it was published with speaks for no other row."""
    table = "nba_analytics.team_asof"
    pipeline.warehouse._connection.execute(
        f"UPDATE {table} SET {edit} WHERE analysis_date = ? AND team_abbr = 'BOS'", [DAY]
    )
    pipeline.refresh()
    verdict = verdict_of(pipeline, table)
    assert verdict.word is Word.FAILED
    assert "BOS" in verdict.reason


class TestLeaks:
    @pytest.mark.parametrize("name", LEAKS)
    def test_is_caught_with_the_row(self, name: str, pipeline: Pipeline) -> None:
        leaky = plant(pipeline, LEAKS[name], DAY)
        assert_named(verdict_of(leaky, LEAKS[name].table))

    @pytest.mark.parametrize("name", BARE_DOORS)
    def test_a_bare_door_whose_stored_rows_are_honest(self, name: str, pipeline: Pipeline) -> None:
        before = contents(pipeline)
        leaky = plant(pipeline, BARE_DOORS[name], DAY)
        assert contents(leaky) == before
        assert_named(verdict_of(leaky, BARE_DOORS[name].table))

    @pytest.mark.parametrize("name", BARE_DOORS)
    @pytest.mark.parametrize("doors", [BARE_DOORS, SHIFTED_DOORS], ids=["bare", "shifted"])
    def test_a_door_whose_rows_come_from_a_range(
        self, doors: dict[str, Plant], name: str, pipeline: Pipeline
    ) -> None:
        leaky = plant(pipeline, doors[name], DAY, last=DAY + timedelta(3))
        assert contents(leaky)
        assert_named(verdict_of(leaky, doors[name].table))


class TestEndToEnd:
    def test_a_leak_upstream_is_followed_to_the_raw_row(self, pipeline: Pipeline) -> None:
        """The cache is honest, and so are the stored rows that it reads: only what is computed anew
        from falsified raw rows shows the leak."""
        leaky = plant(pipeline, BARE_DOORS["players"], DAY)
        verdict = verdict_of(leaky, "nba_precompute.player_daily_cache")
        assert_named(verdict)
        leak = verdict.evidence["leak"]
        assert leak["through"] == "raw tables"
        assert leak["enters"] == "nba_analytics.player_asof"
        assert leak["input"] == "nba_raw.player_boxscores"
        assert leak["row"]["player_lookup"] == leak["entity"]["player_lookup"]
        assert "it enters at nba_analytics.player_asof" in verdict.reason


class TestGivingUp:
    def test_an_engine_that_gives_up_leaves_it_unproven(self, pipeline: Pipeline) -> None:
        """Blocks that fit into INT64 as they are, and no more once they are falsified."""
        large = Plant(
            "nba_analytics.team_defense_game_summary",
            (exchanged("own.blocks", "own.blocks * 1000000000000000"),),
        )
        leaky = plant(pipeline, large, DAY)
        honest = "nba_analytics.team_form"
        found = {one.table: one for one in audit_date(leaky, [large.table, honest], DAY)}
        assert found[large.table].word is Word.UNDETERMINED
        assert "the statement of nba_analytics.team_defense_game_summary" in (
            found[large.table].reason
        )
        assert found[large.table].evidence["gave_up"]
        assert found[honest].word is not Word.PASSED


class TestCommand:
    def test_exit_codes_and_kept_verdicts(
        self, pipeline: Pipeline, capsys: pytest.CaptureFixture[str]
    ) -> None:
        address = pipeline.warehouse.address
        pipeline.warehouse.close()
        asked = ["audit", "blindness", "--warehouse", address, "--json"]
        table = ["--tables", "team_form"]
        assert execute([*asked, *table, "--start", str(DAY)]) == 0
        assert json.loads(capsys.readouterr().out)["verdict"] == "passed"
        assert execute([*asked, *table, "--start", str(LAST)]) == 2
        assert json.loads(capsys.readouterr().out)["verdict"] == "undetermined"
        query = "SELECT verdict FROM nba_ops.audits WHERE kind = 'blindness' ORDER BY verdict"
        assert execute(["sql", query, "--warehouse", address, "--json"]) == 0
        kept = json.loads(capsys.readouterr().out)
        assert [row["verdict"] for row in kept] == ["passed", "undetermined"]

    def test_a_leaky_statement_is_exit_code_1(
        self,
        pipeline: Pipeline,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        leaky = plant(pipeline, LEAKS["a line from after tip-off"], DAY)
        pipeline.warehouse.close()
        monkeypatch.setattr(options, "load", lambda: leaky.registry)
        asked = ["--warehouse", pipeline.warehouse.address, "--tables", "player_lines", "--json"]
        assert execute(["audit", "blindness", "--start", str(DAY), *asked]) == 1
        (verdict,) = json.loads(capsys.readouterr().out)["verdicts"]
        assert verdict["verdict"] == "failed"
        assert "nba_raw.odds_player_points gave it away" in verdict["reason"]


def test_samples_are_spread() -> None:
    days = [date(2026, 1, day) for day in range(1, 10)]
    assert sampled(days, 3) == [days[0], days[4], days[8]]
    assert sampled(days, None) == days
