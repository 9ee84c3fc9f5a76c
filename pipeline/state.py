"""What a plan says of one date of one table, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pipeline.calendar import Expectation
from pipeline.ledger import Proof
from pipeline.outcome import InputState


class State(StrEnum):
    """The closed set of a plan's words."""

    FRESH = "fresh"
    MISSING = "missing"
    STALE_CODE = "stale_code"
    STALE_INPUT = "stale_input"
    MAYBE_STALE = "maybe_stale"
    BOOTSTRAP = "bootstrap"
    NO_GAMES = "no_games"
    BLOCKED = "blocked"


TO_COMPUTE = frozenset({State.MISSING, State.STALE_CODE, State.STALE_INPUT, State.MAYBE_STALE})


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One date of one table: its state, the reason, and what it was told from."""

    table: str
    day: date
    state: State
    reason: str
    expectation: Expectation
    asked: bool = True
    inputs: tuple[InputState, ...] = ()
    input_fingerprints: Mapping[str, str] = field(default_factory=dict)
    proof: Proof | None = None

    @property
    def is_undone(self) -> bool:
        """Whether something is to be done, or would be if its inputs were there."""
        return self.state in TO_COMPUTE or self.state is State.BLOCKED
