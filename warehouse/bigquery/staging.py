"""Staging: a statement's rows in a table of their own in the scratch dataset, which expires."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from processors.registry import Processor
from warehouse.bigquery import identity, statements
from warehouse.bigquery.catalogue import Catalogue
from warehouse.bigquery.jobs import Done, Jobs
from warehouse.bigquery.labels import labels_of
from warehouse.bigquery.names import Place, placed
from warehouse.bigquery.request import Destination, Request, Write
from warehouse.interface import Errand, Span

MOST_ATTEMPTS = 10


@dataclass
class Staging:
    """Belongs to whoever holds the lane."""

    jobs: Jobs
    catalogue: Catalogue
    place: Place
    scratch: str
    """`project.dataset`."""
    maximum_bytes: int | None
    _tables: dict[str, str] = field(default_factory=dict)
    _interrupts: int = 0

    @property
    def tables(self) -> Mapping[str, str]:
        """Whole names of what is staged, by the table's name without its dataset."""
        return self._tables

    def stage(
        self,
        processor: Processor,
        span: Span,
        errand: Errand | None,
        *,
        changed_at: datetime | None = None,
    ) -> Done:
        """Send the statement, or adopt the job that an earlier process has sent for the same: if
        it still runs, or is done and what it made hasn't expired; and if no input has changed since
        it began, as far as that is known. Its id says what was looked at before it was sent; what
        it has read may have been changed in between, and changed back."""
        contract = processor.contract
        text = placed(statements.staged(processor), self.place, {})
        # A rehearsal may send the same text for the same inputs, to a scratch of its own.
        same = identity.of_staging(processor, span, f"{self.scratch}: {text}", errand)
        table = f"{self.scratch}.{contract.name}_{same}"
        base = identity.job_id("stage", contract.name, span.start, span.end, same)
        for job_id in _attempts(base):
            request = Request(
                what=f"the statement of {contract.table}",
                text=text,
                parameters=span.parameters,
                job_id=job_id,
                labels=labels_of(contract.name, errand.run_id if errand else None),
                destination=Destination(table=table, write=Write.TRUNCATE, creates=True),
                maximum_bytes=self.maximum_bytes,
            )
            done = self._run(request)
            if not done.was_adopted or (_is_of(done, changed_at) and self.catalogue.has(table)):
                break
        self._tables[contract.name] = table
        return done

    def foretold_bytes(self, processor: Processor, span: Span) -> int:
        return self.jobs.foretold_bytes(
            Request(
                what=f"the statement of {processor.table}",
                text=placed(statements.staged(processor), self.place, {}),
                parameters=span.parameters,
            )
        )

    def interrupt(self) -> None:
        """Give up the statement at hand, if there is one."""
        self._interrupts += 1

    def _run(self, request: Request) -> Done:
        before = self._interrupts
        return self.jobs.run(request, is_given_up=lambda: self._interrupts != before)


def _is_of(done: Done, changed_at: datetime | None) -> bool:
    return changed_at is not None and done.started_at is not None and done.started_at > changed_at


def _attempts(base: str) -> Iterator[str]:
    """BigQuery remembers a job for half a year, and what it made expires within a day: an errand
    that never comes to anything is sent again and again. After many no earlier one is looked for.
    """
    yield base
    for number in range(2, MOST_ATTEMPTS + 1):
        yield f"{base}-again{number}"
    while True:
        yield f"{base}-again-{identity.fresh()}"
