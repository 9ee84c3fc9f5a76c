"""Predicting a date: compute it, let models speak, tell it live, publish what was told.

Each step finds done what an earlier try has done: who is killed between two of them has lost
nothing, and the next prediction, or run, of the date goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from pipeline.begun import refuse_begun
from pipeline.clock import now
from pipeline.outcome import Outcome, Overall, Status, worst
from pipeline.plan import Request
from pipeline.run import Pipeline, Report
from pipeline.saying import PREDICTIONS, Said, keep_live

READY = (Status.SUCCESS, Status.UNCHANGED, Status.PARTIAL)
"""By today's code from today's inputs: what else stands of a date is not told."""


class Spoken(Protocol):
    """What became of asking models."""

    @property
    def said(self) -> int:
        """Rows that stand as they were said, just now or before."""
        ...

    @property
    def lines(self) -> Sequence[str]:
        """In words, a line a model."""
        ...

    @property
    def overall(self) -> Overall:
        """Whether all who should have spoken did."""
        ...

    def as_plain(self) -> Mapping[str, object]: ...


class Speak(Protocol):
    """Lets models speak of a date's players: what they say is loaded, and not yet published."""

    def __call__(self, day: date, *, moment: datetime, is_backfill: bool) -> Spoken: ...


@dataclass(frozen=True, kw_only=True)
class Predicted:
    """What became of it; the report is of all its runs as if they were one."""

    report: Report
    spoken: Spoken | None
    """None where nobody could be asked, or there was nothing to speak of."""
    said: Said | None
    """None where nothing was to be told live."""

    @property
    def overall(self) -> Overall:
        """What was computed decides, who spoke, and what was told."""
        asked = (self.spoken, self.said)
        return worst([self.report.overall, *(one.overall for one in asked if one)])


def predict(
    pipeline: Pipeline, request: Request, *, live: bool, speak: Speak | None = None
) -> Predicted:
    """One date, of which the request asks predictions. Live it is refused once its first game has
    begun, and what is told live is kept for good."""
    (day,) = request.days
    if live:
        pipeline.warehouse.look()
        refuse_begun(pipeline.warehouse, [day])
    reports = [pipeline.run(request)]
    again = replace(request, force=False)
    spoken, said = None, None
    if speak and _outcome(reports[-1], day).status in READY:
        spoken = speak(day, moment=now(), is_backfill=not live)
        if spoken.said:
            reports.append(pipeline.run(again))
    if live:
        ready = _outcome(reports[-1], day)
        is_ready = ready.status in READY
        said = keep_live(pipeline, day) if is_ready else Said(silence=ready.reason)
        if said.rows:
            reports.append(pipeline.run(again))
    return Predicted(report=together(reports), spoken=spoken, said=said)


def together(reports: Sequence[Report]) -> Report:
    """Of each table and date the last word; but what a run found as an earlier one of them had made
    it is news all the same."""
    found: dict[tuple[str, date], Outcome] = {}
    for report in reports:
        for one in (*report.prepared, *report.results):
            stands = one.status is Status.UNCHANGED and not one.evidence.computed
            if not stands or (one.table, one.day) not in found:
                found[one.table, one.day] = one
    first, last = reports[0].request, reports[-1]
    asked = {(table, day) for table in first.tables for day in first.days}
    return Report(
        last.run_id,
        first,
        results=[one for key, one in found.items() if key in asked],
        prepared=[one for key, one in found.items() if key not in asked],
    )


def _outcome(report: Report, day: date) -> Outcome:
    return next(one for one in report.results if (one.table, one.day) == (PREDICTIONS, day))
