"""How states and outcomes are called and marked, the same on every page."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.outcome import Status
from pipeline.state import State


@dataclass(frozen=True)
class Mark:
    """One word: colour is never alone, a sign and a text say the same."""

    css: str
    sign: str
    text: str


MARKS: dict[str, Mark] = {
    Status.SUCCESS: Mark("good", "✓", "stands"),
    Status.UNCHANGED: Mark("good", "✓", "stands, unchanged"),
    Status.PARTIAL: Mark("partial", "◐", "stands in part, the rest is in quarantine"),
    Status.SKIPPED_BOOTSTRAP: Mark("bootstrap", "b", "bootstrap, by design"),
    Status.SKIPPED_NO_GAMES: Mark("none", "·", "no games"),
    Status.BLOCKED: Mark("blocked", "▲", "blocked: an input is missing"),
    Status.REJECTED: Mark("rejected", "✕", "rejected by a gate"),
    Status.FAILED: Mark("failed", "!", "failed"),
    State.FRESH: Mark("good", "✓", "stands"),
    State.MISSING: Mark("missing", "○", "missing"),
    State.STALE_CODE: Mark("stale", "≠", "stale: made by older code"),
    State.STALE_INPUT: Mark("stale", "↻", "stale: an input changed since"),
    State.MAYBE_STALE: Mark("stale", "?", "may be stale: an input will be computed anew"),
    State.BOOTSTRAP: Mark("bootstrap", "b", "bootstrap, by design"),
    State.NO_GAMES: Mark("none", "·", "no games"),
    "coming": Mark("coming", "…", "still to come"),
}
"""By the word of the API; `State.BLOCKED` and `Status.BLOCKED` are one word."""

OVERALL: dict[str, Mark] = {
    "completed": Mark("good", "✓", "completed"),
    "completed_with_findings": Mark("partial", "◐", "completed with findings"),
    "blocked": Mark("blocked", "▲", "blocked"),
    "failed": Mark("failed", "!", "failed"),
    "running": Mark("running", "↻", "running"),
    "skipped": Mark("none", "·", "nothing to do"),
    "passed": Mark("good", "✓", "passed"),
    "undetermined": Mark("partial", "?", "undetermined"),
    "stopped": Mark("partial", "■", "stopped before its end"),
    "died": Mark("failed", "!", "died"),
    "done": Mark("good", "✓", "done"),
    "dead_letter": Mark("failed", "!", "still a dead letter"),
}
"""Of runs, audits and replays."""


def mark(word: str | None) -> Mark:
    """An unknown word is shown as it is: nothing is dropped because a page doesn't know it."""
    said = str(word) if word is not None else "unknown"
    return MARKS.get(said) or OVERALL.get(said) or Mark("unknown", "?", said)


def short(table: str) -> str:
    """Without its dataset."""
    return table.rpartition(".")[2]
