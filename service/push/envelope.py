"""What Pub/Sub wraps around a message, in both of its spellings."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from processors.errors import UsageError
from service.faults import faults_of
from service.models.answers import Fault

MOST_DATA_BYTES = 100_000
"""Of the inner message. Ours take 300; what is larger was meant for somebody else."""
Id = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[\x21-\x7e]+$")]
Key = tuple[str, str]
"""Subscription and message id."""


class Wrapped(BaseModel):
    """One message; Google may add fields, so strangers are let through."""

    model_config = ConfigDict(frozen=True)

    data: str = Field(default="", description="The inner message in base64.")
    attributes: dict[str, str] | None = Field(default=None, description="`correlation_id` is read.")
    message_id: Id = Field(validation_alias=AliasChoices("messageId", "message_id"))
    publish_time: str | None = Field(
        default=None, validation_alias=AliasChoices("publishTime", "publish_time")
    )


class Envelope(BaseModel):
    """A delivery: the message, and the subscription that it came through."""

    model_config = ConfigDict(frozen=True)

    message: Annotated[Wrapped, WithJsonSchema(Wrapped.model_json_schema())]
    subscription: Id
    delivery_attempt: int | None = Field(
        default=None,
        validation_alias=AliasChoices("deliveryAttempt", "delivery_attempt"),
        description="Only where the subscription has a dead-letter policy.",
    )

    @property
    def key(self) -> Key:
        """What two deliveries of one message have in common."""
        return self.subscription, self.message.message_id

    def data(self) -> bytes:
        """The inner message."""
        try:
            found = base64.b64decode(self.message.data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise UsageError(f"message.data is no base64: {error}") from error
        if not found:
            raise UsageError("message.data is empty: the message is in its attributes, or nowhere")
        if len(found) > MOST_DATA_BYTES:
            raise UsageError(
                f"message.data holds {len(found)} bytes; at most {MOST_DATA_BYTES} are read"
            )
        return found


def read_envelope(body: bytes) -> Envelope:
    try:
        return Envelope.model_validate_json(body)
    except ValidationError as error:
        raise UsageError(f"this is no push of Pub/Sub: {told(error, Envelope)}") from error


def told(error: ValidationError, model: type[BaseModel]) -> str:
    """All that is wrong, each with its field and value."""
    return "; ".join(map(_in_words, faults_of(error.errors(), list(model.model_fields))))


def _in_words(fault: Fault) -> str:
    if fault.field in ("body", *fault.message.split()):
        return fault.message
    return f"{fault.field}={fault.value!r}: {fault.message}"
