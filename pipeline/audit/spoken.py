"""Verdicts read back: what the audits have last said of one date, and whether it still holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.audit.verdict import AuditKind, Word
from pipeline.run import Pipeline
from pipeline.since import BEGINNING
from warehouse.interface import Row

OF_DATE = """
SELECT kind, table_name, audit_id, verdict, evidence, output_fingerprint, recorded_at,
  COUNT(*) OVER (PARTITION BY kind, table_name) - 1 AS earlier
FROM `nba_ops.audits`
WHERE recorded_at >= @since AND partition_date = @day
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY kind, table_name ORDER BY recorded_at DESC, audit_id DESC) = 1
ORDER BY kind, table_name
"""


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """The latest verdict of one kind on one table of the date."""

    kind: AuditKind
    table: str
    audit_id: str
    word: Word
    reason: str
    evidence: Mapping[str, object]
    is_of_stored: bool | None
    """Whether it speaks of the rows that stand there now; None where it names no rows."""
    recorded_at: datetime
    earlier: int
    """Verdicts of the same kind on the same table and date before it."""


def read_verdicts(pipeline: Pipeline, day: date) -> list[Spoken]:
    """Kind by kind, table by table in dependency order."""
    contracts = {one.table: one.contract for one in pipeline.registry}
    found = pipeline.warehouse.rows(OF_DATE, day=day, since=BEGINNING)
    with pipeline.looking() as known:
        stored = {
            table: str(known.content.stored(contracts[table]).get(day))
            for table in {row[1] for row in found}
            if table in contracts
        }
    order = list(contracts)
    spoken = [
        _spoken(row, stored.get(row[1]))
        for row in sorted(found, key=lambda row: order.index(row[1]) if row[1] in order else -1)
    ]
    return sorted(spoken, key=lambda one: list(AuditKind).index(one.kind))


def _spoken(row: Row, stored: str | None) -> Spoken:
    kind, table, audit_id, word, evidence, fingerprint, moment, earlier = row
    said = json.loads(evidence)
    return Spoken(
        kind=AuditKind(kind),
        table=table,
        audit_id=audit_id,
        word=Word(word),
        reason=str(said.pop("reason", "")),
        evidence=said,
        is_of_stored=None if fingerprint is None else fingerprint == stored,
        recorded_at=moment,
        earlier=earlier,
    )
