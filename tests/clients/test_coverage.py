"""`tipoff coverage` as it is read: by season, by month, with what fills the gaps."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.clients.serving import say


@pytest.fixture(scope="module")
def path(computed_season_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("covered") / "season.duckdb"
    shutil.copy(computed_season_file, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute("DELETE FROM nba_analytics.team_form WHERE game_date = '2025-12-01'")
    return copy


def test_against_what_can_be_achieved(path: Path) -> None:
    said = say(path, "coverage")
    lines = {line.split()[1]: line for line in said.out.splitlines() if "processable" in line}
    assert len(lines) == 19
    assert "27 of 197 processable" in lines["nba_precompute.player_shot_zone_analysis"]
    form = lines["nba_analytics.team_form"]
    assert "210 of 211 processable" in form
    assert "99.5 %" in form
    assert "fill them: tipoff run --start 2025-12-01" in said.err


def test_all_that_can_stand(path: Path) -> None:
    """What is bootstrap by design takes nothing from a whole season."""
    said = say(path, "coverage", "--tables", "player_shot_zone_analysis")
    assert "197 of 197 processable  100 %  14 bootstrap  1,217 of 1,217" in said.out
    assert "fill" not in said.err


def test_by_month(path: Path) -> None:
    asked = ["coverage", "--by", "month", "--tables", "team_form"]
    found = {one["month"]: one for one in json.loads(say(path, *asked, "--json").out)}
    assert list(found) == sorted(found)
    assert {month for month, one in found.items() if one["gaps"]} == {"2025-12"}
    (gap,) = found["2025-12"]["gaps"]
    assert gap["fill"] == "tipoff run --start 2025-12-01 --end 2025-12-01"
    assert found["2025-12"]["games"] - found["2025-12"]["games_standing"] == 7
    words = [line for line in say(path, *asked).out.splitlines() if "2025-12 " in line]
    assert "28 of 29 processable" in words[0]


def test_by_nothing_else(path: Path) -> None:
    said = say(path, "coverage", "--by", "week")
    assert said.code == 64
    assert "'week'" in said.err
