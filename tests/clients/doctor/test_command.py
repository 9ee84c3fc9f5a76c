"""`tipoff doctor` on a file: words, JSON, exit codes, and what is left behind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from clients.command import execute
from clients.doctor import opening, rehearsing
from tests.clients.doctor.conftest import played, two_tables
from tests.sharing import settle
from tests.worlds import load_rows
from warehouse.duckdb.engine import DuckDBWarehouse
from warehouse.interface import Warehouse


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Raw tables of three dates, and nothing computed."""
    path = tmp_path / "season.duckdb"
    warehouse = DuckDBWarehouse(path)
    warehouse.migrate(list(two_tables().contracts.values()))
    load_rows(warehouse, played().filled)
    warehouse.close()
    monkeypatch.setattr(opening, "load", two_tables)
    monkeypatch.setenv("TIPOFF_WAREHOUSE", f"duckdb://{path}")
    return settle(path)


def told(
    capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, Mapping[str, Mapping[str, Any]]]:
    code = execute(["doctor", *words, "--json"])
    said = json.loads(capsys.readouterr().out)
    assert said["verdict"] == {0: "passed", 1: "failed", 2: "undetermined"}[code]
    return code, {one["name"]: one for one in said["findings"]}


def test_well(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """What only BigQuery has is left out, and doesn't count; the file is as it was."""
    before = file.read_bytes()
    code, seen = told(capsys)
    assert code == 0
    passed = [name for name, one in seen.items() if one["verdict"] == "passed"]
    assert passed == [
        *("schema", "date", "end to end"),
        *("rows player_game_summary", "rows player_asof"),
    ]
    assert {one["says"] for name, one in seen.items() if name not in passed} == {
        "only BigQuery has it",
        "nobody asked",
        "reading costs nothing on DuckDB",
    }
    assert [one.name for one in file.parent.iterdir()] == [file.name]
    assert file.read_bytes() == before


def test_for_people(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    assert execute(["doctor"]) == 0
    said = capsys.readouterr()
    assert "32 rows of 2024-11-05, equal on both engines" in said.out
    assert "5 passed, 9 skipped" in said.err


def test_kept(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    assert told(capsys, "--keep")[0] == 0
    (kept,) = map(settle, file.parent.glob(f"{file.name}.doctor_*.duckdb"))
    assert told(capsys)[0] == 0
    assert list(file.parent.glob(f"{file.name}.doctor_*")) == [kept]


def test_nothing_to_compute(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    code, seen = told(capsys, "--date", "2024-11-04")
    assert code == 2
    assert "season day 13 of 2024-25" in seen["date"]["says"]
    assert seen["end to end"]["says"] == "waits for date"


def test_missing_inputs(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """Chosen by itself, no such date is taken; asked for, it is blocked: that is no proof."""
    with duckdb.connect(str(file)) as connection:
        connection.execute("DELETE FROM nba_raw.player_boxscores WHERE game_id = 'west14'")
    code, seen = told(capsys)
    assert (code, seen["date"]["verdict"]) == (2, "undetermined")
    code, seen = told(capsys, "--date", "2024-11-05")
    assert (code, seen["end to end"]["verdict"]) == (2, "undetermined")
    assert "player_game_summary is blocked" in seen["end to end"]["says"]
    assert seen["rows player_game_summary"]["says"].startswith("on both engines")
    assert seen["rows player_asof"]["verdict"] == "passed"


def test_empty(capsys: pytest.CaptureFixture[str], file: Path, tmp_path: Path) -> None:
    code, seen = told(capsys, "--warehouse", f"duckdb://{tmp_path / 'new.duckdb'}")
    assert (code, seen["schema"]["verdict"]) == (2, "undetermined")
    assert "waits for schema: nba_raw." in seen["date"]["says"]


def test_one_that_fails(
    capsys: pytest.CaptureFixture[str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It decides over all; the rehearsal goes all the same."""

    def broken(source: Warehouse, target: Warehouse, *_: object) -> None:
        del source
        load_rows(target, played().filled | {"nba_raw.players": []})
        load_rows(target, {"nba_raw.player_boxscores": [one | {"points": 1} for one in boxes]})

    boxes = played().filled["nba_raw.player_boxscores"]
    monkeypatch.setattr(rehearsing, "copy_dates", broken)
    code, seen = told(capsys)
    assert (code, seen["rows player_game_summary"]["verdict"]) == (1, "failed")
    assert [one.name for one in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("words", [["--date", "soon"], ["--warehouse", "bigquery://"]])
def test_wrong_requests(file: Path, words: list[str]) -> None:
    assert execute(["doctor", *words]) == 64


def test_a_subscription_without_a_project(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    """Wrong as it is asked, it fails alone."""
    code, seen = told(capsys, "--subscription", "tipoff-landed")
    assert (code, seen["subscription"]["verdict"]) == (1, "failed")
    assert seen["end to end"]["verdict"] == "passed"
