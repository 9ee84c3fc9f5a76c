"""The fork on which one date is audited: stored rows kept in mind, forbidden ones operated on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as Columns
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import TracebackType
from typing import Self

from pipeline.audit.cutoff import Forbidden
from pipeline.audit.operations import Operation, changed, texts
from pipeline.audit.recomputing import Hashes, staged_hashes, stored_hashes
from pipeline.calendar import Calendar
from pipeline.run import Pipeline
from pipeline.work import span_of
from processors.contract import Contract
from processors.registry import Processor
from warehouse.interface import FORK_ROW, Scratch

AHEAD = timedelta(days=3)
"""A statement is recomputed for D and some days after it: its widest windows then hold D itself and
what follows, and only its own cutoff keeps them out of the rows of D."""

ONLY = f"AND held.{FORK_ROW} >= @low AND held.{FORK_ROW} <= @high"


@dataclass
class Touched:
    """What was operated on: rows by table, and in which columns; None where whole rows came or
    went."""

    rows: dict[str, int] = field(default_factory=dict)
    columns: dict[str, Columns[str] | None] = field(default_factory=dict)

    def add(self, table: str, rows: int, columns: Columns[str] | None) -> None:
        before = self.columns.get(table, set())
        self.rows[table] = self.rows.get(table, 0) + rows
        self.columns[table] = None if before is None or columns is None else before | columns

    def seen_by(self, processor: Processor) -> dict[str, int]:
        """As far as its statement reads what was changed: the rest cannot change its rows."""
        reads = processor.statement.reads
        seen = {}
        for table, rows in self.rows.items():
            columns = self.columns[table]
            if rows and table in reads and (columns is None or columns & set(reads[table])):
                seen[table] = rows
        return seen


@dataclass(frozen=True)
class Fork:
    """One date's fork; `stored` holds each audited table's rows of the date before anything."""

    scratch: Scratch
    calendar: Calendar
    day: date
    last: date
    stored: Mapping[str, Hashes]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.scratch.close()

    def operate(self, operation: Operation, what: Iterable[Forbidden]) -> Touched:
        """On a fork as it was taken, and on nothing else."""
        self.scratch.restore()
        touched = Touched()
        for one in what:
            found = [
                self.scratch.change(text.replace("AND_ONLY", ""), day=self.day)
                for text in texts(operation, one)
            ]
            touched.add(one.table, max(found, default=0), changed(operation, one))
        return touched

    def operate_between(self, operation: Operation, what: Forbidden, low: int, high: int) -> None:
        self.scratch.restore()
        for text in texts(operation, what):
            narrowed = text.replace("AND_ONLY", ONLY)
            self.scratch.change(narrowed, day=self.day, low=low, high=high)

    def numbers(self, what: Forbidden) -> list[int]:
        """The numbers of the forbidden rows, as the fork was taken."""
        self.scratch.restore()
        return [row[0] for row in self.scratch.rows(numbers_text(what), day=self.day)]

    def row(self, contract: Contract, number: int) -> dict[str, object]:
        """A forbidden row, of D or later."""
        self.scratch.restore()
        (found,) = self.scratch.rows(numbered_text(contract), day=self.day, number=number)
        return dict(zip(contract.column_names, found, strict=True))

    def recompute(self, processor: Processor, operation: Operation | None = None) -> Hashes:
        """As far ahead as the operation bears."""
        last = self.day if operation is Operation.REPEAT else self.last
        self.scratch.stage(processor, span_of(processor, self.day, last, self.calendar))
        return staged_hashes(self.scratch, processor.contract, self.day)

    def replace(self, processor: Processor) -> None:
        """The staged rows take the place of the copies, from D on."""
        self.scratch.change(emptied_text(processor.contract), day=self.day)
        self.scratch.keep_staged(processor.contract)

    def recompute_all(self, chain: Sequence[Processor], operation: Operation) -> dict[str, Hashes]:
        """One after the other, each upon the recomputed rows of those before it."""
        found = {}
        for one in chain:
            found[one.table] = self.recompute(one, operation)
            self.replace(one)
        return found


def numbers_text(what: Forbidden) -> str:
    return (
        f"SELECT held.{FORK_ROW} FROM `{what.table}` AS held WHERE {what.condition}"
        f" ORDER BY held.{FORK_ROW}"
    )


def numbered_text(contract: Contract) -> str:
    return (
        f"SELECT {', '.join(contract.column_names)} FROM `{contract.table}`"
        f" WHERE {contract.date_column} >= @day AND {FORK_ROW} = @number"
    )


def emptied_text(contract: Contract) -> str:
    return f"DELETE FROM `{contract.table}` WHERE {contract.date_column} >= @day"


def fork(pipeline: Pipeline, processors: Iterable[Processor], day: date) -> Fork:
    """A fork holding all that the processors' dates from D on may read."""
    registry, calendar = pipeline.registry, pipeline.assessor.calendar
    audited = tuple(processors)
    whole = registry.upstream(one.table for one in audited)
    since = {one.table: day for one in whole}
    for feed in (feed for one in whole for feed in one.contract.inputs):
        first = feed.window.first(day, calendar) if feed.window else day
        since[feed.table] = min(first, since.get(feed.table, day))
    last = max(day + AHEAD, calendar.next_game_date(day) or day)
    scratch = pipeline.warehouse.fork(
        {registry.contracts[table]: first for table, first in sorted(since.items())}, last=last
    )
    try:
        stored = {one.table: stored_hashes(scratch, one.contract, day) for one in audited}
    except BaseException:
        scratch.close()
        raise
    return Fork(scratch, calendar, day, last, stored)
