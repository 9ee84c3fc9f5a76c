"""Who can answer what a command asks: the warehouse itself, or the service that owns it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from service.models.answers import (
    Coverage,
    Handoff,
    OutcomeOf,
    Plan,
    Rows,
    Verified,
)
from service.models.explained import Explained
from service.models.letters import LettersAsked, LetterSeen, LettersSeen, Replayed
from service.models.predicted import ModelsSpoke, ToldLive
from service.models.queries import Covering, Planning, Since, Tables
from service.models.requests import Predict, ProcessRange, Query, Verify


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What became of a request for work, each table date by date."""

    status: str
    exit_code: int
    run_id: str
    results: Sequence[OutcomeOf]
    prepared: Sequence[OutcomeOf]


@dataclass(frozen=True, kw_only=True)
class RanLive(Ran):
    """A prediction: also what was told live, and which models spoke."""

    live: ToldLive | None
    models: ModelsSpoke | None


class Answers(Protocol):
    """The same questions get the same answers, whoever gives them."""

    def coverage(self, asked: Covering) -> Coverage: ...

    def verify(self, asked: Verify) -> Verified: ...

    def handoff(self, asked: Since) -> Handoff: ...

    def plan(self, asked: Planning) -> Plan: ...

    def explain(self, day: date, asked: Tables) -> Explained: ...

    def query(self, asked: Query) -> Rows: ...

    def run(self, asked: ProcessRange) -> Ran: ...

    def predict(self, asked: Predict) -> RanLive: ...

    def dead_letters(self, asked: LettersAsked) -> LettersSeen: ...

    def dead_letter(self, letter_id: str) -> LetterSeen: ...

    def replay(self, letter_id: str) -> Replayed: ...

    def close(self) -> None: ...
