"""Drift, as a service is asked for it and tells it."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from pipeline.audit.verdict import Word
from service.models.requests import Body


class DriftAsked(Body):
    """Nothing is to be said: everything is looked at."""


class DriftOf(BaseModel):
    """One table that isn't as the code that runs would have it."""

    table: str
    verdict: Word
    reason: str
    evidence: dict[str, Any] = Field(
        description="`dates`, `first`, `last` and `written_by`, by logic version; `schema`."
    )


class Drifted(BaseModel):
    """What runs, and what is stored that it wouldn't have stored so."""

    verdict: Word = Field(description="`failed` where anything differs.")
    date: date
    audit_id: str
    run_id: str
    version: str
    commit: str | None
    built_at: str | None
    revision: str | None
    counts: dict[Word, int] = Field(description="Tables.")
    tables: list[DriftOf] = Field(description="Every one that isn't `passed`.")
    published: bool = Field(default=False, description="Whether the alert has left.")
    publish_error: str | None = None
    duplicate_of: str | None = Field(
        default=None, description="The run that has answered this firing of the scheduler already."
    )
