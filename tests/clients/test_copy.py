"""`tipoff copy` between warehouses: words, JSON, exit codes; what is copied is what was there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from itertools import count
from pathlib import Path

import duckdb
import pytest

from clients.command import execute
from processors.contract import Layer
from processors.errors import UsageError
from processors.registry import Registry
from tests.bigquery.server import BigQueryServer
from tests.oracle.tiny import Tiny
from tests.worlds import load_rows
from warehouse.bigquery.connection import EMULATOR
from warehouse.copying import copied_tables
from warehouse.files import Desk
from warehouse.opening import open_warehouse

LIVE = "nba_raw.live_predictions"
BOXES, SCHEDULE, PEOPLE = "nba_raw.player_boxscores", "nba_raw.schedule", "nba_raw.players"
NUMBERS = count()


def world() -> dict[str, list[dict[str, object]]]:
    """Two games, a row or two of every raw table but the shots and what was said, which has
    none."""
    tiny = Tiny()
    for number, game in enumerate(("a", "b")):
        tiny.game(game, number)
        tiny.box(game, "ann", 20)
        tiny.line(game, "ann", 20.5)
        tiny.spread(game, -3.5, None)
        tiny.report(game, "bob", "out")
    tiny.person("ann", date(1999, 1, 2))
    return tiny.raw | {LIVE: [], "nba_raw.model_predictions": []}


READ = {
    **dict.fromkeys(("nba_raw.live_predictions", "nba_raw.model_predictions"), 0),
    **{table: len(rows) for table, rows in world().items()},
}


@pytest.fixture
def source(tmp_path: Path, registry: Registry) -> str:
    address = f"duckdb://{tmp_path / 'source.duckdb'}"
    with closing(open_warehouse(address)) as warehouse:
        warehouse.migrate(list(registry.contracts.values()))
        load_rows(warehouse, world())
    return address


@pytest.fixture
def target(tmp_path: Path) -> str:
    return f"duckdb://{tmp_path / 'new' / 'target.duckdb'}"


def copied(
    capsys: pytest.CaptureFixture[str], source: str, target: str, *more: str
) -> dict[str, tuple[int, int]]:
    """Rows read and replaced, by table."""
    assert execute(["copy", "--from", source, "--to", target, "--json", *more]) == 0
    said = json.loads(capsys.readouterr().out)
    return {one["table"]: (one["read"], one["replaced"]) for one in said["loaded"]}


def content(address: str, registry: Registry, folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all raw tables."""
    found = {}
    with closing(open_warehouse(address)) as warehouse, Desk() as desk:
        for contract in registry.contracts.values():
            if contract.layer is Layer.RAW:
                path = folder / f"{contract.name}.parquet"
                warehouse.export(contract, path)
                desk.read("rows", [path])
                names = ", ".join(contract.column_names)
                found[contract.table] = desk.rows(f"SELECT {names} FROM rows ORDER BY ALL")
    return found


