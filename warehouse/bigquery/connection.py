"""One call of BigQuery's API: the client loaded late, a time-out on it, retries where they help."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from processors.errors import IdentityUnavailable, UsageError, WarehouseFailed, WarehouseTransient
from warehouse.bigquery.address import Address
from warehouse.bigquery.failures import Refusal, as_ours, read_refusal

if TYPE_CHECKING:
    from google.cloud.bigquery import Client

EMULATOR = "BIGQUERY_EMULATOR_HOST"
"""Google's client asks there where it is set; then it is handed no credentials to lose."""
REQUEST_SECONDS = 60.0
ATTEMPTS = 6
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 16.0

ONCE: Any = None
"""For `retry` and `job_retry` of every call of the client: the retries are ours. Its documents
allow None, its type hints not everywhere."""

Given = TypeVar("Given")


class Refused(Exception):
    """Google's answer to a call, where it is none that a retry could cure; for those who call."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.words)
        self.refusal = refusal


def pause(attempt: int, *, spread: Callable[[float, float], float] = random.uniform) -> float:
    """Seconds before the next attempt: doubling, of which a random half is left out, so that many
    who were refused together don't come back together."""
    longest = min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE)
    return spread(longest / 2, longest)


class Connection:
    """Any thread may call. `sleep` is the tests' way to wait for nothing."""

    def __init__(
        self,
        address: Address,
        *,
        request_seconds: float = REQUEST_SECONDS,
        attempts: int = ATTEMPTS,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.address = address
        self.request_seconds = request_seconds
        self.attempts = attempts
        self.sleep = sleep
        self._opening = threading.Lock()

    @property
    def client(self) -> Client:
        with self._opening:
            return self._client

    @cached_property
    def _client(self) -> Client:
        from google.auth.credentials import AnonymousCredentials
        from google.auth.exceptions import DefaultCredentialsError
        from google.cloud.bigquery import Client

        anonymous: Callable[[], Any] = AnonymousCredentials
        try:
            return Client(
                project=self.address.project,
                location=self.address.location,
                credentials=anonymous() if os.environ.get(EMULATOR) else None,
            )
        except DefaultCredentialsError as error:
            raise UsageError(
                "no credentials for BigQuery are found: run `gcloud auth application-default"
                " login`, or give the service an account"
            ) from error

    def call(self, what: str, ask: Callable[[Client, float], Given]) -> Given:
        """Ask, with the client and the seconds that the request may take; in our words."""
        try:
            return self.ask(what, ask)
        except Refused as error:
            raise as_ours(what, error.refusal) from error

    def ask(self, what: str, ask: Callable[[Client, float], Given]) -> Given:
        """As `call`, but what BigQuery refuses for good is `Refused`: the caller knows better."""
        client = self.client
        for attempt in range(self.attempts):
            try:
                return ask(client, self.request_seconds)
            except _loaded_errors() as error:
                last = _judged(what, error)
            if attempt + 1 < self.attempts:
                self.sleep(pause(attempt))
        raise WarehouseTransient(
            f"{what} was given up after {self.attempts} attempts at BigQuery: {last}"
        )

    def close(self) -> None:
        with self._opening:
            if "_client" in self.__dict__:
                closing: Any = self._client
                closing.close()
                del self._client


def _loaded_errors() -> tuple[type[Exception], ...]:
    from google.api_core.exceptions import GoogleAPICallError
    from google.auth.exceptions import GoogleAuthError
    from requests.exceptions import RequestException

    # Google's job makes a builtin TimeoutError of a page of results that comes too late.
    return (GoogleAPICallError, GoogleAuthError, RequestException, TimeoutError)


def _judged(what: str, error: Exception) -> str:
    """What to say if it is the last attempt; raises where another one is of no use."""
    from google.api_core.exceptions import GoogleAPICallError
    from google.auth.exceptions import GoogleAuthError, TransportError
    from requests.exceptions import ChunkedEncodingError, SSLError, Timeout
    from requests.exceptions import ConnectionError as LineBroken

    if isinstance(error, GoogleAPICallError):
        refusal = read_refusal(error)
        if not refusal.is_retried:
            raise Refused(refusal) from error
        return f"{refusal.reason or refusal.status}: {refusal.words}"
    # Not their words: what the issuer answers may hold more than a name of an error.
    name = type(error).__name__
    if isinstance(error, GoogleAuthError) and not isinstance(error, TransportError):
        raise IdentityUnavailable(f"{what}: no token for BigQuery can be had ({name})") from None
    worth_another = (LineBroken, ChunkedEncodingError, Timeout, TimeoutError, TransportError)
    if isinstance(error, SSLError) or not isinstance(error, worth_another):
        raise WarehouseFailed(f"{what}: BigQuery can't be reached ({name})") from error
    return f"the line broke or nothing came in time ({name})"
