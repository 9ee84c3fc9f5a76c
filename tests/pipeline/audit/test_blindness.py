"""Blindness: an honest season passes, each planted leak is caught, nothing stored is touched."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from clients.command import execute
from pipeline.audit.blindness import audit_date, sampled
from pipeline.audit.verdict import Verdict, Word
from pipeline.clock import wall_clock
from pipeline.run import Pipeline
from pipeline.work import span_of
from processors.registry import load
from processors.statement import Statement
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.interface import Publication, proven_columns

DAY = date(2026, 1, 15)
LAST = date(2026, 6, 20)

DOOR = (
    "latest_games.game_date < slate.analysis_date",
    "latest_games.game_date <= slate.analysis_date",
)
DOOR_WINDOW = "game_date < @end_date", "game_date <= @end_date"
LEAKS = {
    "the players' door": ("nba_analytics.player_asof", (DOOR, DOOR_WINDOW)),
    "the teams' door": ("nba_analytics.team_asof", (DOOR, DOOR_WINDOW)),
    "a form row of the day": (
        "nba_precompute.team_defense_zone_analysis",
        (
            ("form.game_date = latest.last_game_date", "form.game_date = latest.analysis_date"),
            ("form.game_date < @end_date", "form.game_date <= @end_date"),
        ),
    ),
    "a league average with the day in it": (
        "nba_precompute.team_defense_zone_analysis",
        (
            (
                "game.game_date < standings.analysis_date",
                "game.game_date <= standings.analysis_date",
            ),
            ("game.game_date < @end_date", "game.game_date <= @end_date"),
        ),
    ),
    "a line from after tip-off": (
        "nba_analytics.player_lines",
        (("    AND odds.captured_at < games.tipoff_at\n", ""),),
    ),
    "a roster from the day's box score": (
        "nba_analytics.upcoming_player_game_context",
        (
            (
                "  SELECT analysis_date AS game_date, player_lookup, last_game_date, season_year,"
                " team_abbr\n  FROM `nba_analytics.player_asof`\n"
                "  WHERE analysis_date >= @start_date AND analysis_date <= @end_date\n",
                "  SELECT latest.analysis_date AS game_date, latest.player_lookup,"
                " latest.last_game_date, latest.season_year, latest.team_abbr\n"
                "  FROM `nba_analytics.player_asof` AS latest\n"
                "  JOIN `nba_analytics.player_game_summary` AS there\n"
                "    ON there.game_date = latest.analysis_date\n"
                "    AND there.player_lookup = latest.player_lookup\n"
                "  WHERE latest.analysis_date >= @start_date"
                " AND latest.analysis_date <= @end_date\n",
            ),
        ),
    ),
    "a score of the day": (
        "nba_analytics.upcoming_team_game_context",
        (
            (
                "    AND boxscore_expected\n",
                "    AND boxscore_expected AND home_score > away_score\n",
            ),
        ),
    ),
}


@pytest.fixture
def pipeline(computed_season_file: Path, tmp_path: Path):
    path = tmp_path / "season.duckdb"
    shutil.copy(computed_season_file, path)
    warehouse = DuckDBWarehouse(path)
    yield Pipeline(warehouse, load())
    warehouse.close()


def planted(pipeline: Pipeline, table: str, changes: tuple[tuple[str, str], ...]) -> Pipeline:
    """The leaky statement's own rows of the date, published past all gates."""
    honest = pipeline.registry.processors[table]
    text = honest.statement.text
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    leaky = replace(honest, statement=Statement(text))
    pipeline.warehouse.stage(leaky, span_of(leaky, DAY, DAY, pipeline.assessor.calendar))
    publication = Publication(
        contract=leaky.contract,
        replaced={DAY: "planted"},
        quarantined=[],
        logic_version=leaky.logic_version,
        run_id="planted",
        processed_at=wall_clock(),
        ledger={},
    )
    pipeline.warehouse.publish(publication, lambda _: None)
    return Pipeline(pipeline.warehouse, pipeline.registry.replaced(leaky))


def by_table(verdicts: list[Verdict]) -> dict[str, Verdict]:
    return {one.table: one for one in verdicts}


def contents(pipeline: Pipeline) -> dict[str, object]:
    return {
        table: pipeline.warehouse.fingerprint(
            contract, proven_columns(contract) if contract.is_computed else contract.column_names
        )
        for table, contract in pipeline.registry.contracts.items()
    }


class TestHonest:
    def test_every_table_passes_and_nothing_stored_is_touched(self, pipeline: Pipeline) -> None:
        before = contents(pipeline)
        verdicts = audit_date(pipeline, list(pipeline.registry.processors), DAY)
        assert {one.table for one in verdicts} == set(pipeline.registry.processors)
        assert [(one.table, one.reason) for one in verdicts if one.word is not Word.PASSED] == []
        assert contents(pipeline) == before

    def test_nothing_forbidden_is_undetermined(self, pipeline: Pipeline) -> None:
        found = by_table(audit_date(pipeline, ["nba_analytics.team_form"], LAST))
        assert found["nba_analytics.team_form"].word is Word.UNDETERMINED


class TestLeaks:
    @pytest.mark.parametrize("name", LEAKS)
    def test_is_caught_with_the_row(self, name: str, pipeline: Pipeline) -> None:
        table, changes = LEAKS[name]
        leaky = planted(pipeline, table, changes)
        verdict = by_table(audit_date(leaky, [table], DAY))[table]
        assert verdict.word is Word.FAILED, verdict
        leak = verdict.evidence["leak"]
        assert leak["entity"]
        assert leak["row"], leak


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


def test_samples_are_spread() -> None:
    days = [date(2026, 1, day) for day in range(1, 10)]
    assert sampled(days, 3) == [days[0], days[4], days[8]]
    assert sampled(days, None) == days
