"""The start: what isn't used isn't imported, and small answers leave at once."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import httpx

from tests.service.process import Served

STARTED = """
import atexit, sys
# DuckDB looks for it by itself, and only the extra for models brings it.
sys.modules["pandas"] = None
atexit.register(lambda: print("imported", *sys.modules))
from clients.command import main
main()
"""
UNUSED = (
    "google.cloud",
    "google.auth",
    "google.api_core",
    "sqlglot",
    "opentelemetry.sdk",
    "numpy",
    "rich",
)


def test_imports_only_what_it_uses(computed_season_file: Path, tmp_path: Path) -> None:
    """Ready and one date computed: neither Google's libraries nor the translator were wanted."""
    file = tmp_path / "season.duckdb"
    shutil.copy(computed_season_file, file)
    with Served(file, {}, program=("-c", STARTED)) as served:
        answer = httpx.post(
            f"{served.url}/process-date",
            json={"analysis_date": "2026-01-15", "force": True},
            timeout=30,
        )
        assert answer.json()["status"] == "completed"
        assert served.end() == 0
    lines = [line.split() for line in served.log.read_text().splitlines()]
    (imported,) = [line for line in lines if line[0] == "imported"]
    assert "service.app" in imported
    assert [name for name in imported if name.startswith(UNUSED)] == []


def test_kept_connection(computed_season_file: Path, tmp_path: Path) -> None:
    """The second piece of an answer doesn't wait 40 ms for the first to be acknowledged."""
    file = tmp_path / "season.duckdb"
    shutil.copy(computed_season_file, file)
    seconds = []
    with (
        Served(file, {}) as served,
        httpx.Client(base_url=served.url, trust_env=False) as client,
    ):
        for _ in range(60):
            begun = time.perf_counter()
            assert client.get("/version").status_code == 200
            seconds.append(time.perf_counter() - begun)
    assert sorted(seconds[30:])[5] < 0.035  # on a busy machine too, some are undisturbed
