"""Google's analyser in front of every statement: one instance, one thread at a time."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import wasmtime
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message
from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.proto.options_pb2 import AnalyzerOptionsProto
from zetasql.wasi._pb2.zetasql.public import type_pb2

from tests.bigquery import catalog
from tests.bigquery.errors import ApiError, invalid_query
from tests.bigquery.fields import Field
from tests.bigquery.resolved import Node, statement
from tests.googlesql.catalog import BUILTIN_POOL, options
from tests.googlesql.engine import GoogleSql, GoogleSqlError, cache_directory

Answer = TypeVar("Answer", bound=Message)
Kept = TypeVar("Kept")
Find = Callable[[catalog.Path], tuple[str, tuple[Field, ...]]]
"""From a table as it is named to its whole name and columns; raises where there is none."""
MOST_KEPT = 512
MOST_REGISTERED = 32
"""Catalogues inside the engine: each holds all of GoogleSQL's functions, which takes 11 of a small
statement's 15 ms."""
PLACE = re.compile(r"\s*\[at (\d+):(\d+)\]")


class Analyser:
    """Trees of statements; what was analysed is remembered while its tables stay alike."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: GoogleSql | None = None
        self._trees: OrderedDict[Hashable, Node | str] = OrderedDict()
        self._paths: OrderedDict[Hashable, tuple[catalog.Path, ...] | str] = OrderedDict()
        self._registered: OrderedDict[catalog.Known, int] = OrderedDict()

    def tables(self, sql: str) -> tuple[catalog.Path, ...]:
        """The tables that a statement reads or changes by DML, as it names them."""

        def extracted() -> tuple[catalog.Path, ...]:
            answer = self._call(
                "ExtractTableNamesFromStatement",
                service.ExtractTableNamesFromStatementRequest(
                    sql_statement=sql, options=options({}).language_options
                ),
                service.ExtractTableNamesFromStatementResponse,
            )
            return tuple(tuple(one.table_name_segment) for one in answer.table_name)

        return self._kept(self._paths, sql, extracted)

    def tree(
        self,
        sql: str,
        find: Find,
        parameters: Mapping[str, Field],
        altered: Sequence[catalog.Path] = (),
    ) -> Node:
        """Raises invalidQuery with what Google's analyser says; what DDL alters has to be told."""
        known = tuple((path, *find(path)) for path in (*self.tables(sql), *altered))

        def analysed() -> Node:
            answer = self._call(
                "Analyze",
                service.AnalyzeRequest(
                    sql_statement=sql,
                    options=_options(parameters),
                    registered_catalog_id=self._catalogue(known),
                    descriptor_pool_list=BUILTIN_POOL,
                ),
                Empty,
            )
            return statement(answer.SerializeToString())

        given = tuple((name, field.sql_type) for name, field in parameters.items())
        return self._kept(self._trees, (sql, known, given), analysed)

    def _catalogue(self, known: catalog.Known) -> int:
        """The id of what the engine is told of these tables, which several statements name."""
        if known not in self._registered:
            self._registered[known] = self._call(
                "RegisterCatalog",
                service.RegisterCatalogRequest(
                    simple_catalog=catalog.made(known), descriptor_pool_list=BUILTIN_POOL
                ),
                service.RegisterResponse,
            ).registered_id
            if len(self._registered) > MOST_REGISTERED:
                _, oldest = self._registered.popitem(last=False)
                self._call(
                    "UnregisterCatalog",
                    service.UnregisterRequest(registered_id=oldest),
                    Empty,
                )
        self._registered.move_to_end(known)
        return self._registered[known]

    def _kept(
        self, memory: OrderedDict[Hashable, Kept | str], key: Hashable, make: Callable[[], Kept]
    ) -> Kept:
        """What was made for the key, or the message with which it was refused."""
        with self._lock:
            if key not in memory:
                try:
                    memory[key] = make()
                except GoogleSqlError as error:
                    memory[key] = message(error)
                    if isinstance(error.__cause__, wasmtime.Trap):
                        self._engine = None
                        self._registered.clear()
                if len(memory) > MOST_KEPT:
                    memory.popitem(last=False)
            memory.move_to_end(key)
            found = memory[key]
        if isinstance(found, str):
            raise invalid_query(found)
        return found

    def _call(self, method: str, request: Message, answer: type[Answer]) -> Answer:
        if self._engine is None:
            self._engine = GoogleSql(cache_directory())
        return self._engine.call(method, request, answer)


@lru_cache(maxsize=1)
def analyser() -> Analyser:
    """The process's only one, apart from `googlesql()`, which tests call from their own thread."""
    return Analyser()


def message(error: GoogleSqlError) -> str:
    """As BigQuery writes it: the place at the end, without the lines that point at it."""
    text = str(error)
    found = PLACE.search(text)
    if found is None:
        return text.splitlines()[0]
    return f"{text[: found.start()]} at [{found[1]}:{found[2]}]"


def _options(parameters: Mapping[str, Field]) -> AnalyzerOptionsProto:
    made = options({})
    made.prune_unused_columns = True  # far smaller trees
    for name, field in parameters.items():
        made.query_parameters.add(name=name, type=field.google_type())
    return made


def output(tree: Node) -> list[tuple[str, type_pb2.TypeProto]]:
    """The columns of a query or of CREATE TABLE AS: nameless ones are f0_, f1_ and so on."""
    columns, nameless = [], 0
    for one in tree.all("output_column_list"):
        name = one["name"]
        if not name or name.startswith("$"):
            name, nameless = f"f{nameless}_", nameless + 1
        columns.append((name, one["column"].type))
    names = [name.lower() for name, _ in columns]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ApiError(
            "invalidQuery",
            "Duplicate column names in the result are not supported."
            f" Found duplicate(s): {', '.join(doubled)}",
            location="query",
        )
    return columns
