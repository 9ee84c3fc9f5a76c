"""Watching the pipeline: what each chunk of any run came to goes to the metrics and the log."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from pipeline.outcome import Outcome, Status
from pipeline.run import Report
from processors.names import processor_name
from service.observing.at_hand import AT_HAND
from service.observing.logs import tell
from service.observing.metrics import Metrics

LEVELS = {
    Status.PARTIAL: logging.WARNING,
    Status.BLOCKED: logging.WARNING,
    Status.REJECTED: logging.ERROR,
    Status.FAILED: logging.ERROR,
}
"""The others are as they should be."""


@dataclass(frozen=True)
class Watch:
    """Called in the thread of the run, so that its request is at hand."""

    metrics: Metrics | None
    """None where it is a rehearsal: that is told, and not counted."""

    def __call__(self, report: Report) -> None:
        at_hand = AT_HAND.get()
        if at_hand is not None:
            at_hand.run_id = report.run_id
            at_hand.correlation_id = report.request.about.get("correlation_id")
        if self.metrics is not None:
            self.metrics.ran(report)
        for one in (*report.results, *report.prepared):
            if one.status in LEVELS:
                _tell(one)


def _tell(one: Outcome) -> None:
    tell(
        LEVELS[one.status],
        f"{one.table} {one.day} {one.status}: {one.reason}",
        processor=processor_name(one.table),
        table=one.table,
        date=str(one.day),
        status=one.status.value,
        transient=one.transient,
    )
