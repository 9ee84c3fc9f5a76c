"""Running a plan: chunk by chunk, table by table, looking again before each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from threading import Lock

from pipeline.assessment import Assessor, combined
from pipeline.calendar import read_calendar
from pipeline.clock import wall_clock
from pipeline.content import Content
from pipeline.gates import Examined, examine
from pipeline.ledger import PARTITIONS, Ledger, partition_rows
from pipeline.outcome import (
    ErrorSeen,
    Evidence,
    Outcome,
    Overall,
    Status,
    decide,
    overall,
)
from pipeline.plan import Plan, Request, forced, make_plan, needed_dates
from pipeline.state import TO_COMPUTE, Item, State
from processors.errors import TipoffError, VerificationFailed
from processors.registry import Processor, Registry
from warehouse.interface import NOTHING, Publication, Span, Step, Warehouse

GAP = timedelta(days=10)
"""Two dates to compute that are this near go through one statement; what lies between them is
computed along, which costs less than a second statement, and is not published."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Told after each statement."""

    what: str
    done: int
    in_all: int


@dataclass(frozen=True)
class Report:
    """What became of a request."""

    run_id: str
    request: Request
    results: Sequence[Outcome]
    prepared: Sequence[Outcome]

    @property
    def overall(self) -> Overall:
        """Of what was asked; what had to be prepared shows in it through what it blocked."""
        return overall(self.results)


def _ignore(_: object) -> None:
    return None


