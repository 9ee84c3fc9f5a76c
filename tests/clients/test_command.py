"""The command line as people use it: words, JSON, exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clients.command import execute


@pytest.fixture
def computed(computed_season_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computed season of one's own, set as the warehouse."""
    path = tmp_path / "season.duckdb"
    shutil.copy(computed_season_file, path)
    monkeypatch.setenv("TIPOFF_WAREHOUSE", f"duckdb://{path}")
    return path


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str, exit_code: int = 0):
    """The JSON that a command prints; nothing else may be on standard output."""
    assert execute([*arguments, "--json"]) == exit_code
    return json.loads(capsys.readouterr().out)


class TestUsage:
    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["cover"], "Did you mean 'coverage'"),
            (["plan"], "--start"),
            (["plan", "--start", "2025-13-01"], "'2025-13-01' is no date"),
            (["run", "--start", "2025-12-02", "--end", "2025-12-01"], "before it starts"),
            (
                ["run", "--start", "2025-12-01", "--tables", "player_frm"],
                "did you mean player_form",
            ),
            (["explain", "someday"], "YYYY-MM-DD"),
            (["sample", "--seasons", "9"], "seasons=9"),
            (["import", "/nowhere/at/all"], "/nowhere/at/all"),
        ],
    )
    def test_refused(
        self,
        arguments: list[str],
        words: str,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("TIPOFF_WAREHOUSE", f"duckdb://{tmp_path}/new.duckdb")
        assert execute(arguments) == 64
        said = capsys.readouterr()
        assert words in said.err
        assert said.out == ""

    def test_address(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["coverage", "--warehouse", "postgres://x"]) == 64
        assert "duckdb:///path/file.duckdb" in capsys.readouterr().err

    def test_cloud_run(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("K_SERVICE", "tipoff")
        address = f"duckdb://{tmp_path}/new.duckdb"
        assert execute(["coverage", "--warehouse", address]) == 64
        assert "TIPOFF_EPHEMERAL" in capsys.readouterr().err
        monkeypatch.setenv("TIPOFF_EPHEMERAL", "yes")
        assert execute(["coverage", "--warehouse", address]) == 0


class TestSample:
    def test_loads(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TIPOFF_WAREHOUSE", f"duckdb://{tmp_path}/new.duckdb")
        said = run_json(capsys, "sample", "--faults")
        loaded = {one["table"]: one["read"] for one in said["loaded"]}
        assert loaded["nba_raw.schedule"] > 1300
        assert said["refused_contradictions"]
        # The same again replaces every row by itself.
        again = run_json(capsys, "sample", "--faults")
        assert {one["table"]: one["replaced"] for one in again["loaded"]} == loaded
        failed = run_json(
            capsys, "run", "--start", "2025-12-15", "--end", "2026-01-05", exit_code=1
        )
        assert failed["status"] == "failed"
        statuses = {one["status"] for one in failed["results"]}
        assert {"rejected", "blocked", "success"} <= statuses


class TestPlan:
    def test_fresh(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        said = run_json(capsys, "plan", "--start", "2025-12-01", "--tables", "player_form")
        asked = [item for item in said["items"] if item["asked"]]
        assert [(item["table"], item["state"]) for item in asked] == [
            ("nba_analytics.player_form", "fresh")
        ]

    def test_words(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["plan", "--start", "2025-12-01"]) == 0
        assert "everything asked for is there" in capsys.readouterr().out


class TestRun:
    def test_unchanged(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        said = run_json(capsys, "run", "--start", "2025-12-01", "--end", "2025-12-03")
        assert said["status"] == "completed"
        assert {one["status"] for one in said["results"]} == {"unchanged"}
        assert said["prepared"] == []

    def test_force(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        said = run_json(capsys, "run", "--start", "2025-12-01", "--force")
        assert {one["status"] for one in said["results"]} == {"success"}

    def test_words(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["run", "--start", "2025-12-24"]) == 0
        said = capsys.readouterr()
        assert "skipped_no_games" in said.out
        assert "completed" in said.err


class TestCoverage:
    def test_whole(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        said = run_json(capsys, "coverage")
        by_table = {one["table"]: one for one in said}
        assert by_table["nba_analytics.player_game_summary"]["share"] == 1.0
        assert all(one["season"] == "2025-26" for one in said)

    def test_gap(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        import duckdb

        with duckdb.connect(str(computed)) as connection:
            connection.execute(
                "DELETE FROM nba_analytics.team_form WHERE game_date = DATE '2025-12-01'"
            )
        said = run_json(capsys, "coverage", "--tables", "team_form")
        assert [(gap["first"], gap["state"]) for gap in said[0]["gaps"]] == [
            ("2025-12-01", "missing")
        ]
        assert execute(["coverage", "--tables", "team_form"]) == 0
        assert "tipoff run --start 2025-12-01 --end 2025-12-01" in capsys.readouterr().err


class TestExplain:
    def test_tree(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["explain", "2025-12-01", "--tables", "player_form"]) == 0
        said = capsys.readouterr().out
        assert "nba_analytics.team_form" in said
        assert "nothing is missing" in said

    def test_missing(
        self,
        raw_season_file: Path,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        path = tmp_path / "raw.duckdb"
        shutil.copy(raw_season_file, path)
        monkeypatch.setenv("TIPOFF_WAREHOUSE", f"duckdb://{path}")
        said = run_json(capsys, "explain", "2025-12-01", "--tables", "player_form")
        assert "player_game_summary" in said["first_missing"]
        assert said["repair"] == "tipoff run --start 2025-12-01 --end 2025-12-01"


class TestTables:
    def test_order(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = run_json(capsys, "tables")
        order = [one["table"] for one in said]
        for one in said:
            assert all(
                order.index(t) < order.index(one["table"]) for t in one["inputs"] if t in order
            )


class TestSql:
    QUERY = (
        "SELECT game_date, COUNT(*) AS n FROM `my-project.nba_analytics.team_form`"
        ' WHERE game_date BETWEEN "2025-12-01" AND "2025-12-02" GROUP BY 1 ORDER BY 1'
    )

    def test_json(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["sql", self.QUERY, "--format", "json"]) == 0
        rows = json.loads(capsys.readouterr().out)
        assert [row["game_date"] for row in rows] == ["2025-12-01", "2025-12-02"]

    def test_csv(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["sql", self.QUERY, "--format", "csv"]) == 0
        assert capsys.readouterr().out.splitlines()[0] == "game_date,n"

    def test_limit(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["sql", self.QUERY, "--limit", "1"]) == 0
        assert "only the first 1 rows" in capsys.readouterr().err

    def test_refused(self, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["sql", "DELETE FROM `nba_analytics.team_form` WHERE TRUE"]) == 64
        assert "DELETE" in capsys.readouterr().err


class TestProcess:
    def test_installed(self, tmp_path: Path) -> None:
        """The command that people type, in a process of its own, piped: plain lines."""
        command = Path(sys.executable).with_name("tipoff")
        done = subprocess.run(
            [command, "coverage", "--warehouse", f"duckdb://{tmp_path}/new.duckdb"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert "\x1b[" not in done.stdout + done.stderr

    def test_light(self) -> None:
        """Neither a parser of SQL nor a cloud client nor numpy is loaded before it is needed.
        Pandas, which DuckDB looks for by itself, comes with the extra for models only."""
        heavy = "{'sqlglot', 'numpy', 'google.cloud.bigquery', 'fastapi', 'httpx'}"
        code = (
            "import sys; sys.modules['pandas'] = None; from clients.command import execute;"
            " execute(['plan', '--start', '2025-12-01', '--warehouse', 'duckdb://:memory:']);"
            f" assert not {heavy} & set(sys.modules), {heavy} & set(sys.modules)"
        )
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


class TestAudit:
    SPAN = (
        "--start",
        "2026-01-14",
        "--end",
        "2026-01-15",
        "--tables",
        "team_defense_zone_analysis",
    )

    @pytest.mark.parametrize("kind", ["range", "idempotence", "blindness"])
    def test_passed(self, kind: str, computed: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert execute(["audit", kind, *self.SPAN]) == 0
        assert "passed" in capsys.readouterr().out

    @pytest.mark.parametrize("kind", ["idempotence", "blindness"])
    def test_stored_rows_differ(
        self, kind: str, computed: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Rows that the statement does not make are not passed."""
        import duckdb

        with duckdb.connect(str(computed)) as connection:
            connection.execute(
                "UPDATE nba_precompute.team_defense_zone_analysis SET data_hash = 'other'"
                " WHERE analysis_date = DATE '2026-01-15' AND team_abbr = 'BOS'"
            )
        assert execute(["audit", kind, *self.SPAN]) != 0
        said = capsys.readouterr().out
        assert "2026-01-15" in said
        assert "failed" in said
