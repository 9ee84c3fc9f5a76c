"""Audits: verdicts on stored partitions."""

from processors.columns import day, instant, text
from processors.contract import Contract, Layer

CONTRACT = Contract(
    table="nba_ops.audits",
    description="Append-only: one row a verdict.",
    layer=Layer.OPS,
    key=("audit_id", "kind", "table_name", "partition_date"),
    date_column="partition_date",
    columns=(
        text("audit_id", "The audit that spoke.", nullable=False),
        text("kind", "verify, blindness, range, idempotence, canaries, drift.", nullable=False),
        text("table_name", "dataset.table.", nullable=False),
        day(
            "partition_date",
            "Its date; of canaries the last stored one, of drift the day of the look.",
            nullable=False,
        ),
        text("verdict", "passed, failed or undetermined.", nullable=False),
        text("evidence", "What it was decided from, as JSON.", nullable=False),
        text("output_fingerprint", "Of the rows that were audited."),
        instant("recorded_at", "When, UTC, by the wall clock.", nullable=False),
    ),
)
