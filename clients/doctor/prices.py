"""Every statement read by the engine without being carried out, with what it would read."""

from __future__ import annotations

from collections.abc import Iterator

from clients.doctor.choosing import Chosen
from clients.doctor.deployment import Deployment, OnBigQuery
from clients.doctor.finding import Finding, failed, passed, skipped
from pipeline.amounts import in_words
from pipeline.audit.copying import copied_text
from processors.contract import Layer
from processors.errors import TipoffError
from warehouse.bigquery.names import placed
from warehouse.bigquery.request import Request

Priced = tuple[Finding, int]
"""With the bytes that would be read."""


def statements(examined: Deployment, chosen: Chosen) -> Iterator[Priced]:
    """Over the dates that the end-to-end check sends them for. One that fails stops no other."""
    tables = {processor.table: processor for processor, _ in chosen.statements}
    for table, processor in tables.items():
        name = f"statement {processor.contract.name}"
        gone = examined.missing(sorted({*processor.statement.reads}))
        if gone:
            yield skipped(name, f"waits for schema: {', '.join(gone)} not there"), 0
            continue
        spans = [span for one, span in chosen.statements if one.table == table]
        try:
            found = [examined.warehouse.foretold_bytes(processor, span) or 0 for span in spans]
        except TipoffError as error:
            yield failed(name, error.message), 0
            continue
        dates = ", ".join(f"{span.start} to {span.end}" for span in spans)
        yield passed(name, f"would read {in_words(sum(found))} for {dates}"), sum(found)


def raw_rows(examined: OnBigQuery, chosen: Chosen) -> Iterator[Priced]:
    """Those that are handed to DuckDB to compare with."""
    contracts = examined.registry.contracts
    raw = [one for one in contracts.values() if one.layer is Layer.RAW]
    found = []
    for table, (first, last) in chosen.copied(raw).items():
        request = Request(
            what=f"the price of {table}",
            text=placed(copied_text(contracts[table]), examined.connection.address, {}),
            parameters={"first_date": first, "last_date": last},
        )
        found.append(examined.jobs.foretold_bytes(request))
    says = f"would read {in_words(sum(found))} since {chosen.first}, to compare with"
    yield passed("raw rows", says), sum(found)
