"""Queries through the real client: parameters, types, pages, bytes, and what is refused."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from google.api_core import exceptions
from google.cloud import bigquery

from tests.bigquery.conftest import FIRST, SECOND, given

AT = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=UTC)
VALUES = [
    ("STRING", "Jokić 'x' \\"),
    ("INT64", -(2**63)),
    ("FLOAT64", 0.1),
    ("FLOAT64", math.inf),
    ("BOOL", True),
    ("BOOL", False),
    ("DATE", date(2024, 2, 29)),
    ("TIMESTAMP", AT),
    ("DATETIME", AT.replace(tzinfo=None)),
    ("TIME", time(1, 2, 3, 4)),
    ("NUMERIC", Decimal("-1.5")),
    ("BYTES", b"\x00\xff"),
]


def single(rows):
    [[value]] = rows
    return value


class TestParameters:
    @pytest.mark.parametrize(("kind", "value"), VALUES)
    def test_scalar(self, ask, kind, value):
        assert single(ask("SELECT @given", given=(kind, value))) == value

    @pytest.mark.parametrize(("kind", "value"), VALUES[1:10:2])
    def test_array(self, ask, kind, value):
        assert single(ask("SELECT @given", given=(kind, [value, value]))) == [value, value]
        assert ask("SELECT @given", given=(kind, [])) == [([],)]

    def test_null(self, ask):
        assert ask("SELECT @given", given=("DATE", None)) == [(None,)]

    def test_struct(self, client):
        inner = [bigquery.ScalarQueryParameter("a", "INT64", 1)]
        config = bigquery.QueryJobConfig(
            query_parameters=[bigquery.StructQueryParameter("given", *inner)]
        )
        rows = client.query("SELECT @given.a + 1", job_config=config).result()
        assert [tuple(row) for row in rows] == [(2,)]

    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT r.a, r.b FROM UNNEST(@rows) AS r ORDER BY 1",
            "SELECT a, b FROM UNNEST(@rows) AS r ORDER BY 1",
            "SELECT * FROM UNNEST(@rows) ORDER BY a",
            "SELECT r.* FROM UNNEST([STRUCT(1 AS a, 'x' AS b), STRUCT(2, NULL)]) AS r ORDER BY 1",
        ],
    )
    def test_records(self, client, sql):
        """Many rows in one parameter, as the ledger's."""
        rows = [
            bigquery.StructQueryParameter(
                None,
                bigquery.ScalarQueryParameter("a", "INT64", number),
                bigquery.ScalarQueryParameter("b", "STRING", text),
            )
            for number, text in ((1, "x"), (2, None))
        ]
        listed = [bigquery.ArrayQueryParameter("rows", "STRUCT", rows)]
        config = bigquery.QueryJobConfig(query_parameters=listed if "@rows" in sql else [])
        found = client.query(sql, job_config=config).result()
        assert [tuple(row) for row in found] == [(1, "x"), (2, None)]

    def test_in_a_text(self, ask):
        assert ask("SELECT '$given @given', @given", given=("INT64", 1)) == [("$given @given", 1)]

    def test_typed(self, ask):
        with pytest.raises(exceptions.BadRequest, match="No matching signature for operator ="):
            ask("SELECT @given = 'a'", given=("INT64", 1))
        with pytest.raises(exceptions.BadRequest, match="Query parameter 'other' not found"):
            ask("SELECT @other", given=("INT64", 1))
        with pytest.raises(exceptions.BadRequest, match="Invalid value for type INT64: 'x'"):
            ask("SELECT @given", given=("INT64", "x"))

    def test_large_numbers(self, ask):
        assert ask("SELECT @given * 1000000", given=("INT64", 2**31)) == [(2**31 * 1000000,)]


class TestMoment:
    def test_by_the_servers_clock(self, ask, server, dataset, partitions):
        before = single(ask("SELECT CURRENT_TIMESTAMP()"))
        server.advance(5)
        ask(f"CREATE TABLE {dataset}.t (a INT64)")
        ask(f"INSERT INTO {dataset}.t (a) VALUES (1)")
        ((_, written),) = partitions(f"{dataset}.t").values()
        after = single(ask("SELECT CURRENT_TIMESTAMP()"))
        assert before + timedelta(seconds=5) <= written < after


