"""Dead letters: messages that could not be worked on, kept whole."""

from processors.columns import day, instant, text
from processors.contract import Contract, Layer

CONTRACT = Contract(
    table="nba_ops.dead_letters",
    description=(
        "Append-only: one row when a message is kept, one more each time that it is replayed. A"
        " letter is settled once a row of it says `replayed`."
    ),
    layer=Layer.OPS,
    key=("letter_id", "recorded_at"),
    date_column=None,
    columns=(
        text("letter_id", "The letter; sorts by time.", nullable=False),
        text(
            "event",
            "What happened; `kept_again` is a replay that ended like the first try.",
            nullable=False,
            one_of=("kept", "kept_again", "replayed"),
        ),
        text("subscription", "Where it came from; NULL where that can't be read."),
        text("message_id", "The sender's id; NULL where that can't be read."),
        text("source_table", "The table that had landed, as the message says it."),
        day("analysis_date", "The date that the message is about."),
        text(
            "kind",
            "What is wrong with it; NULL on `replayed`.",
            one_of=("malformed", "unknown_table", "rejected", "failed"),
        ),
        text(
            "reason", "Why it could not be worked on, or what the replay came to.", nullable=False
        ),
        text("body", "The message as it came; NULL after the first row."),
        instant("recorded_at", "When, UTC, by the wall clock.", nullable=False),
    ),
)
