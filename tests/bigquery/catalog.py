"""What the analyser is told of the tables that one statement names, in the spelling it uses."""

from __future__ import annotations

from zetasql.wasi._pb2.zetasql.proto.simple_catalog_pb2 import SimpleCatalogProto

from tests.bigquery.fields import Schema
from tests.googlesql.catalog import catalogue

Path = tuple[str, ...]
"""`a.b` between one pair of backticks is a path of one part; a.b is one of two."""
Known = tuple[tuple[Path, str, Schema], ...]
"""Each path with the whole name of its table and its columns."""


def made(known: Known) -> SimpleCatalogProto:
    root = catalogue(())
    for path, name, schema in known:
        _add(root, path, name, schema)
    return root


def _add(root: SimpleCatalogProto, path: Path, name: str, schema: Schema) -> None:
    inner = root
    for part in path[:-1]:
        inner = next((one for one in inner.catalog if one.name == part), None) or (
            inner.catalog.add(name=part)
        )
    table = inner.table.add(name=name, full_name=name, name_in_catalog=path[-1])
    for field in schema:
        table.column.add(name=field.name, type=field.google_type())
