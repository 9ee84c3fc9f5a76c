"""Repetition: a range in one pass equals its dates one by one, and a date twice equals itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pipeline.audit.recomputing import Hashes, difference, staged_hashes, stored_hashes
from pipeline.audit.verdict import AuditKind, Verdict, Word
from pipeline.calendar import Kind
from pipeline.run import Pipeline
from pipeline.work import span_of
from processors.registry import Processor
from warehouse.interface import NOTHING


def audit_range(
    pipeline: Pipeline, tables: Sequence[str], days: Sequence[date]
) -> Iterator[Verdict]:
    """Each table's dates through one statement, against each date through its own."""
    for processor in pipeline.registry:
        own = _processed(pipeline, processor, days) if processor.table in tables else []
        if not own:
            continue
        _stage(pipeline, processor, own[0], own[-1])
        together = {day: staged_hashes(pipeline.warehouse, processor.contract, day) for day in own}
        for day in own:
            alone = _stage(pipeline, processor, day, day)
            pair = {"range against single": (together[day], alone)}
            yield _verdict(pipeline, processor, AuditKind.RANGE, day, pair)


def audit_idempotence(
    pipeline: Pipeline, tables: Sequence[str], days: Sequence[date]
) -> Iterator[Verdict]:
    """Each date twice, against itself and against what is stored."""
    for processor in pipeline.registry:
        own = _processed(pipeline, processor, days) if processor.table in tables else []
        for day in own:
            first, second = (_stage(pipeline, processor, day, day) for _ in range(2))
            stored = stored_hashes(pipeline.warehouse, processor.contract, day)
            pairs = {"first against second": (first, second), "stored": (stored, second)}
            yield _verdict(pipeline, processor, AuditKind.IDEMPOTENCE, day, pairs)


def _processed(pipeline: Pipeline, processor: Processor, days: Sequence[date]) -> list[date]:
    calendar, bootstrap = pipeline.assessor.calendar, processor.contract.bootstrap
    return [day for day in days if calendar.expect(day, bootstrap=bootstrap).kind is Kind.PROCESS]


def _stage(pipeline: Pipeline, processor: Processor, first: date, last: date) -> Hashes:
    span = span_of(processor, first, last, pipeline.assessor.calendar)
    pipeline.warehouse.stage(processor, span)
    return staged_hashes(pipeline.warehouse, processor.contract, last)


def _verdict(
    pipeline: Pipeline,
    processor: Processor,
    kind: AuditKind,
    day: date,
    pairs: dict[str, tuple[Hashes, Hashes]],
) -> Verdict:
    found = {name: difference(*pair) for name, pair in pairs.items()}
    bad = {name: one.counts for name, one in found.items() if one}
    rows = len(next(iter(pairs.values()))[0])
    word = Word.FAILED if bad else Word.PASSED if rows else Word.UNDETERMINED
    stored = pipeline.assessor.content.stored(processor.contract).get(day, NOTHING)
    return Verdict(
        kind=kind,
        table=processor.table,
        day=day,
        word=word,
        reason=f"{rows} rows, {'; '.join(f'{name}: {of}' for name, of in bad.items()) or 'equal'}",
        evidence={"logic_version": processor.logic_version, "rows": rows, "differing": bad},
        output_fingerprint=str(stored),
    )
