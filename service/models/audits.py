"""Verdicts of audits, as they are asked for and shown."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from pipeline.audit.verdict import AuditKind, Word
from service.models.answers import Instant
from service.models.requests import Day


class AuditsAsked(BaseModel):
    """Of which date."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: Day


class SpokenOf(BaseModel):
    """The latest verdict of one kind on one table."""

    kind: AuditKind
    table: str
    verdict: Word
    reason: str
    is_of_stored: bool | None = Field(
        description="Whether it speaks of the rows that stand now; null where it names no rows."
    )
    evidence: dict[str, Any]
    audit_id: str
    recorded_at: Instant
    earlier: int = Field(description="Verdicts of this kind on this table and date before it.")


class Audits(BaseModel):
    """Of one date, kind by kind, table by table in dependency order."""

    date: date
    audits: list[SpokenOf]
