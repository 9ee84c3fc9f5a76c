"""Users' own queries on DuckDB: BigQuery text as they have it, read-only, our tables only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from difflib import get_close_matches
from threading import Timer

import duckdb
import sqlglot
from sqlglot import exp

from processors.errors import QueryRefused
from warehouse.duckdb.dialect import render
from warehouse.interface import Answer

STORED = """
SELECT concat(schema_name, '.', table_name) FROM duckdb_tables()
WHERE database_name = current_database() AND starts_with(schema_name, 'nba_')
"""
FIRST_WORDS = ("SELECT", "WITH", "(")
NOT_READS = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Describe)
FUNCTIONS = ("ERROR",)
"""Those of BigQuery's that sqlglot doesn't know by name and that DuckDB has."""

Test = Callable[[exp.Expr], object]
REFUSED: tuple[tuple[type[exp.Expr], Test, str], ...] = (
    (exp.Parameter, bool, "parameters: write the value"),
    (exp.Placeholder, bool, "parameters: write the value"),
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
            raise QueryRefused(
                f"the query was given up after {seconds:g} s: ask for fewer dates or columns"
            ) from error
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
    try:
        tree = _parsed(text)
        _check(tree, stored)
        _name_columns(tree)
        return render(tree)
    except sqlglot.errors.ParseError as error:
        first = error.errors[0] if error.errors else {"description": error, "line": 1, "col": 1}
        what = str(first["description"]).split(" but got <")[0]
        raise QueryRefused(
            f"this is not BigQuery SQL: {what} (line {first['line']}, column {first['col']})"
        ) from error
    except sqlglot.errors.SqlglotError as error:
        raise QueryRefused(f"this can't be run on DuckDB: {error}") from error
    except RecursionError as error:
        raise QueryRefused("the query is nested too deeply") from error


def _parsed(text: str) -> exp.Expr:
    words = sqlglot.tokenize(text, read="bigquery")
    if words and words[0].text.upper() not in FIRST_WORDS:
        raise QueryRefused(f"only SELECT can be run here, not {words[0].text.upper()}")
    parts = sqlglot.parse(text, read="bigquery")
    trees = [part for part in parts if part and not isinstance(part, exp.Semicolon)]
    if len(trees) != 1:
        raise QueryRefused(f"one statement at a time; this text holds {len(trees)}")
    return trees[0]


def _check(tree: exp.Expr, stored: Collection[str]) -> None:
    for node in tree.walk():
        if isinstance(node, NOT_READS) and not isinstance(node, exp.Query):
            raise QueryRefused(f"only SELECT can be run here, not {node.key.upper()}")
        for kind, is_meant, what in REFUSED:
            if isinstance(node, kind) and is_meant(node):
                raise QueryRefused(f"not understood here: {what.format(name=node.name.upper())}")
        if isinstance(node, exp.Table):
            _check_table(node, stored)


def _check_table(table: exp.Table, stored: Collection[str]) -> None:
    if not isinstance(table.this, exp.Identifier):
        raise QueryRefused(f"not a table here: {table.sql('bigquery')}")
    if not table.db and _is_named_above(table):
        return
    name = f"{table.db}.{table.name}" if table.db else table.name
    if name in stored:
        # `project.dataset.table`: one file holds one project.
        table.set("catalog", None)
        return
    whole = {one if table.db else one.split(".")[1]: one for one in stored}
    near = [whole[one] for one in get_close_matches(name, whole, n=1)]
    datasets = sorted({one.split(".")[0] for one in stored})
    advice = f"write {near[0]}" if near else f"the datasets are {', '.join(datasets)}"
    raise QueryRefused(f"there is no table {name}: {advice}")


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


def _is_named_above(table: exp.Table) -> bool:
    """Whether a WITH that the table can see names it: an earlier one, or a recursive one itself."""
    within: exp.Expr = table
    while above := within.parent:
        known = above if isinstance(above, exp.With) else above.args.get("with_")
        if isinstance(known, exp.With) and known is not within:
            for named in known.expressions:
                if named is within and not known.recursive:
                    break
                if named.alias.lower() == table.name.lower():
                    return True
                if named is within:
                    break
        within = above
    return False
