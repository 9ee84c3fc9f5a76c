"""Destination tables, partitions by name, and copies, through the real client."""

from __future__ import annotations

import pytest
from google.api_core import exceptions
from google.cloud import bigquery

from tests.bigquery.conftest import GAMES

TRUNCATE, APPEND, EMPTY = "WRITE_TRUNCATE", "WRITE_APPEND", "WRITE_EMPTY"
A_ROW = "SELECT 'z' AS game_id, DATE '2024-01-02' AS game_date, 9 AS points, 1.5 AS pace"
ELSEWHERE = "SELECT 'z' AS game_id, DATE '2024-01-09' AS game_date, 9 AS points, 1.5 AS pace"


@pytest.fixture
def write(client):
    def written(sql, table, disposition, **config):
        made = bigquery.QueryJobConfig(
            destination=f"{client.project}.{table}", write_disposition=disposition, **config
        )
        job = client.query(sql, job_config=made)
        job.result()
        return job

    return written


class TestDestination:
    def test_made(self, client, write, dataset):
        partitioning = bigquery.TimePartitioning(field="game_date")
        write(
            A_ROW,
            f"{dataset}.made",
            EMPTY,
            time_partitioning=partitioning,
            clustering_fields=["game_id"],
        )
        table = client.get_table(f"{dataset}.made")
        assert (table.time_partitioning, table.clustering_fields) == (partitioning, ["game_id"])
        assert [one.mode for one in table.schema] == ["NULLABLE"] * 4
        assert [row.game_id for row in client.list_rows(table)] == ["z"]

    def test_is_what_the_job_answers(self, client, write, games, dataset):
        job = write(f"SELECT game_id FROM {games}", f"{dataset}.made", EMPTY)
        assert sorted(row.game_id for row in job.result(page_size=3)) == ["a", "b", "c", "d"]
        job = write(A_ROW, f"{games}$20240102", TRUNCATE)
        assert [row.game_id for row in job.result()] == ["z"]

    def test_not_made(self, write, dataset):
        with pytest.raises(exceptions.NotFound):
            write(A_ROW, f"{dataset}.made", EMPTY, create_disposition="CREATE_NEVER")

    def test_not_empty(self, client, write, games):
        with pytest.raises(exceptions.Conflict, match="Already Exists: Table"):
            write(A_ROW, games, EMPTY)
        assert client.get_table(games).num_rows == 4

    def test_truncated(self, client, write, games):
        write("SELECT DATE '2024-01-02' AS game_date, 'x' AS game_id", games, TRUNCATE)
        table = client.get_table(games)
        assert [one.name for one in table.schema] == ["game_date", "game_id"]
        assert (table.num_rows, table.time_partitioning.field) == (1, "game_date")

    def test_appended_by_name(self, client, write, games):
        write("SELECT DATE '2024-01-02' AS game_date, 'z' AS game_id", games, APPEND)
        assert ("z", None) in [(row.game_id, row.points) for row in client.list_rows(games)]

    @pytest.mark.parametrize(
        ("sql", "message"),
        [
            ("SELECT 'x' AS points", "Field points has changed type from INT64 to STRING"),
            (f"SELECT *, 1 AS more FROM ({A_ROW})", r"Cannot add fields \(field: more\)"),
        ],
    )
    def test_other_schema(self, client, write, games, sql, message):
        for table in (games, f"{games}$20240102"):
            with pytest.raises(exceptions.BadRequest, match=message):
                write(sql, table, APPEND)
        assert client.get_table(games).num_rows == 4

    def test_grown(self, client, write, games):
        write(
            f"SELECT *, 1 AS more FROM ({A_ROW})",
            f"{games}$20240102",
            TRUNCATE,
            schema_update_options=["ALLOW_FIELD_ADDITION"],
        )
        assert client.get_table(games).schema[-1].name == "more"

    def test_required(self, client, write, dataset):
        schema = [bigquery.SchemaField("one", "INT64", mode="REQUIRED")]
        client.create_table(bigquery.Table(f"{client.project}.{dataset}.strict", schema=schema))
        with pytest.raises(exceptions.BadRequest, match="mode from REQUIRED to NULLABLE"):
            write("SELECT 1 AS one", f"{dataset}.strict", APPEND)
        relaxing = {"schema_update_options": ["ALLOW_FIELD_RELAXATION"]}
        write("SELECT 1 AS one", f"{dataset}.strict", APPEND, **relaxing)
        assert client.get_table(f"{dataset}.strict").schema[0].mode == "NULLABLE"

    def test_of_a_failing_query(self, client, write, games):
        with pytest.raises(exceptions.BadRequest, match="division by zero"):
            write(
                f"SELECT CAST(1 / (points - points) AS INT64) AS points FROM {games}",
                games,
                TRUNCATE,
            )
        assert client.get_table(games).num_rows == 4

    def test_of_dml(self, write, games):
        with pytest.raises(exceptions.BadRequest, match="Cannot set destination table"):
            write(f"DELETE FROM {games} WHERE TRUE", games, TRUNCATE)


