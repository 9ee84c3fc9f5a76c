"""Tables and their metadata through the real client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from google.api_core import exceptions
from google.cloud import bigquery

from tests.bigquery.conftest import GAMES, connected
from tests.bigquery.server import BigQueryServer


class TestTables:
    def test_made_and_found(self, client, games):
        table = client.get_table(games)
        assert table.time_partitioning == bigquery.TimePartitioning(field="game_date")
        assert table.clustering_fields == ["game_id"]
        assert [(one.name, one.field_type, one.mode) for one in table.schema] == [
            ("game_id", "STRING", "NULLABLE"),
            ("game_date", "DATE", "NULLABLE"),
            ("points", "INTEGER", "NULLABLE"),
            ("pace", "FLOAT", "NULLABLE"),
        ]
        # 4 dates, 3 points, 3 paces of 8 bytes; 4 texts of one letter
        assert (table.num_rows, table.num_bytes) == (4, 10 * 8 + 4 * 3)

    def test_made_twice(self, client, games):
        with pytest.raises(exceptions.Conflict, match="Already Exists: Table"):
            client.create_table(bigquery.Table(f"{client.project}.{games}", schema=GAMES))

    def test_unknown(self, client, dataset):
        with pytest.raises(exceptions.NotFound, match=f"Not found: Table .*:{dataset}.nothing"):
            client.get_table(f"{dataset}.nothing")

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"clustering_fields": ["pace"]}, "Clustering by field pace of type FLOAT64"),
            ({"clustering_fields": ["nothing"]}, "cannot be found in the schema: nothing"),
            (
                {"time_partitioning": bigquery.TimePartitioning(field="nothing")},
                "partitioning cannot be found in the schema",
            ),
        ],
    )
    def test_refused_layout(self, client, dataset, change, message):
        table = bigquery.Table(f"{client.project}.{dataset}.wrong", schema=GAMES)
        for name, value in change.items():
            setattr(table, name, value)
        with pytest.raises(exceptions.BadRequest, match=message):
            client.create_table(table)

    def test_listed(self, client, dataset, games):
        client.create_table(bigquery.Table(f"{client.project}.{dataset}.another", schema=GAMES))
        assert [one.table_id for one in client.list_tables(dataset)] == ["another", "games"]
        assert [one.table_id for one in client.list_tables(dataset, page_size=1)] == [
            "another",
            "games",
        ]

    def test_deleted(self, client, games):
        client.delete_table(games)
        client.delete_table(games, not_found_ok=True)
        with pytest.raises(exceptions.NotFound):
            client.delete_table(games)

    def test_partition_deleted(self, client, ask, games, partitions):
        client.delete_table(f"{games}$20240102")
        assert set(partitions(games)) == {"20240101", "20240103"}

    def test_partition_found(self, client, games):
        assert client.get_table(f"{games}$20240102").num_rows == 2
        with pytest.raises(exceptions.BadRequest, match="Invalid partition ID 2024"):
            client.get_table(f"{games}$2024")


class TestChanges:
    def test_column_added(self, client, ask, games):
        table = client.get_table(games)
        table.schema = [*table.schema, bigquery.SchemaField("arena", "STRING", description="where")]
        changed = client.update_table(table, ["schema"])
        assert changed.schema[-1].description == "where"
        assert ask(f"SELECT DISTINCT arena FROM {games}") == [(None,)]

    @pytest.mark.parametrize(
        ("schema", "message"),
        [
            (GAMES[:3], "Field pace is missing in new schema"),
            (
                [*GAMES[:3], bigquery.SchemaField("pace", "STRING")],
                "Field pace has changed type from FLOAT64 to STRING",
            ),
            (
                [*GAMES, bigquery.SchemaField("arena", "STRING", mode="REQUIRED")],
                "Cannot add required fields",
            ),
            (
                [*GAMES[:3], bigquery.SchemaField("pace", "FLOAT64", mode="REQUIRED")],
                "Field pace has changed mode from NULLABLE to REQUIRED",
            ),
        ],
    )
    def test_refused_schema(self, client, games, schema, message):
        table = client.get_table(games)
        table.schema = schema
        with pytest.raises(exceptions.BadRequest, match=message):
            client.update_table(table, ["schema"])

    def test_relaxed(self, client, ask, dataset):
        table = bigquery.Table(
            f"{client.project}.{dataset}.strict",
            schema=[bigquery.SchemaField("one", "INT64", mode="REQUIRED")],
        )
        made = client.create_table(table)
        with pytest.raises(exceptions.BadRequest, match="Required field cannot be null"):
            ask(f"INSERT INTO {dataset}.strict (one) VALUES (NULL)")
        made.schema = [bigquery.SchemaField("one", "INT64")]
        client.update_table(made, ["schema"])
        ask(f"INSERT INTO {dataset}.strict (one) VALUES (NULL)")

    def test_properties(self, client, games):
        table = client.get_table(games)
        table.labels, table.description = {"layer": "raw"}, "games"
        table.require_partition_filter = True
        changed = client.update_table(table, ["labels", "description", "require_partition_filter"])
        assert (changed.labels, changed.description) == ({"layer": "raw"}, "games")
        assert changed.require_partition_filter
        assert changed.etag != table.etag
        assert changed.modified > table.modified

    def test_changed_by_two(self, client, games):
        mine, theirs = client.get_table(games), client.get_table(games)
        theirs.description = "theirs"
        client.update_table(theirs, ["description"])
        with pytest.raises(exceptions.PreconditionFailed):
            client.update_table(mine, ["description"])


class TestExpiration:
    def test_gone(self):
        with BigQueryServer() as server, connected(server) as client:
            client.create_dataset("staging")
            table = bigquery.Table(f"{client.project}.staging.brief", schema=GAMES)
            table.expires = datetime.now(UTC) + timedelta(hours=1)
            client.create_table(table)
            server.advance(3500)
            assert client.get_table(table).num_rows == 0
            server.advance(200)
            with pytest.raises(exceptions.NotFound):
                client.get_table(table)
            assert list(client.list_tables("staging")) == []
            table.expires = datetime.now(UTC) + timedelta(days=1)
            client.create_table(table)

    def test_in_the_past(self, client, dataset):
        table = bigquery.Table(f"{client.project}.{dataset}.brief", schema=GAMES)
        table.expires = datetime.now(UTC) - timedelta(hours=1)
        with pytest.raises(exceptions.BadRequest, match="is in the past"):
            client.create_table(table)


class TestRows:
    def test_listed(self, client, games):
        rows = client.list_rows(games)
        assert sorted(row["game_id"] for row in rows) == ["a", "b", "c", "d"]
        assert rows.total_rows == 4

    def test_paged(self, client, games, server):
        rows = client.list_rows(games, page_size=3)
        assert [page.num_items for page in rows.pages] == [3, 1]
        routes = [one.route for one in server.requests if one.route.endswith("/data")]
        assert len(routes) == 2

    def test_some_columns_of_a_partition(self, client, games):
        table = client.get_table(games)
        fields = [one for one in table.schema if one.name in ("game_id", "points")]
        found = client.list_rows(f"{client.project}.{games}$20240102", selected_fields=fields)
        assert sorted(tuple(row) for row in found) == [("b", 4), ("c", 5)]
        assert len(list(client.list_rows(table, start_index=1, max_results=2))) == 2
