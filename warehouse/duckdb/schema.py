"""DuckDB tables from contracts: created, extended, and never changed in a way that loses data."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from processors.columns import Type
from processors.contract import Contract
from processors.errors import SchemaConflict
from warehouse.differences import Difference, Kind
from warehouse.files import DUCKDB_TYPES

KNOWN_TYPES: dict[str, Type] = {duck: ours for ours, duck in DUCKDB_TYPES.items()}


def migrate(connection: duckdb.DuckDBPyConnection, contracts: Sequence[Contract]) -> list[str]:
    """Look at everything first: a conflict in one table leaves all tables as they were."""
    stored = _stored_columns(connection)
    conflicts = [each.says for one in contracts for each in _conflicts(one, stored.get(one.table))]
    if conflicts:
        raise SchemaConflict(
            "the stored tables don't fit the contracts: " + "; ".join(conflicts),
            conflicts=conflicts,
        )
    changes: list[tuple[str, str]] = []
    for dataset in sorted({one.dataset for one in contracts}):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {dataset}")
    for contract in contracts:
        columns = stored.get(contract.table)
        if columns is None:
            body = ", ".join(
                f"{one.name} {DUCKDB_TYPES[one.type]}" for one in contract.stored_columns
            )
            changes.append((f"CREATE TABLE {contract.table} ({body})", f"created {contract.table}"))
            continue
        changes += [
            (
                f"ALTER TABLE {contract.table} ADD COLUMN {one.name} {DUCKDB_TYPES[one.type]}",
                f"added {contract.table}.{one.name}",
            )
            for one in contract.stored_columns
            if one.name not in columns
        ]
    if changes:
        connection.execute("BEGIN")
        connection.execute("; ".join(statement for statement, _ in changes))
        connection.execute("COMMIT")
    return [what for _, what in changes]


def differences(
    connection: duckdb.DuckDBPyConnection, contracts: Sequence[Contract]
) -> dict[str, list[Difference]]:
    """By table, what isn't stored as its contract says: what `migrate` would add or refuse."""
    stored = _stored_columns(connection)
    found: dict[str, list[Difference]] = {}
    for contract in contracts:
        table, columns = contract.table, stored.get(contract.table)
        if columns is None:
            found[table] = [
                Difference(table=table, kind=Kind.TABLE_MISSING, says=f"{table} is not there")
            ]
            continue
        differing = _conflicts(contract, columns) + [
            Difference(
                table=table,
                column=one.name,
                kind=Kind.COLUMN_MISSING,
                says=f"{table}.{one.name} is not there",
            )
            for one in contract.stored_columns
            if one.name not in columns
        ]
        if differing:
            found[table] = differing
    return found


def _stored_columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for schema, table, column, kind in connection.execute(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns()"
        " WHERE NOT internal AND database_name = current_database()"
        " ORDER BY schema_name, table_name, column_index"
    ).fetchall():
        found.setdefault(f"{schema}.{table}", {})[column] = kind
    return found


def _conflicts(contract: Contract, stored: dict[str, str] | None) -> list[Difference]:
    if stored is None:
        return []
    declared = {one.name: one for one in contract.stored_columns}
    found = [
        Difference(
            table=contract.table,
            column=name,
            kind=Kind.COLUMN_EXTRA,
            says=f"{contract.table}.{name} is stored but no longer in the contract: put it back, or"
            f" drop the column yourself with ALTER TABLE {contract.table} DROP COLUMN {name}",
            blocks=True,
        )
        for name in stored
        if name not in declared
    ]
    for name, column in declared.items():
        if name in stored and KNOWN_TYPES.get(stored[name]) is not column.type:
            found.append(
                Difference(
                    table=contract.table,
                    column=name,
                    kind=Kind.TYPE,
                    says=f"{contract.table}.{name} is stored as {stored[name]}, the contract says"
                    f" {column.type.value}: give the new type a new name, or move the table away"
                    " and compute it again",
                    blocks=True,
                )
            )
    return found
