"""A column of a table: its name, type and mode, as the API, GoogleSQL and DuckDB write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from zetasql.wasi._pb2.zetasql.public import type_pb2

from tests.bigquery.errors import invalid, not_implemented

LEGACY = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN", "STRUCT": "RECORD"}
"""The API answers the older names; it takes both."""
STANDARD = {legacy: standard for standard, legacy in LEGACY.items()} | {"DECIMAL": "NUMERIC"}

DUCKDB = {
    "STRING": "VARCHAR",
    "BYTES": "BLOB",
    "INT64": "BIGINT",
    "FLOAT64": "DOUBLE",
    "BOOL": "BOOLEAN",
    "NUMERIC": "DECIMAL(38, 9)",
    "DATE": "DATE",
    "TIME": "TIME",
    "DATETIME": "TIMESTAMP",
    "TIMESTAMP": "TIMESTAMP",
    "JSON": "JSON",
}
GOOGLE = {
    "STRING": type_pb2.TYPE_STRING,
    "BYTES": type_pb2.TYPE_BYTES,
    "INT64": type_pb2.TYPE_INT64,
    "FLOAT64": type_pb2.TYPE_DOUBLE,
    "BOOL": type_pb2.TYPE_BOOL,
    "NUMERIC": type_pb2.TYPE_NUMERIC,
    "DATE": type_pb2.TYPE_DATE,
    "TIME": type_pb2.TYPE_TIME,
    "DATETIME": type_pb2.TYPE_DATETIME,
    "TIMESTAMP": type_pb2.TYPE_TIMESTAMP,
    "JSON": type_pb2.TYPE_JSON,
}
FROM_GOOGLE = {kind: name for name, kind in GOOGLE.items()}

NULLABLE, REQUIRED, REPEATED = "NULLABLE", "REQUIRED", "REPEATED"


@dataclass(frozen=True)
class Field:
    """`type` is GoogleSQL's name; a STRUCT has fields of its own."""

    name: str
    type: str
    mode: str = NULLABLE
    description: str | None = None
    fields: tuple[Field, ...] = ()

    @property
    def api(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "name": self.name,
            "type": LEGACY.get(self.type, self.type),
            "mode": self.mode,
        }
        if self.description is not None:
            made["description"] = self.description
        if self.fields:
            made["fields"] = [one.api for one in self.fields]
        return made

    @property
    def element(self) -> Field:
        """What one value of a repeated field is."""
        return replace(self, mode=NULLABLE)

    @property
    def sql_type(self) -> str:
        """As INFORMATION_SCHEMA and error messages write it."""
        if self.mode == REPEATED:
            return f"ARRAY<{self.element.sql_type}>"
        if self.type == "STRUCT":
            return f"STRUCT<{', '.join(f'{one.name} {one.sql_type}' for one in self.fields)}>"
        return self.type

    @property
    def duckdb_type(self) -> str:
        if self.mode == REPEATED:
            return f"{self.element.duckdb_type}[]"
        if self.type == "STRUCT":
            inner = ", ".join(f'"{one.name}" {one.duckdb_type}' for one in self.fields)
            return f"STRUCT({inner})"
        return DUCKDB[self.type]

    def google_type(self) -> type_pb2.TypeProto:
        made = type_pb2.TypeProto()
        if self.mode == REPEATED:
            made.type_kind = type_pb2.TYPE_ARRAY
            made.array_type.element_type.CopyFrom(self.element.google_type())
        elif self.type == "STRUCT":
            made.type_kind = type_pb2.TYPE_STRUCT
            for one in self.fields:
                made.struct_type.field.add(field_name=one.name, field_type=one.google_type())
        else:
            made.type_kind = GOOGLE[self.type]
        return made


Schema = tuple[Field, ...]


def field_from_api(given: Mapping[str, Any]) -> Field:
    named = str(given.get("type", "")).upper()
    kind = STANDARD.get(named, named)
    if kind not in DUCKDB and kind != "STRUCT":
        raise not_implemented(f"type {named} (field {given.get('name')})")
    mode = (given.get("mode") or NULLABLE).upper()
    if mode not in (NULLABLE, REQUIRED, REPEATED):
        raise invalid(f"Invalid mode {mode} of field {given.get('name')}")
    return Field(
        name=given["name"],
        type=kind,
        mode=mode,
        description=given.get("description"),
        fields=tuple(field_from_api(one) for one in given.get("fields", ())),
    )


def schema_from_api(given: Mapping[str, Any] | None) -> Schema:
    fields = tuple(field_from_api(one) for one in (given or {}).get("fields", ()))
    names = [one.name.lower() for one in fields]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise invalid(f"Field {doubled[0]} already exists in schema")
    return fields


def schema_to_api(schema: Iterable[Field]) -> dict[str, Any]:
    return {"fields": [one.api for one in schema]}


def field_from_google(name: str, given: type_pb2.TypeProto) -> Field:
    """A column of a query's result: never REQUIRED, an array is a REPEATED field."""
    if given.type_kind == type_pb2.TYPE_ARRAY:
        return replace(field_from_google(name, given.array_type.element_type), mode=REPEATED)
    if given.type_kind == type_pb2.TYPE_STRUCT:
        inner = given.struct_type.field
        return Field(
            name,
            "STRUCT",
            fields=tuple(
                field_from_google(one.field_name or f"_field_{place}", one.field_type)
                for place, one in enumerate(inner, 1)
            ),
        )
    if given.type_kind not in FROM_GOOGLE:
        raise not_implemented(f"type {type_pb2.TypeKind.Name(given.type_kind)} (column {name})")
    return Field(name, FROM_GOOGLE[given.type_kind])
