"""Google's analyser reads every BigQuery text of the product, against the contracts' tables."""

from __future__ import annotations

import pytest

from pipeline import at_work, handoff
from pipeline.calendar import SCHEDULE
from pipeline.died import UNFINISHED
from pipeline.history import OUTCOMES, RECENT
from pipeline.ledger import PROVEN
from pipeline.season import LAST_SAID
from processors.columns import text
from processors.contract import Contract, Layer
from processors.registry import load
from tests.googlesql.analysis import analyse
from tests.linters.product import types_in
from warehouse import texts

REGISTRY = load()
COMPUTED = [one.contract for one in REGISTRY]
ENTITIES = {"entities": "INT64", "written": "INT64"}


def staged(contract: Contract) -> Contract:
    """What stands in staging.<name> after `texts.stage`."""
    columns = (*contract.columns, text("data_hash", "…"), text("quarantine_reason", "…"))
    return Contract(
        table=f"staging.{contract.name}",
        description="…",
        layer=Layer.OPS,
        key=contract.key,
        date_column=contract.date_column,
        columns=columns,
    )


TABLES = (*REGISTRY.contracts.values(), *(staged(one) for one in COMPUTED))


def output(sql: str) -> dict[str, str]:
    """Type by name, in order; a doubled name would make it shorter than the query's columns."""
    columns = analyse(sql, TABLES, types_in(sql))
    assert len(dict(columns)) == len(columns)
    return dict(columns)


def types(contract: Contract, *names: str) -> dict[str, str]:
    wanted = names or contract.column_names
    return {name: contract.column(name).type.value for name in wanted}


def by_table(contracts):
    return pytest.mark.parametrize("contract", contracts, ids=lambda one: one.name)


@by_table(COMPUTED)
class TestProcessor:
    def test_statement(self, contract):
        statement = REGISTRY.processors[contract.table].statement
        found = output(statement.text)
        assert found == types(contract)
        assert tuple(found) == contract.column_names

    def test_stage(self, contract):
        found = output(texts.stage(REGISTRY.processors[contract.table]))
        marks = {"data_hash": "STRING", "quarantine_reason": "STRING"}
        assert found == types(contract) | marks
        assert tuple(found) == (*contract.column_names, *marks)

    def test_stage_of_placeholders(self, contract):
        processor = REGISTRY.processors[contract.table]
        if processor.placeholders:
            found = output(texts.stage(processor.in_bootstrap))
            assert tuple(found) == (*contract.column_names, "data_hash", "quarantine_reason")

    def test_doubled_keys(self, contract):
        assert output(texts.doubled_keys(contract)) == types(contract, *contract.key)

    def test_examination(self, contract):
        kinds = [kind for _, kind in analyse(texts.examination(contract), TABLES)]
        counts = 2 + len(contract.findings)
        checks = len(contract.table_checks) + len(contract.canaries)
        assert kinds == ["DATE", *["INT64"] * counts, *["BOOL"] * checks]

    def test_quarantine_examples(self, contract):
        facts = {"quarantine_reason": "STRING", "bad": "INT64", "example": "STRING"}
        assert output(texts.quarantine_examples(contract)) == {"day": "DATE"} | facts


@by_table([one for one in COMPUTED if one.expected])
class TestExpected:
    def test_query(self, contract):
        found = output(contract.expected)
        assert found == types(contract, *contract.key) | {"left_out_reason": "STRING"}

    def test_coverage(self, contract):
        found = output(texts.coverage(contract))
        assert found == {"day": "DATE", "left_out_reason": "STRING"} | ENTITIES


@by_table([one for one in REGISTRY.contracts.values() if one.presence])
def test_games_present(contract):
    day, *counts = output(texts.games_present(contract)).items()
    assert day == (contract.date_column, "DATE")
    assert {kind for _, kind in counts} == {"INT64"}


class TestPipeline:
    def test_schedule(self):
        found = output(SCHEDULE)
        assert list(found.values()) == ["INT64", "DATE", "STRING", "INT64", "INT64"]

    def test_proven(self):
        found = output(PROVEN)
        assert found == types(REGISTRY.contracts["nba_ops.partitions"], *found)

    def test_last_said(self):
        found = output(LAST_SAID)
        assert found == types(REGISTRY.contracts["nba_ops.partitions"], *found)

    def test_unfinished(self):
        found = output(UNFINISHED)
        assert found == types(REGISTRY.contracts["nba_ops.runs"], *found)

    def test_recent(self):
        found = output(RECENT)
        assert found == types(REGISTRY.contracts["nba_ops.runs"], "run_id", "event", "status") | {
            "request": "STRING",
            "started": "TIMESTAMP",
            "ended": "TIMESTAMP",
            "detail": "STRING",
        }

    def test_handoff(self):
        found = output(handoff.UNDONE)
        assert found == types(REGISTRY.contracts["nba_ops.partitions"], *found)
        assert output(handoff.PUBLISHED) == {
            "table_name": "STRING",
            "dates": "INT64",
            "row_count": "INT64",
            "first_date": "DATE",
            "last_date": "DATE",
        }
        assert output(handoff.RUNS) == {"word": "STRING", "runs": "INT64"}

    def test_at_work(self):
        assert output(at_work.RUNS) == {
            "run_id": "STRING",
            "campaign": "STRING",
            "started": "TIMESTAMP",
            "is_open": "BOOL",
            "request": "STRING",
        }
        assert output(at_work.TOLD) == {
            "run_id": "STRING",
            "partition_date": "DATE",
            "status": "STRING",
            "tables": "INT64",
            "moment": "TIMESTAMP",
        }

    def test_outcomes(self):
        found = output(OUTCOMES)
        assert found == types(REGISTRY.contracts["nba_ops.partitions"], *found)
