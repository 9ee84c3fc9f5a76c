"""`tipoff backfill` against a real service: what it says, what it does, how it ends."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from clients.command import execute
from tests.clients.backfill.proxy import Fault, Proxy
from tests.clients.serving import Said
from tests.service.process import Served
from tests.sharing import settle

STORE = "nba_predictions.ml_feature_store_v2"
GAPS = ("2025-12-02", "2025-12-05", "2026-01-14")
AROUND = ["--start", "2025-10-25", "--end", "2026-01-20"]
UNPLAYED = "2026-03-10"


@pytest.fixture(scope="module")
def season(computed_season_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Computed but for three dates; and of one date the box scores have been lost."""
    path = tmp_path_factory.mktemp("backfill") / "season.duckdb"
    shutil.copy(computed_season_file, path)
    with duckdb.connect(str(path)) as connection:
        days = ", ".join(f"DATE '{day}'" for day in GAPS)
        connection.execute(f"DELETE FROM {STORE} WHERE game_date IN ({days})")
        connection.execute(
            f"DELETE FROM nba_raw.player_boxscores WHERE game_date = DATE '{UNPLAYED}'"
        )
    return settle(path)


@pytest.fixture(scope="module")
def computed_again(season: Path) -> Iterator[Served]:
    """One service for what changes nothing; it stops a range after each chunk."""
    with Served(season, {"TIPOFF_CHUNK_DATES": "2", "TIPOFF_DEADLINE_SECONDS": "0.2"}) as served:
        yield served


@pytest.fixture
def served(season: Path, tmp_path: Path) -> Iterator[Served]:
    """One of its own for each test that computes."""
    shutil.copy(season, path := tmp_path / "season.duckdb")
    with Served(path, {"TIPOFF_CHUNK_DATES": "2", "TIPOFF_DEADLINE_SECONDS": "0.2"}) as served:
        yield served


def backfill(url: str, *arguments: str) -> Said:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = execute(["backfill", "--url", url, *arguments])
    return Said(code, out.getvalue(), err.getvalue())


def test_a_dry_run_says_what_is_there(computed_again: Served, tmp_path: Path) -> None:
    removed = tmp_path / "removed.csv"
    said = backfill(computed_again.url, *AROUND, "--dry-run", "--removed-file", str(removed))
    assert said.code == 0
    first, second, third = said.err.splitlines()
    assert first.startswith("88 dates: 3 to process, 72 fresh already, 10 bootstrap (by design)")
    assert second == f"13 removed dates with their reasons: {removed}"
    assert third.startswith("3 dates will be asked for, up to 4 at once and 5 a second; time: ")
    lines = removed.read_text().splitlines()
    assert lines[1].startswith("2025-10-25,bootstrap: season day 4 of 2025-26: rolling windows")
    assert sum("no games: " in line for line in lines) == 3
    answer = json.loads(backfill(computed_again.url, *AROUND, "--dry-run", "--json").out)
    assert answer["to_ask"] == list(GAPS)
    assert answer["dates"]["missing"] == 3


@pytest.mark.parametrize(
    ("arguments", "days"),
    [
        (["--sample", "2"], [GAPS[0], GAPS[2]]),
        (["--reverse"], list(reversed(GAPS))),
        (["--only", "stale"], []),
        (["--only", "failed"], []),
        (["--processors", "player_daily_cache"], []),
        (["--start-from", "MLFeatureStoreProcessor"], list(GAPS)),
        (["--start-from", "player_daily_cache", "--only", "missing"], list(GAPS)),
    ],
)
def test_what_is_chosen(computed_again: Served, arguments: list[str], days: list[str]) -> None:
    said = backfill(computed_again.url, *AROUND, *arguments, "--dry-run", "--json")
    assert json.loads(said.out)["to_ask"] == days


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nobody is here to say yes: give --yes"),
        (["--whole-ranges", "--reverse"], "--whole-ranges goes forward"),
        (["--yes", "--processors", "player_daily_cach"], "did you mean player_daily_cache?"),
        (["--yes", "--notify-url", "x"], "--notify-url is no address"),
        (["--yes", "--journal", "/nowhere/at/all"], "can't be written"),
        (["--yes", "--identity", "me"], "is no way to an identity"),
    ],
)
def test_refused(computed_again: Served, arguments: list[str], message: str) -> None:
    said = backfill(computed_again.url, *AROUND, *arguments)
    assert (said.code, message in said.err) == (64, True), said.err


def test_no_service() -> None:
    said = backfill("localhost", "--dates", "2026-01-01")
    assert (said.code, "--url begins with http" in said.err) == (64, True)


def test_done_and_done_again(served: Served, tmp_path: Path) -> None:
    """The second time nothing is to be done, as the service says: the journal isn't read."""
    journal = tmp_path / "journal.jsonl"
    arguments = [*AROUND, "--yes", "--journal", str(journal)]
    said = backfill(served.url, *arguments)
    assert said.code == 0, said.err
    assert "completed: 3 of 3 dates" in said.err
    assert [line.split() for line in said.out.splitlines()[1:]][-2:] == [
        ["PlayerDailyCacheProcessor", "3"],
        ["MLFeatureStoreProcessor", "3"],
    ]
    again = backfill(served.url, *arguments)
    assert (again.code, again.out) == (0, "")
    assert "nothing to ask for" in again.err
    events = [json.loads(line)["event"] for line in journal.read_text().splitlines()]
    assert (events[0], events[-1], events.count("date")) == ("started", "ended", 3)
    forced = backfill(served.url, "--dates", GAPS[0], "--force", "--yes", "--json")
    answer = json.loads(forced.out)
    assert answer["processors"]["MLFeatureStoreProcessor"] == {"success": 1}
    assert "about" in forced.err, "the estimate stands on what was measured before"


