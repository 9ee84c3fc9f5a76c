"""`tipoff predict`, on the file and through the service that holds it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from clients.command import execute
from tests.clients.serving import say, serving

DAY = "2026-01-15"
BEFORE = f"{DAY}T09:00:00-05:00"


@pytest.fixture
def file(computed_season_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = Path(shutil.copy(computed_season_file, tmp_path / "season.duckdb"))
    monkeypatch.setenv("TIPOFF_WAREHOUSE", f"duckdb://{copy}")
    monkeypatch.setenv("TIPOFF_MODELS_HOME", str(tmp_path / "models"))
    return copy


def test_in_the_morning(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sample's lines are of the evening: who is priced isn't told, and that is a finding."""
    monkeypatch.setenv("TIPOFF_NOW", BEFORE)
    assert execute(["predict", "TODAY", "--json"]) == 2
    said = json.loads(capsys.readouterr().out)
    (result,) = said["results"]
    assert (result["table"].split(".")[1], result["date"]) == ("player_prop_predictions", DAY)
    assert (said["status"], said["models"]["said"]) == ("completed_with_findings", 0)
    assert "no model speaks" in said["models"]["reason"]
    live = said["live"]
    assert live["as_of"] == "2026-01-15T14:00:00Z"
    assert set(live["left_out"]) == {"line_from_later"}
    told = {system: rows for system, rows in live["new"].items() if rows}
    assert told
    assert execute(["predict", "TODAY"]) == 2
    shown = capsys.readouterr()
    assert "ensemble" in shown.out
    assert "live at 2026-01-15 14:00:00 UTC: " in shown.err
    assert f"0 rows are new, {sum(told.values())} stand as they were told before" in shown.err


def test_afterwards(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["predict", DAY]) == 64
    assert "--backfill" in capsys.readouterr().err
    assert execute(["predict", DAY, "--backfill", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["live"] is None


def test_through_owner(file: Path) -> None:
    """The same words and codes where a service holds the file; it knows the hour, too."""
    refused, asked = ("predict", DAY), ("predict", DAY, "--backfill")
    without = [say(file, *refused), say(file, *asked)]
    with serving(file):
        through = [say(file, *refused), say(file, *asked)]
        elsewhere = say(file, *asked, "--home", str(file.parent))
    assert [one.code for one in through] == [one.code for one in without] == [64, 0]
    assert "backfill" in through[0].err
    assert (elsewhere.code, elsewhere.out) == (64, "")
    assert "TIPOFF_MODELS_HOME" in elsewhere.err
    assert through[1].out.splitlines()[:-1] == without[1].out.splitlines()[:-1]
