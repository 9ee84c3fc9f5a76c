"""Telling: what a run was asked for and what came of it, short enough for a line of a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.handoff import Reason, reasons
from pipeline.history import days_in
from pipeline.outcome import Status
from service.models.answers import OutcomeOf, OutcomeSeen, RunSeen
from service.page.words import short

NAMED = 3
UNDONE = (Status.FAILED, Status.REJECTED, Status.BLOCKED, Status.PARTIAL)
"""What somebody may have to look at."""


@dataclass(frozen=True, kw_only=True)
class Dates:
    """Of a request."""

    first: str
    last: str
    count: int

    @property
    def text(self) -> str:
        if self.count < 2:
            return self.first
        return f"{self.first} to {self.last}, {self.count:,} dates"


def dates_of(request: Mapping[str, Any]) -> Dates:
    days = days_in(request)
    if not days:
        return Dates(first="no date", last="no date", count=0)
    return Dates(first=str(days[0]), last=str(days[-1]), count=len(days))


def tables_of(tables: Sequence[str]) -> str:
    if not tables:
        return "no table"
    if len(tables) <= NAMED:
        return ", ".join(map(short, tables))
    return f"{len(tables)} tables"


def asker_of(request: Mapping[str, Any]) -> str:
    """Who or what asked, as far as the request says."""
    about = request.get("about") or {}
    if "triggered_by" in about:
        return str(about["triggered_by"])
    if "source_table" in about:
        return f"push: {short(str(about['source_table']))} landed"
    if "firing" in about:
        return f"scheduler: {about['firing']}"
    return str(about.get("kind") or "not said")


def word_of(run: RunSeen) -> str:
    """Where it didn't end by itself, that; else what came of it."""
    match run.event:
        case "started":
            return "running"
        case "finished":
            return run.status or "finished"
        case _:
            return str(run.event)


def groups_of(outcomes: Iterable[OutcomeSeen]) -> list[Reason]:
    """A run's outcomes by status and reason, causes first."""
    return reasons(
        (one.table, str(one.status), one.date, one.date, 1, one.reason) for one in outcomes
    )


def is_undone(outcome: OutcomeOf) -> bool:
    return outcome.status in UNDONE


def evidence_of(evidence: Mapping[str, Any]) -> str:
    """Numbers first, then what was missing or set aside; what is wrong the reason says."""
    said = [
        f"{name} {evidence[name]:,}" for name in ("rows", "expected", "written") if name in evidence
    ]
    if missing := evidence.get("missing"):
        inputs = evidence.get("inputs", {})
        said += [f"{short(table)}: {inputs.get(table, 'missing')}" for table in missing]
    for name, bad in evidence.get("quarantined", {}).items():
        said.append(f"quarantine {name} {bad['rows']:,}")
    return " · ".join(said) or str(evidence.get("expectation", ""))
