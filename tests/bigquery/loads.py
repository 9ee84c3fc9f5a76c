"""Load jobs: an uploaded file of Parquet or newline-delimited JSON into a table."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bigquery.errors import invalid, not_implemented
from tests.bigquery.fields import REPEATED, REQUIRED, Field, Schema, schema_from_api
from tests.bigquery.jobs import Job
from tests.bigquery.schemas import appended
from tests.bigquery.storage import Storage
from tests.bigquery.values import decode
from tests.bigquery.writing import Destination, destination, write

PARQUET_TYPES = {
    "VARCHAR": "STRING",
    "BLOB": "BYTES",
    "DOUBLE": "FLOAT64",
    "FLOAT": "FLOAT64",
    "BOOLEAN": "BOOL",
    "DATE": "DATE",
    "TIME": "TIME",
    "TIMESTAMP": "TIMESTAMP",
    "TIMESTAMP_NS": "TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
} | dict.fromkeys(
    ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"), "INT64"
)


def carry_out(job: Job, storage: Storage, content: bytes) -> None:
    given = job.specific
    to = destination(given, job.project, write="WRITE_APPEND")
    storage.dataset(to.name.project, to.name.dataset)
    read = {"PARQUET": _parquet, "NEWLINE_DELIMITED_JSON": _json}.get(
        str(given.get("sourceFormat"))
    )
    if read is None:
        raise not_implemented(f"loading {given.get('sourceFormat', 'CSV')}")
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "upload"
        path.write_bytes(content)
        declared = schema_from_api(given["schema"]) if given.get("schema") else None
        rows, schema = read(storage, to, path, declared, given)
        count = write(storage, to, rows, {}, schema)
    job.statistics |= {
        "inputFiles": "1",
        "inputFileBytes": str(len(content)),
        "outputRows": str(count),
        "outputBytes": str(len(content)),
        "badRecords": "0",
    }


def _wanted(storage: Storage, to: Destination, declared: Schema | None) -> Schema | None:
    """The columns that the file is to be read as: the job's, or the table's that stands."""
    if declared is not None:
        return declared
    table = storage.find(to.name)
    return table.schema if table else None


def _parquet(
    storage: Storage, to: Destination, path: Path, declared: Schema | None, given: Mapping[str, Any]
) -> tuple[str, Schema]:
    """Parquet says its types itself: they must be those that are declared."""
    held = tuple(
        _parquet_field(name, kind, given)
        for name, kind, *_ in storage.run(f"DESCRIBE SELECT * FROM read_parquet('{path}')")
    )
    rows = f"SELECT {{}} FROM read_parquet('{path}')"
    every = {one.name.lower(): one for one in held}
    wanted = _wanted(storage, to, declared)
    if wanted is None or (
        declared is None and to.write == "WRITE_TRUNCATE" and not to.name.partition
    ):
        return rows.format("*"), held
    if declared is None:
        appended(to.name, wanted, held, to.options)
        return rows.format("*"), held
    for one in wanted:
        other = every.get(one.name.lower())
        if other is not None and _kind(other) != _kind(one):
            raise invalid(
                "Error while reading data, error message: Parquet column"
                f" '{one.name}' has type {other.sql_type} which does not match the target type"
                f" {one.sql_type}"
            )
        if other is None and one.mode == REQUIRED:
            raise invalid(f"Required field {one.name} is missing in the file")
    for name in every.keys() - {one.name.lower() for one in wanted}:
        raise invalid(
            f"Provided Schema does not match Table {to.name}. Cannot add fields (field: {name})"
        )
    picked = ", ".join(
        f'"{one.name}"' if one.name.lower() in every else f"CAST(NULL AS {one.duckdb_type})"
        for one in wanted
    )
    return rows.format(picked), wanted


def _kind(field: Field) -> tuple[str, bool]:
    # DATETIME: whether the file's times carry a zone is lost on the way through DuckDB
    return ("TIMESTAMP" if field.type == "DATETIME" else field.type), field.mode == REPEATED


def _parquet_field(name: str, kind: str, given: Mapping[str, Any]) -> Field:
    repeated = kind.endswith("[]")
    if repeated and not given.get("parquetOptions", {}).get("enableListInference"):
        raise not_implemented("lists of Parquet without enableListInference")
    bare = re.sub(r"^DECIMAL.*", "NUMERIC", kind.removesuffix("[]"))
    if bare != "NUMERIC" and bare not in PARQUET_TYPES:
        raise not_implemented(f"Parquet column {name} of type {kind}")
    field = Field(name, PARQUET_TYPES.get(bare, bare))
    return Field(name, field.type, REPEATED) if repeated else field


def _json(
    storage: Storage, to: Destination, path: Path, declared: Schema | None, given: Mapping[str, Any]
) -> tuple[str, Schema]:
    """Checked line by line, then read by DuckDB as the columns that are declared."""
    schema = _wanted(storage, to, declared)
    if schema is None:
        raise not_implemented("autodetection of a schema: give the load job one")
    ignoring = bool(given.get("ignoreUnknownValues"))
    checked = path.with_name("checked")
    with path.open() as lines, checked.open("w") as out:
        for number, line in enumerate(lines, 1):
            if line.strip():
                row = _checked(line, number, schema, ignoring=ignoring)
                out.write(json.dumps(row) + "\n")
    columns = ", ".join(f"'{one.name}': '{_json_type(one)}'" for one in schema)
    picked = ", ".join(_json_value(one) for one in schema)
    return (
        f"SELECT {picked} FROM read_json('{checked}', format = 'newline_delimited',"
        f" columns = {{{columns}}}, maximum_object_size = 67108864)"
    ), schema


def _checked(line: str, number: int, schema: Schema, *, ignoring: bool) -> dict[str, Any]:
    where = f"Error while reading data, error message: JSON parsing error in line {number}: "
    try:
        row = json.loads(line)
    except ValueError as error:
        raise invalid(f"{where}{error}") from error
    if not isinstance(row, dict):
        raise invalid(f"{where}a row is an object, not {type(row).__name__}")
    known = {one.name.lower(): one for one in schema}
    found: dict[str, Any] = {}
    for name, value in row.items():
        field = known.get(name.lower())
        if field is None:
            if ignoring:
                continue
            raise invalid(f"{where}No such field: {name}.")
        found[field.name] = _value(value, field, where)
    missing = [one.name for one in schema if one.mode == REQUIRED and found.get(one.name) is None]
    if missing:
        raise invalid(f"{where}Missing required fields: {missing[0]}.")
    return found


def _value(value: Any, field: Field, where: str) -> Any:
    """As text of the field's type, for DuckDB to read; raises on what isn't of it."""
    if field.mode == REPEATED:
        if not isinstance(value, list) or any(one is None for one in value):
            raise invalid(
                f"{where}Array specified for non-repeated field, or a NULL in {field.name}."
            )
        return [_value(one, field.element, where) for one in value]
    if value is None:
        return None
    if field.type == "STRUCT" or isinstance(value, list | dict):
        if field.type == "JSON":
            return json.dumps(value)
        raise not_implemented(f"loading records from JSON (field {field.name})")
    if field.type == "JSON":
        return json.dumps(value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if field.type == "TIMESTAMP" and isinstance(value, int | float):
        raise not_implemented(f"timestamps as numbers (field {field.name})")
    decoded = decode(text, field)
    return text if field.type in ("STRING", "BYTES", "FLOAT64", "NUMERIC") else str(decoded)


def _json_type(field: Field) -> str:
    return "VARCHAR[]" if field.mode == REPEATED else "VARCHAR"


def _json_value(field: Field) -> str:
    column = f'"{field.name}"'
    if field.type == "BYTES":
        return f"from_base64({column})"
    return f"CAST({column} AS {field.duckdb_type})"
