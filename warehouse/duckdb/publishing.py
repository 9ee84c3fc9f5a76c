"""Staging and publishing on DuckDB: one transaction in which readers see the old day or the new."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, MutableMapping, Sequence

import duckdb

from processors.contract import Contract
from warehouse.duckdb.compiled import duckdb_text
from warehouse.interface import Publication, Step
from warehouse.texts import doubled_keys

DOUBLED = "key_doubled"
Shapes = MutableMapping[str, Mapping[str, str]]
"""The columns of the tables of nba_ops, looked up once: a look costs as much as an insert."""


def mark_doubled_keys(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """All rows of a doubled key are bad: which of them is right cannot be told."""
    found = connection.execute(f"SELECT count(*) FROM ({duckdb_text(doubled_keys(contract))})")
    if found.fetchone() == (0,):
        return
    same = " AND ".join(
        f"doubled.{name} IS NOT DISTINCT FROM staged.{name}" for name in contract.key
    )
    connection.execute(
        f"UPDATE staging_{contract.name} AS staged SET quarantine_reason = '{DOUBLED}'"
        f" FROM ({duckdb_text(doubled_keys(contract))}) AS doubled WHERE {same}"
    )


def publish(
    connection: duckdb.DuckDBPyConnection, publication: Publication, step: Step, shapes: Shapes
) -> None:
    connection.execute("BEGIN")
    step("begun")
    if publication.replaced:
        _replace(connection, publication, step)
    if publication.quarantined:
        _keep_bad_rows(connection, publication)
    step("quarantined")
    for table, rows in publication.ledger.items():
        append(connection, table, rows, shapes)
    step("remembered")
    connection.execute("COMMIT")
    step("committed")


def _replace(connection: duckdb.DuckDBPyConnection, publication: Publication, step: Step) -> None:
    contract = publication.contract
    days = sorted(publication.replaced)
    connection.execute(
        f"DELETE FROM {contract.table}"
        f" WHERE {contract.date_column} IN (SELECT unnest(string_split($days, ',')::DATE[]))",
        {"days": _listed(days)},
    )
    step("deleted")
    columns = ", ".join(contract.column_names)
    staged = ", ".join(f"staged.{name}" for name in contract.column_names)
    connection.execute(
        f"INSERT INTO {contract.table} ({columns}, data_hash, logic_version, input_fingerprint,"
        " run_id, processed_at)"
        f" SELECT {staged}, staged.data_hash, $logic_version, replaced.inputs, $run_id,"
        " $processed_at"
        f" FROM staging_{contract.name} AS staged"
        " JOIN (SELECT unnest(string_split($days, ',')::DATE[]) AS day,"
        " unnest(string_split($inputs, ',')) AS inputs)"
        f" AS replaced ON replaced.day = staged.{contract.date_column}"
        " WHERE staged.quarantine_reason IS NULL",
        {
            "days": _listed(days),
            "inputs": _listed(publication.replaced[day] for day in days),
            "logic_version": publication.logic_version,
            "run_id": publication.run_id,
            "processed_at": publication.processed_at,
        },
    )
    step("inserted")


def _keep_bad_rows(connection: duckdb.DuckDBPyConnection, publication: Publication) -> None:
    contract = publication.contract
    key = ", ' ', ".join(
        f"coalesce(CAST(staged.{name} AS VARCHAR), 'NULL')" for name in contract.key
    )
    fields = ", ".join(f"'{name}', staged.{name}" for name in contract.column_names)
    connection.execute(
        "INSERT INTO nba_ops.quarantine BY NAME"
        f" SELECT $run_id AS run_id, $table_name AS table_name,"
        f" staged.{contract.date_column} AS partition_date, concat({key}) AS row_key,"
        " staged.quarantine_reason AS reason,"
        f" CAST(json_object({fields}) AS VARCHAR) AS row_text, staged.data_hash,"
        " $recorded_at AS recorded_at"
        f" FROM staging_{contract.name} AS staged WHERE staged.quarantine_reason IS NOT NULL"
        f" AND (staged.{contract.date_column} IS NULL"
        f" OR staged.{contract.date_column} IN (SELECT unnest(string_split($days, ',')::DATE[])))",
        {
            "run_id": publication.run_id,
            "table_name": contract.table,
            "recorded_at": publication.processed_at,
            "days": _listed(publication.quarantined),
        },
    )


def _listed(values: Iterable[object]) -> str:
    return ",".join(str(value) for value in values)


def append(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: Sequence[Mapping[str, object]],
    shapes: Shapes,
) -> None:
    """Many rows in one statement, handed over as one JSON text: a list of values costs DuckDB's
    client a search for optional packages per value."""
    if not rows:
        return
    kinds = shapes.get(table) or shapes.setdefault(table, _shape(connection, table))
    columns = ", ".join(kinds)
    connection.execute(
        f"INSERT INTO {table} ({columns}) SELECT {columns}"
        f" FROM (SELECT unnest(from_json($rows, '{json.dumps([kinds])}'), recursive := true))",
        {"rows": json.dumps(list(rows), default=str)},
    )


def _shape(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """DuckDB's types of the stored columns, which may be more than the contract's."""
    return dict(
        connection.execute(
            "SELECT column_name, data_type FROM duckdb_columns()"
            " WHERE schema_name || '.' || table_name = $table"
            " AND database_name = current_database()",
            {"table": table},
        ).fetchall()
    )
