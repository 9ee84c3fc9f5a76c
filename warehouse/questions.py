"""A user's own query before any engine has it: one SELECT of tables that are there, or why not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches

import sqlglot
from sqlglot import Token, exp

from processors.errors import QueryRefused

FIRST_WORDS = ("SELECT", "WITH", "(")
NOT_READS = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Describe)
UNFORESEEN = (AttributeError, LookupError, TypeError)
"""In the parser, of texts that it takes for SQL until it stumbles: `|> LIMIT 1` is one."""

Refusal = tuple[type[exp.Expr], Callable[[exp.Expr], object], str]
"""What isn't understood: a kind of node, which of them are meant, and how it is called."""
PARAMETERS: tuple[Refusal, ...] = tuple(
    (kind, bool, "parameters: write the value") for kind in (exp.Parameter, exp.Placeholder)
)


@contextmanager
def refusing() -> Iterator[None]:
    """What the parser can't read is the user's to mend."""
    try:
        yield
    except sqlglot.errors.ParseError as error:
        first = error.errors[0] if error.errors else {"description": error, "line": 1, "col": 1}
        what = str(first["description"]).split(" but got <")[0]
        raise QueryRefused(
            f"this is not BigQuery SQL: {what} (line {first['line']}, column {first['col']})"
        ) from error
    except sqlglot.errors.TokenError as error:
        raise QueryRefused(f"this is not BigQuery SQL: {str(error).splitlines()[0]}") from error
    except RecursionError as error:
        raise QueryRefused("the query is nested too deeply") from error


def tokens(text: str) -> list[Token]:
    return sqlglot.tokenize(text, read="bigquery")


def parsed(text: str) -> exp.Expr:
    """The tree of one statement that begins as a query does."""
    words = tokens(text)
    if words and words[0].text.upper() not in FIRST_WORDS:
        raise QueryRefused(f"only SELECT can be run here, not {words[0].text.upper()}")
    try:
        parts = sqlglot.parse(text, read="bigquery")
    except UNFORESEEN as error:
        raise not_understood("how this is put together: write it another way") from error
    trees = [part for part in parts if part and not isinstance(part, exp.Semicolon)]
    if len(trees) != 1:
        raise QueryRefused(f"one statement at a time; this text holds {len(trees)}")
    return trees[0]


def check(tree: exp.Expr, refused: Sequence[Refusal] = ()) -> None:
    """Refuse what changes anything, parameters that nobody hands, and what this engine lacks."""
    for node in tree.walk():
        if isinstance(node, NOT_READS) and not isinstance(node, exp.Query):
            raise QueryRefused(f"only SELECT can be run here, not {node.key.upper()}")
        for kind, is_meant, what in (*PARAMETERS, *refused):
            if isinstance(node, kind) and is_meant(node):
                raise not_understood(what.format(name=node.name.upper()))


def tables(tree: exp.Expr) -> Iterator[exp.Table]:
    """The stored tables that are named, each time that one is."""
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            raise QueryRefused(f"not a table here: {table.sql('bigquery')}")
        if table.db or not _is_named_above(table):
            yield table


def not_understood(what: str) -> QueryRefused:
    return QueryRefused(f"not understood here: {what}")


def given_up(seconds: float) -> QueryRefused:
    return QueryRefused(
        f"the query was given up after {seconds:g} s: ask for fewer dates or columns"
    )


def no_table(named: str, stored: Collection[str]) -> QueryRefused:
    """With the nearest that there is; where no dataset is named, the nearest in any."""
    whole = {one if "." in named else one.split(".")[1]: one for one in stored}
    near = [whole[one] for one in get_close_matches(named, whole, n=1)]
    datasets = sorted({one.split(".")[0] for one in stored})
    advice = f"write {near[0]}" if near else f"the datasets are {', '.join(datasets)}"
    return QueryRefused(f"there is no table {named}: {advice}")


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
