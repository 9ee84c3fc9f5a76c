"""The product's own texts over the wire: the server answers what DuckDB answers without it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import pytest
from google.cloud import bigquery

from processors.columns import Type
from processors.registry import load
from tests.bigquery.conftest import given
from warehouse.duckdb.compiled import duckdb_text, parameters_of
from warehouse.texts import stage

REGISTRY = load()
SPAN = {
    "start_date": date(2025, 11, 10),
    "end_date": date(2025, 11, 14),
    "history_start": date(2025, 10, 1),
}
TABLES = ("nba_analytics.player_game_summary", "nba_analytics.player_lines")


def field(column):
    mode = "NULLABLE" if column.nullable else "REQUIRED"
    return bigquery.SchemaField(column.name, column.type.value, mode=mode)


@pytest.fixture(scope="module")
def raw(session_client, season_files):
    """The raw tables of the sample season, loaded as Parquet and partitioned by day."""
    for dataset in ("nba_raw", "nba_analytics"):
        session_client.create_dataset(dataset)
    for table, path in season_files.items():
        contract = REGISTRY.contracts[table]
        partitioning = bigquery.TimePartitioning(field=contract.date_column)
        config = bigquery.LoadJobConfig(
            source_format="PARQUET",
            schema=[field(one) for one in contract.columns],
            time_partitioning=partitioning if contract.date_column else None,
        )
        with path.open("rb") as file:
            session_client.load_table_from_file(file, table, job_config=config).result()


@pytest.fixture(scope="module")
def plain(raw_season_file):
    with duckdb.connect(str(raw_season_file), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def as_stored(value):
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


@pytest.mark.parametrize("table", TABLES)
def test_staged_rows(session_client, raw, plain, table):
    text = stage(REGISTRY.processors[table])
    used = {name: SPAN[name] for name in parameters_of(duckdb_text(text))}
    expected = plain.execute(duckdb_text(text), used).fetchall()
    config = bigquery.QueryJobConfig(
        query_parameters=given(**{name: (Type.DATE, value) for name, value in used.items()})
    )
    job = session_client.query(text, job_config=config)
    found = [tuple(map(as_stored, row)) for row in job.result()]
    assert len(found) == len(expected) > 100
    assert sorted(found, key=repr) == sorted(expected, key=repr)
    assert (
        0
        < job.total_bytes_processed
        < sum(
            session_client.get_table(
                one["tableId"] and f"{one['datasetId']}.{one['tableId']}"
            ).num_bytes
            for one in job._properties["statistics"]["query"]["referencedTables"]
        )
    )
