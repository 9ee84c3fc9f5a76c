"""The demonstration's own parts, and its numbers on the real half-year with lines."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.audit.backtest import Rate
from pipeline.audit.demonstration import CACHE, demonstrate
from pipeline.audit.planting import DOOR, plant
from pipeline.outcome import Status
from pipeline.plan import make_request
from pipeline.run import Pipeline
from processors.errors import ContractError
from processors.registry import load
from processors.statement import Statement
from tests.pipeline.small import rewritten
from tests.worlds import open_memory
from warehouse.duckdb.engine import DuckDBWarehouse

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = ROOT / "docs" / "demonstration.md"


class TestRate:
    def test_pushes_are_apart(self) -> None:
        assert Rate("five games", 6, 2, 4).share == 0.75

    def test_wilson(self) -> None:
        low, high = Rate("five games", 8, 2, 0).interval
        assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)

    def test_nothing_is_known_of_no_bets(self) -> None:
        assert Rate("five games", 0, 0, 3).interval == (0.0, 1.0)


class TestPlanting:
    def test_the_cutoff_is_turned_and_nothing_else(self) -> None:
        planted = plant(load())
        assert planted.changes[0] == (
            "latest_games.game_date < slate.analysis_date",
            "latest_games.game_date <= slate.analysis_date",
        )
        text = load().processors[DOOR].statement.text
        for old, new in planted.changes:
            assert text.count(old) == 1
            text = text.replace(old, new)
        leaky = planted.registry.processors[DOOR].statement
        assert leaky.fingerprint == Statement(text).fingerprint

    def test_another_door_is_refused(self) -> None:
        other = rewritten(
            load(),
            DOOR,
            lambda text: text.replace("game_date < @end_date", "@end_date > game_date"),
        )
        with pytest.raises(ContractError, match="2 comparisons"):
            plant(other)


def test_computed_from_nothing_the_gates_would_stop_it(
    raw_season_file: Path, tmp_path: Path
) -> None:
    """The averages go through only where honest rows of the context stand from before."""
    path = tmp_path / "season.duckdb"
    shutil.copy(raw_season_file, path)
    warehouse = DuckDBWarehouse(path)
    try:
        pipeline = Pipeline(warehouse, plant(load()).registry)
        opening = pipeline.assessor.calendar.game_dates[0]
        first, last = opening + timedelta(days=14), opening + timedelta(days=20)
        asked = make_request(pipeline.registry, tables=[CACHE], start=first, end=last)
        results = pipeline.run(asked).results
    finally:
        warehouse.close()
    assert {one.status for one in results} == {Status.BLOCKED}
    assert all("upcoming_player_game_context: 0 rows" in one.reason for one in results)


def test_the_real_half_year_with_lines(real_files: dict[str, Path]) -> None:
    """An independent count gave 50 % for an honest ten-game mean, 77.8 % for a leaked five-game
    one; measured here: 49.9 % (580 of 1,162) and 77.6 % (1,252 of 1,614)."""
    warehouse = open_memory()
    try:
        warehouse.load(real_files, load().contracts)
        shown = demonstrate(warehouse, load(), 3.0, lambda _: None)
    finally:
        warehouse.close()
    assert shown.season == "2023-24"
    assert shown.honest.foresight.means == 0
    assert shown.honest.rates["ten games"].share == pytest.approx(0.50, abs=0.015)
    assert shown.leaked.rates["five games"].share == pytest.approx(0.778, abs=0.015)
    assert _counts(shown.honest.rates["five games"]) == (823, 815, 0)
    assert _counts(shown.honest.rates["ten games"]) == (580, 582, 0)
    assert _counts(shown.leaked.rates["five games"]) == (1252, 362, 0)
    text = DOCUMENT.read_text().replace("*", "")
    for which in (shown.honest, shown.leaked):
        for mean_of in ("five games", "ten games"):
            rate = which.rates[mean_of]
            assert f"| {rate.share * 100:.1f} % of {rate.bets:,} |\n" in text
    assert [one.says for one in shown.claims if not one.holds] == []
    assert shown.bet is not None


def _counts(rate: Rate) -> tuple[int, int, int]:
    return rate.won, rate.lost, rate.pushed
