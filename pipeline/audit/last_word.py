"""The last word of the canaries on one table and season, as it was kept."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.audit.canaries import Finding, What
from pipeline.audit.verdict import AuditKind, Word
from pipeline.distributions import Distribution
from pipeline.since import BEGINNING
from warehouse.interface import Warehouse

LAST_WORD = """
SELECT verdict, evidence, recorded_at
FROM `nba_ops.audits`
WHERE recorded_at >= @since AND kind = @kind AND table_name = @table_name
  AND partition_date >= @first_date AND partition_date <= @last_date
ORDER BY recorded_at DESC, audit_id DESC
LIMIT 1
"""


@dataclass(frozen=True, kw_only=True)
class LastWord:
    """Of a season; what was measured then is kept with it."""

    word: Word
    reason: str
    recorded_at: datetime
    rows: int
    """Stored when it was spoken."""
    findings: Sequence[Finding]
    columns: Mapping[str, Mapping[str, object]]
    """What was measured of each; empty where the season was too young."""

    def is_of(self, stands: Distribution) -> bool:
        """Whether the feature showed then what it shows now; rows alone where none was measured."""
        then, now = self.columns.get(stands.feature.name), stands.season
        if then is None:
            return self.rows == now.rows
        told = (self.rows, then["nulls"], then["distinct"], then["most"])
        return told == (now.rows, now.nulls, now.distinct, now.most)


def last_word(warehouse: Warehouse, table: str, first: date, last: date) -> LastWord | None:
    """None where nobody has audited; the dates are the season's first and last."""
    rows = warehouse.rows(
        LAST_WORD,
        since=BEGINNING,
        kind=AuditKind.CANARIES.value,
        table_name=table,
        first_date=first,
        last_date=last,
    )
    for verdict, text, recorded_at in rows:
        evidence = json.loads(text)
        return LastWord(
            word=Word(verdict),
            reason=evidence["reason"],
            recorded_at=recorded_at,
            rows=evidence["rows"],
            findings=[
                Finding(**{**one, "what": What(one["what"])}) for one in evidence.get("failed", ())
            ],
            columns=evidence.get("columns", {}),
        )
    return None
