"""The completion message: what became of one date of one table, in words that consumers know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.outcome import Outcome
from pipeline.run import Report
from processors.contract import Layer
from processors.names import processor_name
from processors.registry import Registry

PHASES = {
    Layer.ANALYTICS: "phase_3_analytics",
    Layer.PRECOMPUTE: "phase_4_precompute",
    Layer.PREDICTIONS: "phase_5_predictions",
}

ATTRIBUTES = (
    "completion_id",
    "processor_name",
    "phase",
    "game_date",
    "output_table",
    "status",
)
"""What a subscription may want to filter by; a filter sees attributes only."""


@dataclass(frozen=True)
class Completion:
    """One message."""

    fields: Mapping[str, str | int | float]

    @property
    def data(self) -> bytes:
        return json.dumps(dict(self.fields)).encode()

    @property
    def attributes(self) -> dict[str, str]:
        return {name: str(self.fields[name]) for name in ATTRIBUTES}


def completion_of(outcome: Outcome, report: Report, registry: Registry) -> Completion:
    """Its id is the same in every delivery: a consumer that has seen it may drop it."""
    layer = registry.contracts[outcome.table].layer
    return Completion(
        {
            "completion_id": f"{report.run_id}/{outcome.table}/{outcome.day}",
            "processor_name": processor_name(outcome.table),
            "phase": PHASES[layer],
            "correlation_id": report.request.about.get("correlation_id", report.run_id),
            "game_date": str(outcome.day),
            "output_table": outcome.table,
            "status": outcome.status.value,
            "record_count": outcome.evidence.rows,
            "duration_seconds": outcome.duration_ms / 1000,
            "run_id": report.run_id,
        }
    )
