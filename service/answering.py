"""From what the pipeline says to what is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from pipeline.audit.verdict import Word
from pipeline.audit.verification import Verification
from pipeline.calendar import Calendar
from pipeline.cost import Cost
from pipeline.coverage import Coverage as TableCoverage
from pipeline.coverage import fills
from pipeline.handoff import Handoff as HandoffRead
from pipeline.handoff_page import page_of
from pipeline.history import OutcomeSeen as OutcomeInLedger
from pipeline.history import RunSeen as RunInLedger
from pipeline.outcome import Outcome, Status, deciding, evidence_as_json, overall
from pipeline.plan import Plan as PipelinePlan
from pipeline.run import Report
from processors.names import processor_name
from processors.registry import Registry
from service.models.answers import (
    CostOf,
    Coverage,
    CoverageOf,
    DatesOf,
    GapOf,
    Handoff,
    OutcomeOf,
    OutcomeSeen,
    PartOf,
    Plan,
    PlannedItem,
    PriceOf,
    Processed,
    RunSeen,
    VerdictOf,
    Verified,
)
from service.publishing.publisher import Sent


def outcome_of(outcome: Outcome) -> OutcomeOf:
    return OutcomeOf(
        processor=processor_name(outcome.table),
        table=outcome.table,
        date=outcome.day,
        status=outcome.status,
        reason=outcome.reason,
        rows=outcome.evidence.rows,
        rows_expected=outcome.evidence.expected if outcome.evidence.computed else None,
        evidence=evidence_as_json(outcome.evidence),
        duration_ms=outcome.duration_ms,
        logic_version=outcome.logic_version,
        output_fingerprint=outcome.output_fingerprint,
        transient=outcome.transient,
    )


def plan_of(plan: PipelinePlan, cost: Cost | None = None) -> Plan:
    return Plan(
        counts={table: dict(counts) for table, counts in plan.counts().items()},
        items=[
            PlannedItem(
                table=item.table,
                date=item.day,
                state=item.state,
                reason=item.reason,
                asked=item.asked,
            )
            for item in plan.items
        ],
        cost=None if cost is None else cost_of(cost),
    )


def cost_of(cost: Cost) -> CostOf:
    return CostOf(
        said=cost.sentence,
        statements=cost.whole.statements,
        bytes=cost.whole.bytes,
        dry_runs=cost.dry_runs,
        waiting=cost.waiting,
        findings=list(cost.findings),
        tables=[
            PriceOf(
                table=table,
                statements=price.statements,
                bytes=price.bytes,
                modifications=price.modifications,
                share=None if price.bytes is None else round(price.share, 4),
            )
            for table, price in cost.tables.items()
        ],
    )


def processed(
    report: Report, sent: Sent, calendar: Calendar, registry: Registry
) -> Iterator[Processed]:
    """Each asked date of a report; what was prepared is said with the first date that it is for."""
    unsaid = sorted(report.prepared, key=lambda one: one.day)
    for day in report.request.days:
        results = [one for one in report.results if one.day == day]
        prepared = [one for one in unsaid if one.day <= day]
        unsaid = unsaid[len(prepared) :]
        keys = {(one.table, one.day) for one in (*results, *prepared)}
        messages = [error for key, error in sent.items() if key in keys]
        yield Processed(
            status=overall(deciding(results, report.prepared)).word,
            results=[outcome_of(one) for one in results],
            prepared=[outcome_of(one) for one in prepared],
            run_id=report.run_id,
            logic_versions=_versions(registry, report.request.tables),
            published=messages.count(None),
            publish_error=first_error(messages),
            **_season(calendar, day),
        )


def first_error(messages: Iterable[str | None]) -> str | None:
    return next((error for error in messages if error is not None), None)


def planned(plan: PipelinePlan, day: date, calendar: Calendar, registry: Registry) -> Processed:
    """What a date would come to: a dry run."""
    return Processed(
        status="dry_run",
        results=[],
        prepared=[],
        run_id=None,
        logic_versions=_versions(registry, (item.table for item in plan.items if item.asked)),
        plan=plan_of(plan),
        **_season(calendar, day),
    )


def run_seen(
    run: RunInLedger,
    outcomes: Iterable[OutcomeInLedger] | None = None,
    of_date: Mapping[Status, int] | None = None,
) -> RunSeen:
    return RunSeen(
        run_id=run.run_id,
        event=run.event,
        status=run.status,
        started_at=run.started,
        ended_at=run.ended,
        request=dict(run.request),
        detail=dict(run.detail),
        outcomes=None if outcomes is None else [outcome_seen(one) for one in outcomes],
        of_date=None if of_date is None else dict(of_date),
    )


def outcome_seen(outcome: OutcomeInLedger) -> OutcomeSeen:
    return OutcomeSeen(
        processor=processor_name(outcome.table),
        table=outcome.table,
        date=outcome.day,
        status=outcome.status,
        reason=outcome.reason,
        rows=outcome.rows,
        duration_ms=outcome.duration_ms,
        logic_version=outcome.logic_version,
        evidence=dict(outcome.evidence),
        recorded_at=outcome.recorded_at,
    )


def verified(found: Verification) -> Verified:
    return Verified(
        verdict=found.word,
        audit_id=found.audit_id,
        run_id=found.run_id,
        counts=Counter(one.word for one in found.verdicts),
        parts=[PartOf.model_validate(part.as_json()) for part in found.parts],
        differences=[
            VerdictOf(
                table=one.table,
                date=one.day,
                verdict=one.word,
                reason=one.reason,
                evidence=dict(one.evidence),
            )
            for one in found.verdicts
            if one.word is not Word.PASSED
        ],
    )


def _dates(found: Sequence[date]) -> DatesOf:
    """Ascending."""
    return DatesOf(dates=len(found), first=min(found, default=None), last=max(found, default=None))


def coverage_of(found: Sequence[TableCoverage]) -> Coverage:
    return Coverage(
        coverage=[
            CoverageOf(
                table=one.table,
                season=one.season,
                month=one.month,
                achievable=one.achievable,
                standing=one.standing,
                share=one.share,
                bootstrap=one.bootstrap,
                coming=one.coming,
                games=one.games,
                games_standing=one.games_standing,
                rows=one.rows,
                states=dict(one.states),
                gaps=[
                    GapOf(
                        first=gap.first,
                        last=gap.last,
                        dates=gap.dates,
                        state=gap.state,
                        reason=gap.reason,
                        fill=gap.fill,
                    )
                    for gap in one.gaps
                ],
                blind=dict(one.blind),
                unaudited=len(one.unaudited),
                other_code=_dates(one.other_code),
                unproven=_dates(one.unproven),
            )
            for one in found
        ],
        fill=fills(found),
    )


def handoff_of(found: HandoffRead) -> Handoff:
    return Handoff(
        written_at=found.written_at,
        since=found.since,
        page=page_of(found),
        next=list(found.next),
    )


def _versions(registry: Registry, tables: Iterable[str]) -> dict[str, str]:
    return {table: registry.processors[table].logic_version for table in tables}


def _season(calendar: Calendar, day: date) -> dict[str, Any]:
    expectation = calendar.expect(day, bootstrap=False)
    return {
        "analysis_date": day,
        "season_year": expectation.season_year,
        "season_day": expectation.season_day,
    }
