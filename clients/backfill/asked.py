"""What is asked for, once all is known; the same for each date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.campaigns import correlation_id

TRIGGERED_BY = "tipoff backfill"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Of the service."""

    tables: tuple[str, ...]
    force: bool
    campaign: str
    """Of this run: in its correlation ids, by which the ledger is asked for lost answers."""
    seconds: float
    """How long an answer may take."""

    def body_of(self, day: date, number: int) -> dict[str, Any]:
        return self._body(self.correlation_id(str(day), number)) | {"analysis_date": str(day)}

    def body_of_range(self, days: tuple[date, ...], number: int) -> dict[str, Any]:
        correlation_id = self.correlation_id(f"{days[0]}..{days[-1]}", number)
        return self._body(correlation_id) | {"dates": [str(day) for day in days]}

    def correlation_id(self, what: str, number: int) -> str:
        return correlation_id(self.campaign, what, number)

    def _body(self, correlation_id: str) -> dict[str, Any]:
        return {
            "processors": list(self.tables),
            "backfill_mode": True,
            "force": self.force,
            "correlation_id": correlation_id,
            "triggered_by": TRIGGERED_BY,
        }