class TestDuckDB:
    def test_all_raw(
        self,
        capsys: pytest.CaptureFixture[str],
        source: str,
        target: str,
        registry: Registry,
        tmp_path: Path,
    ) -> None:
        """The second time nothing changes and every row is replaced by itself."""
        before = content(source, registry, tmp_path)
        assert copied(capsys, source, target) == {one: (rows, 0) for one, rows in READ.items()}
        assert content(target, registry, tmp_path) == before
        again = copied(capsys, source, target, "--tables", "raw")
        assert again == {one: (rows, rows) for one, rows in READ.items()}
        assert content(target, registry, tmp_path) == content(source, registry, tmp_path) == before
        assert {table: len(rows) for table, rows in before.items()} == READ

    def test_what_was_told_is_left(
        self, capsys: pytest.CaptureFixture[str], source: str, target: str, registry: Registry
    ) -> None:
        """What was said live isn't said otherwise by a copy."""
        named = ("player_lookup", "system_id", "game_id", "team_abbr", "opponent_team_abbr")
        row = dict.fromkeys((*named, "feature_vector", "feature_hash"), "ann") | {
            "game_date": "2024-10-22",
            "as_of": "2024-10-22 20:00:00",
            "system_id": "ridge",
        }
        for address, points in ((source, 30), (target, 20)):
            with closing(open_warehouse(address)) as warehouse:
                warehouse.migrate(list(registry.contracts.values()))
                load_rows(warehouse, {LIVE: [{**row, "predicted_points": points}]})
        assert execute(["copy", "--from", source, "--to", target, "--tables", LIVE]) == 0
        assert capsys.readouterr().out.splitlines()[-1].split() == [LIVE, "1", "0", "1"]
        with closing(open_warehouse(target)) as warehouse:
            assert warehouse.rows(f"SELECT predicted_points FROM `{LIVE}`") == [(20,)]

    def test_what_is_there_stays(
        self, capsys: pytest.CaptureFixture[str], source: str, target: str, registry: Registry
    ) -> None:
        tiny = Tiny()
        tiny.game("c", 4)
        with closing(open_warehouse(target)) as warehouse:
            warehouse.migrate(list(registry.contracts.values()))
            load_rows(warehouse, {SCHEDULE: tiny.raw[SCHEDULE]})
        chosen = ("--tables", "schedule, nba_raw.player_boxscores")
        assert copied(capsys, source, target, *chosen) == {BOXES: (2, 0), SCHEDULE: (2, 0)}
        with closing(open_warehouse(target)) as warehouse:
            found = warehouse.rows(f"SELECT game_id FROM `{SCHEDULE}` ORDER BY game_id")
            assert found == [("a",), ("b",), ("c",)]
            assert warehouse.rows(f"SELECT COUNT(*) FROM `{PEOPLE}`") == [(0,)]

    def test_words(self, capsys: pytest.CaptureFixture[str], source: str, target: str) -> None:
        assert execute(["copy", "--from", source, "--to", target, "--tables", "players"]) == 0
        said = capsys.readouterr()
        assert said.out.split("\n")[1:3] == [
            "table            rows read  replaced  left",
            "nba_raw.players  1          0             ",
        ]
        assert f"next: tipoff run --warehouse {target} " in said.err

    def test_bad_rows_at_the_source(
        self,
        capsys: pytest.CaptureFixture[str],
        source: str,
        target: str,
        registry: Registry,
        tmp_path: Path,
    ) -> None:
        """Rows that were not loaded by us may be bad: none of any table is copied."""
        with duckdb.connect(source.removeprefix("duckdb://")) as connection:
            connection.execute(f"UPDATE {BOXES} SET points = -1 WHERE game_id = 'a'")
        assert execute(["copy", "--from", source, "--to", target, "--json"]) == 64
        said = json.loads(capsys.readouterr().out)
        assert (said["status"], said["error"]) == ("failed", "load_refused")
        assert "points_out_of_range at 1 keys, such as a ann" in said["message"]
        assert not any(content(target, registry, tmp_path).values())