class TestPartition:
    def test_replaced(self, client, write, games, partitions):
        before = partitions(games)
        write(A_ROW, f"{games}$20240102", TRUNCATE)
        after = partitions(games)
        assert {part: count for part, (count, _) in after.items()} == {
            "20240101": 1,
            "20240102": 1,
            "20240103": 1,
        }
        moved = {part for part in after if before[part][1] < after[part][1]}
        assert moved == {"20240102"}

    def test_emptied(self, client, write, games, partitions):
        before = client.get_table(f"{games}$20240102").modified
        write(f"SELECT * FROM {games} WHERE FALSE", f"{games}$20240102", TRUNCATE)
        assert set(partitions(games)) == {"20240101", "20240103"}
        assert client.get_table(f"{games}$20240102").modified > before

    def test_other_day(self, client, write, games, partitions):
        before = partitions(games)
        with pytest.raises(exceptions.BadRequest, match="Some rows belong to different") as caught:
            write(f"{A_ROW} UNION ALL {ELSEWHERE}", f"{games}$20240102", TRUNCATE)
        assert caught.value.errors[0]["reason"] == "invalid"
        assert partitions(games) == before

    def test_of_a_table_without(self, client, write, dataset):
        client.create_table(bigquery.Table(f"{client.project}.{dataset}.flat", schema=GAMES))
        with pytest.raises(exceptions.BadRequest, match="is not partitioned"):
            write(A_ROW, f"{dataset}.flat$20240102", TRUNCATE)

    def test_of_another_column(self, write, games):
        partitioning = bigquery.TimePartitioning(field="other_date")
        with pytest.raises(exceptions.BadRequest, match="Incompatible table partitioning"):
            write(A_ROW, games, APPEND, time_partitioning=partitioning)

    def test_read_while_it_is_replaced(self, client, write, games):
        """A query may write the partition that it reads."""
        write(
            f"SELECT * REPLACE (points + 1 AS points) FROM {games} WHERE game_date = '2024-01-02'",
            f"{games}$20240102",
            TRUNCATE,
        )
        assert sorted(row.points for row in client.list_rows(f"{games}$20240102")) == [5, 6]


class TestCopies:
    def copy(self, client, source, target, disposition=EMPTY):
        config = bigquery.CopyJobConfig(write_disposition=disposition)
        job = client.copy_table(
            f"{client.project}.{source}", f"{client.project}.{target}", job_config=config
        )
        job.result()
        return job

    def test_table(self, client, dataset, games):
        self.copy(client, games, f"{dataset}.copied")
        copied = client.get_table(f"{dataset}.copied")
        assert (copied.num_rows, copied.clustering_fields) == (4, ["game_id"])
        assert copied.time_partitioning.field == "game_date"

    def test_partition(self, client, dataset, games, partitions, ask):
        self.copy(client, games, f"{dataset}.copied")
        ask(f"UPDATE {games} SET points = 7 WHERE game_date = '2024-01-02'")
        before = partitions(f"{dataset}.copied")
        self.copy(client, f"{games}$20240102", f"{dataset}.copied$20240102", TRUNCATE)
        after = partitions(f"{dataset}.copied")
        assert {part for part in after if before[part] != after[part]} == {"20240102"}
        points = [row.points for row in client.list_rows(f"{dataset}.copied$20240102")]
        assert points == [7, 7]

    def test_partition_to_another(self, client, dataset, games):
        self.copy(client, games, f"{dataset}.copied")
        with pytest.raises(exceptions.BadRequest, match="Some rows belong to different"):
            self.copy(client, f"{games}$20240102", f"{dataset}.copied$20240103", TRUNCATE)

    def test_into_what_is_there(self, client, dataset, games):
        self.copy(client, games, f"{dataset}.copied")
        with pytest.raises(exceptions.Conflict):
            self.copy(client, games, f"{dataset}.copied")
        self.copy(client, games, f"{dataset}.copied", APPEND)
        assert client.get_table(f"{dataset}.copied").num_rows == 8

    def test_other_layout(self, client, ask, dataset, games):
        ask(f"CREATE TABLE {dataset}.flat AS SELECT * FROM {games} WHERE game_date = '2024-01-02'")
        with pytest.raises(exceptions.BadRequest, match="Incompatible table partitioning"):
            self.copy(client, f"{dataset}.flat", f"{games}$20240102", TRUNCATE)

    def test_unknown(self, client, dataset):
        with pytest.raises(exceptions.NotFound):
            self.copy(client, f"{dataset}.nothing", f"{dataset}.copied")
