"""Reading a statement as BigQuery would, without running it."""

from __future__ import annotations

from collections.abc import Iterable

from google.protobuf.empty_pb2 import Empty
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service

from processors.contract import Contract
from tests.googlesql.catalog import (
    BUILTIN_POOL,
    Parameters,
    options,
    registered,
    tables_of,
    type_name,
)
from tests.googlesql.engine import googlesql


def analyse(
    sql: str, contracts: Iterable[Contract], parameters: Parameters | None = None
) -> list[tuple[str, str]]:
    """The names and types of a query's columns, in order."""
    engine = googlesql()
    prepared = engine.call(
        "PrepareQuery",
        service.PrepareQueryRequest(
            sql=sql,
            options=options(parameters or {}, ("QUERY",)),
            registered_catalog_id=registered(engine, tables_of(contracts)),
            descriptor_pool_list=BUILTIN_POOL,
        ),
        service.PrepareQueryResponse,
    ).prepared
    engine.call(
        "UnprepareQuery",
        service.UnprepareQueryRequest(prepared_query_id=prepared.prepared_query_id),
        Empty,
    )
    return [(column.name, type_name(column.type)) for column in prepared.columns]


def analyse_statement(
    sql: str, contracts: Iterable[Contract], parameters: Parameters | None = None
) -> None:
    """Raises on a query, DDL or DML statement that BigQuery would refuse."""
    # The resolved tree is not asked for: read as Empty it stays unparsed, and protobuf's limit of
    # a hundred nested messages is not met.
    engine = googlesql()
    engine.call(
        "Analyze",
        service.AnalyzeRequest(
            sql_statement=sql,
            options=options(parameters or {}),
            registered_catalog_id=registered(engine, tables_of(contracts)),
            descriptor_pool_list=BUILTIN_POOL,
        ),
        Empty,
    )
