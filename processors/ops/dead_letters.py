"""Dead letters: messages that could not be worked on, kept whole."""

from processors.columns import instant, text
from processors.contract import Contract, Layer

CONTRACT = Contract(
    table="nba_ops.dead_letters",
    description="Append-only.",
    layer=Layer.OPS,
    key=("letter_id",),
    date_column=None,
    columns=(
        text("letter_id", "The letter.", nullable=False),
        text("subscription", "Where it came from."),
        text("message_id", "The sender's id."),
        text("reason", "Why it could not be worked on.", nullable=False),
        text("body", "The message as it came.", nullable=False),
        instant("recorded_at", "When, UTC, by the wall clock.", nullable=False),
    ),
)
