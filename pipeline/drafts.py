"""Drafts: what a date comes to, from what was found, before and without computing."""

from __future__ import annotations

from pipeline.assessment import combined
from pipeline.gates import Examined
from pipeline.outcome import ErrorSeen, Evidence, Outcome, Status, decide
from pipeline.state import Item
from processors.registry import Processor
from warehouse.interface import Fingerprint


def draft(
    processor: Processor, item: Item, found: Examined, stored: Fingerprint, *, force: bool
) -> Outcome:
    """What the date comes to if everything from here on goes well."""
    evidence = Evidence(
        expectation=item.expectation,
        inputs=item.inputs,
        computed=True,
        rows=found.good,
        expected=found.expected,
        written=found.written,
        left_out=found.left_out,
        quarantined=found.quarantined,
        findings=found.findings,
        violations=tuple(found.violations),
        same_as_stored=stored == found.fingerprint and not force,
        verified=True,
    )
    status, reason = decide(evidence)
    return Outcome(
        table=item.table,
        day=item.day,
        status=status,
        reason=reason,
        evidence=evidence,
        logic_version=processor.logic_version,
        inputs=item.input_fingerprints,
        input_fingerprint=combined(item.input_fingerprints),
        output_fingerprint=None if status is Status.REJECTED else str(found.fingerprint),
    )


def is_replaced(draft: Outcome) -> bool:
    """Published: it passed the gates, and differs from what stands there."""
    return draft.status is not Status.REJECTED and not draft.evidence.same_as_stored


def uncomputed(item: Item) -> Outcome:
    """A date that nothing has to be computed for, or can be."""
    evidence = Evidence(
        expectation=item.expectation,
        inputs=item.inputs,
        proven=item.proof.status if item.proof else None,
        rows=item.proof.rows if item.proof else 0,
    )
    status, reason = decide(evidence)
    return Outcome(
        table=item.table,
        day=item.day,
        status=status,
        reason=reason,
        evidence=evidence,
        logic_version=item.proof.logic_version if item.proof else None,
    )


def failed(item: Item, error: ErrorSeen) -> Outcome:
    evidence = Evidence(expectation=item.expectation, inputs=item.inputs, error=error)
    status, reason = decide(evidence)
    return Outcome(table=item.table, day=item.day, status=status, reason=reason, evidence=evidence)
