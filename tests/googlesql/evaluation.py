"""Running a query on Google's reference evaluator, over tables given as Python rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service

from processors.columns import Type
from tests.googlesql.catalog import BUILTIN_POOL, Columns, catalogue, options, type_name
from tests.googlesql.engine import googlesql
from tests.googlesql.values import decode, encode, type_of

Rows = Iterable[Sequence[Any]]


def evaluate(
    sql: str,
    tables: Mapping[str, tuple[Sequence[tuple[str, Type]], Rows]] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> tuple[list[tuple[str, str]], list[tuple[Any, ...]]]:
    """The columns and rows of a query; the rows are in no order unless the query sorts them."""
    given = tables or {}
    values = parameters or {}
    types = {name: type_of(value) for name, value in values.items()}
    answer = googlesql().call(
        "EvaluateQuery",
        service.EvaluateQueryRequest(
            sql=sql,
            options=options(types, ("QUERY",)),
            simple_catalog=catalogue(
                tuple((name, tuple(columns)) for name, (columns, _) in given.items())
            ),
            descriptor_pool_list=BUILTIN_POOL,
            table_content={
                name: _content(tuple(columns), rows) for name, (columns, rows) in given.items()
            },
            params=[
                service.Parameter(name=name, value=encode(value, types[name]))
                for name, value in values.items()
            ],
        ),
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
