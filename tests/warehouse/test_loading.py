"""Loading raw tables: refused as a whole, collapsed, replaced by key, all files or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from processors.errors import LoadRefused, WarehouseFailed
from processors.registry import load
from tests.oracle.tiny import Tiny, day
from tests.worlds import load_rows, open_memory, stored_rows
from warehouse.files import Desk
from warehouse.interface import Loaded

BOXES, SCHEDULE, SHOTS = "nba_raw.player_boxscores", "nba_raw.schedule", "nba_raw.shots"


def world(*players: str) -> dict[str, list[dict[str, object]]]:
    """One game with a box score row of each."""
    tiny = Tiny()
    tiny.game("a", 0)
    for number, player in enumerate(players):
        tiny.box("a", player, 10 + number)
    return {table: rows for table, rows in tiny.raw.items() if rows}


def points(warehouse) -> dict[str, object]:
    return {row["player_lookup"]: row["points"] for row in stored_rows(warehouse, BOXES)}


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

    def test_a_column_that_is_missing(self, tmp_path):
        path = tmp_path / "players.parquet"
        with Desk() as desk:
            desk.run(f"COPY (SELECT 'ann' AS player_lookup) TO '{path}' (FORMAT parquet)")
        warehouse = open_memory()
        with pytest.raises((WarehouseFailed, LoadRefused), match="player_name"):
            warehouse.load({"nba_raw.players": path}, load().contracts)


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
        with pytest.raises(WarehouseFailed, match="loading failed"):
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
