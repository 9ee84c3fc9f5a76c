"""Every statement of the house keeps every rule of the house."""

from __future__ import annotations

from pathlib import Path

import pytest

from processors.registry import load
from processors.statement import Statement

from .partitions import partitions_are_bounded
from .reading import Reading
from .rules import ANY_QUERY, RULES

REGISTRY = load()
READINGS = {one.table: Reading.of(one, REGISTRY.contracts) for one in REGISTRY}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("table", READINGS)
def test_clean(table, rule):
    assert rule(READINGS[table]) == []


@pytest.mark.parametrize("rule", ANY_QUERY, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("table", [one.table for one in REGISTRY if one.contract.expected])
def test_expected_entities(table, rule):
    contract = REGISTRY.contracts[table]
    query = Statement(contract.expected)
    assert rule(Reading(query, contract, REGISTRY.contracts)) == []


@pytest.mark.parametrize("table", READINGS)
def test_expected_entities_are_bounded(table):
    contract = REGISTRY.contracts[table]
    query = Statement(contract.expected)
    assert partitions_are_bounded(Reading(query, contract, REGISTRY.contracts)) == []


def test_every_rule_has_a_planted_fault():
    """Each rule is shown to catch something by the test class that bears its name."""
    tests = "".join(one.read_text() for one in Path(__file__).parent.glob("test_*.py"))
    for rule in RULES:
        assert f"class Test{rule.__name__.title().replace('_', '')}:" in tests
