"""Partitions: what happened to each date of each table in each run."""

from processors.columns import count, day, instant, text
from processors.contract import Contract, Layer

CONTRACT = Contract(
    table="nba_ops.partitions",
    description=(
        "Append-only: one row a (run, table, date), and one more where the run took it back or"
        " tried again; the latest counts. The latest with an output_fingerprint says which code and"
        " inputs last proved the partition."
    ),
    layer=Layer.OPS,
    key=("run_id", "table_name", "partition_date", "recorded_at"),
    date_column="partition_date",
    columns=(
        text("run_id", "The run.", nullable=False),
        text("table_name", "dataset.table.", nullable=False),
        day("partition_date", "The date.", nullable=False),
        text("status", "The outcome.", nullable=False),
        text("reason", "Why, in a sentence.", nullable=False),
        text("evidence", "What the status was decided from, as JSON.", nullable=False),
        count("row_count", "Rows of the partition; NULL where nothing was computed."),
        count("duration_ms", "The date's share of its chunk's time.", unit="ms"),
        count("bytes_billed", "What the engine billed; NULL on DuckDB.", unit="bytes"),
        text("logic_version", "Of the code that proved it."),
        text("input_fingerprint", "Of all inputs together."),
        text("inputs", "Of each input by itself, as JSON."),
        text("output_fingerprint", "Of the published rows; NULL where nothing was proved."),
        instant("recorded_at", "When, UTC, by the wall clock.", nullable=False),
    ),
)
