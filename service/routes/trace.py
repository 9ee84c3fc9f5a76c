"""`GET /trace/{day}/{player}`: a player's row of a date, down to the games."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path

from pipeline.trace.tracing import trace as trace_of
from service.models.requests import Day
from service.models.trace import Traced
from service.office import Office, TheOffice
from service.tracing import traced

router = APIRouter(tags=["looking"])

Player = Annotated[str, Path(max_length=100, description="His player_lookup.")]


@router.get("/trace/{day}/{player}")
def trace(day: Annotated[Day, Path()], player: Player, office: TheOffice) -> Traced:
    """Every feature with its value, its sentence and its games; and the value computed anew from
    them, with and without the date's own."""
    return answer(office, day, player)


def answer(office: Office, day: date, player: str) -> Traced:
    """What the page shows, too."""
    return traced(trace_of(office.pipeline, day, player))
