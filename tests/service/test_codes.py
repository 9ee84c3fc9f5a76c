"""The one table of codes, walked case by case: each status brought about for real, over HTTP."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.outcome import Status
from pipeline.run import Pipeline
from processors.contract import RowCheck
from processors.registry import Processor, Registry, load
from processors.statement import Statement
from service.app import create_app
from service.office import Office, opened
from service.settings import Settings

DAY = "2026-01-15"
CACHE = "nba_precompute.player_daily_cache"
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "outcomes.md"


def code_of(status: str, *, transient: bool) -> tuple[str, int]:
    """The overall word and the code, as the document has them."""
    table = DOCUMENT.read_text().split("## Exit codes\n", 1)[1]
    rows = re.findall(r"^\| (.+?) \| `(\w+)` \| (\d+) \|", table, flags=re.MULTILINE)
    words = {case: (word, int(code)) for case, word, code in rows}
    if status == "failed":
        case = "`failed`, transient" if transient else "`failed`, not transient, or `rejected`"
    else:
        case = next((case for case in words if f"`{status}`" in case), "any other")
    return words[case]


def changed(**more: object) -> Registry:
    registry = load()
    one = registry.processors[CACHE]
    return registry.replaced(Processor(replace(one.contract, **more), one.statement))  # type: ignore[arg-type]


def with_text(old: str, new: str) -> Registry:
    registry = load()
    one = registry.processors[CACHE]
    assert old in one.statement.text
    statement = Statement(one.statement.text.replace(old, new))
    return registry.replaced(Processor(one.contract, statement))


def bad_row() -> Registry:
    return changed(row_checks=(RowCheck(name="planted", bad_when="points_avg_season > 25"),))


def uncovered() -> Registry:
    """Half of those who are expected are not written."""
    return with_text(
        "WHERE form.games_played_season >= 3",
        "WHERE form.games_played_season >= 3 AND MOD(LENGTH(latest.player_lookup), 2) = 0",
    )


def broken() -> Registry:
    return with_text("form.points_avg_last_5,", "ERROR('planted') AS points_avg_last_5,")


CASES: dict[Status, Callable[[], Registry]] = {
    Status.PARTIAL: bad_row,
    Status.REJECTED: uncovered,
    Status.FAILED: broken,
}


def ask(file: Path, tmp_path: Path, registry: Registry, day: str = DAY, **settings: object):
    """One date of one table, computed by these statements."""
    copy = tmp_path / "season.duckdb"
    shutil.copy(file, copy)
    chosen = Settings(warehouse=f"duckdb://{copy}", **settings)  # type: ignore[arg-type]
    with opened(chosen) as office:
        altered = Office(
            settings=chosen,
            pipeline=Pipeline(office.pipeline.warehouse, registry),
            guard=office.guard,
        )
        with TestClient(create_app(altered)) as client:
            body = {"analysis_date": day, "processors": [CACHE], "backfill_mode": True}
            return client.post("/process-date", json=body)


@pytest.mark.parametrize("status", list(CASES))
def test_brought_about(status: Status, computed_season_file: Path, tmp_path: Path) -> None:
    answer = ask(computed_season_file, tmp_path, CASES[status]())
    said = answer.json()
    assert [one["status"] for one in said["results"]] == [status]
    assert (said["status"], answer.status_code) == code_of(status, transient=False)
    assert said["results"][0]["transient"] is False


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (DAY, "unchanged"),
        ("2025-10-25", "skipped_bootstrap"),
        ("2026-07-20", "skipped_no_games"),
    ],
)
def test_nothing_to_do(day: str, status: str, computed_season_file: Path, tmp_path: Path) -> None:
    answer = ask(computed_season_file, tmp_path, load(), day)
    assert [one["status"] for one in answer.json()["results"]] == [status]
    assert (answer.json()["status"], answer.status_code) == code_of(status, transient=False)


def test_success(raw_season_file: Path, tmp_path: Path) -> None:
    answer = ask(raw_season_file, tmp_path, load())
    assert [one["status"] for one in answer.json()["results"]] == ["success"]
    assert (answer.json()["status"], answer.status_code) == code_of("success", transient=False)


def test_blocked(raw_season_file: Path, tmp_path: Path) -> None:
    answer = ask(raw_season_file, tmp_path, load(), owned_layers="precompute")
    assert [one["status"] for one in answer.json()["results"]] == ["blocked"]
    assert (answer.json()["status"], answer.status_code) == code_of("blocked", transient=False)


def test_transient(raw_season_file: Path, tmp_path: Path) -> None:
    """Too little memory for what has to be prepared: what is asked is blocked, and since another
    try may do, the code says so."""
    answer = ask(raw_season_file, tmp_path, load(), memory_limit="20MB", threads=2)
    said = answer.json()
    assert [one["status"] for one in said["results"]] == ["blocked"]
    assert {one["transient"] for one in said["prepared"] if one["status"] == "failed"} == {True}
    assert (said["status"], answer.status_code) == code_of("failed", transient=True)