def test_blocked_dates_are_told_and_asked_again(served: Served) -> None:
    """They aren't tried twice in one run; the exit code says that something is missing."""
    table = ["--processors", "player_game_summary", "--json"]
    with Proxy(served.url) as proxy:
        said = backfill(proxy.url, *table, "--dates", UNPLAYED, "--yes")
    answer = json.loads(said.out)
    assert (said.code, answer["status"]) == (2, "blocked")
    assert len(proxy.bodies) == 1
    assert "0 of" in answer["reasons"][0]["reason"]
    assert "the same command again asks the plan anew" in said.err
    around = ["--start", "2026-03-01", "--end", "2026-03-20", "--only", "failed", "--dry-run"]
    failed = backfill(served.url, *table, *around)
    assert json.loads(failed.out)["to_ask"] == [UNPLAYED]


def test_an_answer_that_was_lost_is_looked_up(served: Served) -> None:
    """The date was done: the ledger says so, and it isn't asked for again."""
    script = [Fault.HUNG, Fault.SWALLOWED, Fault.HALVED]
    arguments = ["--dates", ",".join(GAPS), "--in-flight", "1", "--time-out", "5"]
    with Proxy(served.url, script) as proxy:
        said = backfill(proxy.url, *arguments, "--yes", "--json")
    answer = json.loads(said.out)
    assert (said.code, answer["dates"]["completed"]) == (0, 3)
    assert answer["processors"]["MLFeatureStoreProcessor"] == {"success": 3}
    assert [body["analysis_date"] for body in proxy.bodies] == list(GAPS)
    assert proxy.seen["/runs"] >= 6


def test_whole_ranges_on_a_bad_day(served: Served) -> None:
    """The service stops after each chunk; the rest is asked for from where it stopped."""
    script = [Fault.NONE, Fault.BAD_GATEWAY, Fault.HALVED, Fault.BUSY, Fault.SWALLOWED]
    arguments = ["--start", "2025-12-01", "--end", "2025-12-10", "--force", "--json", "--yes"]
    with Proxy(served.url, script, work="/process-range") as proxy:
        said = backfill(proxy.url, *arguments, "--whole-ranges", "--sample", "9")
    answer = json.loads(said.out)
    assert (said.code, answer["dates"]) == (0, {"asked": 9, "done": 9, "left": 0, "completed": 9})
    assert {*script} <= {*proxy.seen}
    asked = [body["dates"] for body in proxy.bodies]
    assert len(asked[0]) == 9
    assert asked[1] == asked[0][2:], "from continue_from on"
    assert all(set(later) <= set(before) for before, later in pairwise(asked))
    assert proxy.most_in_flight == 1


def test_five_alike_stop_it(computed_again: Served) -> None:
    """What refuses five dates refuses the rest too."""
    with Proxy(computed_again.url, [Fault.FORBIDDEN] * 9) as proxy:
        said = backfill(proxy.url, *AROUND, "--force", "--yes", "--json", "--in-flight", "1")
    answer = json.loads(said.out)
    assert (said.code, answer["dates"]["done"], len(proxy.bodies)) == (1, 5, 5)
    assert answer["stopped"].startswith("5 dates in a row failed alike: refused: 403 not_allowed")
    assert answer["dates"]["left"] == 70


@pytest.mark.parametrize("how", [["--in-flight", "2"], ["--whole-ranges"]], ids=str)
def test_an_interrupt_finishes_what_is_in_flight(
    served: Served, tmp_path: Path, how: list[str]
) -> None:
    journal = tmp_path / "journal.jsonl"
    arguments = [*AROUND, "--force", "--yes", "--json", "--journal", journal, *how]
    with subprocess.Popen(
        [sys.executable, "-m", "clients.backfill", "--url", served.url, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if "TIPOFF_" not in name},
    ) as process:
        while not (journal.exists() and '"date"' in journal.read_text()):
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    answer = json.loads(out)
    assert process.returncode == answer["exit_code"] == 130
    assert 1 <= answer["dates"]["done"] < 20
    assert answer["dates"]["done"] == answer["dates"]["completed"]
    assert "not done: interrupted" in err
    assert "without --force, or it does all again" in err
    assert served.end() == 0
    with duckdb.connect(str(served.file), read_only=True) as connection:
        text = (
            "SELECT event, COUNT(*) FROM nba_ops.runs WHERE request LIKE '%backfill-%' GROUP BY 1"
        )
        events = dict(connection.execute(text).fetchall())
    assert events.pop("started") == sum(events.values()), "nothing was left in the middle"
    assert events.keys() <= {"finished", "stopped"}
    assert "whole" in how[0] or events["finished"] == answer["dates"]["done"]
