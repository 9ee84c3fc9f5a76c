"""Dead letters as they are asked for and shown."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from service.models.answers import Instant


class LettersAsked(BaseModel):
    """Which letters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=20, ge=1, le=1000)
    settled: bool = Field(default=False, description="Those that were replayed, too.")


class LetterAsked(BaseModel):
    """Which letter."""

    letter_id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")


class LetterSeen(BaseModel):
    """One message that could not be worked on."""

    letter_id: str
    recorded_at: Instant
    subscription: str | None
    message_id: str | None
    source_table: str | None
    analysis_date: date | None
    kind: str
    reason: str = Field(description="Of the latest try.")
    replayed_at: Instant | None
    body: str | None = Field(description="The delivery as it came; null in a list.")


class LettersSeen(BaseModel):
    """The newest first."""

    letters: list[LetterSeen]


class Replayed(BaseModel):
    """What a replay came to; after `dead_letter` the letter waits on."""

    letter_id: str
    outcome: str
    reason: str
