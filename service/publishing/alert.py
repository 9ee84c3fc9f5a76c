"""The alert: what a check has found that nobody asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.audit.drift import Drift
from pipeline.audit.verdict import AuditKind, Word

ATTRIBUTES = ("alert_id", "kind", "verdict")


@dataclass(frozen=True)
class Alert:
    """One message."""

    fields: Mapping[str, object]

    @property
    def run_id(self) -> object:
        return self.fields["run_id"]

    @property
    def data(self) -> bytes:
        return json.dumps(dict(self.fields)).encode()

    @property
    def attributes(self) -> dict[str, str]:
        return {name: str(self.fields[name]) for name in ATTRIBUTES}


def alert_of(found: Drift) -> Alert:
    """Its id is the same in every delivery."""
    tables = {one.table: one.reason for one in found.verdicts if one.word is not Word.PASSED}
    return Alert(
        {
            "alert_id": f"{found.run_id}/{AuditKind.DRIFT}",
            "kind": AuditKind.DRIFT.value,
            "verdict": found.word.value,
            "run_id": found.run_id,
            "audit_id": found.audit_id,
            "version": found.runs.version,
            "commit": found.runs.commit,
            "revision": found.runs.revision,
            "tables": tables,
        }
    )
