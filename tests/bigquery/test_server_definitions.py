"""DDL and INFORMATION_SCHEMA through the real client."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from google.api_core import exceptions


class TestDdl:
    TABLE = (
        "CREATE TABLE {} (one INT64 NOT NULL OPTIONS(description='the first'), day DATE,"
        " many ARRAY<STRING>) PARTITION BY day CLUSTER BY one OPTIONS(description='made',"
        " labels=[('layer', 'raw')], require_partition_filter=TRUE,"
        " expiration_timestamp=TIMESTAMP '2099-01-01 00:00:00+00')"
    )

    def test_table(self, run, client, dataset):
        job = run(self.TABLE.format(f"{dataset}.made"))
        assert (job.statement_type, job.ddl_operation_performed) == ("CREATE_TABLE", "CREATE")
        assert job.ddl_target_table.table_id == "made"
        table = client.get_table(f"{dataset}.made")
        assert [(one.name, one.mode, one.description) for one in table.schema] == [
            ("one", "REQUIRED", "the first"),
            ("day", "NULLABLE", None),
            ("many", "REPEATED", None),
        ]
        assert (table.time_partitioning.field, table.clustering_fields) == ("day", ["one"])
        assert (table.description, table.labels) == ("made", {"layer": "raw"})
        assert table.require_partition_filter
        assert table.expires == datetime(2099, 1, 1, tzinfo=UTC)
        with pytest.raises(exceptions.Conflict, match="Already Exists: Table"):
            run(self.TABLE.format(f"{dataset}.made"))
        job = run(f"CREATE TABLE IF NOT EXISTS {dataset}.made (a INT64)")
        assert job.ddl_operation_performed == "SKIP"

    def test_as_select(self, run, client, ask, dataset, games, partitions):
        sql = (
            f"CREATE OR REPLACE TABLE {dataset}.made PARTITION BY game_date"
            f" AS SELECT game_id, game_date FROM {games}"
        )
        assert run(sql).ddl_operation_performed == "CREATE"
        assert set(partitions(f"{dataset}.made")) == {"20240101", "20240102", "20240103"}
        again = sql.replace(games, f"{dataset}.made")
        assert run(again).ddl_operation_performed == "REPLACE"
        assert client.get_table(f"{dataset}.made").num_rows == 4

    def test_altered(self, run, client, games):
        sql = f"ALTER TABLE `{games}` ADD COLUMN IF NOT EXISTS arena STRING"
        assert run(sql).ddl_operation_performed == "ALTER"
        assert run(sql).ddl_operation_performed == "SKIP"
        assert client.get_table(games).schema[-1].name == "arena"
        with pytest.raises(exceptions.BadRequest, match="arena"):
            run(f"ALTER TABLE `{games}` ADD COLUMN arena STRING")

    def test_dropped(self, run, client, games):
        assert run(f"DROP TABLE {games}").ddl_operation_performed == "DROP"
        assert run(f"DROP TABLE IF EXISTS {games}").ddl_operation_performed == "SKIP"
        with pytest.raises(exceptions.NotFound):
            run(f"DROP TABLE {games}")

    def test_schema(self, run, client, dataset):
        run(f"CREATE SCHEMA IF NOT EXISTS {dataset}_more OPTIONS(description='more')")
        assert client.get_dataset(f"{dataset}_more").description == "more"
        with pytest.raises(exceptions.Conflict):
            run(f"CREATE SCHEMA {dataset}_more")
        run(f"DROP SCHEMA {dataset}_more")

    @pytest.mark.parametrize(
        ("sql", "message"),
        [
            ("CREATE TABLE {}.made (f FLOAT64) CLUSTER BY f", "CLUSTER BY"),
            ("CREATE TABLE {}.made (a INT64, a STRING)", "(?i)duplicate column name a"),
            ("CREATE TABLE nothing.made (a INT64)", "Not found: Dataset"),
            ("CREATE TEMP TABLE made (a INT64)", "the test server has no|qualified"),
            ("CREATE VIEW {}.made AS SELECT 1 AS a", "the test server has no"),
        ],
    )
    def test_refused(self, run, dataset, sql, message):
        with pytest.raises(exceptions.GoogleAPICallError, match=message):
            run(sql.format(dataset))


class TestInformation:
    def test_columns(self, ask, dataset, games):
        assert ask(
            "SELECT column_name, ordinal_position, data_type, is_partitioning_column,"
            f" clustering_ordinal_position FROM {dataset}.INFORMATION_SCHEMA.COLUMNS"
            " WHERE table_name = 'games' ORDER BY 2"
        ) == [
            ("game_id", 1, "STRING", "NO", 1),
            ("game_date", 2, "DATE", "YES", None),
            ("points", 3, "INT64", "NO", None),
            ("pace", 4, "FLOAT64", "NO", None),
        ]

    def test_tables(self, ask, dataset, games):
        assert ask(
            "SELECT table_catalog, table_name"
            f" FROM `tipoff-test.{dataset}.INFORMATION_SCHEMA.TABLES`"
        ) == [("tipoff-test", "games")]

    def test_partitions_of_a_table_without(self, ask, dataset, partitions):
        ask(f"CREATE TABLE {dataset}.flat AS SELECT 1 AS a")
        assert partitions("flat")[None][0] == 1

    def test_unknown(self, ask, dataset):
        with pytest.raises(exceptions.NotFound):
            ask("SELECT 1 FROM nothing.INFORMATION_SCHEMA.TABLES")
        with pytest.raises(exceptions.NotFound):
            ask(f"SELECT 1 FROM {dataset}.INFORMATION_SCHEMA.NOTHING")
