"""Running a query on Google's reference evaluator, over tables given as Python rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.public import type_pb2
from zetasql.wasi._pb2.zetasql.public.value_pb2 import ValueProto

from processors.columns import Type
from tests.googlesql.catalog import (
    BUILTIN_POOL,
    Columns,
    array_of,
    catalogue,
    options,
    struct_of,
    type_name,
    type_proto,
)
from tests.googlesql.engine import googlesql
from tests.googlesql.values import decode, encode, type_of
from warehouse.bigquery.parameters import Records

Rows = Iterable[Sequence[Any]]
Tables = Mapping[str, tuple[Sequence[tuple[str, Type]], Rows]]


def evaluate(
    sql: str,
    tables: Tables | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> tuple[list[tuple[str, str]], list[tuple[Any, ...]]]:
    """The columns and rows of a query; the rows are in no order unless the query sorts them."""
    answer = googlesql().call(
        "EvaluateQuery",
        service.EvaluateQueryRequest(**_request(sql, tables or {}, parameters or {}, ("QUERY",))),
        service.EvaluateQueryResponse,
    )
    columns = answer.prepared.columns
    return (
        [(column.name, type_name(column.type)) for column in columns],
        [
            tuple(decode(cell, column.type) for cell, column in zip(row.cell, columns, strict=True))
            for row in answer.content.table_data.row
        ],
    )


def changes(
    sql: str, tables: Tables, parameters: Mapping[str, Any] | None = None
) -> list[tuple[str, tuple[Any, ...]]]:
    """What an INSERT, UPDATE or DELETE does to its table, row by row: the word for it, and the row
    as it is then; nothing of a row that is deleted."""
    answer = googlesql().call(
        "EvaluateModify",
        service.EvaluateModifyRequest(
            **_request(sql, tables, parameters or {}, ("INSERT", "UPDATE", "DELETE"))
        ),
        service.EvaluateModifyResponse,
    )
    kinds = [type_proto(type_) for _, type_ in tables[answer.table_name][0]]
    return [
        (
            service.EvaluateModifyResponse.Row.Operation.Name(row.operation),
            tuple(decode(cell, kind) for cell, kind in zip(row.cell, kinds, strict=False)),
        )
        for row in answer.content
    ]


def _request(
    sql: str, tables: Tables, parameters: Mapping[str, Any], statements: tuple[str, ...]
) -> dict[str, Any]:
    values = {name: parameter(value) for name, value in parameters.items()}
    return {
        "sql": sql,
        "options": options({name: type_ for name, (type_, _) in values.items()}, statements),
        "simple_catalog": catalogue(
            tuple((name, tuple(columns)) for name, (columns, _) in tables.items())
        ),
        "descriptor_pool_list": BUILTIN_POOL,
        "table_content": {
            name: _content(tuple(columns), rows) for name, (columns, rows) in tables.items()
        },
        "params": [
            service.Parameter(name=name, value=value) for name, (_, value) in values.items()
        ],
    }


def parameter(value: Any) -> tuple[type_pb2.TypeProto, ValueProto]:
    """A value, a list of values of one type, or rows; with its type."""
    encoded = ValueProto()
    if isinstance(value, Records):
        for row in value.rows:
            fields = encoded.array_value.element.add().struct_value.field
            fields.extend(encode(row.get(name), type_) for name, type_ in value.types.items())
        return array_of(struct_of(value.types)), encoded
    if isinstance(value, list):
        kind = type_of(value[0])
        encoded.array_value.element.extend(encode(one, kind) for one in value)
        return array_of(type_proto(kind)), encoded
    kind = type_of(value)
    return type_proto(kind), encode(value, kind)


def value_of(expression: str, **parameters: Any) -> Any:
    """What one expression is, `value_of("SAFE_DIVIDE(@made, 4)", made=1)`."""
    _, [[value]] = evaluate(f"SELECT {expression}", parameters=parameters)
    return value


def _content(columns: Columns, rows: Rows) -> service.TableContent:
    content = service.TableContent()
    for row in rows:
        content.table_data.row.add(
            cell=[encode(value, type_) for (_, type_), value in zip(columns, row, strict=True)]
        )
    return content