class TestAnswers:
    def test_types(self, ask):
        assert ask(
            "SELECT TIMESTAMP '2024-01-01 00:00:00.000001+00', [1, 2], STRUCT(1 AS a, 'b' AS b),"
            " NUMERIC '1.50', b'ab', CAST(NULL AS STRING), CAST('nan' AS FLOAT64) IS NULL,"
            " [STRUCT(1 AS a)]"
        ) == [
            (
                datetime(2024, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
                [1, 2],
                {"a": 1, "b": "b"},
                Decimal("1.5"),
                b"ab",
                None,
                False,
                [{"a": 1}],
            )
        ]

    def test_names(self, client):
        rows = client.query("SELECT 1, 2 AS two, 3").result()
        assert [one.name for one in rows.schema] == ["f0_", "two", "f1_"]
        assert [one.field_type for one in rows.schema] == ["INTEGER"] * 3

    def test_paged(self, client):
        job = client.query("SELECT n FROM UNNEST(GENERATE_ARRAY(1, 25)) AS n ORDER BY n")
        rows = job.result(page_size=10)
        assert [page.num_items for page in rows.pages] == [10, 10, 5]
        assert rows.total_rows == 25
        assert [row.n for row in job.result(page_size=7)] == list(range(1, 26))
        again = client.query("SELECT n FROM UNNEST(GENERATE_ARRAY(1, 25)) AS n ORDER BY n")
        rows = again.result(start_index=20, page_size=3)
        assert [row.n for row in rows] == [21, 22, 23, 24, 25]

    def test_query_and_wait(self, client, server):
        sql = "SELECT n FROM UNNEST(GENERATE_ARRAY(1, 25)) AS n ORDER BY n"
        config = bigquery.QueryJobConfig(query_parameters=given(x=("INT64", 1)), labels={"a": "b"})
        rows = client.query_and_wait(sql, job_config=config, page_size=10)
        assert [row.n for row in rows] == list(range(1, 26))
        assert server.requests[0].route == "/projects/{project}/queries"
        [job] = [job for job in server.jobs.values() if job.configuration.get("labels")][-1:]
        assert job.configuration["labels"] == {"a": "b"}
        with pytest.raises(exceptions.BadRequest, match=r"Unrecognized name: x at \[1:8\]"):
            client.query_and_wait("SELECT x")

    def test_overflow(self, ask):
        with pytest.raises(exceptions.BadRequest, match="overflow"):
            ask("SELECT SUM(n) FROM UNNEST([9223372036854775807, 1]) AS n")

    def test_null_in_an_array(self, ask):
        with pytest.raises(exceptions.BadRequest, match="Array cannot have a null element"):
            ask("SELECT [1, NULL]")

    def test_empty(self, client, games):
        rows = client.query(f"SELECT * FROM {games} WHERE points > 99").result()
        assert (rows.total_rows, [one.name for one in rows.schema][:2]) == (
            0,
            ["game_id", "game_date"],
        )

    def test_divided(self, ask):
        assert ask(
            "SELECT 7 / n, DIV(7, n), MOD(7, n), DIV(-7, n), MOD(-7, n), 7 / n / n, (1 + 6) / n"
            " FROM UNNEST([2]) AS n"
        ) == [(3.5, 3, 1, -3, -1, 1.75, 3.5)]

    def test_functions(self, ask):
        [(one, other, digest)] = ask(
            "SELECT FARM_FINGERPRINT('a'), FARM_FINGERPRINT('b'), TO_HEX(SHA256('a'))"
        )
        assert one != other
        assert ask("SELECT BIT_XOR(x) FROM UNNEST([5, 3]) AS x") == [(6,)]
        assert digest.startswith("ca978112ca1bbdca")


class TestBytes:
    def dry(self, client, sql, **values):
        config = bigquery.QueryJobConfig(dry_run=True, query_parameters=given(**values))
        return client.query(sql, job_config=config)

    def test_of_the_columns_that_are_read(self, client, games, server):
        jobs = len(server.jobs)
        assert self.dry(client, f"SELECT points FROM {games}").total_bytes_processed == 24
        assert self.dry(client, f"SELECT game_id FROM {games}").total_bytes_processed == 12
        assert self.dry(client, f"SELECT COUNT(*) FROM {games}").total_bytes_processed == 0
        assert len(server.jobs) == jobs

    def test_of_the_partitions_that_are_left(self, client, games):
        sql = f"SELECT points FROM {games} WHERE game_date = @day"
        assert self.dry(client, sql, day=("DATE", SECOND)).total_bytes_processed == 32
        assert self.dry(client, sql, day=("DATE", FIRST)).total_bytes_processed == 16

    def test_schema_and_statement(self, client, games):
        job = self.dry(client, f"SELECT points AS p FROM {games}")
        assert (job.statement_type, [one.name for one in job.schema]) == ("SELECT", ["p"])
        assert job.state == "DONE"

    def test_refused_at_once(self, client, games):
        with pytest.raises(exceptions.BadRequest, match="Unrecognized name"):
            self.dry(client, f"SELECT nope FROM {games}")

    def test_limit(self, client, games):
        config = bigquery.QueryJobConfig(maximum_bytes_billed=10_000_000)
        job = client.query(f"SELECT points FROM {games}", job_config=config)
        with pytest.raises(exceptions.GoogleAPICallError, match="10485760 or higher") as caught:
            job.result()
        assert caught.value.errors[0]["reason"] == "bytesBilledLimitExceeded"
        config.maximum_bytes_billed = 10 * 1024 * 1024
        job = client.query(f"SELECT points FROM {games}", job_config=config)
        job.result()
        assert (job.total_bytes_processed, job.total_bytes_billed) == (24, 10 * 1024 * 1024)
