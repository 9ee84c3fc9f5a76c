"""Runs: one row when a request starts, one when it ends. A start without an end died."""

from processors.columns import instant, text
from processors.contract import Contract, Layer

CONTRACT = Contract(
    table="nba_ops.runs",
    description="Append-only. A run whose last event is `started` is running or has died.",
    layer=Layer.OPS,
    key=("run_id", "event"),
    date_column=None,
    columns=(
        text("run_id", "The run; sorts by time.", nullable=False),
        text(
            "event",
            "What happened; `stopped` is an end before all was done, `detail` says where.",
            nullable=False,
            one_of=("started", "finished", "stopped", "died"),
        ),
        instant("recorded_at", "When, UTC.", nullable=False),
        text("status", "Overall word of what was done, on `finished` and `stopped`."),
        text("request", "What was asked, as JSON.", nullable=False),
        text("process", "Host and process that ran it.", nullable=False),
        text("detail", "What else is known, as JSON."),
    ),
)
