"""The first 235 game dates of the seasons 2024-25 and 2025-26: 28 are left out by design, with the
calendar's reasons, and 207 are done, each once."""

from __future__ import annotations

import io
import json
import shutil
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import duckdb

from clients.command import execute
from tests.clients.backfill.conftest import TwoSeasons
from tests.clients.serving import Said
from tests.service.process import Served


def backfill(file: Path, *arguments: str) -> Said:
    """At whoever owns the file."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = execute(["backfill", "--warehouse", f"duckdb://{file}", *arguments])
    return Said(code, out.getvalue(), err.getvalue())


def test_207_of_235(two_seasons: TwoSeasons, tmp_path: Path) -> None:
    file, dates, removed = (
        tmp_path / name for name in ("league.duckdb", "dates.csv", "removed.csv")
    )
    shutil.copy(two_seasons.file, file)
    dates.write_text("\n".join(["date", *map(str, two_seasons.days)]))
    arguments = ["--dates-file", str(dates), "--whole-ranges", "--yes", "--json"]
    with Served(file, {}):
        said = backfill(file, *arguments, "--removed-file", str(removed))
        again = backfill(file, *arguments)
    assert "235 dates: 207 to process, 28 bootstrap (by design) at http://" in said.err
    assert "28 removed dates with their reasons" in said.err
    reasons = Counter(
        line.split(",", 1)[1].split(": ")[1].split(" of ")[1]
        for line in removed.read_text().splitlines()[1:]
    )
    assert reasons == {"2024-25": 14, "2025-26": 14}
    answer = json.loads(said.out)
    assert (said.code, answer["dates"]) == (
        0,
        {"asked": 207, "done": 207, "left": 0, "completed": 207},
    )
    assert set(map(str, answer["processors"].values())) == {"{'success': 207}"}
    assert "235 dates: 0 to process, 207 fresh already, 28 bootstrap" in again.err
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(
            """
            SELECT COUNT(*), COUNT(DISTINCT (table_name, partition_date))
            FROM nba_ops.partitions
            WHERE status = 'success'
            """
        ).fetchone()
    assert found is not None
    assert found[0] == found[1] > 5 * 207