@dataclass
class Pipeline:
    """One warehouse with its registry, calendar, content and ledger."""

    warehouse: Warehouse
    registry: Registry
    on_step: Step = _ignore
    on_progress: Callable[[Progress], None] = _ignore
    assessor: Assessor = field(init=False)
    died: list[str] = field(init=False)
    _lane: Lock = field(init=False, default_factory=Lock, repr=False)

    def __post_init__(self) -> None:
        self.warehouse.migrate(list(self.registry.contracts.values()))
        self.refresh()
        self.died = self.assessor.ledger.reconcile()

    def refresh(self) -> None:
        """Look at everything anew: after a load, or when another process may have written."""
        calendar = read_calendar(self.warehouse)
        content = Content(self.warehouse, self.registry, calendar)
        ledger = Ledger(self.warehouse, self.registry)
        ledger.read()
        self.assessor = Assessor(self.registry, calendar, content, ledger)

    def plan(self, request: Request) -> Plan:
        return make_plan(request, self.assessor)

    def run(self, request: Request) -> Report:
        """One at a time: a second run of the same dates finds them done."""
        with self._lane:
            return self._run(request)

    def _run(self, request: Request) -> Report:
        ledger = self.assessor.ledger
        run_id = ledger.begin(request.as_json())
        self.on_step("started")
        results: list[Outcome] = []
        prepared: list[Outcome] = []
        asked = {(table, day) for table in request.tables for day in request.days}
        wanted = needed_dates(request, self.registry, self.assessor.calendar)
        done, in_all = 0, sum(len(days) for days in wanted.values())
        for chunk in self._chunks(wanted):
            for table, days in chunk.items():
                for outcome in self._table(run_id, request, table, days, asked):
                    is_asked = (outcome.table, outcome.day) in asked
                    (results if is_asked else prepared).append(outcome)
                done += len(days)
                self.on_progress(Progress(what=table, done=done, in_all=in_all))
        report = Report(run_id, request, results, prepared)
        ledger.finish(run_id, request.as_json(), status=report.overall.word)
        self.on_step("finished")
        return report

    def _chunks(self, wanted: Mapping[str, Sequence[date]]) -> Iterator[dict[str, list[date]]]:
        """A season at a time, all tables in it."""
        calendar = self.assessor.calendar
        by_season: dict[date, dict[str, list[date]]] = {}
        for table, days in wanted.items():
            for day in days:
                season = calendar.season_start(day) if calendar.season_of(day) else date.min
                by_season.setdefault(season, {}).setdefault(table, []).append(day)
        for season in sorted(by_season):
            chunk = by_season[season]
            yield {one.table: chunk[one.table] for one in self.registry if one.table in chunk}

    def _table(
        self,
        run_id: str,
        request: Request,
        table: str,
        days: Sequence[date],
        asked: set[tuple[str, date]],
    ) -> Iterator[Outcome]:
        """One table's dates of a chunk: look, compute what has to be, remember the rest."""
        processor = self.registry.processors[table]
        items = []
        for day in days:
            item = self.assessor.assess(processor, day, pending={}, asked=(table, day) in asked)
            if request.force and item.asked and item.state is State.FRESH:
                item = forced(item)
            items.append(item)
        idle = [_uncomputed(item) for item in items if item.state not in TO_COMPUTE]
        # Fresh partitions that nobody asked for are no news.
        news = [one for one, item in _paired(idle, items) if item.asked or one.evidence.missing]
        if news:
            self._remember(processor, run_id, news)
        yield from news
        for group in _groups([item for item in items if item.state in TO_COMPUTE]):
            yield from self._group(run_id, processor, group, force=request.force)

    def _group(
        self, run_id: str, processor: Processor, items: Sequence[Item], *, force: bool
    ) -> list[Outcome]:
        """Dates that go through one statement: stage, examine, publish, verify."""
        started = time.monotonic()
        span = self._span(processor, items)
        try:
            self.warehouse.stage(processor, span)
            self.on_step("staged")
            examined = examine(self.warehouse, processor.contract, span)
            self.on_step("examined")
            drafts = [
                self._draft(processor, item, examined.get(item.day, Examined()), force=force)
                for item in items
            ]
            drafts = self._with_keyed_inputs(processor, drafts, span)
            outcomes = self._publish(run_id, processor, drafts, started)
        except TipoffError as error:
            seen = ErrorSeen(
                name=type(error).__name__, message=error.message, transient=error.retryable
            )
            outcomes = [_failed(item, seen) for item in items]
            self._remember(processor, run_id, outcomes)
        return outcomes

    def _span(self, processor: Processor, items: Sequence[Item]) -> Span:
        start, end = items[0].day, items[-1].day
        windows = [feed.window for feed in processor.contract.inputs if feed.window]
        calendar = self.assessor.calendar
        back = max((window.seasons_back or 0 for window in windows), default=0)
        return Span(start=start, end=end, history_start=calendar.season_start(start, back=back))

    def _draft(self, processor: Processor, item: Item, found: Examined, *, force: bool) -> Outcome:
        """What the date comes to if everything from here on goes well."""
        stored = self.assessor.content.stored(processor.contract).get(item.day, NOTHING)
        evidence = Evidence(
            expectation=item.expectation,
            inputs=item.inputs,
            computed=True,
            rows=found.good,
            expected=found.expected,
            written=found.written,
            left_out=found.left_out,
            quarantined=found.quarantined,
            findings=found.findings,
            violations=tuple(found.violations),
            same_as_stored=stored == found.fingerprint and not force,
            verified=True,
        )
        status, reason = decide(evidence)
        return Outcome(
            table=item.table,
            day=item.day,
            status=status,
            reason=reason,
            evidence=evidence,
            logic_version=processor.logic_version,
            inputs=item.input_fingerprints,
            input_fingerprint=combined(item.input_fingerprints),
            output_fingerprint=None if status is Status.REJECTED else str(found.fingerprint),
        )

    def _with_keyed_inputs(
        self, processor: Processor, drafts: Sequence[Outcome], span: Span
    ) -> list[Outcome]:
        """Tables without dates count as far as the new rows hold their keys; where rows are set
        aside, as a whole: what may mend them is not among the keys that are left."""
        dateless = [feed.table for feed in processor.contract.inputs if feed.window is None]
        if not dateless:
            return list(drafts)
        found = {
            table: self.assessor.content.read_by_key(
                processor,
                self.registry.contracts[table],
                staged=True,
                first=span.start,
                last=span.end,
            )
            for table in dateless
        }
        settled = []
        for one in drafts:
            inputs = dict(one.inputs)
            for table, by_day in found.items():
                if one.status is Status.PARTIAL:
                    contract = self.registry.contracts[table]
                    inputs[table] = str(self.assessor.content.whole(processor, contract))
                else:
                    inputs[table] = str(by_day.get(one.day, NOTHING))
            settled.append(replace(one, inputs=inputs, input_fingerprint=combined(inputs)))
        return settled

    def _publish(
        self, run_id: str, processor: Processor, drafts: Sequence[Outcome], started: float
    ) -> list[Outcome]:
        share = round(1000 * (time.monotonic() - started) / len(drafts))
        drafts = [replace(one, duration_ms=share) for one in drafts]
        replaced = [one for one in drafts if _is_replaced(one)]
        publication = Publication(
            contract=processor.contract,
            replaced={one.day: one.input_fingerprint or "" for one in replaced},
            quarantined=[one.day for one in drafts if one.evidence.quarantined],
            logic_version=processor.logic_version,
            run_id=run_id,
            processed_at=wall_clock(),
            ledger={PARTITIONS: partition_rows(run_id, drafts)},
        )
        self.warehouse.publish(publication, self.on_step)
        self.assessor.ledger.remember(publication, drafts)
        if not replaced:
            return drafts
        self.assessor.content.changed(processor.contract, [one.day for one in replaced])
        outcomes = self._verified(run_id, processor, drafts, {one.day for one in replaced})
        self.on_step("verified")
        return outcomes

    def _verified(
        self, run_id: str, processor: Processor, drafts: Sequence[Outcome], replaced: set[date]
    ) -> list[Outcome]:
        """Scan what was published: a count can be right where a scan finds nothing."""
        stored = self.assessor.content.stored(processor.contract)
        outcomes = []
        broken = []
        for one in drafts:
            seen = str(stored.get(one.day, NOTHING))
            if one.day in replaced and seen != one.output_fingerprint:
                error = VerificationFailed(
                    f"staged {one.output_fingerprint}, a scan of the published rows finds {seen}"
                )
                bad = ErrorSeen(name="VerificationFailed", message=error.message, transient=False)
                evidence = replace(one.evidence, error=bad, verified=False)
                status, reason = decide(evidence)
                one = replace(one, status=status, reason=reason, evidence=evidence)
                broken.append(one)
            outcomes.append(one)
        if broken:
            self._remember(
                processor, run_id, [replace(one, output_fingerprint=None) for one in broken]
            )
        return outcomes

    def _remember(self, processor: Processor, run_id: str, outcomes: Sequence[Outcome]) -> None:
        self.warehouse.append(PARTITIONS, partition_rows(run_id, outcomes))


