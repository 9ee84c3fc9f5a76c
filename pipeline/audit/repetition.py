"""Repetition: a range in one pass equals its dates one by one, and a date twice equals itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pipeline.audit.recomputing import (
    Difference,
    Hashes,
    difference,
    differing_columns,
    staged_hashes,
    staged_row,
    stored_hashes,
    stored_row,
)
from pipeline.audit.verdict import AuditKind, Verdict, Word
from pipeline.calendar import Kind
from pipeline.run import Pipeline
from pipeline.work import span_of
from processors.registry import Processor
from warehouse.interface import NOTHING, Row

Values = dict[str, object]


def audit_range(
    pipeline: Pipeline, tables: Sequence[str], days: Sequence[date]
) -> Iterator[Verdict]:
    """Each table's dates through one statement, against each date through its own."""
    for processor in pipeline.registry:
        own = _processed(pipeline, processor, days) if processor.table in tables else []
        if own:
            with pipeline.warehouse.lane:
                verdicts = _range_verdicts(pipeline, processor, own)
            yield from verdicts


def audit_idempotence(
    pipeline: Pipeline, tables: Sequence[str], days: Sequence[date]
) -> Iterator[Verdict]:
    """Each date twice, against itself and against what is stored."""
    for processor in pipeline.registry:
        own = _processed(pipeline, processor, days) if processor.table in tables else []
        for day in own:
            with pipeline.warehouse.lane:
                verdict = _idempotence_verdict(pipeline, processor, day)
            yield verdict


def _range_verdicts(
    pipeline: Pipeline, processor: Processor, days: Sequence[date]
) -> list[Verdict]:
    contract, warehouse = processor.contract, pipeline.warehouse
    alone = {day: _stage(pipeline, processor, day, day) for day in days}
    _stage(pipeline, processor, days[0], days[-1])
    together = {day: staged_hashes(warehouse, contract, day) for day in days}
    found = {day: difference(together[day], alone[day]) for day in days}
    in_range = {
        day: staged_row(warehouse, contract, one.first) for day, one in found.items() if one
    }
    verdicts = []
    for day in days:
        row: Values = {}
        if day in in_range:
            _stage(pipeline, processor, day, day)
            row = staged_row(warehouse, contract, found[day].first)
        bad = _named(processor, "range against single", found[day], in_range.get(day, {}), row)
        rows = len(together[day])
        verdicts.append(_verdict(pipeline, processor, AuditKind.RANGE, day, rows, bad))
    return verdicts


def _idempotence_verdict(pipeline: Pipeline, processor: Processor, day: date) -> Verdict:
    contract, warehouse = processor.contract, pipeline.warehouse
    first = _stage(pipeline, processor, day, day)
    second = _stage(pipeline, processor, day, day)
    bad = _named(processor, "first against second", difference(first, second), {}, {})
    found = difference(stored_hashes(warehouse, contract, day), second)
    if found:
        before = stored_row(warehouse, contract, found.first)
        row = staged_row(warehouse, contract, found.first)
        bad |= _named(processor, "stored", found, before, row)
    return _verdict(pipeline, processor, AuditKind.IDEMPOTENCE, day, len(first), bad)


def _named(
    processor: Processor, pair: str, found: Difference, left: Values, right: Values
) -> dict[str, Values]:
    """By the pair that was compared: how many differ, one of them, and in which columns."""
    if not found:
        return {}
    columns = differing_columns(processor.contract, left, right)
    shown: Values = {"rows": found.counts, "entity": _words(found.first), "columns": columns}
    return {pair: shown}


def _words(key: Row) -> str:
    return " ".join(str(value) for value in key)


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
    rows: int,
    bad: dict[str, Values],
) -> Verdict:
    word = Word.FAILED if bad else Word.PASSED if rows else Word.UNDETERMINED
    stored = pipeline.assessor.content.stored(processor.contract).get(day, NOTHING)
    said = "; ".join(_said(pair, shown) for pair, shown in bad.items())
    return Verdict(
        kind=kind,
        table=processor.table,
        day=day,
        word=word,
        reason=f"{rows} rows, {said or 'equal'}",
        evidence={"logic_version": processor.logic_version, "rows": rows, "differing": bad},
        output_fingerprint=str(stored),
    )


def _said(pair: str, shown: Values) -> str:
    columns = shown["columns"]
    names = ", ".join(columns[:3]) if isinstance(columns, list) and columns else "the row itself"
    return f"{pair}: {shown['rows']}, such as {names} of {shown['entity']}"
