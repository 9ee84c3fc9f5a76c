"""Users' own queries on DuckDB: BigQuery text as they have it, read-only, our tables only."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from threading import Timer

import duckdb
import sqlglot
from sqlglot import exp

from processors.errors import QueryRefused
from warehouse.duckdb.dialect import render
from warehouse.interface import Answer
from warehouse.questions import Refusal, check, given_up, no_table, parsed, refusing, tables

STORED = """
SELECT concat(schema_name, '.', table_name) FROM duckdb_tables()
WHERE database_name = current_database() AND starts_with(schema_name, 'nba_')
"""
FUNCTIONS = ("ERROR",)
"""Those of BigQuery's that sqlglot doesn't know by name and that DuckDB has."""

REFUSED: tuple[Refusal, ...] = (
    (exp.ReadCSV, bool, "reading files"),
    (exp.ReadParquet, bool, "reading files"),
    (exp.NetFunc, bool, "functions of NET"),
    (exp.Anonymous, lambda node: node.name.upper() not in FUNCTIONS, "the function {name}"),
    (exp.AnonymousAggFunc, bool, "the function {name}"),
    (exp.Table, lambda node: node.args.get("version"), "FOR SYSTEM_TIME AS OF"),
    (exp.Unnest, lambda node: node.args.get("offset"), "UNNEST with WITH OFFSET"),
    (exp.WeekStart, lambda node: _is_odd_week(node), "EXTRACT(WEEK({name}) FROM …)"),
)


def read_user_query(
    connection: duckdb.DuckDBPyConnection, text: str, *, limit: int, seconds: float
) -> Answer:
    with closing(connection.cursor()) as cursor:
        try:
            # A cursor is a session of its own, with the file's zone and no temporary tables.
            cursor.execute("SET TimeZone = 'UTC'")
            cursor.execute("BEGIN TRANSACTION READ ONLY")
            stored = [name for (name,) in cursor.execute(STORED).fetchall()]
            with _given_up_after(cursor, seconds):
                found = cursor.execute(translated(text, stored))
                columns = tuple(one[0] for one in found.description or ())
                rows = found.fetchmany(limit + 1)
        except duckdb.InterruptException as error:
            raise given_up(seconds) from error
        except duckdb.Error as error:
            raise QueryRefused(f"the query does not run: {str(error).splitlines()[0]}") from error
    return Answer(columns=columns, rows=rows[:limit], truncated=len(rows) > limit)


@contextmanager
def _given_up_after(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    timer = Timer(seconds, cursor.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def translated(text: str, stored: Collection[str]) -> str:
    """The DuckDB text of one SELECT that reads nothing but stored tables; all else is refused."""
    with refusing():
        tree = parsed(text)
        check(tree, REFUSED)
        _place(tree, stored)
        _name_columns(tree)
        try:
            return render(tree)
        except sqlglot.errors.SqlglotError as error:
            raise QueryRefused(f"this can't be run on DuckDB: {error}") from error


def _place(tree: exp.Expr, stored: Collection[str]) -> None:
    for table in tables(tree):
        name = f"{table.db}.{table.name}" if table.db else table.name
        if name not in stored:
            raise no_table(name, stored)
        # `project.dataset.table`: one file holds one project.
        table.set("catalog", None)


def _name_columns(tree: exp.Expr) -> None:
    """A column without a name is f0_, f1_ and so on, as in BigQuery."""
    first = tree
    while isinstance(first, exp.SetOperation | exp.Subquery):
        first = first.this
    if isinstance(first, exp.Select) and not first.args.get("kind"):
        named = (exp.Alias, exp.Column, exp.Dot, exp.Star)
        bare = [one for one in first.expressions if not isinstance(one, named)]
        for number, one in enumerate(bare):
            one.replace(exp.alias_(one.copy(), f"f{number}_"))


def _is_odd_week(week: exp.Expr) -> bool:
    """DATE_TRUNC knows the weeks from every day, EXTRACT not."""
    return isinstance(week.parent, exp.Extract) and week.name not in ("SUNDAY", "MONDAY")
