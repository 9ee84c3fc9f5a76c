"""The fork on which one date is audited: stored rows kept in mind, forbidden ones operated on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import TracebackType
from typing import Self

from pipeline.audit.cutoff import Forbidden
from pipeline.audit.operations import Operation, texts
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

    def operate(self, operation: Operation, what: Iterable[Forbidden]) -> dict[str, int]:
        """Rows touched by table."""
        touched: dict[str, int] = {}
        for one in what:
            found = [
                self.scratch.change(text.replace("AND_ONLY", ""), day=self.day)
                for text in texts(operation, one)
            ]
            touched[one.table] = touched.get(one.table, 0) + max(found, default=0)
        return touched

    def operate_between(self, operation: Operation, what: Forbidden, low: int, high: int) -> None:
        for text in texts(operation, what):
            narrowed = text.replace("AND_ONLY", ONLY)
            self.scratch.change(narrowed, day=self.day, low=low, high=high)

    def numbers(self, what: Forbidden) -> list[int]:
        """The numbers of the forbidden rows."""
        text = (
            f"SELECT held.{FORK_ROW} FROM `{what.table}` AS held WHERE {what.condition}"
            f" ORDER BY held.{FORK_ROW}"
        )
        return [row[0] for row in self.scratch.rows(text, day=self.day)]

    def row(self, contract: Contract, number: int) -> dict[str, object]:
        names = contract.column_names
        text = f"SELECT {', '.join(names)} FROM `{contract.table}` WHERE {FORK_ROW} = @number"
        return dict(zip(names, self.scratch.rows(text, number=number)[0], strict=True))

    def recompute(self, processor: Processor) -> Hashes:
        self.scratch.stage(processor, span_of(processor, self.day, self.last, self.calendar))
        return staged_hashes(self.scratch, processor.contract, self.day)

    def replace(self, processor: Processor) -> None:
        """The staged rows take the place of the copies, from D on."""
        contract = processor.contract
        self.scratch.change(
            f"DELETE FROM `{contract.table}` WHERE {contract.date_column} >= @day", day=self.day
        )
        self.scratch.keep_staged(contract)


def fork(pipeline: Pipeline, processors: Iterable[Processor], day: date) -> Fork:
    """A fork holding all that the processors' dates from D on can read."""
    registry, calendar = pipeline.registry, pipeline.assessor.calendar
    audited = tuple(processors)
    whole = registry.upstream(one.table for one in audited)
    tables = {feed.table for one in whole for feed in one.contract.inputs}
    tables |= {one.table for one in whole}
    windows = [feed.window for one in whole for feed in one.contract.inputs if feed.window]
    # A row of D may read another table's row of a season before, which stands there already.
    first = min((window.first(day, calendar) for window in windows), default=day)
    last = max(day + AHEAD, calendar.next_game_date(day) or day)
    scratch = pipeline.warehouse.fork(
        [registry.contracts[table] for table in sorted(tables)], first=first, last=last
    )
    stored = {one.table: stored_hashes(scratch, one.contract, day) for one in audited}
    return Fork(scratch, calendar, day, last, stored)
