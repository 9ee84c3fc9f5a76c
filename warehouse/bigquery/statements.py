"""The texts that only this engine needs, made from contracts: staging, publishing, fingerprints.

Like the product's other texts they name `dataset.table` and `staging.table`; each is sent with
parameters, and the dates that it reads stand in it as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from processors.contract import Contract
from processors.registry import Processor
from warehouse import texts

DOUBLED = "key_doubled"
QUARANTINE = "nba_ops.quarantine"
PUBLISHED = ("logic_version", "input_fingerprint", "run_id", "processed_at")
"""What stands beside the contract's columns and the hash."""


@cache
def staged(processor: Processor) -> str:
    """All rows of a doubled key are bad: which of them is right cannot be told."""
    contract = processor.contract
    columns = ", ".join((*contract.column_names, "data_hash"))
    key = ", ".join(contract.key)
    return (
        f"WITH marked AS (\n{texts.stage(processor)}\n)\n"
        f"SELECT {columns},\n"
        f"  IF(COUNT(*) OVER (PARTITION BY {key}) > 1, '{DOUBLED}', quarantine_reason)"
        " AS quarantine_reason\nFROM marked"
    )


def content(columns: Iterable[str]) -> str:
    """A sum over rows that no order can change; the engine's own text of a row tells NULL from
    nothing and one number from another."""
    return f"BIT_XOR(FARM_FINGERPRINT(TO_JSON_STRING(STRUCT({', '.join(columns)}))))"


@cache
def fingerprints(contract: Contract, views: tuple[tuple[str, ...], ...]) -> str:
    """By date, over each of several sets of columns, with the moment of looking."""
    day = contract.date_column
    contents = ",\n  ".join(content(columns) for columns in views)
    return (
        f"SELECT {day} AS day, CURRENT_TIMESTAMP() AS looked_at, COUNT(*) AS held,\n"
        f"  {contents}\nFROM `{contract.table}`\n"
        f"WHERE {day} >= @first_date AND {day} <= @last_date AND {day} IN UNNEST(@days)\n"
        f"GROUP BY {day}"
    )


@cache
def fingerprint(contract: Contract, columns: tuple[str, ...]) -> str:
    return f"SELECT COUNT(*), {content(columns)}\nFROM `{contract.table}`"


@cache
def staged_fingerprints(contract: Contract, columns: tuple[str, ...]) -> str:
    day = contract.date_column
    return (
        f"SELECT {day} AS day, COUNT(*), {content(columns)}\nFROM {texts.staging(contract)}\n"
        f"WHERE quarantine_reason IS NULL\nGROUP BY {day}"
    )


@cache
def fingerprints_by_key(
    contract: Contract, columns: tuple[str, ...], reader: Contract, *, staged: bool
) -> str:
    """Of a table without dates, as far as the reader's good rows of each date hold its key."""
    day = f"held.{reader.date_column}"
    same = " AND ".join(f"kept.{name} = held.{name}" for name in contract.key)
    source = texts.staging(reader) if staged else f"`{reader.table}`"
    good = " AND held.quarantine_reason IS NULL" if staged else ""
    return (
        f"SELECT {day} AS day, COUNT(*), {content(f'kept.{name}' for name in columns)}\n"
        f"FROM {source} AS held\nJOIN `{contract.table}` AS kept ON {same}\n"
        f"WHERE {day} >= @first_date AND {day} <= @last_date{good}\nGROUP BY {day}"
    )


@cache
def one_day(contract: Contract) -> str:
    """The rows of a date as they are to stand in its partition."""
    columns = ", ".join((*contract.column_names, "data_hash"))
    return (
        f"SELECT {columns}, @logic_version AS logic_version, @inputs AS input_fingerprint,\n"
        f"  @run_id AS run_id, @processed_at AS processed_at\nFROM {texts.staging(contract)}\n"
        f"WHERE quarantine_reason IS NULL AND {contract.date_column} = @day"
    )


@cache
def emptied(contract: Contract) -> str:
    """Between two bounds besides the list, by which partitions are known before a row is read."""
    day = contract.date_column
    return (
        f"DELETE FROM `{contract.table}`\n"
        f"WHERE {day} >= @first_date AND {day} <= @last_date AND {day} IN UNNEST(@days)"
    )


@cache
def filled(contract: Contract) -> str:
    columns = (*contract.column_names, "data_hash")
    return (
        f"INSERT INTO `{contract.table}` ({', '.join((*columns, *PUBLISHED))})\n"
        f"SELECT {', '.join(f'staged.{name}' for name in columns)},\n"
        "  @logic_version, replaced.inputs, @run_id, @processed_at\n"
        f"FROM {texts.staging(contract)} AS staged\n"
        f"JOIN UNNEST(@replaced) AS replaced ON replaced.day = staged.{contract.date_column}\n"
        "WHERE staged.quarantine_reason IS NULL"
    )


@cache
def set_aside(contract: Contract) -> str:
    """The bad rows of some dates, and those whose date is NULL: whose they are can't be told."""
    key = ", ' ', ".join(f"COALESCE(CAST({name} AS STRING), 'NULL')" for name in contract.key)
    whole_row = ", ".join(contract.column_names)
    day = contract.date_column
    return (
        f"INSERT INTO `{QUARANTINE}` (run_id, table_name, partition_date, row_key, reason,\n"
        "  row_text, data_hash, recorded_at)\n"
        f"SELECT @run_id, '{contract.table}', {day}, CONCAT({key}), quarantine_reason,\n"
        f"  TO_JSON_STRING(STRUCT({whole_row})), data_hash, @processed_at\n"
        f"FROM {texts.staging(contract)}\n"
        f"WHERE quarantine_reason IS NOT NULL AND ({day} IS NULL OR {day} IN UNNEST(@bad_days))"
    )


@cache
def appended(contract: Contract) -> str:
    """Rows as one parameter, called as the table: an append is one statement, however many."""
    columns = [one.name for one in contract.stored_columns]
    return (
        f"INSERT INTO `{contract.table}` ({', '.join(columns)})\n"
        f"SELECT {', '.join(f'one.{name}' for name in columns)}\n"
        f"FROM UNNEST(@{contract.name}_rows) AS one"
    )


def all_or_nothing(statements: Sequence[str]) -> str:
    """One statement is that by itself; several are in one transaction."""
    if len(statements) == 1:
        return statements[0]
    body = ";\n".join(("BEGIN TRANSACTION", *statements, "COMMIT TRANSACTION"))
    return f"{body};"
