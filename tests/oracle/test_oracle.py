"""The oracle keeps the documented columns and keys, and can do a date alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.oracle import KEYS
from tests.oracle.tiny import day

DOCS = Path(__file__).parents[2] / "docs" / "tables.md"


class TestContract:
    @pytest.fixture
    def full(self, tiny):
        for number in range(3):
            tiny.game(f"g{number}", number)
            tiny.box(f"g{number}", "ann", 20, fg_attempted=10)
            tiny.box(f"g{number}", "zoe", 10, team="NYK", fg_attempted=10)
            tiny.line(f"g{number}", "ann", 19.5)
        return tiny

    @pytest.mark.parametrize("name", KEYS)
    def test_columns_are_the_documented_ones(self, full, name):
        section = DOCS.read_text().split(f"\n## nba_analytics.{name}\n")[1].split("\n## ")[0]
        columns = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
        rows = full.table(name)
        assert rows
        assert all(list(row) == columns for row in rows)
        assert f"- key: {', '.join(KEYS[name])}\n" in section

    @pytest.mark.parametrize("name", KEYS)
    def test_one_date_alone(self, full, name):
        first = KEYS[name][0]
        every = [row for row in full.table(name) if row[first] == day(1)]
        assert every == full.table(name, 1, 1)
