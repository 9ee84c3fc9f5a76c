"""What is made from the code and kept beside it: `make generated` writes it, a test holds it.

The translations are shipped so that neither a plan nor a run loads sqlglot; the pages of docs/ say
what contracts, traps and commands say of themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from clients.reference import commands_page
from league.sample.page import league_page
from modeling import joined, speech, spoken_of
from pipeline import (
    at_work,
    begun,
    calendar,
    died,
    distributions,
    handoff,
    histogram,
    history,
    holdings,
    ledger,
    quarantine,
    readiness,
    saying,
    season,
    stored_rows,
    told,
)
from pipeline.audit import (
    backtest,
    canaries,
    copying,
    demonstration,
    last_word,
    recomputing,
    spoken,
    verdict,
    verification,
)
from pipeline.trace import texts as trace
from processors.contract import Layer
from processors.features import FEATURES
from processors.features_page import features_page
from processors.page import tables_page
from processors.registry import Registry, load
from processors.statement import LOCK_FILE as STATEMENTS_FILE
from processors.syntax import canonical, columns_read, output_names
from service.errors_page import errors_page
from service.push import letters, remembering
from service.routes import health
from service.settings_page import settings_page
from warehouse import texts
from warehouse.duckdb.compiled import LOCK_FILE as TEXTS_FILE
from warehouse.duckdb.compiled import text_hash
from warehouse.duckdb.dialect import to_duckdb

ROOT = Path(__file__).resolve().parent.parent


def product_texts(registry: Registry) -> Iterator[str]:
    """Every BigQuery text that the product itself sends."""
    yield from (
        calendar.SCHEDULE,
        begun.FIRST_TIPOFFS,
        saying.COMPUTED,
        saying.TOLD,
        ledger.PROVEN,
        died.UNFINISHED,
        died.SAID,
        died.PROVEN_SINCE,
        history.RECENT,
        history.OUTCOMES,
        handoff.UNDONE,
        handoff.PUBLISHED,
        handoff.RUNS,
        at_work.RUNS,
        at_work.TOLD,
        told.LATEST,
        told.SAID,
        quarantine.SET_ASIDE,
        spoken.OF_DATE,
        verdict.LATEST,
        last_word.LAST_WORD,
        backtest.RATES,
        backtest.BUSIEST,
        backtest.FORESIGHT,
        backtest.EVENINGS,
        demonstration.SEASONS,
        distributions.DAYS,
        distributions.spreads(FEATURES),
        readiness.READINESS,
        season.LAST_SAID,
        remembering.DONE,
        letters.NEWEST,
        trace.SETTING,
        trace.STORED,
        trace.GAMES,
        trace.TEAMS,
        trace.LINES,
        trace.NAMES,
        health.LIVING,
        joined.ROWS,
        joined.LEFT_OUT,
        spoken_of.ROWS,
        speech.LAST_WORDS,
    )
    for feature in FEATURES:
        yield distributions.spreads((feature,))
        yield histogram.histogram(feature)
    for processor in registry:
        contract = processor.contract
        yield texts.stage(processor)
        if processor.placeholders:
            yield texts.stage(processor.in_bootstrap)
        yield texts.doubled_keys(contract)
        yield texts.examination(contract)
        yield texts.coverage(contract)
        yield died.made_text(contract)
        yield texts.quarantine_examples(contract)
        yield stored_rows.rows_text(contract)
        yield canaries.presence(contract)
        yield canaries.spreads(contract)
        yield recomputing.hashes_text(contract)
        yield recomputing.staged_hashes_text(contract)
        yield recomputing.row_text(contract, f"`{contract.table}`")
        yield recomputing.row_text(contract, texts.staging(contract))
        yield verification.changed_text(contract)
    for contract in registry.contracts.values():
        if contract.layer is Layer.RAW:
            yield copying.copied_text(contract)
        if contract.presence:
            yield texts.games_present(contract)
    for contract in holdings.about_games(registry.contracts.values()):
        yield holdings.holdings_text(contract)


def translations(registry: Registry) -> str:
    return _as_lock({text_hash(text): to_duckdb(text) for text in product_texts(registry)})


def statement_facts(registry: Registry) -> str:
    return _as_lock(
        {
            one.statement.text_hash: {
                "table": one.table,
                "fingerprint": text_hash(canonical(one.statement.tree)),
                "reads": columns_read(one.statement.tree),
                "yields": output_names(one.statement.tree),
            }
            for one in registry.statements
        }
    )


def _as_lock(content: object) -> str:
    return json.dumps(content, indent=1, sort_keys=True) + "\n"


def generated_files() -> dict[Path, str]:
    """Each generated file with the content that it should have."""
    registry = load()
    return {
        ROOT / "processors" / STATEMENTS_FILE: statement_facts(registry),
        ROOT / "warehouse" / "duckdb" / TEXTS_FILE: translations(registry),
        ROOT / "docs" / "tables.md": tables_page(registry.contracts.values()),
        ROOT / "docs" / "features.md": features_page(),
        ROOT / "docs" / "league.md": league_page(),
        ROOT / "docs" / "commands.md": commands_page(),
        ROOT / "docs" / "settings.md": settings_page(),
        ROOT / "docs" / "errors.md": errors_page(),
    }


if __name__ == "__main__":
    # What is made anew must not be read from what was made before.
    (ROOT / "processors" / STATEMENTS_FILE).unlink(missing_ok=True)
    for path, content in generated_files().items():
        path.write_text(content)
