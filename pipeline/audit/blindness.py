"""Blindness: what a date may not have known is deleted, falsified, misplaced and copied, and
changes nothing.

Which rows are forbidden depends on the cutoff and the table alone, so each operation is carried out
once for all statements of one cutoff.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipeline.audit.culprit import Search, Shown
from pipeline.audit.cutoff import Forbidden, forbidden
from pipeline.audit.fork import Fork, fork
from pipeline.audit.operations import Operation
from pipeline.audit.recomputing import Difference, difference
from pipeline.audit.verdict import AuditKind, Verdict, Word
from pipeline.calendar import Kind
from pipeline.run import Pipeline
from processors.contract import Cutoff, Layer
from processors.errors import WarehouseFailed
from processors.registry import Processor, Registry
from warehouse.interface import NOTHING, proven_columns

DIRECT = "direct inputs"
END_TO_END = "raw tables"


@dataclass
class Finding:
    """What one audit of a table's date has come upon, as it goes on."""

    direct: dict[str, dict[str, int]] = field(default_factory=dict)
    end_to_end: dict[str, dict[str, int]] = field(default_factory=dict)
    gave_up: list[str] = field(default_factory=list)
    leak: Shown | None = None

    @property
    def touched(self) -> int:
        return sum(sum(counts.values()) for counts in self.direct.values())

    def give_up(self, operation: Operation, through: str, error: WarehouseFailed) -> None:
        self.gave_up.append(f"{operation} in the {through}: {error.message}")


@dataclass(frozen=True)
class Audit:
    """The tables of one cutoff, on the fork of one date."""

    opened: Fork
    registry: Registry
    group: Sequence[Processor]
    findings: Mapping[str, Finding]

    def direct(self, operation: Operation) -> None:
        """Each statement by itself, over inputs that were tampered with."""
        what = self._forbidden_to(self.group)
        touched = self.opened.operate(operation, what)
        differing: list[tuple[Processor, Difference]] = []
        for one in self.group:
            finding = self.findings[one.table]
            finding.direct[operation] = touched.seen_by(one)
            if not finding.direct[operation]:
                continue
            try:
                recomputed = self.opened.recompute(one, operation)
            except WarehouseFailed as error:
                finding.give_up(operation, DIRECT, error)
                self.opened.operate(operation, what)
                continue
            found = difference(self.opened.stored[one.table], recomputed)
            if found and finding.leak is None:
                differing.append((one, found))
        for one, found in differing:
            inputs = {feed.table for feed in one.contract.inputs}
            own = [rule for rule in what if rule.table in inputs]
            self._expose((one,), operation, DIRECT, own, found)

    def end_to_end(self, operation: Operation) -> None:
        """The raw tables are tampered with, and all that stands on them is computed anew."""
        chain = self.registry.upstream(one.table for one in self.group)
        what = [one for one in self._forbidden_to(chain) if one.contract.layer is Layer.RAW]
        touched = self.opened.operate(operation, what)
        raw = dict(touched.rows)
        audited = {one.table for one in self.group}
        differing: list[tuple[Processor, Difference]] = []
        for at, one in enumerate(chain):
            if one.table in audited:
                self.findings[one.table].end_to_end[operation] = raw
            if not touched.seen_by(one):
                continue
            try:
                recomputed = self.opened.recompute(one)
            except WarehouseFailed as error:
                # What follows stands on it, or on a fork that has lost its changes.
                for after in chain[at:]:
                    if after.table in audited:
                        self.findings[after.table].give_up(operation, END_TO_END, error)
                break
            self.opened.replace(one)
            touched.add(one.table, 1, None)
            if one.table in audited and self.findings[one.table].leak is None:
                found = difference(self.opened.stored[one.table], recomputed)
                if found:
                    differing.append((one, found))
        for one, found in differing:
            upstream = self.registry.upstream([one.table])
            read = {feed.table for each in upstream for feed in each.contract.inputs}
            own = [rule for rule in what if rule.table in read]
            self._expose(upstream, operation, END_TO_END, own, found)

    def _expose(
        self,
        chain: Sequence[Processor],
        operation: Operation,
        through: str,
        what: Sequence[Forbidden],
        found: Difference,
    ) -> None:
        self.findings[chain[-1].table].leak = {
            "operation": operation.value,
            "through": through,
            "rows": found.counts,
            **Search(self.opened, chain).expose(operation, what, found),
        }

    def _forbidden_to(self, readers: Iterable[Processor]) -> list[Forbidden]:
        """What the group's cutoff forbids of all that the readers read."""
        cutoff = self.group[0].contract.cutoff or Cutoff.AFTER_GAME
        tables = sorted({feed.table for one in readers for feed in one.contract.inputs})
        return forbidden([self.registry.contracts[table] for table in tables], cutoff)


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
            audit = Audit(opened, pipeline.registry, group, findings)
            for operation in Operation if group else ():
                audit.direct(operation)
                audit.end_to_end(operation)
    return [_verdict(pipeline, one, day, findings[one.table]) for one in audited]


def _verdict(pipeline: Pipeline, processor: Processor, day: date, finding: Finding) -> Verdict:
    contract = processor.contract
    (content,) = pipeline.warehouse.fingerprints(
        contract, [proven_columns(contract)], first=day, last=day
    )
    stored = content.get(day, NOTHING)
    if finding.leak is not None:
        word, reason = Word.FAILED, _said(finding.leak)
    elif finding.gave_up:
        word, reason = Word.UNDETERMINED, f"not to be computed after {finding.gave_up[0]}"
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
            "gave_up": finding.gave_up,
            "leak": finding.leak,
        },
        output_fingerprint=str(stored),
    )


def _said(leak: Shown) -> str:
    return "; ".join(_parts(leak))


def _parts(leak: Shown) -> Iterator[str]:
    columns = leak.get("columns")
    names = ", ".join(columns[:3]) if isinstance(columns, list) and columns else "the row itself"
    operation, through = leak["operation"], leak["through"]
    yield f"{operation} in the {through} moves {names} of {_words(leak['entity'])}"
    if through == END_TO_END and leak.get("enters"):
        yield f"it enters at {leak['enters']}"
    if leak.get("row"):
        yield f"{leak['input']} gave it away with {_words(leak['row_key'])}"
    elif leak["input"]:
        yield f"it takes {leak['input']}"
    else:
        yield "no forbidden row by itself makes it so: the stored rows may be of other code"


def _words(values: object) -> str:
    return " ".join(str(value) for value in values.values()) if isinstance(values, dict) else ""


def sampled(days: Sequence[date], wanted: int | None) -> list[date]:
    """Evenly spread, the first and the last among them."""
    if wanted is None or wanted >= len(days):
        return list(days)
    if wanted == 1:
        return [days[len(days) // 2]]
    step = (len(days) - 1) / (wanted - 1)
    return [days[round(at * step)] for at in range(wanted)]
