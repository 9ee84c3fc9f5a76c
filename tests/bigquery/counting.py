"""What came over the wire: every request, so that a test can count jobs and metadata calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Counted:
    """One request; `route` is its pattern, as /projects/{project}/jobs, without the prefix."""

    method: str
    route: str
    kind: str | None
    """Of the job that it sends: query, load or copy."""
    dry_run: bool
    status: int
    """0 where the connection was broken."""


def sent_job(body: Any) -> tuple[str | None, bool]:
    """Kind and dryRun of the job in a body, of jobs.insert or of jobs.query."""
    if not isinstance(body, dict):
        return None, False
    if isinstance(body.get("query"), str):
        return "query", bool(body.get("dryRun"))
    configuration = body.get("configuration")
    if not isinstance(configuration, dict):
        return None, False
    kinds = [one for one in ("query", "load", "copy", "extract") if one in configuration]
    return (kinds[0] if kinds else None), bool(configuration.get("dryRun"))
