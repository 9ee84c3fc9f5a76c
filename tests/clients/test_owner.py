"""A command says the same whether a service holds the file or nobody does."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread, Timer

import duckdb
import pytest

from clients import through_owner
from processors.registry import load
from service.models.answers import Version
from tests.clients.serving import Said, say, serving
from warehouse.duckdb.ownership import Owner, owner_file

ROOT = Path(__file__).parents[2]
GAPS = ("2025-12-03", "2026-01-14")
ROWS = "SELECT * FROM `nba_raw.schedule` ORDER BY game_id LIMIT 40"
LOOKS = {
    "coverage": ["coverage"],
    "coverage_json": ["coverage", "--json"],
    "coverage_of_tables": ["coverage", "--tables", "team_form,player_form"],
    "coverage_by_month": ["coverage", "--by", "month", "--tables", "team_form"],
    "plan": ["plan", "--start", "2025-11-25", "--end", "2025-12-12"],
    "plan_json": ["plan", "--start", "2025-12-03", "--tables", "player_form", "--json"],
    "plan_fresh": ["plan", "--start", "2025-11-20"],
    "explain": ["explain", "2025-12-04"],
    "explain_json": ["explain", "2025-12-04", "--tables", "team_form", "--json"],
    "sql": ["sql", ROWS],
    "sql_csv": ["sql", ROWS, "--format", "csv"],
    "sql_json": ["sql", ROWS, "--json"],
    "sql_truncated": ["sql", ROWS, "--limit", "3"],
    "sql_cells": [
        "sql",
        "SELECT 1.5 AS half, CAST('NaN' AS FLOAT64) AS nan, NUMERIC '1.10' AS number, NULL AS none,"
        " TRUE AS yes, [DATE '2025-12-01'] AS days, TIMESTAMP '2025-12-01 10:00:00+00' AS at,"
        " SHA256('a') AS bytes",
        "--json",
    ],
    "no_table": ["coverage", "--tables", "player_frm"],
    "no_date": ["plan", "--start", "2025-13-01"],
    "no_date_explained": ["explain", "someday"],
    "no_read": ["sql", "DELETE FROM `nba_analytics.team_form` WHERE TRUE"],
    "no_query": ["sql", ""],
    "no_range": ["plan", "--start", "2025-12-02", "--end", "2025-12-01", "--json"],
}
RUN = ["run", "--start", "2025-12-01", "--end", "2025-12-06"]


def copy(source: Path, folder: Path) -> Path:
    """Two dates of a table are missing, and with them what stands on them is stale."""
    path = folder / "season.duckdb"
    shutil.copy(source, path)
    with duckdb.connect(str(path)) as connection:
        for day in GAPS:
            connection.execute(
                f"DELETE FROM nba_analytics.team_form WHERE game_date = DATE '{day}'"
            )
    return path


@pytest.fixture
def season(computed_season_file: Path, tmp_path: Path) -> Path:
    return copy(computed_season_file, tmp_path)


@pytest.fixture(scope="module")
def both(
    computed_season_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], tuple[Said, Said]]]:
    """What a look says without a service and with one."""
    path = copy(computed_season_file, tmp_path_factory.mktemp("looked"))
    in_place = {name: say(path, *arguments) for name, arguments in LOOKS.items()}
    with serving(path, query_max_rows=50):
        yield lambda name: (in_place[name], say(path, *LOOKS[name]))


@pytest.mark.parametrize("name", LOOKS)
def test_looks(both: Callable[[str], tuple[Said, Said]], name: str) -> None:
    without, through = both(name)
    assert through == without
    assert without.code == (64 if name.startswith("no_") else 0)
    assert without.out or without.code == 64


class TestRun:
    @pytest.fixture
    def twins(self, computed_season_file: Path, tmp_path: Path) -> tuple[Path, Path]:
        """Two files of the same content."""
        folders = (tmp_path / "one", tmp_path / "other")
        for folder in folders:
            folder.mkdir()
        one, other = (copy(computed_season_file, folder) for folder in folders)
        return one, other

    def test_the_same(self, twins: tuple[Path, Path]) -> None:
        """In several chunks, and in several requests where each stops before its deadline."""
        one, other = twins
        without = say(one, *RUN, "--json")
        with serving(other, chunk_dates=1, deadline_seconds=0.3):
            through = say(other, *RUN, "--json")
            stopped = say(
                other, "sql", "SELECT event FROM `nba_ops.runs` WHERE event = 'stopped'", "--json"
            )
        assert (through.code, _timeless(through)) == (0, _timeless(without))
        assert {one["status"] for one in json.loads(through.out)["results"]} >= {"success"}
        assert json.loads(stopped.out)
        assert _stored(other) == _stored(one)

    def test_tables_and_force(self, twins: tuple[Path, Path]) -> None:
        asked = ["run", "--start", "2025-12-01", "--tables", "PlayerFormProcessor", "--force"]
        with serving(twins[1]):
            through = say(twins[1], *asked)
        without = say(twins[0], *asked)
        assert (through.code, through.out) == (0, without.out)
        assert "success" in through.out
        assert "prepared" not in through.out

    def test_exit_code(self, raw_season_file: Path, tmp_path: Path) -> None:
        """What is bad is as bad through the service."""
        path = tmp_path / "season.duckdb"
        shutil.copy(raw_season_file, path)
        with duckdb.connect(str(path)) as connection:
            connection.execute("DELETE FROM nba_raw.player_boxscores")
        asked = ["run", "--start", "2025-11-10", "--tables", "player_form"]
        say(path, *asked)
        without = say(path, *asked)
        with serving(path):
            through = say(path, *asked)
        assert (without.code, through.code) == (2, 2)
        assert through.out == without.out
        assert "blocked" in through.out

    def test_stopped_in_the_middle(self, season: Path) -> None:
        """A service that was told to end finishes its chunk, and says so."""
        asked = ["run", "--start", "2025-11-10", "--end", "2026-04-01", "--force"]
        with serving(season, chunk_dates=1) as service:
            stopping = Timer(1.5, service.terminate)
            stopping.start()
            said = say(season, *asked)
            stopping.join()
        assert said.code == 1
        assert re.search(r"owner_failed: .* [1-9]\d* dates are done\.", said.err)

    def test_killed_in_the_middle(self, season: Path) -> None:
        asked = ["run", "--start", "2025-11-10", "--end", "2026-04-01", "--force"]
        with serving(season, chunk_dates=1) as service:
            killing = Timer(1.5, service.send_signal, [signal.SIGKILL])
            killing.start()
            said = say(season, *asked)
            killing.join()
            assert said.code == 1
            assert re.search(
                r"^owner_failed: http://\S+ broke off.* \d+ dates are done\. What was published"
                r" stands; the next run does the rest\.$",
                said.err,
                re.MULTILINE,
            )
            service.wait()
            # Its name is still on the door; nobody is there.
            assert owner_file(season).exists()
            after = say(season, *RUN)
        assert after.code == 0
        assert "died before it ended" in after.err


def _timeless(said: Said) -> object:
    answer = json.loads(said.out)
    answer.pop("run_id")
    for one in answer["results"] + answer["prepared"]:
        one.pop("duration_ms")
    return answer


def _stored(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path)) as connection:
        return connection.execute(
            "SELECT game_date, team_abbr, data_hash FROM nba_analytics.team_form ORDER BY ALL"
        ).fetchall()


class TestLimits:
    def test_rows(self, season: Path) -> None:
        """Who asks for more than the service gives is told so."""
        with serving(season, query_max_rows=5):
            said = say(season, "sql", ROWS, "--limit", "12", "--json")
        assert (said.code, len(json.loads(said.out))) == (0, 5)
        assert "only the first 5 rows: TIPOFF_QUERY_MAX_ROWS allows no more" in said.err

    @pytest.mark.parametrize(
        "arguments",
        [
            ["audit", "range", "--start", "2025-12-01"],
            ["features", "--readiness"],
            ["sample"],
        ],
    )
    def test_the_file_itself(
        self, season: Path, arguments: list[str], held: Callable[[Path, str], None]
    ) -> None:
        """What works on the file says at once who has it and what to do."""
        held(season, "http://127.0.0.1:1")
        said = say(season, *arguments)
        assert said.code == 1
        assert f"{season} is held by process " in said.err
        assert " at http://127.0.0.1:1 " in said.err
        assert "Stop it first." in said.err


HOLDER = """
import sys
from pathlib import Path
from warehouse.duckdb.engine import DuckDBWarehouse
warehouse = DuckDBWarehouse(Path(sys.argv[1]), url=sys.argv[2] or None)
print("mine", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def held() -> Iterator[Callable[[Path, str], None]]:
    """Another process holds a file and names a URL."""
    holders: list[subprocess.Popen[str]] = []

    def hold(path: Path, url: str) -> None:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(path), url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        holders.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "mine\n"

    yield hold
    for process in holders:
        process.kill()
        process.communicate()


class TestLocked:
    """A command has nothing to prove itself with, and says how to go on."""

    @pytest.mark.parametrize("arguments", [["coverage"], ["sql", ROWS], RUN])
    def test_app(self, season: Path, arguments: list[str]) -> None:
        locked = {"auth": "app", "audience": "https://x.test", "allowed_emails": "a@x.test"}
        with serving(season, **locked):
            said = say(season, *arguments)
        assert said.code == 1
        assert said.err.startswith("not_authenticated: no token: send Authorization")
        assert "A command sends none: stop the service" in said.err


class TestStrangers:
    """What the file's owner note points to isn't always a service of ours."""

    @pytest.fixture
    def somebody(self) -> Iterator[Callable[[dict[str, tuple[int, str]]], str]]:
        """Listens, and answers by path; 404 for the rest."""
        servers: list[ThreadingHTTPServer] = []

        def listen(answers: dict[str, tuple[int, str]]) -> str:
            class Handler(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    code, body = answers.get(self.path.split("?")[0], (404, "not here"))
                    self.send_response(code)
                    self.end_headers()
                    self.wfile.write(body.encode())

                def log_message(self, *_: object) -> None:
                    """Nothing."""

            server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            servers.append(server)
            Thread(target=server.serve_forever, daemon=True).start()
            return f"http://127.0.0.1:{server.server_port}"

        yield listen
        for server in servers:
            server.shutdown()
            server.server_close()

    def test_no_service(self, season: Path, somebody, held) -> None:
        url = somebody({})
        held(season, url)
        said = say(season, "coverage", "--wait", "0.3", "--json")
        assert said.code == 1
        assert json.loads(said.out)["error"] == "owner_failed"
        assert f"{season} is held by process " in said.err
        assert f"{url} answered 404, and not as a service of ours does" in said.err

    def test_other_json(self, season: Path, somebody, held) -> None:
        held(season, somebody({"/version": (200, '{"version": 7}')}))
        said = say(season, "coverage", "--wait", "0")
        assert said.code == 1
        assert "doesn't answer as a service of ours does" in said.err

    def test_nobody(self, season: Path, held) -> None:
        held(season, "http://127.0.0.1:1")
        said = say(season, "coverage", "--wait", "0.3")
        assert said.code == 1
        assert "Stop it first. Nothing answers at http://127.0.0.1:1." in said.err

    def test_silence(self, season: Path, held, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(through_owner, "ARE_YOU_THERE", 0.3)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            held(season, url)
            said = say(season, "coverage", "--wait", "0")
        assert said.code == 1
        assert f"{url} didn't answer within 0.3 s" in said.err

    def test_a_name_without_a_lock(self, season: Path, somebody) -> None:
        """The lock says whose the file is, not the note: another's answers are never taken."""
        owner = Owner(
            pid=os.getppid(), host=socket.gethostname(), command="x", since=0, url=somebody({})
        )
        owner_file(season).write_text(json.dumps(owner.__dict__))
        said = say(season, "coverage", "--wait", "0")
        assert (said.code, said.err.count("owner_failed")) == (0, 0)

    def test_other_code(self, season: Path, somebody, held) -> None:
        """A service that was started before a statement changed answers by the old one."""
        answers = {
            "/version": (200, _version({"nba_analytics.player_form": "old"})),
            "/coverage": (200, '{"coverage": [], "fill": []}'),
        }
        held(season, somebody(answers))
        said = say(season, "coverage")
        assert said.code == 0
        assert "runs other code than this command" in said.err


def _version(changed: dict[str, str] | None = None) -> str:
    return Version(
        version="1",
        commit=None,
        built_at=None,
        engine="x",
        schema_state="x",
        logic_versions={one.table: one.logic_version for one in load()} | (changed or {}),
        settings={},
    ).model_dump_json()


def test_wrong_settings(season: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command refuses them as a service does: all at once, before anything starts."""
    monkeypatch.setenv("TIPOFF_WAREHOSE", "duckdb:///x")
    monkeypatch.setenv("TIPOFF_CHUNK_DATES", "many")
    said = say(season, "coverage")
    assert said.code == 64
    assert "did you mean TIPOFF_WAREHOUSE?" in said.err
    assert "TIPOFF_CHUNK_DATES='many'" in said.err


def test_light() -> None:
    """Who asks for help loads nothing of what questions take, and a question no server."""
    code = (
        "import sys; from clients.command import execute;"
        " execute(['--help']); assert 'pydantic' not in sys.modules;"
        " execute(['coverage', '--warehouse', 'duckdb://:memory:']);"
        " assert not {'fastapi', 'httpx', 'uvicorn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=ROOT)
