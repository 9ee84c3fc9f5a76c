"""`POST /pubsub/push`, also at `/` and `/process`; and the letters that came of it."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from service.models.letters import LettersAsked, LetterSeen, LettersSeen, Replayed
from service.office import TheOffice
from service.push.envelope import Envelope
from service.push.receiving import Inbox

router = APIRouter(tags=["push"])
ENVELOPE = {
    "requestBody": {"content": {"application/json": {"schema": Envelope.model_json_schema()}}}
}
OUTCOME = "Tipoff-Outcome"
LARGEST = dict.fromkeys(("/pubsub/push", "/process", "/"), 14_000_000)
"""What Pub/Sub sends at most, 10 MB in base64: a refusal would only bring it again."""


def _inbox(request: Request) -> Inbox:
    return cast(Inbox, request.app.state.inbox)


TheInbox = Annotated[Inbox, Depends(_inbox)]
LetterId = Annotated[str, Path(max_length=100)]


@router.post("/pubsub/push", status_code=204, openapi_extra=ENVELOPE)
@router.post("/process", status_code=204, openapi_extra=ENVELOPE)
@router.post("/", status_code=204, openapi_extra=ENVELOPE)
async def push(request: Request, inbox: TheInbox) -> Response:
    """Compute what follows from a table that has landed. Everything but 204 asks for another
    delivery: a message that can't be worked on is kept as a dead letter, then acknowledged."""
    receipt = await inbox.receive(await request.body())
    return Response(status_code=204, headers={OUTCOME: receipt.word})


@router.get("/dead-letters")
def dead_letters(asked: Annotated[LettersAsked, Query()], inbox: TheInbox) -> LettersSeen:
    """Messages that could not be worked on, the newest first."""
    return inbox.letters.newest(asked)


@router.get("/dead-letters/{letter_id}")
def dead_letter(letter_id: LetterId, inbox: TheInbox) -> LetterSeen:
    """One of them whole."""
    return inbox.letters.letter(letter_id)


@router.post("/dead-letters/{letter_id}/replay")
async def replay(letter_id: LetterId, inbox: TheInbox, office: TheOffice) -> Replayed:
    """Work on it again, as if it had just come."""
    return await office.work(inbox.letters.replay, letter_id, inbox.worker)
