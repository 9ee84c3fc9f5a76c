"""`tipoff backfill` asks nothing of a service that runs other code, unless that is allowed."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from clients.backfill.retrying import Backoff
from clients.backfill.running import Backfill, Wanted
from clients.identity.keeping import Nobody
from processors.errors import OwnerFailed
from processors.registry import load
from tests.clients.backfill.test_command import backfill
from tests.clients.test_smoke import bent
from tests.service.process import Served

DATE = date(2026, 1, 14)
DAY = ["--dates", str(DATE), "--yes"]
STORE = "nba_predictions.ml_feature_store_v2"


@pytest.fixture(scope="module")
def served(raw_season_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    file = tmp_path_factory.mktemp("drifted") / "season.duckdb"
    shutil.copy(raw_season_file, file)
    with Served(file, {}) as served:
        yield served


def ran(served: Served) -> list[Any]:
    return httpx.get(f"{served.url}/runs", trust_env=False).json()["runs"]


def logic(**changed: str) -> dict[str, str]:
    said = {one.table: one.logic_version for one in load()}
    return said | {f"nba_predictions.{name}": value for name, value in changed.items()}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"logic_versions": logic(ml_feature_store_v2="other")},
            f"{STORE} is other there and {logic()[STORE]} here",
        ),
        (
            {"logic_versions": {table: one for table, one in logic().items() if table != STORE}},
            f"{STORE} is none there and {logic()[STORE]} here",
        ),
        ({"logic_versions": logic(new_table="x")}, "new_table is x there and none here"),
        ({"version": "0.0.0"}, "version is 0.0.0 there and "),
    ],
)
@pytest.mark.parametrize("more", [[], ["--dry-run"]], ids=["", "dry-run"])
def test_refused(served: Served, changes: dict[str, Any], told: str, more: list[str]) -> None:
    with bent(served, "/version", **changes) as url:
        said = backfill(url, *DAY, *more)
    assert (said.code, told in said.err) == (1, True), said.err
    assert "Nothing was asked to be computed." in said.err
    assert ran(served) == []


def test_allowed(served: Served) -> None:
    """It is said all the same."""
    changes = {"logic_versions": logic(ml_feature_store_v2="other"), "version": "0.0.0"}
    with bent(served, "/version", **changes) as url:
        said = backfill(url, *DAY, "--allow-drift", "--dry-run", "--json")
        assert said.code == 0
        assert f"drift: {STORE} is other there" in said.err
        assert [line.split()[0] for line in json.loads(said.out)["drift"]] == ["version", STORE]


@pytest.mark.parametrize("is_allowed", [True, False])
def test_untold(served: Served, is_allowed: bool) -> None:
    wanted = Wanted(days=(DATE,), tables=(STORE,), seconds=60, allow_drift=is_allowed)
    with bent(served, "/version", logic_versions=None) as url:
        campaign = Backfill(url, Nobody(), wanted, backoff=Backoff(first=0.01))
        if is_allowed:
            (line,) = asyncio.run(campaign.prepare()).drift
            assert line.startswith("which code it runs can't be told: GET ")
        else:
            with pytest.raises(OwnerFailed, match="/version: 200 with"):
                asyncio.run(campaign.prepare())


def test_the_same_code(served: Served) -> None:
    """A commit says nothing of what is computed."""
    with bent(served, "/version", commit="5b" * 20) as url:
        said = backfill(url, *DAY, "--dry-run", "--json")
    assert (said.code, json.loads(said.out)["drift"]) == (0, [])
