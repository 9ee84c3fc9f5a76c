"""Every BigQuery text that the product sends, with the types of what it is handed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from clients.backfill.looking import failed_text, measured_text
from clients.generated import product_texts
from pipeline.audit import fork
from pipeline.audit.cutoff import forbidden
from pipeline.audit.operations import Operation, texts
from processors.columns import Type
from processors.contract import Cutoff, Layer
from processors.registry import load
from warehouse.bigquery import statements
from warehouse.bigquery.lexing import parameters_of

REGISTRY = load()
OF_TYPE = {
    Type.DATE: (
        *("start_date", "end_date", "history_start", "season_start"),
        *("first_date", "last_date", "first_day", "last_day", "day"),
    ),
    Type.TIMESTAMP: ("since", "lively_since", "told_since", "quiet_since"),
    Type.INT64: ("most", "after", "season_year", "number", "low", "high"),
    Type.FLOAT64: ("edge",),
    Type.BOOL: ("whatever", "settled", "whole"),
    Type.STRING: (
        *("run_id", "runs", "oldest", "statuses", "correlation_id", "firing", "letter_id"),
        *("tables", "table", "table_name", "kind", "player", "team", "opponent", "game_id"),
        "system_id",
    ),
}
NAMED = {name: kind for kind, names in OF_TYPE.items() for name in names}
"""A parameter's name means one type in all texts."""
KEYS = {
    f"key_{name}": contract.column(name).type
    for contract in REGISTRY.contracts.values()
    for name in contract.key
}


def types_in(text: str) -> Mapping[str, Type]:
    """Of the parameters that the text names."""
    return {name: (NAMED | KEYS)[name] for name in sorted(parameters_of(text))}


def fork_texts() -> Iterator[str]:
    """What an audit asks of a fork and does to it, whichever cutoff it is of."""
    contracts = [one for one in REGISTRY.contracts.values() if one.layer is not Layer.OPS]
    said: set[str] = set()
    for cutoff in Cutoff:
        for what in forbidden(contracts, cutoff):
            said.add(fork.numbers_text(what))
            said.add(fork.numbered_text(what.contract))
            said.update(text for one in Operation for text in texts(one, what))
    said.update(fork.emptied_text(one.contract) for one in REGISTRY)
    for text in sorted(said):
        yield text.replace("AND_ONLY", "")
        if "AND_ONLY" in text:
            yield text.replace("AND_ONLY", fork.ONLY)


def engine_texts() -> Iterator[str]:
    """What the BigQuery engine alone needs of tables with dates."""
    for processor in REGISTRY:
        contract = processor.contract
        yield statements.staged(processor)
        yield statements.emptied(contract)
        yield statements.filled(contract)
        yield statements.set_aside(contract)
        yield statements.one_day(contract)
        yield statements.fingerprints(contract, (contract.key,))
        for other in REGISTRY.contracts.values():
            if other.date_column is None and other.layer is Layer.RAW:
                for staged in (True, False):
                    yield statements.fingerprints_by_key(other, other.key, contract, staged=staged)


def every_text() -> Iterator[str]:
    """What is sent to the warehouse, and what the backfill client asks through the service."""
    yield from product_texts(REGISTRY)
    yield failed_text(date(2024, 10, 22), date(2024, 11, 18), [*REGISTRY.processors])
    yield measured_text([*REGISTRY.processors], alone=True)
    yield measured_text([*REGISTRY.processors], alone=False)
