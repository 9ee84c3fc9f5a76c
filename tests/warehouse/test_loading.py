"""Loading raw tables: refused as a whole, collapsed, replaced by key, all files or nothing."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from processors.errors import LoadRefused, WarehouseFailed
from processors.registry import load
from tests.oracle.tiny import Tiny, day
from tests.worlds import load_rows, open_memory, stored_rows
from warehouse.files import DUCKDB_TYPES, Desk
from warehouse.interface import Loaded

BOXES, SCHEDULE, PEOPLE = "nba_raw.player_boxscores", "nba_raw.schedule", "nba_raw.players"


def world(*players: str) -> dict[str, list[dict[str, object]]]:
    """One game with a box score row of each."""
    tiny = Tiny()
    tiny.game("a", 0)
    for number, player in enumerate(players):
        tiny.box("a", player, 10 + number)
    return {table: rows for table, rows in tiny.raw.items() if rows}


def points(warehouse) -> dict[str, object]:
    return {row["player_lookup"]: row["points"] for row in stored_rows(warehouse, BOXES)}


def one_row(table: str) -> str:
    """A row that may be loaded, as a query of the columns in their declared types."""
    row = world("ann")[table][0]
    return "SELECT " + ", ".join(
        f"CAST({literal(row.get(one.name))} AS {DUCKDB_TYPES[one.type]}) AS {one.name}"
        for one in load().contracts[table].columns
    )


def literal(value: object) -> str:
    return "NULL" if value is None else f"'{value}'"


ROW = {table: one_row(table) for table in (BOXES, SCHEDULE)}
ANN = (
    "SELECT 'ann' AS player_lookup, 'Ann' AS player_name, DATE '1999-01-02' AS birth_date,"
    " NULL::VARCHAR AS position, NULL::VARCHAR AS aliases, NULL::VARCHAR AS source_ids"
)


class TestLoad:
    def test_says_what_it_did(self):
        warehouse = open_memory()
        assert load_rows(warehouse, world("ann", "bob")) == [
            Loaded(table=SCHEDULE, read=1, collapsed=0, replaced=0),
            Loaded(table=BOXES, read=2, collapsed=0, replaced=0),
        ]
        assert points(warehouse) == {"ann": 10, "bob": 11}

    def test_columns_go_by_name(self, tmp_path):
        """A file with its columns in another order, and one more."""
        path = tmp_path / "players.parquet"
        with Desk() as desk:
            desk.run(
                "COPY (SELECT NULL::VARCHAR AS source_ids, 7 AS shoe_size, 'Ann' AS player_name,"
                " NULL::VARCHAR AS aliases, NULL::VARCHAR AS position, DATE '1999-01-02' AS"
                f" birth_date, 'ann' AS player_lookup) TO '{path}' (FORMAT parquet)"
            )
        warehouse = open_memory()
        warehouse.load({"nba_raw.players": path}, load().contracts)
        ((row),) = stored_rows(warehouse, "nba_raw.players")
        assert (row["player_lookup"], row["player_name"]) == ("ann", "Ann")

    def test_a_path_with_a_quote(self, tmp_path):
        contracts = load().contracts
        path = tmp_path / "ann's.parquet"
        with Desk() as desk:
            desk.run("CREATE TABLE one AS SELECT 'ann' AS player_lookup, 'Ann' AS player_name")
            for name, kind in (
                ("birth_date", "DATE"),
                ("position", "VARCHAR"),
                ("aliases", "VARCHAR"),
                ("source_ids", "VARCHAR"),
            ):
                desk.run(f"ALTER TABLE one ADD COLUMN {name} {kind}")
            desk.write("SELECT * FROM one", contracts["nba_raw.players"], path)
        (found,) = open_memory().load({"nba_raw.players": path}, contracts)
        assert found.read == 1


class TestShape:
    """A file that is not shaped as its contract is refused before a row of it is looked at."""

    def test_a_column_that_is_missing(self, tmp_path):
        said = refusal(tmp_path, "SELECT 'ann' AS player_lookup, 'Ann' AS plyer_name", PEOPLE)
        assert said == (
            "nothing was loaded, 1 faults: players.parquet for nba_raw.players: no column"
            " player_name (there is plyer_name), birth_date, position, aliases, source_ids"
        )

    def test_names_in_other_letters(self, tmp_path):
        warehouse = open_memory()
        load_as(warehouse, tmp_path, f"SELECT * RENAME (player_name AS Player_NAME) FROM ({ANN})")
        assert stored_rows(warehouse, PEOPLE)[0]["player_name"] == "Ann"

    @pytest.mark.parametrize(
        ("table", "column", "value", "said"),
        [
            (BOXES, "points", "10.5", "points is DECIMAL(3,1) and 1 values are no INT64, such as"),
            (BOXES, "points", "10.5::DOUBLE", "points is DOUBLE and 1 values are no INT64, such"),
            (BOXES, "points", "'ten'", "1 values are no INT64, such as ten at a ann"),
            (BOXES, "points", "'10.5'", "1 values are no INT64, such as 10.5 at a ann"),
            (BOXES, "points", "1e300", "no INT64, such as 1e+300 at a ann"),
            (BOXES, "points", "'nan'::DOUBLE", "no INT64, such as nan at a ann"),
            (BOXES, "points", "[1, 2]", "is INTEGER[] and 1 values are no INT64, such as [1, 2]"),
            (BOXES, "is_home", "2", "is_home is INTEGER and 1 values are no BOOL, such as 2 at a"),
            (BOXES, "is_home", "'maybe'", "1 values are no BOOL, such as maybe at a ann"),
            (BOXES, "game_date", "'soon'", "1 values are no DATE, such as soon at a ann"),
            (
                BOXES,
                "game_date",
                "'2025-10-21 19:00:00'",
                "1 values are no DATE, such as 2025-10-21 19:00:00 at a ann",
            ),
            (BOXES, "game_date", "TIMESTAMP '2025-10-21 19:00:00'", "game_date is TIMESTAMP and 1"),
            (BOXES, "game_date", "20251021", "game_date is INTEGER and 1 values are no DATE"),
            (SCHEDULE, "tipoff_at", "'evening'", "1 values are no TIMESTAMP, such as evening at a"),
        ],
    )
    def test_values_that_do_not_fit(self, table, column, value, said, tmp_path):
        found = refusal(
            tmp_path, f"SELECT * REPLACE ({value} AS {column}) FROM ({ROW[table]})", table
        )
        assert said in found
        assert "1 faults" in found

    def test_one_of_two_rows(self, tmp_path):
        """The other is not loaded either."""
        said = refusal(
            tmp_path,
            f"SELECT * REPLACE (0.5 * number AS points, 'p' || number AS player_lookup)"
            f" FROM ({ROW[BOXES]}) JOIN range(1, 3) AS few(number) ON TRUE",
            BOXES,
        )
        assert "1 values are no INT64, such as 0.5 at a p1" in said

    @pytest.mark.parametrize(
        ("column", "value", "stored"),
        [
            ("points", "10.0::DOUBLE", 10),
            ("points", "10::UTINYINT", 10),
            ("points", "'10'", 10),
            ("points", "'10.0'", 10),
            ("points", "NULL::DOUBLE", None),
            ("is_home", "1", True),
            ("is_home", "'false'", False),
            ("game_date", "'2025-10-21'", date(2025, 10, 21)),
            ("game_date", "TIMESTAMP '2025-10-21 00:00:00'", date(2025, 10, 21)),
            ("game_id", "22500001", "22500001"),
        ],
    )
    def test_other_types_whose_values_fit(self, column, value, stored, tmp_path):
        warehouse = open_memory()
        load_as(
            warehouse,
            tmp_path,
            f"SELECT * REPLACE ({value} AS {column}) FROM ({ROW[BOXES]})",
            BOXES,
        )
        ((row),) = stored_rows(warehouse, BOXES)
        assert row[column] == stored

    def test_an_instant_with_a_zone(self, tmp_path):
        """Stored in UTC, as it is in a file without one."""
        warehouse = open_memory()
        zoned = "TIMESTAMPTZ '2025-10-21 19:30:00-04'"
        load_as(
            warehouse,
            tmp_path,
            f"SELECT * REPLACE ({zoned} AS tipoff_at) FROM ({ROW[SCHEDULE]})",
            SCHEDULE,
        )
        ((row),) = stored_rows(warehouse, SCHEDULE)
        assert row["tipoff_at"] == datetime(2025, 10, 21, 23, 30)

    def test_three_examples_of_many(self, tmp_path):
        said = refusal(
            tmp_path,
            f"SELECT * REPLACE (number + 0.5 AS points, 'p' || number AS player_lookup)"
            f" FROM ({ROW[BOXES]}) JOIN range(9) AS few(number) ON TRUE",
            BOXES,
        )
        assert "9 values are no INT64, such as " in said
        assert said.count(" at a p") == 3

    def test_all_columns_are_told_at_once(self, tmp_path):
        changed = "'x' AS points, 'y' AS assists"
        said = refusal(tmp_path, f"SELECT * REPLACE ({changed}) FROM ({ROW[BOXES]})", BOXES)
        assert said.startswith("nothing was loaded, 2 faults: ")

    def test_another_file_is_checked_too(self, tmp_path):
        """And not loaded."""
        warehouse = open_memory()
        bad = written(tmp_path, "SELECT 1 AS one", "players")
        box = f"SELECT * REPLACE (-1::BIGINT AS points) FROM ({ROW[BOXES]})"
        with pytest.raises(LoadRefused) as caught:
            warehouse.load({PEOPLE: bad, BOXES: written(tmp_path, box, "boxes")}, load().contracts)
        assert len(caught.value.details["faults"]) == 2
        assert "points_out_of_range at 1 keys" in caught.value.message
        assert stored_rows(warehouse, BOXES) == stored_rows(warehouse, PEOPLE) == []


def written(folder: Path, query: str, name: str) -> Path:
    path = folder / f"{name}.parquet"
    with Desk() as desk:
        desk.run(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return path


def load_as(warehouse, folder: Path, query: str, table: str = "nba_raw.players") -> None:
    warehouse.load({table: written(folder, query, table.partition(".")[2])}, load().contracts)


def refusal(folder: Path, query: str, table: str) -> str:
    """What is said of a file that is refused; nothing of it is stored."""
    warehouse = open_memory()
    with pytest.raises(LoadRefused) as caught:
        load_as(warehouse, folder, query, table)
    assert stored_rows(warehouse, table) == []
    return caught.value.message


class TestReplace:
    def test_by_key(self):
        """A corrected row replaces the one of its key; the others stay."""
        warehouse = open_memory()
        tables = world("ann", "bob")
        load_rows(warehouse, tables)
        corrected = {**tables[BOXES][0], "points": 40}
        assert load_rows(warehouse, {BOXES: [corrected]}) == [
            Loaded(table=BOXES, read=1, collapsed=0, replaced=1)
        ]
        assert points(warehouse) == {"ann": 40, "bob": 11}

    def test_again_is_the_same(self):
        warehouse = open_memory()
        tables = world("ann", "bob")
        load_rows(warehouse, tables)
        before = {table: stored_rows(warehouse, table) for table in tables}
        assert [one.replaced for one in load_rows(warehouse, tables)] == [1, 2]
        assert {table: stored_rows(warehouse, table) for table in tables} == before

    def test_a_game_that_moves(self):
        """The key has no date: the row of the old date goes."""
        warehouse = open_memory()
        tables = world("ann")
        load_rows(warehouse, tables)
        load_rows(warehouse, {SCHEDULE: [{**tables[SCHEDULE][0], "game_date": day(5)}]})
        assert [row["game_date"] for row in stored_rows(warehouse, SCHEDULE)] == [day(5)]


class TestIdenticalRows:
    def test_collapse_and_are_counted(self):
        warehouse = open_memory()
        rows = world("ann", "bob")[BOXES]
        found = load_rows(warehouse, {BOXES: [*rows, rows[0], rows[0]]})
        assert found == [Loaded(table=BOXES, read=4, collapsed=2, replaced=0)]
        assert points(warehouse) == {"ann": 10, "bob": 11}

    def test_nulls_are_equal(self):
        row = {**world("ann")[BOXES][0], "points": None}
        found = load_rows(open_memory(), {BOXES: [row, row]})
        assert found[0].collapsed == 1


class TestContradictions:
    def test_refuse_the_whole_load_with_examples(self):
        warehouse = open_memory()
        rows = world("ann", "bob")[BOXES]
        with pytest.raises(LoadRefused) as caught:
            load_rows(warehouse, {BOXES: [*rows, {**rows[1], "points": 30}]})
        assert caught.value.message == (
            "nothing was loaded, 1 faults: player_boxscores.parquet for nba_raw.player_boxscores:"
            " contradicting rows at 1 keys, such as a bob"
        )
        assert points(warehouse) == {}

    def test_three_examples_of_many(self):
        names = [f"p{number}" for number in range(9)]
        rows = world(*names)[BOXES]
        with pytest.raises(LoadRefused) as caught:
            load_rows(open_memory(), {BOXES: [*rows, *({**row, "assists": 9} for row in rows)]})
        said = caught.value.message
        assert "contradicting rows at 9 keys, such as a p" in said
        assert sum(f"a {name}" in said for name in names) == 3

    def test_a_null_contradicts_too(self):
        rows = world("ann")[BOXES]
        with pytest.raises(LoadRefused, match="contradicting rows at 1 keys"):
            load_rows(open_memory(), {BOXES: [*rows, {**rows[0], "is_starter": None}]})

    def test_a_stored_row_is_replaced_and_contradicts_nothing(self):
        warehouse = open_memory()
        rows = world("ann")[BOXES]
        load_rows(warehouse, {BOXES: rows})
        load_rows(warehouse, {BOXES: [{**rows[0], "points": 1}]})
        assert points(warehouse) == {"ann": 1}


class TestBadRows:
    @pytest.mark.parametrize(
        ("change", "fault"),
        [
            ({"points": -1}, "points_out_of_range at 1 keys, such as a ann"),
            ({"team": None}, "team_is_null at 1 keys, such as a ann"),
            ({"player_lookup": None}, "player_lookup_is_null at 1 keys, such as a None"),
            ({"game_date": None}, "game_date_is_null at 1 keys, such as a ann"),
        ],
    )
    def test_refuse_the_load(self, change, fault):
        warehouse = open_memory()
        rows = world("ann", "bob")[BOXES]
        with pytest.raises(LoadRefused) as caught:
            load_rows(warehouse, {BOXES: [{**rows[0], **change}, rows[1]]})
        assert fault in caught.value.message
        assert (caught.value.http_status, caught.value.retryable) == (422, False)
        assert points(warehouse) == {}

    def test_unknown_word(self):
        rows = world("ann")[SCHEDULE]
        with pytest.raises(LoadRefused, match="season_phase_unknown_word"):
            load_rows(open_memory(), {SCHEDULE: [{**rows[0], "season_phase": "summer"}]})

    def test_all_faults_are_told_at_once(self):
        tables = world("ann", "bob")
        tables[SCHEDULE][0]["status"] = "played"
        tables[BOXES][0]["points"] = -5
        tables[BOXES].append({**tables[BOXES][1], "points": 3})
        with pytest.raises(LoadRefused) as caught:
            load_rows(open_memory(), tables)
        assert len(caught.value.details["faults"]) == 3


class TestExport:
    def test_is_a_file_that_loads(self, tmp_path):
        """Written, read into another warehouse and written again: the same rows in the same
        types."""
        contracts = load().contracts
        first, second = open_memory(), open_memory()
        tables = {**world("ann", "bob"), PEOPLE: []}
        load_rows(first, tables)
        files = {table: tmp_path / f"it's {table}.parquet" for table in tables}
        said = {table: first.export(contracts[table], path) for table, path in files.items()}
        assert said == {SCHEDULE: 1, BOXES: 2, PEOPLE: 0}
        second.load(files, contracts)
        for table, path in files.items():
            assert stored_rows(second, table) == stored_rows(first, table)
            with Desk() as desk:
                desk.read("rows", [path])
                found = desk.columns("rows")
            kinds = {one.name: DUCKDB_TYPES[one.type] for one in contracts[table].columns}
            assert {name: found[name] for name in kinds} == kinds

    def test_a_folder_that_is_not_there(self, tmp_path):
        with pytest.raises(WarehouseFailed, match=r"nowhere.players\.parquet"):
            open_memory().export(load().contracts[PEOPLE], tmp_path / "nowhere" / "players.parquet")


class TestSeveralFiles:
    @pytest.mark.parametrize("bad", [SCHEDULE, BOXES])
    def test_all_or_nothing(self, bad):
        """The bad file first or last: the good one isn't loaded either, and old rows stay."""
        warehouse = open_memory()
        old = world("ann")
        load_rows(warehouse, old)
        new = world("ann", "bob")
        new[SCHEDULE][0]["home_score"] = 100
        new[bad].append({**new[bad][0], "game_date": day(9)})
        with pytest.raises(LoadRefused):
            load_rows(warehouse, new)
        assert points(warehouse) == {"ann": 10}
        assert [row["home_score"] for row in stored_rows(warehouse, SCHEDULE)] == [None]

    def test_a_file_that_is_no_parquet(self, tmp_path):
        warehouse = open_memory()
        tables = world("ann")
        with pytest.raises(LoadRefused, match=r"test_loading\.py .* cannot be read as Parquet"):
            warehouse.load(
                {SCHEDULE: self.written(tables[SCHEDULE], tmp_path), BOXES: Path(__file__)},
                load().contracts,
            )
        assert stored_rows(warehouse, SCHEDULE) == []
        # The next load finds nothing in its way.
        load_rows(warehouse, tables)
        assert points(warehouse) == {"ann": 10}

    def written(self, rows: list, folder: Path) -> Path:
        path = folder / "schedule.parquet"
        text = json.dumps(rows, default=str)
        with Desk() as desk:
            (folder / "rows.json").write_text(text)
            desk.run(f"CREATE TABLE one AS SELECT * FROM read_json('{folder / 'rows.json'}')")
            desk.write("SELECT * FROM one", load().contracts[SCHEDULE], path)
        return path
