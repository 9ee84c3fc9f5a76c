"""The answer of a prediction: a processed date, what was told live, and which models spoke."""

from __future__ import annotations

from pydantic import BaseModel, Field

from service.models.answers import Instant, Processed


class ToldLive(BaseModel):
    """What was said before tip-off, and is kept as it was said; counts by system."""

    as_of: Instant | None = Field(description="When, by the clock; null where nothing was ready.")
    new: dict[str, int] = Field(description="Rows that were told now.")
    unchanged: dict[str, int] = Field(description="Rows that stand as they were told before.")
    left_out: dict[str, int] = Field(
        description="Rows that could not be told: `begun`, `no_tipoff`, `line_from_later`."
    )
    reason: str


class VoiceOf(BaseModel):
    """One model: of how many players it spoke, and why not of the others."""

    system_id: str
    model_id: str
    state: str
    said: int
    left_out: dict[str, int]
    silence: str = Field(description="Why it said nothing at all, as a word; else empty.")
    reason: str


class ModelsSpoke(BaseModel):
    """What became of asking models."""

    said: int = Field(description="Rows of nba_raw.model_predictions that stand as they said them.")
    reason: str = Field(description="Why none was asked; else empty.")
    voices: list[VoiceOf]
    lines: list[str] = Field(description="The same in words.")


class Predicted(Processed):
    """What became of a date's predictions; the run is the last one, which has published them."""

    live: ToldLive | None = Field(description="Null where nothing is told live: a backfill.")
    models: ModelsSpoke | None = Field(description="Null where there was nothing to speak of.")
