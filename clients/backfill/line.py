"""One service at the other end: every request has its turn, and proves who asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from clients.backfill.gate import Gate
from clients.backfill.reading import seconds_to_wait
from clients.backfill.results import Attempt, Ending
from clients.identity import Identity
from processors.errors import TipoffError

CONNECT_SECONDS = 10.0
RENEWALS = 3
PRESSURE = frozenset({429, 503})
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Lost(Exception):
    """There is no answer; how that came."""

    def __init__(self, ending: Ending, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.attempt = Attempt(ending=ending, message=message, retryable=retryable)


@dataclass(frozen=True)
class Answered:
    """Whatever it says."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Line:
    """A token that is refused is renewed once; where one of ours was good before, a few times:
    others may have used up the new one meanwhile."""

    url: str
    gate: Gate
    identity: Identity
    _accepted: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        # A proxy of the environment's is none for this machine.
        self._client = httpx.AsyncClient(
            base_url=self.url,
            trust_env=httpx.URL(self.url).host not in LOOPBACK,
            limits=httpx.Limits(max_connections=None),
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        seconds: float,
        body: object = None,
        parameters: Mapping[str, str] | None = None,
    ) -> Answered:
        """The whole answer within so many seconds from its start; raises Lost."""
        async with self.open(
            method, path, seconds=seconds, body=body, parameters=parameters
        ) as response:
            try:
                async with asyncio.timeout(seconds):
                    content = await response.aread()
            except TimeoutError as error:
                raise Lost(Ending.TIMED_OUT, f"no whole answer within {seconds:g} s") from error
            return Answered(response.status_code, response.headers, content)

    @asynccontextmanager
    async def open(
        self,
        method: str,
        path: str,
        *,
        seconds: float,
        body: object = None,
        parameters: Mapping[str, str] | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """An answer that has begun; so many seconds are for each part of it. Raises Lost."""
        renewed = 0
        while True:
            async with self.gate.turn():
                proof = await self._proof()
                request = self._client.build_request(
                    method,
                    path,
                    json=body,
                    params=parameters,
                    headers=dict(proof),
                    timeout=httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
                )
                async with self._sent(request, seconds) as response:
                    self._accepted |= response.is_success
                    renewals = RENEWALS if self._accepted else 1
                    if response.status_code != 401 or renewed >= renewals:
                        yield response
                        return
            renewed += 1
            await asyncio.to_thread(self.identity.renew, proof)

    @asynccontextmanager
    async def _sent(self, request: httpx.Request, seconds: float) -> AsyncIterator[httpx.Response]:
        begun = self.gate.clock()
        try:
            response = await self._client.send(request, stream=True)
            try:
                self._paced(response, begun)
                yield response
            finally:
                await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Lost(Ending.UNREACHABLE, f"nothing answers at {self.url}") from error
        except httpx.TimeoutException as error:
            raise Lost(Ending.TIMED_OUT, f"nothing came for {seconds:g} s") from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            message = f"the answer ended early ({type(error).__name__})"
            raise Lost(Ending.BROKEN_OFF, message) from error

    def _paced(self, response: httpx.Response, begun: float) -> None:
        pace = self.gate.pace
        if response.status_code in PRESSURE:
            wait = seconds_to_wait(response.headers)
            pace.pressed(self.gate.clock(), started=begun, retry_after=wait)
        elif response.is_success:
            pace.went_well()

    async def _proof(self) -> Mapping[str, str]:
        try:
            return await asyncio.to_thread(self.identity.headers)
        except TipoffError as error:
            message = f"{error.code}: {error.message}"
            raise Lost(Ending.REFUSED, message, retryable=error.retryable) from error
