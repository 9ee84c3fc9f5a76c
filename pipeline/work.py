"""Work: some dates of one table through one statement, from staging to the verified rows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from threading import RLock

from pipeline.assessment import Assessor, combined
from pipeline.calendar import Calendar
from pipeline.clock import wall_clock
from pipeline.drafts import draft, failed, is_replaced
from pipeline.gates import Examined, examine, set_aside
from pipeline.ledger import PARTITIONS, partition_rows
from pipeline.outcome import ErrorSeen, Outcome, Status, decide
from pipeline.placeholders import held_place
from pipeline.running import Running
from pipeline.state import Item
from processors.errors import TipoffError, VerificationFailed, WarehouseTransient
from processors.registry import Processor
from warehouse.interface import NOTHING, Errand, Publication, Span, Step, Warehouse


def span_of(processor: Processor, start: date, end: date, calendar: Calendar) -> Span:
    """The dates of one statement, with the earliest that any of its inputs reaches back to."""
    windows = [feed.window for feed in processor.contract.inputs if feed.window]
    back = max((window.seasons_back or 0 for window in windows), default=0)
    return Span(start=start, end=end, history_start=calendar.season_start(start, back=back))


@dataclass(frozen=True)
class Work:
    """One table in one run."""

    warehouse: Warehouse
    assessor: Assessor
    state: RLock
    """Held where the assessor's knowledge is read or changed."""
    on_step: Step
    running: Running
    processor: Processor

    def compute(self, items: Sequence[Item], *, force: bool) -> list[Outcome]:
        """Dates that go through one statement: stage, examine, publish, verify."""
        started = time.monotonic()
        span = span_of(self.processor, items[0].day, items[-1].day, self.assessor.calendar)
        try:
            billed = self._stage(self.processor, span, self._errand(items, is_new=force))
            examined = examine(self.warehouse, self.processor.contract, span)
            self.on_step("examined")
            with self.state:
                stored = self.assessor.content.stored(self.processor.contract)
                drafts = [
                    draft(
                        self.processor,
                        item,
                        examined.get(item.day, Examined()),
                        stored.get(item.day, NOTHING),
                        force=force,
                    )
                    for item in items
                ]
                drafts = self._with_keyed_inputs(drafts, span)
                return self._publish(self.processor, _paid(drafts, billed), started)
        except TipoffError as error:
            return self._broken(items, error)

    def hold_places(self, items: Sequence[Item]) -> list[Outcome]:
        """Bootstrap dates: staged and published like any other, past no gate. They are made each
        time they are asked for, and published where they differ from what stands there."""
        started = time.monotonic()
        span = span_of(self.processor, items[0].day, items[-1].day, self.assessor.calendar)
        try:
            billed = self._stage(
                self.processor.in_bootstrap, span, self._errand(items, is_new=True)
            )
            staged = self.warehouse.staged_fingerprints(self.processor.contract)
            bad = set_aside(self.warehouse, self.processor.contract)
            with self.state:
                stored = self.assessor.content.stored(self.processor.contract)
                drafts = [
                    held_place(
                        self.processor,
                        item,
                        staged=staged.get(item.day, NOTHING),
                        stored=stored.get(item.day, NOTHING),
                        quarantined=bad.get(item.day, {}),
                        inputs=self.assessor.input_fingerprints(self.processor, item.day),
                    )
                    for item in items
                ]
                return self._publish(self.processor.in_bootstrap, _paid(drafts, billed), started)
        except TipoffError as error:
            return self._broken(items, error)

    def give_up(self, items: Sequence[Item]) -> list[Outcome]:
        """Dates that are not begun: the run is to end."""
        error = WarehouseTransient("the run was interrupted before it came to this; ask again")
        return self._broken(items, error)

    def _errand(self, items: Sequence[Item], *, is_new: bool) -> Errand:
        """Tables without dates count as a whole: a date that isn't stored holds none of their keys,
        and its rows depend on them all the same."""
        inputs = {str(one.day): combined(one.input_fingerprints) for one in items}
        with self.state:
            for table in self._dateless:
                contract = self.assessor.registry.contracts[table]
                inputs[table] = str(self.assessor.content.whole(self.processor, contract))
        run_id = self.running.run_id
        return Errand(inputs=combined(inputs), run_id=run_id, nonce=run_id if is_new else "")

    def _stage(self, processor: Processor, span: Span, errand: Errand) -> int | None:
        self.running.write()
        if self.running.is_given_up():
            raise WarehouseTransient("the run was interrupted before this statement; ask again")
        billed = self.warehouse.stage(processor, span, errand)
        self.on_step("staged")
        return billed

    def _broken(self, items: Sequence[Item], error: TipoffError) -> list[Outcome]:
        seen = ErrorSeen(
            name=type(error).__name__, message=error.message, transient=error.retryable
        )
        outcomes = [failed(item, seen) for item in items]
        self.running.remember(outcomes)
        return outcomes

    @property
    def _dateless(self) -> Sequence[str]:
        return [feed.table for feed in self.processor.contract.inputs if feed.window is None]

    def _with_keyed_inputs(self, drafts: Sequence[Outcome], span: Span) -> list[Outcome]:
        """Tables without dates count as far as the new rows hold their keys; where rows are set
        aside, as a whole: what may mend them is not among the keys that are left."""
        if not self._dateless:
            return list(drafts)
        found = {
            table: self.assessor.content.read_by_key(
                self.processor,
                self.assessor.registry.contracts[table],
                staged=True,
                first=span.start,
                last=span.end,
            )
            for table in self._dateless
        }
        settled = []
        for one in drafts:
            inputs = dict(one.inputs)
            for table, by_day in found.items():
                if one.status is Status.PARTIAL:
                    contract = self.assessor.registry.contracts[table]
                    inputs[table] = str(self.assessor.content.whole(self.processor, contract))
                else:
                    inputs[table] = str(by_day.get(one.day, NOTHING))
            settled.append(replace(one, inputs=inputs, input_fingerprint=combined(inputs)))
        return settled

    def _publish(
        self, processor: Processor, drafts: Sequence[Outcome], started: float
    ) -> list[Outcome]:
        share = round(1000 * (time.monotonic() - started) / len(drafts))
        drafts = [replace(one, duration_ms=share) for one in drafts]
        replaced = [one for one in drafts if is_replaced(one)]
        publication = Publication(
            contract=processor.contract,
            replaced={one.day: one.input_fingerprint or "" for one in replaced},
            quarantined=[one.day for one in drafts if one.evidence.quarantined],
            logic_version=processor.logic_version,
            run_id=self.running.run_id,
            processed_at=wall_clock(),
            ledger={PARTITIONS: partition_rows(self.running.run_id, drafts)},
        )
        self.warehouse.publish(publication, self.on_step)
        self.assessor.ledger.remember(publication, drafts)
        if not replaced:
            return drafts
        self.assessor.content.changed(processor.contract, [one.day for one in replaced])
        outcomes = self._verified(drafts, {one.day for one in replaced})
        self.on_step("verified")
        return outcomes

    def _verified(self, drafts: Sequence[Outcome], replaced: set[date]) -> list[Outcome]:
        """Scan what was published: a count can be right where a scan finds nothing."""
        stored = self.assessor.content.stored(self.processor.contract)
        outcomes = []
        broken = []
        for one in drafts:
            seen = str(stored.get(one.day, NOTHING))
            if one.day in replaced and seen != one.output_fingerprint:
                error = VerificationFailed(
                    f"staged {one.output_fingerprint}, a scan of the published rows finds {seen}"
                )
                # Where others write, one of them may have come between: the next try replaces all.
                bad = ErrorSeen(
                    name="VerificationFailed",
                    message=error.message,
                    transient=self.warehouse.is_shared,
                )
                evidence = replace(one.evidence, error=bad, verified=False)
                status, reason = decide(evidence)
                one = replace(one, status=status, reason=reason, evidence=evidence)
                broken.append(one)
            outcomes.append(one)
        if broken:
            # What they billed stands in the ledger already.
            self.running.remember(
                [replace(one, output_fingerprint=None, bytes_billed=None) for one in broken]
            )
        return outcomes


def _paid(drafts: Sequence[Outcome], billed: int | None) -> list[Outcome]:
    """What the statement billed, shared over its dates so that their sum is what was billed."""
    if billed is None:
        return list(drafts)
    share, rest = divmod(billed, len(drafts))
    return [replace(one, bytes_billed=share + (number < rest)) for number, one in enumerate(drafts)]
