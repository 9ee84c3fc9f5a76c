"""Quarantine: rows that were computed and set aside, with the reason."""

from processors.columns import day, instant, text
from processors.contract import Contract, Layer

CONTRACT = Contract(
    table="nba_ops.quarantine",
    description="Append-only: one row a bad row of a published or rejected date.",
    layer=Layer.OPS,
    key=("run_id", "table_name", "partition_date", "row_key", "data_hash"),
    date_column="partition_date",
    columns=(
        text("run_id", "The run that set it aside.", nullable=False),
        text("table_name", "dataset.table.", nullable=False),
        day("partition_date", "The date; NULL where the row has none."),
        text("row_key", "The key's values.", nullable=False),
        text("reason", "The check that it failed.", nullable=False),
        text("row_text", "The whole row as JSON.", nullable=False),
        text("data_hash", "The row's hash.", nullable=False),
        instant("recorded_at", "When, UTC, by the wall clock.", nullable=False),
    ),
)
