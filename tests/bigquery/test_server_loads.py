"""Load jobs of Parquet and of JSON, in one body and in pieces, through the real client."""

from __future__ import annotations

import io

import duckdb
import pytest
from google.api_core import exceptions
from google.cloud import bigquery

from tests.bigquery.conftest import GAMES, ROWS
from tests.bigquery.server import BigQueryServer

A_DAY = (
    "SELECT 'z' AS game_id, DATE '2024-01-02' AS game_date, 9::BIGINT AS points,"
    " 1.5::DOUBLE AS pace"
)


def parquet(tmp_path, sql):
    path = tmp_path / "rows.parquet"
    duckdb.sql(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
    return io.BytesIO(path.read_bytes())


@pytest.fixture
def load(client, tmp_path):
    def loaded(sql, table, disposition="WRITE_APPEND", **given):
        config = bigquery.LoadJobConfig(
            source_format="PARQUET", write_disposition=disposition, **given
        )
        file = parquet(tmp_path, sql)
        job = client.load_table_from_file(file, f"{client.project}.{table}", job_config=config)
        return job.result()

    return loaded


class TestParquet:
    def test_new_table(self, client, load, dataset):
        job = load(
            f"{A_DAY} UNION ALL SELECT 'y', DATE '2024-01-03', NULL, NULL",
            f"{dataset}.made",
            schema=GAMES,
            time_partitioning=bigquery.TimePartitioning(field="game_date"),
        )
        assert job.output_rows == 2
        table = client.get_table(f"{dataset}.made")
        assert (table.num_rows, table.time_partitioning.field) == (2, "game_date")

    def test_schema_of_the_file(self, client, load, dataset):
        load(
            "SELECT 1::INTEGER AS i, 1.5::DECIMAL(9, 2) AS n, TIMESTAMP '2024-01-01 12:00:00' AS t,"
            " 'x'::BLOB AS b, true AS yes",
            f"{dataset}.made",
        )
        kinds = [one.field_type for one in client.get_table(f"{dataset}.made").schema]
        assert kinds == ["INTEGER", "NUMERIC", "TIMESTAMP", "BYTES", "BOOLEAN"]

    def test_partition(self, load, games, partitions):
        before = partitions(games)
        load(A_DAY, f"{games}$20240102", "WRITE_TRUNCATE")
        after = partitions(games)
        assert after["20240102"][0] == 1
        assert {part for part in after if before[part] != after[part]} == {"20240102"}
        with pytest.raises(exceptions.BadRequest, match="Some rows belong to different"):
            load(A_DAY, f"{games}$20240103", "WRITE_TRUNCATE")

    @pytest.mark.parametrize(
        ("sql", "message"),
        [
            (A_DAY.replace("9::BIGINT", "'9'"), "'points' has type STRING which does not match"),
            (f"SELECT *, 1 AS more FROM ({A_DAY})", r"Cannot add fields \(field: more\)"),
        ],
    )
    def test_other_types(self, client, load, games, sql, message):
        with pytest.raises(exceptions.BadRequest, match=message):
            load(sql, games, schema=GAMES)
        assert client.get_table(games).num_rows == 4

    def test_required(self, load, dataset):
        schema = [bigquery.SchemaField("one", "INT64", mode="REQUIRED")]
        load("SELECT 1::BIGINT AS one", f"{dataset}.strict", schema=schema)
        with pytest.raises(exceptions.BadRequest, match="Required field cannot be null"):
            load("SELECT NULL::BIGINT AS one", f"{dataset}.strict", schema=schema)
        with pytest.raises(exceptions.BadRequest, match="from REQUIRED to NULLABLE"):
            load("SELECT 1::BIGINT AS one", f"{dataset}.strict")

    def test_failed_truncation(self, client, load, games):
        """The table is as it was: rows, schema and time."""
        before = client.get_table(games)
        schema = [GAMES[1], bigquery.SchemaField("game_id", "STRING", mode="REQUIRED")]
        with pytest.raises(exceptions.BadRequest, match="Required field cannot be null"):
            load(
                "SELECT DATE '2024-01-02' AS game_date, NULL::VARCHAR AS game_id",
                games,
                "WRITE_TRUNCATE",
                schema=schema,
            )
        assert client.get_table(games).to_api_repr() == before.to_api_repr()
        assert len(list(client.list_rows(games))) == 4

    def test_grown(self, client, load, games):
        schema = [*GAMES, bigquery.SchemaField("more", "INT64")]
        growing = {"schema_update_options": ["ALLOW_FIELD_ADDITION"], "schema": schema}
        load(f"SELECT *, 1::BIGINT AS more FROM ({A_DAY})", games, **growing)
        assert client.get_table(games).schema[-1].name == "more"
        assert client.get_table(games).num_rows == 5


class TestUploads:
    def test_resumable(self, client, server, tmp_path, dataset):
        """Without a size the client sends POST, then PUT after PUT."""
        rows = "SELECT i AS points, hash(i)::VARCHAR AS game_id FROM range(60000) AS r(i)"
        file = parquet(tmp_path, rows)
        assert len(file.getvalue()) > 256 * 1024
        file.size = None
        config = bigquery.LoadJobConfig(source_format="PARQUET")
        reference = bigquery.TableReference.from_string(f"{client.project}.{dataset}.large")
        upload, transport = client._initiate_resumable_upload(
            file,
            bigquery.LoadJob("large", ["ignored"], reference, client, config).to_api_repr(),
            num_retries=0,
            timeout=None,
        )
        upload._chunk_size = 256 * 1024
        statuses = []
        while not upload.finished:
            statuses.append(upload.transmit_next_chunk(transport).status_code)
        assert statuses == [*[200] * 0, *[308] * (len(statuses) - 1), 200]
        assert len(statuses) > 2
        assert client.get_table(reference).num_rows == 60000
        assert {one.method for one in server.requests if "upload" in one.route} == {"POST", "PUT"}

    def test_size_unknown(self, client, tmp_path, dataset, server):
        config = bigquery.LoadJobConfig(source_format="PARQUET")
        file = parquet(tmp_path, A_DAY)
        table = f"{client.project}.{dataset}.made"
        client.load_table_from_file(file, table, job_config=config).result()
        assert client.get_table(table).num_rows == 1
        uploads = [one for one in server.requests if one.route.startswith("/upload")]
        assert [(one.method, one.kind) for one in uploads] == [("POST", None), ("PUT", "load")]

    def test_in_one_body(self, client, games, server):
        client.load_table_from_json(ROWS[:1], f"{client.project}.{games}").result()
        uploads = [one for one in server.requests if one.route.startswith("/upload")]
        assert [(one.method, one.kind) for one in uploads] == [("POST", "load")]

    def test_jobs_name_their_rows(self, server: BigQueryServer, client, games):
        client.load_table_from_json(
            ROWS[:1], f"{client.project}.{games}", job_id="mine", job_config=None
        ).result()
        assert server.jobs["mine"].configuration["load"]["destinationTable"]["tableId"] == "games"


class TestJson:
    def load(self, client, rows, table, **given):
        config = bigquery.LoadJobConfig(**given)
        return client.load_table_from_json(
            rows, f"{client.project}.{table}", job_config=config
        ).result()

    def test_types(self, client, dataset):
        names = {
            "s": ("STRING", "Jokić"),
            "i": ("INT64", "12"),
            "f": ("FLOAT64", 1.5),
            "b": ("BOOL", True),
            "d": ("DATE", "2024-01-01"),
            "t": ("TIMESTAMP", "2024-01-01T12:00:00Z"),
            "n": ("NUMERIC", "1.25"),
            "y": ("BYTES", "AAE="),
        }
        schema = [bigquery.SchemaField(name, kind) for name, (kind, _) in names.items()]
        schema.append(bigquery.SchemaField("many", "INT64", mode="REPEATED"))
        row = {name: value for name, (_, value) in names.items()} | {"many": [1, 2]}
        self.load(client, [row, {}], f"{dataset}.types", schema=schema)
        first, second = (tuple(row) for row in client.list_rows(f"{dataset}.types"))
        assert str(first[5]) == "2024-01-01 12:00:00+00:00"
        assert (first[:2], first[7:]) == (("Jokić", 12), (b"\0\1", [1, 2]))
        assert second == (*[None] * 8, [])

    @pytest.mark.parametrize(
        ("row", "message"),
        [
            ({"points": "x"}, "Invalid value for type INT64: 'x'"),
            ({"points": 1.5}, "Invalid value for type INT64: '1.5'"),
            ({"game_date": "yesterday"}, "Invalid value for type DATE"),
            ({"nothing": 1}, "No such field: nothing"),
            ({"points": [1]}, "records from JSON"),
        ],
    )
    def test_refused(self, client, games, row, message):
        with pytest.raises(exceptions.GoogleAPICallError, match=message):
            self.load(client, [ROWS[0], row], games)
        assert client.get_table(games).num_rows == 4

    def test_required(self, client, dataset):
        schema = [bigquery.SchemaField("one", "INT64", mode="REQUIRED")]
        with pytest.raises(exceptions.BadRequest, match="Missing required fields: one"):
            self.load(client, [{"one": 1}, {}], f"{dataset}.strict", schema=schema)

    def test_unknown_dataset(self, client):
        with pytest.raises(exceptions.NotFound, match="Not found: Dataset"):
            self.load(client, ROWS, "nothing.games", schema=GAMES)
