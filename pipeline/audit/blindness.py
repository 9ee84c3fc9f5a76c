"""Blindness: what a date may not have known is deleted, falsified and doubled, and changes nothing.

Which rows are forbidden depends on the cutoff and the table alone, so each operation is carried out
once for all statements of one cutoff.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipeline.audit.culprit import Shown, expose
from pipeline.audit.cutoff import Forbidden, forbidden
from pipeline.audit.fork import Fork, fork
from pipeline.audit.operations import Operation
from pipeline.audit.recomputing import Difference, difference
from pipeline.audit.verdict import AuditKind, Verdict, Word
from pipeline.calendar import Kind
from pipeline.run import Pipeline
from processors.contract import Cutoff, Layer
from processors.registry import Processor, Registry
from warehouse.interface import NOTHING


@dataclass
class Finding:
    """What one audit of a table's date has come upon, as it goes on."""

    direct: dict[str, dict[str, int]] = field(default_factory=dict)
    end_to_end: dict[str, dict[str, int]] = field(default_factory=dict)
    leak: Shown | None = None

    @property
    def touched(self) -> int:
        return sum(sum(counts.values()) for counts in self.direct.values())


def audit_date(pipeline: Pipeline, tables: Sequence[str], day: date) -> list[Verdict]:
    """All the tables that are computed for the date, on one fork."""
    calendar = pipeline.assessor.calendar
    audited = [
        one
        for one in pipeline.registry
        if one.table in tables
        and calendar.expect(day, bootstrap=one.contract.bootstrap).kind is Kind.PROCESS
    ]
    if not audited:
        return []
    findings = {one.table: Finding() for one in audited}
    with fork(pipeline, audited, day) as opened:
        for cutoff in Cutoff:
            group = [one for one in audited if one.contract.cutoff is cutoff]
            for operation in Operation if group else ():
                _direct(opened, pipeline.registry, group, operation, findings)
                _end_to_end(opened, pipeline.registry, group, operation, findings)
    return [_verdict(pipeline, one, day, findings[one.table]) for one in audited]


def _direct(
    opened: Fork,
    registry: Registry,
    group: Sequence[Processor],
    operation: Operation,
    findings: Mapping[str, Finding],
) -> None:
    """Each statement by itself, over inputs that were tampered with."""
    what = _forbidden_to(registry, group)
    opened.scratch.restore()
    touched = opened.operate(operation, what)
    differing: list[tuple[Processor, Difference]] = []
    for one in group:
        inputs = {feed.table for feed in one.contract.inputs}
        finding = findings[one.table]
        finding.direct[operation] = {
            table: rows for table, rows in touched.items() if table in inputs
        }
        found = difference(opened.stored[one.table], opened.recompute(one))
        if found and finding.leak is None:
            differing.append((one, found))
    for one, found in differing:
        own = [rule for rule in what if rule.table in {feed.table for feed in one.contract.inputs}]
        findings[one.table].leak = {
            "operation": operation.value,
            "through": "direct inputs",
            "rows": found.counts,
            **expose(opened, one, operation, own, found),
        }


def _end_to_end(
    opened: Fork,
    registry: Registry,
    group: Sequence[Processor],
    operation: Operation,
    findings: Mapping[str, Finding],
) -> None:
    """The raw tables are tampered with, and all that stands on them is computed anew."""
    chain = registry.upstream(one.table for one in group)
    what = [one for one in _forbidden_to(registry, chain, group) if one.contract.layer is Layer.RAW]
    opened.scratch.restore()
    touched = opened.operate(operation, what)
    audited = {one.table for one in group}
    for one in chain:
        recomputed = opened.recompute(one)
        opened.replace(one)
        if one.table not in audited:
            continue
        finding = findings[one.table]
        finding.end_to_end[operation] = touched
        found = difference(opened.stored[one.table], recomputed)
        if found and finding.leak is None:
            finding.leak = {
                "operation": operation.value,
                "through": "raw tables",
                "rows": found.counts,
                "entity": dict(zip(one.contract.key, found.first, strict=True)),
            }


def _forbidden_to(
    registry: Registry, readers: Iterable[Processor], group: Sequence[Processor] = ()
) -> list[Forbidden]:
    """What the cutoff forbids of all that the readers read; the group's cutoff, else their own."""
    readers = list(readers)
    cutoff = (group or readers)[0].contract.cutoff
    tables = sorted({feed.table for one in readers for feed in one.contract.inputs})
    return forbidden([registry.contracts[table] for table in tables], cutoff or Cutoff.AFTER_GAME)


def _verdict(pipeline: Pipeline, processor: Processor, day: date, finding: Finding) -> Verdict:
    stored = pipeline.assessor.content.stored(processor.contract).get(day, NOTHING)
    if finding.leak is not None:
        word, reason = Word.FAILED, _said(finding.leak)
    elif not finding.touched:
        word, reason = Word.UNDETERMINED, "its inputs hold no row that the cutoff forbids"
    else:
        word = Word.PASSED
        reason = f"{finding.touched} forbidden rows tampered with, {stored.rows} rows unmoved"
    return Verdict(
        kind=AuditKind.BLINDNESS,
        table=processor.table,
        day=day,
        word=word,
        reason=reason,
        evidence={
            "logic_version": processor.logic_version,
            "direct": finding.direct,
            "end_to_end": finding.end_to_end,
            "leak": finding.leak,
        },
        output_fingerprint=str(stored),
    )


def _said(leak: Shown) -> str:
    return "; ".join(_parts(leak))


def _parts(leak: Shown) -> Iterator[str]:
    entity = leak["entity"]
    who = " ".join(str(value) for value in entity.values()) if isinstance(entity, dict) else ""
    columns = leak.get("columns")
    names = ", ".join(columns[:3]) if isinstance(columns, list) and columns else "the row itself"
    yield f"{leak['operation']} in the {leak['through']} moves {names} of {who}"
    if leak.get("row"):
        yield f"{leak['input']} gave it away"
    elif leak.get("through") == "direct inputs":
        yield "no forbidden row by itself makes it so: the stored rows may be of other code"


def sampled(days: Sequence[date], wanted: int | None) -> list[date]:
    """Evenly spread, the first and the last among them."""
    if wanted is None or wanted >= len(days):
        return list(days)
    if wanted == 1:
        return [days[len(days) // 2]]
    step = (len(days) - 1) / (wanted - 1)
    return [days[round(at * step)] for at in range(wanted)]
