"""Verdicts: what an audit says of one date of one table, and how it is kept."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pipeline.clock import wall_clock
from pipeline.ledger import AUDITS
from pipeline.since import BEGINNING, MOMENT
from warehouse.interface import Warehouse

LATEST = """
SELECT table_name, partition_date, verdict, output_fingerprint
FROM `nba_ops.audits`
WHERE recorded_at >= @since AND kind = @kind
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY table_name, partition_date ORDER BY recorded_at DESC, audit_id DESC) = 1
"""


class Word(StrEnum):
    """What an audit can say."""

    PASSED = "passed"
    FAILED = "failed"
    UNDETERMINED = "undetermined"


class AuditKind(StrEnum):
    """What was audited."""

    BLINDNESS = "blindness"
    RANGE = "range"
    IDEMPOTENCE = "idempotence"
    CANARIES = "canaries"
    VERIFY = "verify"
    DRIFT = "drift"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Of one table and date, with what it was decided from."""

    kind: AuditKind
    table: str
    day: date
    word: Word
    reason: str
    evidence: Mapping[str, object] = field(default_factory=dict)
    output_fingerprint: str | None = None


def overall(verdicts: Iterable[Verdict]) -> Word:
    """The worst; nothing audited proves nothing."""
    words = {one.word for one in verdicts}
    if Word.FAILED in words:
        return Word.FAILED
    return Word.UNDETERMINED if Word.UNDETERMINED in words or not words else Word.PASSED


def remember(warehouse: Warehouse, verdicts: Sequence[Verdict]) -> str:
    """Keep them under one new id."""
    moment = wall_clock()
    audit_id = f"{moment:{MOMENT}}-{secrets.token_hex(3)}"
    rows = [
        {
            "audit_id": audit_id,
            "kind": one.kind.value,
            "table_name": one.table,
            "partition_date": one.day,
            "verdict": one.word.value,
            "evidence": json.dumps({"reason": one.reason, **one.evidence}, default=str),
            "output_fingerprint": one.output_fingerprint,
            "recorded_at": moment,
        }
        for one in verdicts
    ]
    warehouse.append({AUDITS: rows})
    return audit_id


def standing(
    warehouse: Warehouse, kind: AuditKind, fingerprints: Mapping[str, Mapping[date, object]]
) -> dict[str, dict[date, Word]]:
    """The latest verdicts by table and date that speak of the rows that stand there now."""
    found: dict[str, dict[date, Word]] = {}
    said = warehouse.rows(LATEST, kind=kind.value, since=BEGINNING)
    for table, day, word, audited in said:
        if str(fingerprints.get(table, {}).get(day)) == audited:
            found.setdefault(table, {})[day] = Word(word)
    return found


def counted(words: Mapping[date, Word], days: Iterable[date]) -> Counter[Word]:
    return Counter(words[day] for day in days if day in words)
