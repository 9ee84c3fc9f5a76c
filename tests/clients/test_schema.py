"""`tipoff schema` on both engines: words, JSON, exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import duckdb
import pytest

from clients.command import execute
from processors.registry import Registry
from tests.bigquery.server import BigQueryServer
from warehouse.bigquery.address import Address
from warehouse.bigquery.connection import EMULATOR, Connection
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.request import Request

NUMBERS = count()
BESIDES = 8
"""Six datasets, and two tables of the engine's own."""


@pytest.fixture(scope="module")
def shared_server() -> Iterator[BigQueryServer]:
    with BigQueryServer() as server:
        yield server


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = execute(["schema", *words])
    return code, capsys.readouterr().out


def told_json(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict]:
    code, out = told(capsys, *words, "--json")
    return code, json.loads(out)


class TestDuckDB:
    @pytest.fixture(autouse=True)
    def file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        path = tmp_path / "new.duckdb"
        monkeypatch.setenv("TIPOFF_WAREHOUSE", f"duckdb://{path}")
        return path

    def test_from_nothing(self, capsys: pytest.CaptureFixture[str], registry: Registry) -> None:
        code, found = told_json(capsys, "diff")
        assert code == 2
        assert {one["table"] for one in found["differences"]} == set(registry.contracts)
        assert {one["kind"] for one in found["differences"]} == {"table_missing"}
        code, made = told_json(capsys, "apply")
        assert (code, len(made["done"])) == (0, len(registry.contracts))
        assert told_json(capsys, "diff") == (0, {"differences": []})
        assert told_json(capsys, "apply") == (0, {"done": []})

    def test_columns(self, capsys: pytest.CaptureFixture[str], file: Path) -> None:
        told(capsys, "apply")
        with duckdb.connect(str(file)) as connection:
            connection.execute("ALTER TABLE nba_raw.shots DROP COLUMN zone")
            connection.execute("ALTER TABLE nba_raw.players ADD COLUMN height VARCHAR")
        code, found = told_json(capsys, "diff")
        assert code == 1
        assert [
            (one["table"], one["column"], one["kind"], one["blocks"])
            for one in found["differences"]
        ] == [
            ("nba_raw.players", "height", "column_extra", True),
            ("nba_raw.shots", "zone", "column_missing", False),
        ]
        code, out = told(capsys, "diff")
        assert code == 1
        assert "nba_raw.players.height is stored but no longer in the contract" in out
        code, said = told_json(capsys, "apply")
        assert (code, said["error"]) == (1, "schema_conflict")
        assert told_json(capsys, "diff")[1] == found


class TestBigQuery:
    @pytest.fixture(autouse=True)
    def address(self, shared_server: BigQueryServer, monkeypatch: pytest.MonkeyPatch) -> Address:
        address = Address(shared_server.project, "US", f"c{next(NUMBERS)}_")
        monkeypatch.setenv(EMULATOR, shared_server.endpoint)
        monkeypatch.setenv("TIPOFF_WAREHOUSE", str(address))
        return address

    def test_from_nothing(self, capsys: pytest.CaptureFixture[str], registry: Registry) -> None:
        code, found = told_json(capsys, "diff")
        assert code == 2
        assert len(found["differences"]) == len(registry.contracts) + BESIDES
        code, made = told_json(capsys, "apply")
        assert (code, len(made["done"])) == (0, len(registry.contracts) + BESIDES)
        assert told_json(capsys, "diff") == (0, {"differences": []})
        assert told_json(capsys, "apply") == (0, {"done": []})

    def test_columns(self, capsys: pytest.CaptureFixture[str], address: Address) -> None:
        told(capsys, "apply")
        table = address.table("nba_raw.shots")
        connection = Connection(address)
        Jobs(connection).run(
            Request(what="a column", text=f"ALTER TABLE `{table}` ADD COLUMN mine STRING")
        )
        connection.close()
        code, out = told(capsys, "diff")
        assert code == 1
        assert "nba_raw.shots" in out
        assert "mine" in out
        assert "hand" in out
        code, said = told_json(capsys, "apply")
        assert (code, said["error"]) == (1, "schema_conflict")
        assert "nba_raw.shots.mine is stored but not in the contract" in said["message"]

    def test_others(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A deployment that owns what it computes last, where nothing stands yet."""
        monkeypatch.setenv("TIPOFF_OWNED_LAYERS", "precompute")
        code, found = told_json(capsys, "diff")
        assert code == 1
        blocking = {one["table"] for one in found["differences"] if one["blocks"]}
        assert "nba_raw.schedule" in blocking
        assert "nba_analytics.player_form" in blocking
        assert "nba_precompute.player_daily_cache" not in blocking
        assert told(capsys, "apply")[0] == 1
        monkeypatch.setenv("TIPOFF_OWNED_LAYERS", "raw,analytics")
        assert told(capsys, "apply")[0] == 0
        monkeypatch.setenv("TIPOFF_OWNED_LAYERS", "precompute,predictions")
        assert told_json(capsys, "diff")[0] == 2
        assert told(capsys, "apply")[0] == 0
        monkeypatch.delenv("TIPOFF_OWNED_LAYERS")
        assert told_json(capsys, "diff") == (0, {"differences": []})

    @pytest.mark.parametrize("warehouse", ["bigquery://", "bigquery://my-project/US?x=1"])
    def test_address(self, capsys: pytest.CaptureFixture[str], warehouse: str) -> None:
        assert execute(["schema", "diff", "--warehouse", warehouse]) == 64
        assert "bigquery://project/location?prefix=" in capsys.readouterr().err

    def test_without_credentials(
        self,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        monkeypatch.delenv(EMULATOR)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
        assert execute(["schema", "diff"]) == 64
        assert "no credentials for BigQuery are found" in capsys.readouterr().err
