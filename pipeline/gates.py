"""Gates: what is found in the staged rows, date by date, and what of it forbids publishing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pipeline.outcome import BadRows
from processors.contract import Contract
from warehouse import texts
from warehouse.interface import NOTHING, Fingerprint, Span, Warehouse

QUARANTINE_SHARE = 0.05


@dataclass
class Examined:
    """One date of the staged rows."""

    staged: int = 0
    good: int = 0
    expected: int = 0
    written: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, BadRows] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    fingerprint: Fingerprint = NOTHING


def examine(warehouse: Warehouse, contract: Contract, span: Span) -> Mapping[date, Examined]:
    """Count the staged rows against the contract; dates without rows are in it where expected."""
    found: dict[date, Examined] = {}
    dateless = _count(warehouse, contract, found)
    _cover(warehouse, contract, span, found)
    for day, fingerprint in warehouse.staged_fingerprints(contract).items():
        found[day].fingerprint = fingerprint
    in_all = dateless.staged + sum(one.staged for one in found.values())
    for one in found.values():
        one.violations += _violations(contract, one)
        one.quarantined |= dateless.quarantined
        if dateless.staged > QUARANTINE_SHARE * in_all:
            one.violations.append(
                f"{dateless.staged} of {in_all} rows have no {contract.date_column}"
            )
    return found


def _count(warehouse: Warehouse, contract: Contract, found: dict[date, Examined]) -> Examined:
    """Fills in the dates that rows were staged for; returns the rows whose date is NULL, which
    count against all of them: where they belong can't be told."""
    bad = 0
    dateless = Examined()
    for day, staged, good, *rest in warehouse.rows(texts.examination(contract)):
        bad += staged - good
        if day is None:
            dateless.staged = staged
            continue
        one = found.setdefault(day, Examined())
        one.staged, one.good = staged, good
        findings, rest = rest[: len(contract.findings)], rest[len(contract.findings) :]
        checks, canaries = rest[: len(contract.table_checks)], rest[len(contract.table_checks) :]
        one.findings = {
            finding.name: count
            for finding, count in zip(contract.findings, findings, strict=True)
            if count
        }
        one.violations = [
            f"{check.message} ({_counts(one.findings)} of {good} rows)"
            for check, fails in zip(contract.table_checks, checks, strict=True)
            if fails
        ]
        one.violations += [
            f"{canary.column} is the same in all {good} rows"
            for canary, constant in zip(contract.canaries, canaries, strict=True)
            if constant
        ]
    if bad:
        for day, bad_rows in set_aside(warehouse, contract).items():
            one = dateless if day is None else found[day]
            one.quarantined |= bad_rows
    return dateless


def set_aside(warehouse: Warehouse, contract: Contract) -> dict[date | None, dict[str, BadRows]]:
    """The staged rows that are bad, by date and reason."""
    found: dict[date | None, dict[str, BadRows]] = {}
    for day, reason, rows, example in warehouse.rows(texts.quarantine_examples(contract)):
        found.setdefault(day, {})[reason] = BadRows(rows=rows, example=example)
    return found


def _counts(findings: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in findings.items()) or "no finding"


def _cover(
    warehouse: Warehouse, contract: Contract, span: Span, found: dict[date, Examined]
) -> None:
    for day, reason, entities, written in warehouse.rows(
        texts.coverage(contract), **span.parameters
    ):
        one = found.setdefault(day, Examined())
        if reason is None:
            one.expected += entities
            one.written += written
        else:
            one.left_out[reason] = entities


def _violations(contract: Contract, one: Examined) -> list[str]:
    violations = []
    bad = one.staged - one.good
    if bad > QUARANTINE_SHARE * one.staged:
        reasons = ", ".join(
            f"{reason} {rows.rows} (such as {rows.example})"
            for reason, rows in one.quarantined.items()
        )
        violations.append(f"{bad} of {one.staged} rows are bad, more than 5 %: {reasons}")
    if one.written < contract.minimum_coverage * one.expected:
        violations.append(
            f"{one.written} of {one.expected} expected entities were written, less than"
            f" {contract.minimum_coverage:.0%}"
        )
    return violations
