"""Tables grow with their contracts, and never lose anything by it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from processors.columns import Type, count, text
from processors.errors import SchemaConflict
from processors.registry import load
from tests.warehouse.toys import D1, OPS, RAW, TOYS, publish, shop, stage, stored, toy
from warehouse.differences import Kind
from warehouse.duckdb.engine import DuckDBWarehouse


def columns(warehouse: DuckDBWarehouse) -> list[tuple]:
    """Every column of every table of ours."""
    return warehouse._connection.execute(
        "SELECT schema_name, table_name, column_index, column_name, data_type"
        " FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
    ).fetchall()


@pytest.fixture
def warehouse() -> DuckDBWarehouse:
    warehouse = shop([toy(D1, "ann"), toy(D1, "bob")])
    stage(warehouse)
    publish(warehouse, D1)
    return warehouse


def wider(contract, *more):
    return replace(contract, columns=(*contract.columns, *more))


class TestCreate:
    def test_says_what_it_did(self):
        made = DuckDBWarehouse(None).migrate([RAW, TOYS])
        assert made == ["created nba_raw.toys", "created nba_analytics.toys_seen"]

    def test_again_is_nothing(self, warehouse):
        assert warehouse.migrate([RAW, TOYS, *OPS]) == []

    def test_all_contracts(self):
        warehouse = DuckDBWarehouse(None)
        contracts = list(load().contracts.values())
        assert len(warehouse.migrate(contracts)) == len(contracts)
        assert warehouse.migrate(contracts) == []

    def test_bookkeeping_where_it_is_computed(self, warehouse):
        names = [row[3] for row in columns(warehouse) if row[1] == "toys_seen"]
        assert names == [
            *TOYS.column_names,
            "data_hash",
            "logic_version",
            "input_fingerprint",
            "run_id",
            "processed_at",
        ]
        assert [row[3] for row in columns(warehouse) if row[1] == "toys"] == [*RAW.column_names]


class TestNewColumn:
    def test_rows_are_kept(self, warehouse):
        before = stored(warehouse)
        new = wider(TOYS, count("doors", "How many."))
        assert warehouse.migrate([RAW, new]) == ["added nba_analytics.toys_seen.doors"]
        assert stored(warehouse) == before
        found = warehouse.rows("SELECT DISTINCT doors, run_id FROM `nba_analytics.toys_seen`")
        assert found == [(None, "run")]

    def test_several_tables(self, warehouse):
        more = count("doors", "How many."), text("maker", "Who made it.")
        assert warehouse.migrate([wider(RAW, *more), wider(TOYS, *more)]) == [
            "added nba_raw.toys.doors",
            "added nba_raw.toys.maker",
            "added nba_analytics.toys_seen.doors",
            "added nba_analytics.toys_seen.maker",
        ]

    def test_publishing_goes_on(self, warehouse):
        """The new column stands behind the machinery's own: columns go by name."""
        warehouse.migrate([wider(TOYS, count("doors", "How many."))])
        stage(warehouse)
        publish(warehouse, D1, run_id="second")
        assert len(stored(warehouse)) == 2

    def test_survives_closing(self, tmp_path):
        path = tmp_path / "toys.duckdb"
        warehouse = shop([toy(D1, "ann")], path=path)
        warehouse.migrate([wider(RAW, count("doors", "How many."))])
        warehouse.close()
        warehouse = DuckDBWarehouse(path)
        assert stored(warehouse, RAW.table) == [(D1, "ann", 4)]
        assert warehouse.migrate([wider(RAW, count("doors", "How many."))]) == []
        warehouse.close()


def retyped(contract, name: str, kind: Type):
    changed = tuple(
        replace(one, type=kind, minimum=None) if one.name == name else one
        for one in contract.columns
    )
    return replace(contract, columns=changed)


class TestRefused:
    def refuse(self, warehouse, *contracts) -> str:
        """Nothing has changed, in none of the tables."""
        before, rows = columns(warehouse), stored(warehouse)
        with pytest.raises(SchemaConflict) as caught:
            warehouse.migrate(list(contracts))
        assert columns(warehouse) == before
        assert stored(warehouse) == rows
        return caught.value.message

    def test_removed_column(self, warehouse):
        narrow = replace(TOYS, columns=tuple(one for one in TOYS.columns if one.name != "wheels"))
        assert self.refuse(warehouse, narrow) == (
            "the stored tables don't fit the contracts: nba_analytics.toys_seen.wheels is stored"
            " but no longer in the contract: put it back, or drop the column yourself with ALTER"
            " TABLE nba_analytics.toys_seen DROP COLUMN wheels"
        )

    def test_its_advice_helps(self, warehouse):
        narrow = replace(TOYS, columns=tuple(one for one in TOYS.columns if one.name != "wheels"))
        advice = self.refuse(warehouse, narrow)
        warehouse._connection.execute(advice[advice.index("ALTER TABLE") :])
        assert warehouse.migrate([narrow]) == []

    def test_retyped_column(self, warehouse):
        assert self.refuse(warehouse, retyped(TOYS, "wheels", Type.STRING)) == (
            "the stored tables don't fit the contracts: nba_analytics.toys_seen.wheels is stored"
            " as BIGINT, the contract says STRING: give the new type a new name, or move the table"
            " away and compute it again"
        )

    def test_one_conflict_stops_everything(self, warehouse):
        """A new table and a new column elsewhere are not made either."""
        new_table = replace(RAW, table="nba_raw.games")
        message = self.refuse(
            warehouse,
            new_table,
            wider(RAW, count("doors", "How many.")),
            retyped(TOYS, "wheels", Type.BOOL),
            retyped(TOYS, "name", Type.DATE),
        )
        assert message.count("the contract says") == 2

    def test_a_type_that_no_contract_has(self, warehouse):
        warehouse._connection.execute("ALTER TABLE nba_raw.toys ALTER wheels TYPE INTEGER")
        assert "nba_raw.toys.wheels is stored as INTEGER" in self.refuse(warehouse, RAW)

    def test_http_status(self, warehouse):
        with pytest.raises(SchemaConflict) as caught:
            warehouse.migrate([retyped(TOYS, "wheels", Type.BOOL)])
        assert (caught.value.http_status, caught.value.retryable) == (409, False)
        assert len(caught.value.details["conflicts"]) == 1


class TestDifferences:
    def test_none(self, warehouse):
        assert warehouse.differences([RAW, TOYS, *OPS]) == {}

    def test_each(self, warehouse):
        """What `migrate` would add doesn't block, what it would refuse does."""
        new_table = replace(RAW, table="nba_raw.games")
        changed = retyped(wider(TOYS, count("doors", "How many.")), "wheels", Type.BOOL)
        found = warehouse.differences([RAW, new_table, changed])
        assert {
            table: [(one.column, one.kind, one.blocks) for one in several]
            for table, several in found.items()
        } == {
            "nba_raw.games": [(None, Kind.TABLE_MISSING, False)],
            "nba_analytics.toys_seen": [
                ("wheels", Kind.TYPE, True),
                ("doors", Kind.COLUMN_MISSING, False),
            ],
        }
