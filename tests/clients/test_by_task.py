"""`tipoff run --by-task`: what one task of the rebuild job does of the range."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from clients.command import execute
from pipeline.shares import COUNT, INDEX

DAY = "2025-12-24"


@pytest.fixture
def warehouse(computed_season_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One season, computed."""
    monkeypatch.setenv(COUNT, "2")
    copied = shutil.copy(computed_season_file, tmp_path / "season.duckdb")
    return f"duckdb://{copied}"


def test_the_tasks_do_the_range_between_them(
    warehouse: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["run", "--start", DAY, "--tables", "team_form", "--by-task", "--json"]
    words += ["--warehouse", warehouse]
    done: list[list[str]] = []
    for index in ("0", "1"):
        monkeypatch.setenv(INDEX, index)
        assert execute(words) == 0
        said = capsys.readouterr()
        done.append([one["date"] for one in json.loads(said.out)["results"]])
    assert done == [[], [DAY]]
    assert f"this task's share: {DAY} to {DAY}" in said.err


def test_outside_a_job_it_is_refused(warehouse: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["run", "--start", DAY, "--by-task", "--warehouse", warehouse]) == 64
    assert "is for a Cloud Run job" in capsys.readouterr().err
