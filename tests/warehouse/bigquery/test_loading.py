"""Loading and exporting raw tables: as DuckDB does it, over a line that may break at any time."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from processors.contract import Layer
from processors.errors import LoadRefused, WarehouseDenied, WarehouseFailed, WarehouseTransient
from processors.registry import Registry
from tests.bigquery import scripts
from tests.bigquery.errors import ApiError
from tests.bigquery.jobs import Job
from tests.bigquery.preparing import Prepared
from tests.bigquery.server import BigQueryServer
from tests.bigquery.statements import Outcome
from tests.oracle.tiny import Tiny, day
from tests.warehouse.bigquery.conftest import Naps, exchanged
from tests.warehouse.toys import D1, D2, D3, RAW, toy
from tests.worlds import load_rows, open_memory, stored_rows
from warehouse.bigquery import jobs as jobs_module
from warehouse.bigquery import loading, replacing, turns
from warehouse.bigquery.address import Address
from warehouse.bigquery.catalogue import Catalogue
from warehouse.bigquery.connection import Connection
from warehouse.bigquery.exporting import export, exported
from warehouse.bigquery.jobs import Jobs
from warehouse.bigquery.loading import Loading
from warehouse.bigquery.loads import Loads
from warehouse.bigquery.names import placed
from warehouse.bigquery.request import Request
from warehouse.bigquery.schema import FIRST_DATE, datasets_of, layout_of
from warehouse.bigquery.wanted import Wanted
from warehouse.files import DUCKDB_TYPES, Desk
from warehouse.interface import Loaded

BOXES, SCHEDULE, PEOPLE = "nba_raw.player_boxscores", "nba_raw.schedule", "nba_raw.players"
UPLOADS = "/upload/projects/{project}/jobs"
JOBS = "/projects/{project}/jobs"
Rows = Sequence[Mapping[str, object]]


def world(*players: str) -> dict[str, list[dict[str, object]]]:
    """One game with a box score row of each."""
    tiny = Tiny()
    tiny.game("a", 0)
    for number, player in enumerate(players):
        tiny.box("a", player, 10 + number)
    return {table: rows for table, rows in tiny.raw.items() if rows}


def box(player: str) -> dict[str, list[dict[str, object]]]:
    return {BOXES: world(player)[BOXES]}


def whole_world() -> dict[str, list[dict[str, object]]]:
    """Rows of every raw table, on two dates."""
    tiny = Tiny()
    for number, game in enumerate(("a", "b")):
        tiny.game(game, number)
        tiny.box(game, "ann", 20, dnp_reason='"quoted", é\n')
        tiny.dnp(game, "bob")
        tiny.shot(game, "ann", "paint")
        tiny.line(game, "ann", 20.1)
        tiny.spread(game, -3.5, None)
        tiny.report(game, "bob", "out")
    tiny.person("ann", date(1999, 1, 2))
    tiny.person("bob", None)
    return tiny.raw


@dataclass
class Store:
    """The raw tables of an address."""

    jobs: Jobs
    loading: Loading
    address: Address
    registry: Registry

    def load(self, tables: Mapping[str, Rows]) -> list[Loaded]:
        return load_rows(self.loading, tables)  # type: ignore[arg-type]

    def rows(self, table: str) -> list[dict[str, object]]:
        """Of all dates, ordered by key."""
        contract = self.registry.contracts[table]
        text = f"{exported(contract)}\nORDER BY {', '.join(contract.key)}"
        found = self.jobs.rows(Request(what="rows", text=placed(text, self.address, {})))
        return [dict(zip(contract.column_names, row, strict=True)) for row in found]

    def points(self) -> dict[object, object]:
        return {row["player_lookup"]: row["points"] for row in self.rows(BOXES)}


@pytest.fixture
def store(connection: Connection, jobs: Jobs, address: Address, registry: Registry) -> Store:
    raw = [one for one in registry.contracts.values() if one.layer is Layer.RAW]
    wanted = [*raw, RAW, turns.CONTRACT]
    layouts = [layout_of(one) for one in wanted]
    Catalogue(connection).apply(
        Wanted(datasets=tuple(datasets_of(wanted, address)), tables=tuple(layouts), read={})
    )
    scratch = f"{address.project}.{address.scratch}"
    return Store(
        jobs,
        Loading(jobs, Loads(connection), address, scratch, None, takes_turns=True),
        address,
        registry,
    )


@pytest.fixture
def scratch(connection: Connection, address: Address):
    """What stands in scratch: names and when they expire."""

    def found() -> dict[str, datetime | None]:
        listed = connection.client.list_tables(address.scratch, timeout=60)
        return {one.table_id: one.expires for one in listed}

    return found


def is_of(table: str, job: Job) -> bool:
    """Whether it brings a file of that table."""
    labels = job.configuration.get("labels", {})
    return job.kind == "load" and labels.get("tipoff_table") == table.split(".")[1]


def is_script(job: Job) -> bool:
    return job.kind == "query" and job.parent is None


def sent(server: BigQueryServer, kind: str) -> int:
    return len([one for one in server.requests if one.kind == kind])


class TestWholeWorld:
    def test_is_what_duckdb_stores(self, store: Store, server: BigQueryServer) -> None:
        """Every table and every type, in a load job a file and one script. Then all games move: no
        key holds the date, and the rows of the old dates go, in tables with and without filter."""
        tables, duckdb = whole_world(), open_memory()
        server.requests.clear()
        assert store.load(tables) == load_rows(duckdb, tables)
        assert (sent(server, "load"), sent(server, "query"), exchanged(server)) == (7, 1, 9)
        for table in tables:
            assert store.rows(table) == stored_rows(duckdb, table), table
        moved = {
            table: [{**row, "game_date": day(200)} for row in rows]
            for table, rows in tables.items()
            if table != PEOPLE
        }
        assert [one.replaced for one in store.load(moved)] == [len(rows) for rows in moved.values()]
        for table, rows in moved.items():
            found = store.rows(table)
            assert len(found) == len(rows)
            assert {row["game_date"] for row in found} == {day(200)}, table
        duckdb.close()


class TestLoad:
    def test_says_what_it_did(self, store: Store) -> None:
        rows = world("ann", "bob")
        rows[BOXES].append(rows[BOXES][0])
        assert store.load(rows) == [
            Loaded(table=SCHEDULE, read=1, collapsed=0, replaced=0),
            Loaded(table=BOXES, read=3, collapsed=1, replaced=0),
        ]
        corrected = {**rows[BOXES][0], "points": 40}
        assert store.load({BOXES: [corrected]}) == [
            Loaded(table=BOXES, read=1, collapsed=0, replaced=1)
        ]
        assert store.points() == {"ann": 40, "bob": 11}

    def test_empty_files(self, store: Store, server: BigQueryServer) -> None:
        store.load(world("ann"))
        server.requests.clear()
        assert store.load({SCHEDULE: [], BOXES: []}) == [
            Loaded(table=SCHEDULE, read=0, collapsed=0, replaced=0),
            Loaded(table=BOXES, read=0, collapsed=0, replaced=0),
        ]
        assert server.requests == []
        said = store.load({SCHEDULE: [], BOXES: world("bob")[BOXES]})
        assert [one.read for one in said] == [0, 1]
        assert store.points() == {"ann": 10, "bob": 10}

    def test_what_is_sent(
        self, store: Store, server: BigQueryServer, scratch, tmp_path: Path
    ) -> None:
        """Instants have their zone: BigQuery may take others for a DATETIME."""
        before = set(server.jobs)
        store.load(world("ann"))
        (script,) = [
            one for one in server.jobs.values() if is_script(one) and one.job_id not in before
        ]
        turn = f"`{store.address.table('nba_ops.turns')}`"
        assert script.specific["query"].startswith(f"BEGIN TRANSACTION;\nMERGE {turn} AS turns")
        assert len(scratch()) == 2
        assert all(scratch().values())
        made = [server.jobs[one].configuration for one in server.jobs.keys() - before]
        sent_files = [one for one in made if "load" in one]
        told = {one["labels"]["tipoff_table"] for one in sent_files}
        assert told == {"schedule", "player_boxscores"}
        assert {one["jobTimeoutMs"] for one in sent_files} == {"600000"}
        path = tmp_path / "schedule.parquet"
        path.write_bytes(next(one.content for one in server.jobs.values() if is_of(SCHEDULE, one)))
        with Desk() as desk:
            desk.read("sent", [path])
            assert desk.columns("sent")["tipoff_at"] == "TIMESTAMP WITH TIME ZONE"


class TestKeys:
    def test_a_key_with_the_date(self, store: Store, tmp_path: Path) -> None:
        """Another date is another row; only the dates that arrive are searched."""
        first = [toy(D1, "car"), toy(D3, "car")]
        second = [toy(D1, "car", wheels=3), toy(D2, "car", wheels=3)]
        for rows, replaced in ((first, 0), (second, 1)):
            path = toys_file(rows, tmp_path)
            [said] = store.loading.load({RAW.table: path}, {RAW.table: RAW})
            assert said.replaced == replaced
        text = placed(exported(RAW), store.address, {})
        found = store.jobs.rows(Request(what="toys", text=f"{text} ORDER BY made_on"))
        assert [(row[0], row[2]) for row in found] == [(D1, 3), (D2, 3), (D3, 4)]
        assert "@toys_least_made_on" in replacing.deleted(RAW)
        assert FIRST_DATE not in replacing.deleted(RAW)

    def test_keys_of_one_table_that_look_alike(self, store: Store) -> None:
        """Half of a key that arrives is no key that arrives."""
        tiny = Tiny()
        for game in ("a", "b"):
            tiny.game(game, 0)
            tiny.box(game, "ann", 1)
            tiny.box(game, "bob", 1)
        store.load({BOXES: tiny.raw[BOXES]})
        ann, bob = tiny.raw[BOXES][0], tiny.raw[BOXES][3]
        [said] = store.load({BOXES: [{**ann, "points": 2}, {**bob, "points": 2}]})
        assert said.replaced == 2
        found = [(row["game_id"], row["player_lookup"], row["points"]) for row in store.rows(BOXES)]
        assert found == [("a", "ann", 2), ("a", "bob", 1), ("b", "ann", 1), ("b", "bob", 2)]


class TestManyDates:
    """More than one job may modify: each change is several statements, in one transaction."""

    def test_of_decades(self, store: Store, server: BigQueryServer, tmp_path: Path) -> None:
        days = [date(2000, 1, 1) + timedelta(days=number) for number in range(4_001)]
        path = toys_file([toy(one, "car") for one in days], tmp_path)
        for replaced in (0, 4_001):
            server.requests.clear()
            [said] = store.loading.load({RAW.table: path}, {RAW.table: RAW})
            assert (said.read, said.replaced) == (4_001, replaced)
            assert sent(server, "query") == 1
        text = (
            "SELECT COUNT(*), COUNT(DISTINCT made_on) FROM `nba_raw.toys`"
            f" WHERE made_on >= {FIRST_DATE}"
        )
        asked = Request(what="toys", text=placed(text, store.address, {}))
        assert store.jobs.rows(asked) == [(4_001, 4_001)]

    def test_moved_far(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        """To where another statement puts it, from before the first and after the last date."""
        monkeypatch.setattr(loading, "MOST_DAYS", 40)
        tiny = Tiny()
        for number, game in enumerate("abcd"):
            tiny.game(game, 30 * number)
        rows = tiny.raw[SCHEDULE]
        store.load({SCHEDULE: rows})
        goals = (80, 20, 65, 65)
        moved = [{**row, "game_date": day(goal)} for row, goal in zip(rows, goals, strict=True)]
        assert [one.replaced for one in store.load({SCHEDULE: moved})] == [4]
        found = [row["game_date"] for row in store.rows(SCHEDULE)]
        assert found == [day(goal) for goal in goals]

    def test_one_statement_each_where_that_will_do(self) -> None:
        assert "WHERE" not in replacing.put(RAW)
        assert "_from_" not in replacing.deleted(RAW)


def toys_file(rows: Rows, folder: Path) -> Path:
    columns = json.dumps({one.name: DUCKDB_TYPES[one.type] for one in RAW.columns})
    source, path = folder / "toys.json", folder / "toys.parquet"
    source.write_text(json.dumps(rows, default=str))
    with Desk() as desk:
        desk.write(f"SELECT * FROM read_json('{source}', columns = {columns})", RAW, path)
    return path


class TestRefused:
    @pytest.mark.parametrize("bad", [SCHEDULE, BOXES])
    def test_all_or_nothing(self, store: Store, server: BigQueryServer, scratch, bad: str) -> None:
        """The bad file first or last: nothing is sent, in the words of DuckDB's engine."""
        new = world("ann", "bob")
        new[bad].append({**new[bad][0], "game_date": day(9)})
        server.requests.clear()
        with pytest.raises(LoadRefused) as caught:
            store.load(new)
        with pytest.raises(LoadRefused) as other:
            load_rows(open_memory(), new)
        assert caught.value.message == other.value.message
        assert caught.value.details == other.value.details
        assert server.requests == []
        assert scratch() == {}
        assert store.rows(BOXES) == []

    def test_no_parquet(self, store: Store, registry: Registry, tmp_path: Path) -> None:
        with pytest.raises(LoadRefused, match=r"test_loading\.py .* cannot be read as Parquet"):
            store.loading.load({BOXES: Path(__file__)}, registry.contracts)
        with pytest.raises(WarehouseFailed, match=r"can't be read by DuckDB: .*nothing\.parquet"):
            store.loading.load({BOXES: tmp_path / "nothing.parquet"}, registry.contracts)


