"""The word that one date of one table is shown as, wherever it is shown."""

from __future__ import annotations

from pipeline.outcome import Status
from pipeline.state import Item, State

COMING = "coming"
UNDONE = frozenset({Status.FAILED, Status.REJECTED, Status.BLOCKED})
ALIKE: dict[str, str] = {
    Status.UNCHANGED: Status.SUCCESS,
    Status.SKIPPED_BOOTSTRAP: State.BOOTSTRAP,
    Status.SKIPPED_NO_GAMES: State.NO_GAMES,
}
"""Outcomes that leave the rows as another does: they are shown by one word."""


def word_of(item: Item, *, is_coming: bool, last: Status | None) -> str:
    """What stands by the outcome that proved it, what is missing by the last try if that failed,
    everything else by its state; what isn't done of a date to come is no gap yet."""
    if is_coming and item.state not in (State.FRESH, State.BOOTSTRAP, State.NO_GAMES):
        return COMING
    if item.state is State.FRESH and item.proof is not None:
        return ALIKE.get(item.proof.status, item.proof.status)
    if item.state is State.MISSING and last in UNDONE:
        return last
    return item.state
