"""Whose turn it is to change several dates at once: a row that each such transaction changes first.

Of two transactions BigQuery takes one back only where both change or delete rows of one table. The
dates of a first backfill hold no rows yet: without this one, two instances would both insert them.
"""

from __future__ import annotations

from processors.columns import instant, text
from processors.contract import Contract, Layer

CONTRACT = Contract(
    table="nba_ops.turns",
    description="One row, changed by whoever publishes several dates or loads: one at a time.",
    layer=Layer.OPS,
    key=("name",),
    date_column=None,
    columns=(
        text("name", "Always the same.", nullable=False),
        text("taken_by", "The job's purpose, or its run.", nullable=False),
        instant("taken_at", "When, UTC, by BigQuery's clock.", nullable=False),
    ),
)

TAKE = f"""
MERGE `{CONTRACT.table}` AS turns
USING (SELECT 'all' AS name, @taken_by AS taken_by) AS mine
ON turns.name = mine.name
WHEN MATCHED THEN UPDATE SET taken_by = mine.taken_by, taken_at = CURRENT_TIMESTAMP()
WHEN NOT MATCHED THEN INSERT (name, taken_by, taken_at)
  VALUES (mine.name, mine.taken_by, CURRENT_TIMESTAMP())
""".strip()
"""The first that ever takes a turn makes the row, and is alone in not being protected by it; who
publishes verifies by a scan."""