class TestFaults:
    @pytest.mark.parametrize(
        ("reason", "status"),
        [("backendError", 503), ("rateLimitExceeded", 403), ("internalError", 500)],
    )
    def test_during_the_upload(
        self, store: Store, server: BigQueryServer, naps: Naps, reason: str, status: int
    ) -> None:
        server.faults.answer(reason, status=status, times=3, route=UPLOADS)
        store.load(box("ann"))
        assert len([nap for nap in naps if nap >= 0.5]) == 3
        assert store.points() == {"ann": 10}

    def test_a_proxy(self, store: Store, server: BigQueryServer) -> None:
        """An answer that is none of BigQuery's."""
        server.faults.answer("", status=503, route=UPLOADS)
        store.load(box("ann"))
        assert store.points() == {"ann": 10}

    def test_has_an_end(self, store: Store, server: BigQueryServer, scratch) -> None:
        server.faults.answer("backendError", times=100, route=UPLOADS, nth=2)
        with pytest.raises(
            WarehouseTransient, match=r"sending the rows of nba_raw\.player_boxscores"
        ):
            store.load(world("ann"))
        assert store.rows(SCHEDULE) == store.rows(BOXES) == []
        assert all(scratch().values())

    def test_denied(self, store: Store, server: BigQueryServer, naps: Naps) -> None:
        server.faults.answer("accessDenied", route=UPLOADS)
        with pytest.raises(WarehouseDenied, match=r"sending the rows of nba_raw\.schedule"):
            store.load(world("ann"))
        assert naps == []

    @pytest.mark.parametrize("kind", ["load", "query"])
    def test_lost_answer(self, store: Store, server: BigQueryServer, kind: str) -> None:
        """The job was taken and the line broke: it is adopted, not doubled."""
        store.load(box("ann"))
        server.requests.clear()
        before = set(server.jobs)
        server.faults.reset(after=True, method="POST", kind=kind)
        assert [one.replaced for one in store.load(box("ann"))] == [1]
        made = [server.jobs[one] for one in set(server.jobs) - before]
        assert sorted(one.kind for one in made if one.parent is None) == ["load", "query"]
        assert sent(server, kind) == 2
        assert store.points() == {"ann": 10}

    def test_in_pieces(
        self, store: Store, server: BigQueryServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A large file: its last piece arrives, the answer doesn't; the next begins badly."""
        from google.cloud.bigquery import client

        monkeypatch.setattr(client, "_MAX_MULTIPART_SIZE", 1)
        server.faults.reset(after=True, method="PUT", route=UPLOADS)
        server.faults.answer("backendError", method="POST", route=UPLOADS, nth=3)
        store.load(world("ann", "bob"))
        assert store.points() == {"ann": 10, "bob": 11}
        assert {one.method for one in server.requests if one.route == UPLOADS} == {"POST", "PUT"}
        assert len([one for one in server.jobs.values() if one.kind == "load"]) >= 2

    def test_failed_load_job_is_sent_anew(
        self, store: Store, server: BigQueryServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken = iter([ApiError("backendError", "fell over")])
        work = server._state.office._work

        def falling_over(job: Job) -> None:
            if job.kind == "load":
                for error in broken:
                    raise error
            work(job)

        monkeypatch.setattr(server._state.office, "_work", falling_over)
        store.load(box("ann"))
        assert store.points() == {"ann": 10}

    def test_rows_that_are_lost(
        self, store: Store, server: BigQueryServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Fewer rows than were sent: nothing is loaded."""
        work = server._state.office._work

        def losing(job: Job) -> None:
            work(job)
            if job.kind == "load":
                job.statistics["outputRows"] = "0"

        monkeypatch.setattr(server._state.office, "_work", losing)
        with pytest.raises(WarehouseFailed, match="of 1 rows that were sent BigQuery has 0"):
            store.load(box("ann"))
        monkeypatch.setattr(server._state.office, "_work", work)
        assert store.rows(BOXES) == []

    def test_killed_transaction(
        self, store: Store, server: BigQueryServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It ends before the last of its statements: old rows stand, none is new."""
        store.load(world("ann"))
        before = [store.rows(SCHEDULE), store.rows(BOXES)]
        new = world("ann", "bob")
        new[SCHEDULE][0]["home_score"] = 100
        executed = itertools.count(1)

        def killed(prepared: Prepared) -> Outcome:
            if next(executed) == 6:
                raise ApiError("stopped", "Job execution was cancelled")
            return execute(prepared)

        execute = scripts.execute
        monkeypatch.setattr(scripts, "execute", killed)
        with pytest.raises(WarehouseTransient, match=r"loading nba_raw\.schedule, nba_"):
            store.load(new)
        monkeypatch.undo()
        assert [store.rows(SCHEDULE), store.rows(BOXES)] == before


class TestExport:
    def test_and_load(self, store: Store, registry: Registry, tmp_path: Path) -> None:
        """What DuckDB writes goes to BigQuery; what comes back is the same."""
        tables, duckdb = {**world("ann"), **box("\"bo\n'é")}, open_memory()
        tables[PEOPLE] = []
        load_rows(duckdb, tables)
        files = {}
        for table, rows in tables.items():
            files[table] = tmp_path / f"{table}.parquet"
            assert duckdb.export(registry.contracts[table], files[table]) == len(rows)
        store.loading.load(files, registry.contracts)
        back = {table: tmp_path / f"it's {table}.parquet" for table in tables}
        for table, path in back.items():
            contract = registry.contracts[table]
            assert export(store.jobs, store.address, contract, path) == len(tables[table])
        with Desk() as desk:
            for table in tables:
                desk.read("ours", [files[table]])
                desk.read("theirs", [back[table]])
                ours, theirs = desk.columns("ours"), desk.columns("theirs")
                assert ours == theirs, table
                names = ", ".join(registry.contracts[table].column_names)
                assert desk.rows(f"SELECT {names} FROM ours ORDER BY ALL") == desk.rows(
                    f"SELECT {names} FROM theirs ORDER BY ALL"
                ), table
        duckdb.close()

    def test_pages(
        self, store: Store, server: BigQueryServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Of three pages the second breaks, and is asked for again; the job isn't."""
        monkeypatch.setattr(jobs_module, "PAGE", 2)
        store.load({PEOPLE: [person(f"p{number}") for number in range(5)]})
        server.requests.clear()
        server.faults.reset(method="GET", route="/projects/{project}/queries/{job}", nth=2)
        contract = store.registry.contracts[PEOPLE]
        assert export(store.jobs, store.address, contract, tmp_path / "people.parquet") == 5
        assert sent(server, "query") == 1
        assert len(server.requests) == 1 + 4 * 2
        with Desk() as desk:
            desk.read("people", [tmp_path / "people.parquet"])
            found = desk.rows("SELECT player_lookup FROM people ORDER BY 1")
        assert found == [(f"p{number}",) for number in range(5)]

    def test_values(self, store: Store, tmp_path: Path) -> None:
        """Numbers that JSON has no word for, and the last digit of those that it has."""
        rows = [
            toy(D1, "tenth", weight=0.1, seen_at=datetime(2024, 11, 9, 23, 59, 59, 999999)),
            toy(D1, "third", weight=1 / 3, wheels=2**62 + 1, is_red=None),
            toy(D1, "none", weight=None, wheels=None, seen_at=None),
            toy(D1, "text '\\\" é\n☃", weight=100),
        ]
        store.loading.load({RAW.table: toys_file(rows, tmp_path)}, {RAW.table: RAW})
        text = f"UPDATE `{store.address.table(RAW.table)}` SET weight = CAST('NaN' AS FLOAT64)"
        text += f" WHERE made_on = '{D1}' AND name = 'none'"
        store.jobs.run(Request(what="toys", text=text))
        export(store.jobs, store.address, RAW, tmp_path / "out.parquet")
        with Desk() as desk:
            desk.read("toys", [tmp_path / "out.parquet"])
            names = ", ".join(rows[0])
            found = {
                row[1]: dict(zip(rows[0], row, strict=True))
                for row in desk.rows(f"SELECT {names} FROM toys")
            }
        assert math.isnan(found["none"].pop("weight"))
        del rows[2]["weight"]
        assert list(found.values()) == sorted(rows, key=lambda row: str(row["name"]))


def person(name: str) -> dict[str, object]:
    return {"player_lookup": name, "player_name": name}