def _is_replaced(draft: Outcome) -> bool:
    """Published: it passed the gates, and differs from what stands there."""
    return draft.status is not Status.REJECTED and not draft.evidence.same_as_stored


def _uncomputed(item: Item) -> Outcome:
    """A date that nothing has to be computed for, or can be."""
    evidence = Evidence(
        expectation=item.expectation,
        inputs=item.inputs,
        proven=item.proof.status if item.proof else None,
        rows=item.proof.rows if item.proof else 0,
    )
    status, reason = decide(evidence)
    return Outcome(
        table=item.table,
        day=item.day,
        status=status,
        reason=reason,
        evidence=evidence,
        logic_version=item.proof.logic_version if item.proof else None,
    )


def _failed(item: Item, error: ErrorSeen) -> Outcome:
    evidence = Evidence(expectation=item.expectation, inputs=item.inputs, error=error)
    status, reason = decide(evidence)
    return Outcome(table=item.table, day=item.day, status=status, reason=reason, evidence=evidence)


def _paired(outcomes: Sequence[Outcome], items: Sequence[Item]) -> Iterator[tuple[Outcome, Item]]:
    by_day = {item.day: item for item in items}
    return ((one, by_day[one.day]) for one in outcomes)


def _groups(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Dates near each other, ascending."""
    group: list[Item] = []
    for item in items:
        if group and item.day - group[-1].day > GAP:
            yield group
            group = []
        group.append(item)
    if group:
        yield group
