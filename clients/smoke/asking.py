"""One question to what was deployed, and its answer or what stands in its place."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from pydantic import BaseModel

from clients.backfill.line import LOOPBACK
from clients.backfill.reading import parsed, read_refusal
from clients.backfill.results import Ending
from clients.identity import Identity

Answer = TypeVar("Answer", bound=BaseModel)
NOT_FOUND = 404
"""Also what Google's front end says of an address that it doesn't know yet."""
SECONDS = 60.0
"""For one answer: the first of an instance waits for its start."""


class Unanswered(Exception):
    """What came instead, and whether waiting may help."""

    def __init__(self, why: str, *, may_come: bool, is_before: bool = False) -> None:
        super().__init__(why)
        self.why, self.may_come = why, may_come
        self.is_before = is_before
        """Nothing of the service's answered, but what stands before it."""


class Deployed:
    """What answers at an address."""

    def __init__(self, url: str, identity: Identity) -> None:
        self.url, self._identity = url.rstrip("/"), identity
        # A proxy of the environment's is none for this machine.
        is_near = httpx.URL(url).host in LOOPBACK
        self._client = httpx.Client(base_url=self.url, trust_env=not is_near, timeout=SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def ask(self, model: type[Answer], path: str, body: dict[str, Any] | None = None) -> Answer:
        """As the service's own models have it; raises Unanswered."""
        try:
            answer = self._client.request(
                "GET" if body is None else "POST",
                path,
                json=body,
                headers=self._identity.headers(),
            )
        except httpx.TransportError as error:
            raise Unanswered(f"no answer ({type(error).__name__})", may_come=True) from error
        found = parsed(model, answer.content)
        if found is None or answer.status_code not in (200, 503):
            said = read_refusal(answer.status_code, answer.headers, answer.content)
            later = said.retryable or answer.is_server_error
            if answer.status_code == NOT_FOUND and said.ending is Ending.GARBLED:
                why = f"{path} never reached the service: {said.message}, by what stands before it"
                raise Unanswered(why, may_come=True, is_before=True)
            raise Unanswered(said.message, may_come=later)
        return found