class TestRefused:
    @pytest.mark.parametrize(
        ("tables", "words"),
        [
            ("player_form", "nba_analytics.player_form can't be copied: only raw tables are"),
            ("analytics", "the ledger there has to prove them"),
            ("schedule,precompute", "nba_precompute.player_daily_cache"),
            ("nba_ops", "nba_ops.runs"),
            ("boxscores", "no raw table is called 'boxscores'; did you mean player_boxscores?"),
            ("nonsense", "no raw table is called 'nonsense'"),
        ],
    )
    def test_tables(
        self, capsys: pytest.CaptureFixture[str], source: str, target: str, tables: str, words: str
    ) -> None:
        assert execute(["copy", "--from", source, "--to", target, "--tables", tables]) == 64
        said = capsys.readouterr()
        assert (words in said.err, said.out) == (True, "")
        assert not Path(target.removeprefix("duckdb://")).exists()

    def test_one_warehouse(
        self, capsys: pytest.CaptureFixture[str], source: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = Path(source.removeprefix("duckdb://"))
        monkeypatch.chdir(path.parent)
        for other in (source, f"duckdb://{path.name}", f"duckdb://{path.parent}/./{path.name}"):
            assert execute(["copy", "--from", source, "--to", other]) == 64
            assert "are one warehouse: copy into another one" in capsys.readouterr().err
        both = ["bigquery://my-project/us", "bigquery://my-project/US?prefix="]
        assert execute(["copy", "--from", both[0], "--to", both[1]]) == 64

    def test_no_source(self, capsys: pytest.CaptureFixture[str], source: str, target: str) -> None:
        """Asked for by its name, a file that is not there isn't made."""
        assert execute(["copy", "--from", target, "--to", source]) == 64
        assert "there is nothing to copy from: " in capsys.readouterr().err
        assert not Path(target.removeprefix("duckdb://")).parent.exists()

    def test_a_source_of_other_tables(
        self, capsys: pytest.CaptureFixture[str], source: str, target: str
    ) -> None:
        with duckdb.connect(source.removeprefix("duckdb://")) as connection:
            connection.execute("DROP TABLE nba_raw.shots")
            connection.execute(f"ALTER TABLE {PEOPLE} DROP COLUMN aliases")
            connection.execute(f"ALTER TABLE {BOXES} ADD COLUMN shoe_size BIGINT")
        assert execute(["copy", "--from", source, "--to", target]) == 1
        said = capsys.readouterr().err
        assert "nba_raw.players.aliases is not there; nba_raw.shots is not there." in said
        assert f"`tipoff schema apply --warehouse {source}`" in said
        # A column that no contract has is left where it is.
        assert (
            execute(["copy", "--from", source, "--to", target, "--tables", "player_boxscores"]) == 0
        )


def test_chosen(registry: Registry) -> None:
    raw = {one.table for one in registry.contracts.values() if one.layer is Layer.RAW}
    for names in ((), ("raw",), ("nba_raw",), ("raw", "shots")):
        assert {one.table for one in copied_tables(names, registry.contracts)} == raw
    [one] = copied_tables(["players"], registry.contracts)
    assert one.table == PEOPLE
    with pytest.raises(UsageError):
        copied_tables([""], registry.contracts)


@pytest.fixture(scope="module")
def shared_server() -> Iterator[BigQueryServer]:
    with BigQueryServer() as server:
        yield server


class TestBigQuery:
    @pytest.fixture
    def bigquery(
        self, shared_server: BigQueryServer, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[str]:
        monkeypatch.setenv(EMULATOR, shared_server.endpoint)
        yield f"bigquery://{shared_server.project}/US?prefix=copy{next(NUMBERS)}_"
        shared_server.faults.clear()

    def test_there_and_back(
        self,
        capsys: pytest.CaptureFixture[str],
        source: str,
        target: str,
        bigquery: str,
        registry: Registry,
        tmp_path: Path,
    ) -> None:
        assert copied(capsys, source, bigquery) == {one: (rows, 0) for one, rows in READ.items()}
        assert copied(capsys, bigquery, target) == {one: (rows, 0) for one, rows in READ.items()}
        assert content(target, registry, tmp_path) == content(source, registry, tmp_path)
        again = copied(capsys, source, bigquery, "--tables", "players")
        assert again == {PEOPLE: (1, 1)}

    def test_nothing_there(
        self, capsys: pytest.CaptureFixture[str], bigquery: str, target: str
    ) -> None:
        assert execute(["copy", "--from", bigquery, "--to", target, "--tables", "shots"]) == 1
        assert "nba_raw.shots" in capsys.readouterr().err

    def test_fails_in_the_middle(
        self,
        capsys: pytest.CaptureFixture[str],
        shared_server: BigQueryServer,
        source: str,
        bigquery: str,
    ) -> None:
        """The third file is refused: no table has rows, and the same command again copies all."""
        shared_server.faults.answer(
            "quotaExceeded",
            "Quota exceeded: loads",
            method="POST",
            route="/upload/projects/{project}/jobs",
            nth=3,
        )
        chosen = ("--tables", "players,schedule,player_boxscores")
        assert execute(["copy", "--from", source, "--to", bigquery, *chosen, "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["error"] == "quota_exceeded"
        assert all(
            replaced == 0 for _, replaced in copied(capsys, source, bigquery, *chosen).values()
        )
