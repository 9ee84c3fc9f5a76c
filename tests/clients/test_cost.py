"""`tipoff plan --bytes`, the cap on `tipoff run`, and what a backfill says before it begins."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from clients.backfill.classifying import Classified
from clients.backfill.estimate import Reading
from clients.backfill.running import Backfill, Prepared, Wanted
from clients.command import execute
from clients.commands.backfill import _announce, _planned
from pipeline.days import parse_day
from tests.clients.backfill.proxy import Tokens
from tests.pipeline.billed import read_by
from warehouse.duckdb.engine import DuckDBWarehouse

GAMES = "nba_analytics.player_game_summary"
NOVEMBER = ["--start", "2025-11-03", "--end", "2025-11-05", "--tables", "player_game_summary"]


@pytest.fixture
def season(raw_season_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of one's own, with nothing computed, set as the warehouse."""
    path = tmp_path / "season.duckdb"
    shutil.copy(raw_season_file, path)
    monkeypatch.setenv("TIPOFF_WAREHOUSE", f"duckdb://{path}")
    return path


@pytest.fixture
def costly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading costs something."""
    monkeypatch.setattr(DuckDBWarehouse, "foretold_bytes", lambda _, __, span: read_by(span))


def test_free(season: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["plan", *NOVEMBER, "--bytes"]) == 0
    said = capsys.readouterr().out
    assert "cost: 1 statement; reading costs nothing here" in said
    assert "%" not in said


def test_only_where_it_is_asked_for(season: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["plan", *NOVEMBER]) == 0
    assert "cost" not in capsys.readouterr().out


def test_words(season: Path, costly: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["plan", *NOVEMBER, "--bytes"]) == 0
    said = capsys.readouterr().out
    assert "cost: 16.0 KB by dry run of 1 statement" in said
    (line,) = [line for line in said.splitlines() if line.startswith(GAMES) and "KB" in line]
    assert line.split() == [GAMES, "1", "16.0", "KB", "0", "0.0%"]


def test_json(season: Path, costly: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["plan", *NOVEMBER, "--bytes", "--json"]) == 0
    cost = json.loads(capsys.readouterr().out)["cost"]
    assert cost["bytes"] == 16_000
    assert cost["tables"][0] == {
        "table": GAMES,
        "statements": 1,
        "bytes": 16_000,
        "modifications": 0,
        "share": 0.0,
    }


def test_cap(
    season: Path,
    costly: None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TIPOFF_BYTES_CAP", "15 KB")
    assert execute(["run", *NOVEMBER]) == 64
    said = capsys.readouterr().err
    assert "too_costly: this would read 16.0 KB" in said
    assert "the 15.0 KB that TIPOFF_BYTES_CAP allows" in said
    monkeypatch.setenv("TIPOFF_BYTES_CAP", "16 KB")
    assert execute(["run", *NOVEMBER]) == 0


def test_before_a_backfill(capsys: pytest.CaptureFixture[str]) -> None:
    days = (parse_day("2025-11-18"),)
    wanted = Wanted(days=days, tables=(GAMES,), sample=1, seconds=1)
    prepared = Prepared(
        classified=Classified({}, {}),
        days=days,
        estimate="unknown",
        reading=Reading(bytes=12_300_000_000, findings=("too many",), is_most=True, waiting=0),
    )
    assert wanted.is_choosy
    _announce(Backfill("http://here", Tokens(), wanted), prepared, None)
    *_, reads, finding = capsys.readouterr().err.splitlines()
    assert reads == "they will read at most 12.3 GB by dry run"
    assert finding == "too many"
    assert _planned(prepared)["bytes"] == 12_300_000_000
