"""The inner message: which table has landed for which date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Annotated

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from pipeline.days import WORDS, parse_day
from processors.errors import UsageError
from service.push.envelope import Envelope, Key, read_envelope, told

DATES = ("analysis_date", "game_date")
LONGEST_WORD = 200


def _day(value: object) -> date:
    if not isinstance(value, str):
        raise _fault("a date is written as text: YYYY-MM-DD")
    if value.upper() in WORDS:
        raise _fault(f"a message may arrive days later, so {value} is no date: write YYYY-MM-DD")
    try:
        return parse_day(value)
    except UsageError as error:
        near = f"; did you mean {error.details['nearest']}?" if error.details["nearest"] else ""
        raise _fault(f"is no date: write YYYY-MM-DD{near}") from error


def _fault(said: str) -> PydanticCustomError:
    return PydanticCustomError("message", "{said}", {"said": said})


def _word(value: object) -> object:
    """What is only remembered is never refused."""
    return None if value is None else str(value)[:LONGEST_WORD]


Word = Annotated[str | None, BeforeValidator(_word)]
Said = Annotated[str, Field(min_length=1, max_length=LONGEST_WORD)]


class Landed(BaseModel):
    """Strict in what matters; other fields of users' messages are theirs."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)

    source_table: Said
    day: Annotated[date, BeforeValidator(_day), Field(validation_alias=AliasChoices(*DATES))]
    success: bool = True
    processor_name: Word = None
    correlation_id: Word = None

    @model_validator(mode="before")
    @classmethod
    def _one_date(cls, said: object) -> object:
        if not isinstance(said, dict):
            return said
        dates = [said[name] for name in DATES if said.get(name) is not None]
        if not dates:
            near = [name for name in map(str, said) if get_close_matches(name.lower(), DATES, n=1)]
            hint = f"; is it meant by {near[0]}?" if near else ""
            raise _fault(f"there is no {' or '.join(DATES)}{hint}")
        if dates[0] != dates[-1]:
            raise _fault(f"{DATES[0]}={dates[0]!r}, but {DATES[1]}={dates[1]!r}")
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Message:
    """A delivery that can be read."""

    body: bytes
    envelope: Envelope
    landed: Landed

    @property
    def key(self) -> Key:
        return self.envelope.key

    @property
    def about(self) -> dict[str, str]:
        """What the ledger keeps of it: enough to know it again."""
        attributes = self.envelope.message.attributes or {}
        said = {
            "subscription": self.envelope.subscription,
            "message_id": self.envelope.message.message_id,
            "source_table": self.landed.source_table,
            "processor_name": self.landed.processor_name,
            "correlation_id": self.landed.correlation_id or attributes.get("correlation_id"),
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A delivery that can't; sometimes it is known at least which."""

    body: bytes
    fault: str
    key: Key | None = None


def read_push(body: bytes) -> Message | Unreadable:
    """Never refuses: what is wrong with a message is what is known of it."""
    try:
        envelope = read_envelope(body)
    except UsageError as error:
        return Unreadable(body=body, fault=error.message)
    try:
        landed = Landed.model_validate_json(envelope.data())
    except ValidationError as error:
        fault = f"the message can't be read: {told(error, Landed)}"
        return Unreadable(body=body, fault=fault, key=envelope.key)
    except UsageError as error:
        return Unreadable(body=body, fault=error.message, key=envelope.key)
    return Message(body=body, envelope=envelope, landed=landed)
