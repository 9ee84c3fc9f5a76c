"""A script: statements one after the other, with BEGIN, COMMIT and ROLLBACK TRANSACTION."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.bigquery.errors import ApiError, invalid, invalid_query
from tests.bigquery.preparing import Prepared, Surroundings, prepare
from tests.bigquery.spelling import Statement
from tests.bigquery.statements import Outcome, execute

LAST, FIRST_SELECT = "LAST", "FIRST_SELECT"
"""Which statement's result is the script's own."""
Weigh = Callable[[Prepared], None]
"""Told each statement before it is carried out; may refuse."""
Step = Callable[[Prepared, Outcome], None]
"""Told each statement that was carried out."""


def run(
    statements: Sequence[Statement], around: Surroundings, weigh: Weigh, step: Step, key: str
) -> Outcome:
    """The outcome is that of the key result: the last statement's, which has no rows where it is
    DML or DDL, or the first query's. A script that fails or ends inside a transaction takes
    everything in it back."""
    storage = around.storage
    found = Outcome("SCRIPT")
    is_found = False
    try:
        for one in statements:
            if one.transaction:
                _transact(one, around)
                continue
            prepared = prepare(one, around)
            weigh(prepared)
            outcome = execute(prepared)
            step(prepared, outcome)
            if key == LAST or (outcome.type == "SELECT" and not is_found):
                found = Outcome("SCRIPT", outcome.schema, outcome.rows)
                is_found = True
    except ApiError as error:
        raise ApiError(error.reason, f"Query error: {error.message}", location="query") from error
    finally:
        if storage.in_transaction:
            storage.rollback()
    return found


def key_result(given: Mapping[str, Any]) -> str:
    """As the query's configuration says it."""
    chosen = given.get("scriptOptions", {}).get("keyResultStatement", LAST)
    if chosen not in (LAST, FIRST_SELECT):
        raise invalid(f"Invalid value for keyResultStatement: {chosen!r}")
    return str(chosen)


def parse(statements: Sequence[Statement], around: Surroundings) -> None:
    """A script whose text can't be read is refused before its first statement."""
    for one in statements:
        if not one.transaction:
            try:
                around.analyser.tables(one.text)
            except ApiError as error:
                raise one.placed(error) from error


def _transact(one: Statement, around: Surroundings) -> None:
    storage = around.storage
    if one.transaction == "BEGIN":
        if storage.in_transaction:
            raise invalid_query("Transaction is already in progress.")
        storage.begin()
    elif not storage.in_transaction:
        raise invalid_query(f"No transaction is in progress: {one.text.strip()}")
    elif one.transaction == "COMMIT":
        storage.commit()
    else:
        storage.rollback()
