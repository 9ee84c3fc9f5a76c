"""Placeholders: rows of a bootstrap day that say who plays, and of him nothing."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.assessment import combined
from pipeline.outcome import BadRows, Evidence, Outcome, decide
from pipeline.state import Item
from processors.registry import Processor
from warehouse.interface import Fingerprint


def wants_placeholders(processor: Processor, item: Item) -> bool:
    asked = item.asked and item.expectation.wants_placeholders
    return asked and processor.placeholders is not None


def held_place(
    processor: Processor,
    item: Item,
    *,
    staged: Fingerprint,
    stored: Fingerprint,
    quarantined: Mapping[str, BadRows],
    inputs: Mapping[str, str],
) -> Outcome:
    """The status stays what it is without them; the evidence says how many there are."""
    statement = processor.in_bootstrap.statement
    read = {table: value for table, value in inputs.items() if table in statement.reads}
    evidence = Evidence(
        expectation=item.expectation,
        rows=staged.rows,
        quarantined=quarantined,
        same_as_stored=staged == stored,
    )
    status, reason = decide(evidence)
    return Outcome(
        table=item.table,
        day=item.day,
        status=status,
        reason=reason,
        evidence=evidence,
        logic_version=processor.in_bootstrap.logic_version,
        inputs=read,
        input_fingerprint=combined(read),
        output_fingerprint=str(staged),
    )
