"""Differences are found, told apart and readable."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.oracle.compare import differences, same


def rows(*values):
    return [{"player": name, "value": value} for name, value in values]


class TestSame:
    @pytest.mark.parametrize(
        ("expected", "actual"),
        [(1, 1), (1.0, 1), (None, None), (0.333333, 0.333334), (-0.0, 0.0), ("a", "a")],
    )
    def test_equal(self, expected, actual):
        assert same(expected, actual)

    @pytest.mark.parametrize(
        ("expected", "actual"),
        [
            (0.333333, 0.333335),
            (0.33, 0.34),
            (2.5, Decimal("2.5")),
            (True, 1),
            (None, 0),
            (0.0, None),
            (1.0, float("nan")),
            (10**15, 10**15 + 1),
        ],
    )
    def test_different(self, expected, actual):
        assert not same(expected, actual)


class TestDifferences:
    def test_none(self):
        ours = rows(("ann", 1), ("bob", None))
        assert differences(ours, ours[::-1], ("player",)) == []

    def test_other_columns_are_not_looked_at(self):
        theirs = [{"player": "ann", "value": 1, "run_id": "x"}]
        assert differences(rows(("ann", 1)), theirs, ("player",)) == []

    def test_keys(self):
        theirs = rows(("bob", 1), ("cat", 1), ("cat", 1))
        assert differences(rows(("ann", 1), ("bob", 1)), theirs, ("player",)) == [
            "doubled: 1 keys: (cat)",
            "missing: 1 keys: (ann)",
            "extra: 1 keys: (cat)",
        ]

    def test_values(self):
        ours, theirs = rows(("ann", 1), ("bob", 2)), rows(("ann", 1), ("bob", None))
        text = "value: 1 of 2 rows: (bob) expected 2, got None"
        assert differences(ours, theirs, ("player",)) == [text]

    def test_no_column(self):
        found = differences(rows(("ann", 1)), [{"player": "ann"}], ("player",))
        assert found == ["value: 1 of 1 rows: (ann) has no such column"]

    def test_limit(self):
        ours = [{"player": "ann", **{f"c{number}": number for number in range(12)}}]
        theirs = [{"player": "ann", **{f"c{number}": -1 for number in range(12)}}]
        found = differences(ours, theirs, ("player",), limit=5)
        assert len(found) == 6
        assert found[-1] == "… and 7 more lines of differences"
