"""One line to a service: tokens renewed when refused, and every way in which an answer is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from clients.backfill.gate import Gate
from clients.backfill.line import Answered, Line, Lost
from clients.backfill.pace import Pace
from clients.backfill.results import Attempt, Ending
from clients.identity import Identity
from processors.errors import IdentityUnavailable, NotAuthenticated, TipoffError
from tests.clients.backfill.proxy import Fault, Proxy, Tokens

NOWHERE = "http://127.0.0.1:9"


def ask(url: str, identity: Identity, *, times: int = 1, seconds: float = 5) -> list[Answered]:
    async def all_of_them() -> list[Answered]:
        line = Line(url, Gate(Pace(rate=1000, most=8)), identity)
        try:
            return [
                await line.ask("POST", "/process-date", seconds=seconds, body={"a": 1})
                for _ in range(times)
            ]
        finally:
            await line.close()

    return asyncio.run(all_of_them())


def lost(url: str, identity: Identity | None = None, *, seconds: float = 5) -> Attempt:
    with pytest.raises(Lost) as raised:
        ask(url, identity or Tokens(), seconds=seconds)
    return raised.value.attempt


def test_a_token_is_renewed_when_it_is_refused() -> None:
    tokens = Tokens()
    with Proxy(NOWHERE, [Fault.HTML] * 9, tokens) as proxy:
        answers = ask(proxy.url, tokens, times=8)
    assert [one.status for one in answers] == [200] * 8
    assert tokens.minted == 3
    assert proxy.seen["401"] == 2


class Stranger:
    """Nobody takes his tokens."""

    renewed = 0

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer stranger-{self.renewed}"}

    def renew(self, refused: Mapping[str, str]) -> None:
        assert refused == self.headers()
        self.renewed += 1


def test_who_is_never_accepted_renews_once() -> None:
    stranger = Stranger()
    with Proxy(NOWHERE, tokens=Tokens()) as proxy:
        (answer,) = ask(proxy.url, stranger)
    assert (answer.status, stranger.renewed, proxy.seen["401"]) == (401, 1, 2)


class Lacking(Stranger):
    """There is no token to be had."""

    def __init__(self, error: TipoffError) -> None:
        self.error = error

    def headers(self) -> dict[str, str]:
        raise self.error


@pytest.mark.parametrize(
    ("error", "retryable"), [(NotAuthenticated("no"), False), (IdentityUnavailable("no"), True)]
)
def test_no_token_to_be_had(error: TipoffError, retryable: bool) -> None:
    attempt = lost(NOWHERE, Lacking(error))
    assert (attempt.ending, attempt.retryable) == (Ending.REFUSED, retryable)
    assert attempt.message == f"{error.code}: no"


def test_ways_to_lose_an_answer() -> None:
    assert lost(NOWHERE).ending is Ending.UNREACHABLE
    with Proxy(NOWHERE, [Fault.DROPPED]) as proxy:
        assert lost(proxy.url).ending is Ending.BROKEN_OFF


class Service(Proxy):
    """Answers by itself."""

    answer = b""
    pause = 0.0

    async def _serve(self, reader, writer) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self.answer)
            await writer.drain()
            await asyncio.sleep(self.pause)
        finally:
            writer.close()


@pytest.mark.parametrize(
    ("answer", "pause", "ending"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", 0, Ending.BROKEN_OFF),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", 0, Ending.BROKEN_OFF),
        (b"GIBBERISH\r\n\r\n", 0, Ending.BROKEN_OFF),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab",
            0,
            Ending.BROKEN_OFF,
        ),
        (b"", 3, Ending.TIMED_OUT),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", 3, Ending.TIMED_OUT),
    ],
)
def test_half_an_answer(answer: bytes, pause: float, ending: Ending) -> None:
    with Service(NOWHERE) as service:
        service.answer, service.pause = answer, pause
        assert lost(service.url, seconds=1).ending is ending
