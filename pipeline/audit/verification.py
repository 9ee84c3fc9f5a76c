"""Verification: what is stored, scanned again, is what the ledger last proved."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.audit.parts import Part, blindness_part, canaries_part, rows_part, whole
from pipeline.audit.verdict import AuditKind, Verdict, Word, remember
from pipeline.calendar import Calendar, Kind
from pipeline.ledger import RUNS, Event, Ledger, Proof, new_run_id, run_row
from pipeline.plan import Request
from pipeline.run import Pipeline
from processors.contract import Contract
from warehouse import texts
from warehouse.interface import NOTHING, Fingerprint, Warehouse, proven_columns

EXAMPLES = 5


@dataclass(frozen=True)
class Verification:
    """Verdicts of the rows with where they are kept, and all that was looked at."""

    run_id: str
    audit_id: str
    verdicts: Sequence[Verdict]
    parts: Sequence[Part]

    @property
    def word(self) -> Word:
        return whole(self.parts)


def verify(pipeline: Pipeline, request: Request) -> Verification:
    """Keeps the verdicts, and the asking as a run: so that it can be found by what was said of
    it."""
    run_id, as_text = new_run_id(), json.dumps(request.as_json())
    started = run_row(run_id, Event.STARTED, as_text)
    warehouse, registry = pipeline.warehouse, pipeline.registry
    verdicts = audit_stored(pipeline, request.tables, request.days)
    with pipeline.looking() as known:
        calendar = known.calendar
    parts = (
        rows_part(verdicts),
        canaries_part(warehouse, registry, calendar, request),
        blindness_part(warehouse, verdicts),
    )
    found = Verification(run_id, remember(warehouse, verdicts), verdicts, parts)
    ended = run_row(
        run_id,
        Event.FINISHED,
        as_text,
        status=found.word,
        detail={
            "audit_id": found.audit_id,
            "counts": Counter(one.word.value for one in verdicts),
            "parts": [part.as_json() for part in parts],
        },
    )
    warehouse.append({RUNS: [started, ended]})
    return found


def audit_stored(pipeline: Pipeline, tables: Iterable[str], days: Sequence[date]) -> list[Verdict]:
    """A verdict for each date of each table. Nothing of what this process believes is used but the
    calendar: rows and ledger are read anew, while nobody can publish."""
    with pipeline.looking() as known:
        calendar = known.calendar
    warehouse, registry = pipeline.warehouse, pipeline.registry
    with warehouse.lane:
        ledger = Ledger(warehouse, registry)
        ledger.read()
        return [
            one
            for table in tables
            for one in _of_table(warehouse, registry.contracts[table], ledger, calendar, days)
        ]


def _of_table(
    warehouse: Warehouse,
    contract: Contract,
    ledger: Ledger,
    calendar: Calendar,
    days: Sequence[date],
) -> Iterator[Verdict]:
    (stored,) = warehouse.fingerprints(
        contract, [proven_columns(contract)], first=days[0], last=days[-1]
    )
    for day in days:
        found, proof = stored.get(day, NOTHING), ledger.proof(contract.table, day)
        evidence: dict[str, object] = {}
        if proof is None and found == NOTHING:
            expectation = calendar.expect(day, bootstrap=contract.bootstrap)
            needed = expectation.kind is Kind.PROCESS or not calendar.seasons
            word = Word.UNDETERMINED if needed else Word.PASSED
            said = f"nothing is stored: {expectation.reason}"
        elif proof is not None and str(found) == proof.output_fingerprint:
            word, evidence = Word.PASSED, _numbers(found, proof)
            said = f"{found.rows} rows are as run {proof.run_id} has proved them"
        else:
            changed = _changed(warehouse, contract, day)
            word, evidence = Word.FAILED, {**_numbers(found, proof), "changed": changed}
            said = _difference(found, proof, changed)
        yield Verdict(
            kind=AuditKind.VERIFY,
            table=contract.table,
            day=day,
            word=word,
            reason=said,
            evidence=evidence,
            output_fingerprint=str(found),
        )


def _numbers(found: Fingerprint, proof: Proof | None) -> dict[str, object]:
    return {
        "stored": str(found),
        "proven": proof.output_fingerprint if proof else None,
        "proven_by": proof.run_id if proof else None,
    }


def _difference(found: Fingerprint, proof: Proof | None, changed: Sequence[str]) -> str:
    if proof is None:
        return f"{found.rows} rows are stored that no run has proved"
    said = f"{found.rows} rows are stored, {proof.rows} were proved by run {proof.run_id}"
    if not found.rows:
        return said
    if changed:
        return f"{said}; rows that don't have the content of their hash: {'; '.join(changed)}"
    return f"{said}; each has the content of its hash: whole rows were added, lost or replaced"


def _changed(warehouse: Warehouse, contract: Contract, day: date) -> list[str]:
    """Keys of rows that were written by somebody who didn't know of the hash; a few."""
    return [" ".join(map(str, key)) for key in warehouse.rows(changed_text(contract), day=day)]


def changed_text(contract: Contract) -> str:
    return (
        f"SELECT {', '.join(contract.key)} FROM `{contract.table}`"
        f" WHERE {contract.date_column} = @day AND data_hash != {texts.data_hash(contract)}"
        f" ORDER BY {', '.join(contract.key)} LIMIT {EXAMPLES}"
    )
