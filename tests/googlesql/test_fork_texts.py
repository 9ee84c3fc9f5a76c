"""What an audit asks of a fork and does to it: Google's analyser reads all, and changes rows as
DuckDB does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from pipeline.audit import fork
from pipeline.audit.cutoff import Forbidden, forbidden
from pipeline.audit.operations import Operation, texts
from processors.columns import Type, count
from processors.contract import Contract, Cutoff
from processors.registry import load
from tests.googlesql.analysis import analyse_statement
from tests.googlesql.both import NAMED, Both
from tests.googlesql.catalog import columns_of
from tests.googlesql.evaluation import changes, evaluate
from tests.googlesql.worked import LAST
from tests.linters.product import fork_texts, types_in
from tests.oracle.tiny import OPENING, day
from warehouse.interface import FORK_ROW, Scratch

REGISTRY = load()
SCHEDULE = REGISTRY.contracts["nba_raw.schedule"]
LINES = REGISTRY.contracts["nba_raw.odds_player_points"]
FORMS = REGISTRY.contracts["nba_analytics.team_form"]
FORKED = [SCHEDULE, LINES, FORMS]
NUMBER = (FORK_ROW, Type.INT64)
DAY = day(LAST - 1)


def numbered(contract: Contract) -> Contract:
    """As its table is in a fork."""
    return replace(contract, columns=(*contract.columns, count(FORK_ROW, "…")))


def test_analysed() -> None:
    """Each beginning and each condition: any beginning goes with any condition of its table."""
    tables = tuple(map(numbered, REGISTRY.contracts.values()))
    known: set[tuple[str, ...]] = set()
    for text in fork_texts():
        begins, _, condition = text.partition(" WHERE ")
        condition, narrowed, _ = condition.partition(fork.ONLY)
        parts = {(begins,), (narrowed,), (NAMED.findall(begins)[0], condition.strip())}
        if not parts <= known:
            analyse_statement(text, tables, types_in(text))
        known |= parts


@pytest.fixture
def scratch(both: Both) -> Iterator[Scratch]:
    made = both.warehouse.fork(dict.fromkeys(FORKED, OPENING), last=day(LAST))
    yield made
    made.close()


def stored(scratch: Scratch, table: str):
    columns = (*columns_of(REGISTRY.contracts[table]), NUMBER)
    names = ", ".join(name for name, _ in columns)
    return columns, scratch.rows(f"SELECT {names} FROM `{table}`")


def whats() -> Iterator[Forbidden]:
    for cutoff in Cutoff:
        yield from forbidden(FORKED, cutoff)


@pytest.mark.parametrize("what", list(whats()), ids=lambda one: f"{one.table}-{one.condition[:24]}")
def test_same_changes(scratch: Scratch, what: Forbidden) -> None:
    asked = {"day": day(LAST) if what.table == LINES.table else DAY}
    before = {table: stored(scratch, table) for table in (what.table, SCHEDULE.table)}
    text = fork.numbers_text(what)
    tables = {name: before[name] for name in NAMED.findall(text)}
    numbers = scratch.rows(text, **asked)
    assert evaluate(text, tables, asked)[1] == numbers
    for operation in Operation:
        for said in texts(operation, what):
            change = said.replace("AND_ONLY", "")
            scratch.restore()
            touched = scratch.change(change, **asked)
            google = changes(change, {name: before[name] for name in NAMED.findall(change)}, asked)
            assert len(google) == touched == len(numbers)
            rows = Counter(before[what.table][1])
            after = Counter(stored(scratch, what.table)[1])
            assert after - rows == Counter(row for _, row in google if row) - rows
            kinds = Counter(word for word, _ in google)
            assert after.total() == rows.total() + kinds["INSERT"] - kinds["DELETE"]
