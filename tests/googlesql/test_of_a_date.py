"""Google's analyser reads what is asked of one date: outcomes, quarantine, verdicts, rows."""

from __future__ import annotations

from pipeline import quarantine, told
from pipeline.audit import spoken
from pipeline.stored_rows import rows_text
from tests.googlesql.analysis import analyse
from tests.googlesql.test_statements import COMPUTED, REGISTRY, TABLES, by_table, output, types
from tests.linters.product import types_in


def test_told():
    partitions = REGISTRY.contracts["nba_ops.partitions"]
    latest = output(told.LATEST)
    assert latest == types(partitions, *latest)
    said = output(told.SAID)
    assert said == types(partitions, "run_id", "status") | {"tables": "INT64"}


def test_quarantine():
    found = output(quarantine.SET_ASIDE)
    assert (found.pop("is_latest"), found.pop("row_count")) == ("BOOL", "INT64")
    assert found == types(REGISTRY.contracts["nba_ops.quarantine"], *found)


def test_verdicts():
    found = output(spoken.OF_DATE)
    assert found.pop("earlier") == "INT64"
    assert found == types(REGISTRY.contracts["nba_ops.audits"], *found)


@by_table(COMPUTED)
def test_rows(contract):
    """The counts, the player's name, the date once more, then the contract's columns."""
    text = rows_text(contract)
    first, second, name, day, *cells = analyse(text, TABLES, types_in(text))
    assert (first, second) == (("in_all", "INT64"), ("in_search", "INT64"))
    assert (name, day) == (("known_as", "STRING"), ("is_there", "DATE"))
    assert dict(cells) == types(contract)
    assert [column for column, _ in cells] == list(contract.column_names)
