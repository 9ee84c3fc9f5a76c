"""Working on one message: from what it says to runs, and to the receipt."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.clock import today
from pipeline.ledger import RUNS, Event, new_run_id, run_row
from pipeline.outcome import FAILED
from pipeline.plan import Request, make_request
from pipeline.run import Pipeline, Report
from processors.contract import Layer
from processors.errors import TipoffError, UsageError
from service.push.dependents import Slate, dependents, landed_table
from service.push.message import Message, Unreadable
from service.push.receipt import Kind, Receipt, Word, dead, receipt_of


def _to_nobody(_: Report) -> None:
    return None


@dataclass(frozen=True)
class Worker:
    """Over a pipeline, in the service or in a command."""

    pipeline: Pipeline
    owns_analytics: bool
    """Else only the precompute tables are done here, from what stands."""
    announce: Callable[[Report], object] = _to_nobody
    """Tells others what became of each run; a command tells nobody."""

    def work(self, message: Message | Unreadable) -> Receipt:
        """Raises only what another delivery may cure."""
        if isinstance(message, Unreadable):
            return dead(Kind.MALFORMED, message.fault)
        try:
            table = landed_table(message.landed.source_table, self.pipeline.registry)
        except UsageError as error:
            return dead(Kind.UNKNOWN_TABLE, error.message)
        if not message.landed.success:
            return self._noted(message, f"the sender says that {table} didn't land")
        slates = self.slates(table, message)
        if not slates:
            return self._noted(message, f"nothing that is computed here reads {table}")
        try:
            return receipt_of(self._runs(slates, message))
        except TipoffError as error:
            if error.retryable:
                raise
            return dead(Kind.FAILED, f"{error.code}: {error.message}")

    def slates(self, table: str, message: Message) -> tuple[Slate, ...]:
        """What is to be computed, now that this table has landed."""
        with self.pipeline.looking() as known:
            found = dependents(
                table, message.landed.day, known.registry, known.calendar, today=today()
            )
        if self.owns_analytics:
            return found
        contracts = self.pipeline.registry.contracts
        ours = (
            Slate(
                slate.day,
                tuple(one for one in slate.tables if contracts[one].layer is Layer.PRECOMPUTE),
            )
            for slate in found
        )
        return tuple(one for one in ours if one.tables)

    def _runs(self, slates: tuple[Slate, ...], message: Message) -> list[Report]:
        """In order; what fails isn't built upon."""
        reports: list[Report] = []
        for number, slate in enumerate(slates, start=1):
            request = make_request(
                self.pipeline.registry,
                tables=slate.tables,
                days=[slate.day],
                prepare=self.owns_analytics,
                about=message.about | {"part": f"{number}/{len(slates)}"},
            )
            reports.append(self.pipeline.run(request))
            self.announce(reports[-1])
            if reports[-1].overall.word == FAILED.word:
                break
        return reports

    def _noted(self, message: Message, reason: str) -> Receipt:
        """There is nothing to do, and the ledger says so."""
        request = Request(
            tables=(), days=(message.landed.day,), about=message.about | {"part": "1/1"}
        )
        said, run_id, detail = json.dumps(request.as_json()), new_run_id(), {"reason": reason}
        rows = [
            run_row(run_id, Event.STARTED, said),
            run_row(run_id, Event.FINISHED, said, status=Word.SKIPPED, detail=detail),
        ]
        self.pipeline.warehouse.append({RUNS: rows})
        return Receipt(word=Word.SKIPPED, reason=reason)
