"""What stands between a client and a service on a bad day, by a script: it can be repeated."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

USES, ROUNDS = 3, 10


class Fault(StrEnum):
    """What becomes of one request for work."""

    NONE = "none"
    SLOW = "answered late"
    DROPPED = "dropped before the service heard of it"
    SWALLOWED = "done, and the answer dropped"
    HALVED = "done, and half of the answer sent"
    HUNG = "done, and the answer kept back"
    BUSY = "429"
    UNAVAILABLE = "503"
    BAD_GATEWAY = "502"
    HTML = "a page with code 200"
    FORBIDDEN = "403"


PAGE = b"<html><body>Please sign in</body></html>"


class Tokens:
    """Only the newest is good, and only for a few requests; also the identity that has it."""

    def __init__(self) -> None:
        self.minted, self._uses = 1, 0
        self._lock = threading.Lock()

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer token-{self.minted}"}

    def renew(self, refused: Mapping[str, str]) -> None:
        with self._lock:
            if refused == self.headers():
                self.minted, self._uses = self.minted + 1, 0

    def take(self, shown: str | None) -> bool:
        with self._lock:
            if shown != self.headers()["Authorization"]:
                return False
            self._uses += 1
            return self._uses <= USES


@dataclass
class Proxy:
    """In a thread of its own; `upstream` may change at any time."""

    upstream: str
    script: Iterable[Fault] = ()
    tokens: Tokens | None = None
    work: str = "/process-date"
    seen: Counter[str] = field(default_factory=Counter)
    bodies: list[dict[str, object]] = field(default_factory=list)
    at_work: int = 0
    """Requests for work that the service has and hasn't answered."""
    in_flight: int = 0
    most_in_flight: int = 0

    def __enter__(self) -> Self:
        self._faults = iter(self.script)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        starting = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """In flight is what hasn't its whole answer, and whose client still waits for it."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(int(_header(head, "content-length") or 0))
            await self._those_gone_are_noticed()
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
            try:
                answer = await _unless(self._answer(head, body), reader.read())
            finally:
                self.in_flight -= 1
            writer.write(answer)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.seen["gone"] += 1
        finally:
            writer.close()

    async def _those_gone_are_noticed(self) -> None:
        """Whoever hung up before this was sent has been heard by the system; it takes the loop some
        rounds to say so, and a busy machine may let a newcomer be first."""
        for _ in range(ROUNDS):
            await asyncio.sleep(0)

    async def _answer(self, head: bytes, body: bytes) -> bytes:
        if self.tokens and not self.tokens.take(_header(head, "authorization")):
            self.seen["401"] += 1
            return _response(401, _error("not_authenticated", retryable=False))
        path = head.split(b" ", 2)[1].decode()
        if path != self.work:
            self.seen[path.split("?")[0]] += 1
            return await self._forwarded(head, body)
        fault = next(self._faults, Fault.NONE)
        self.bodies.append(json.loads(body))
        self.seen[fault] += 1
        if fault in AT_ONCE:
            return AT_ONCE[fault]
        self.at_work += 1
        try:
            whole = await self._forwarded(head, body)
        finally:
            self.at_work -= 1
        return await _bent(whole, fault)

    async def _forwarded(self, head: bytes, body: bytes) -> bytes:
        """The whole answer; what there is of it where the service was killed."""
        where = urlsplit(self.upstream)
        try:
            from_service, to_service = await asyncio.open_connection(where.hostname, where.port)
        except OSError:
            return _response(502, PAGE)
        try:
            first, rest = head.split(b"\r\n", 1)
            to_service.write(first + b"\r\nConnection: close\r\n" + rest + body)
            return await from_service.read()
        except ConnectionError:
            return b""
        finally:
            to_service.close()


async def _bent(whole: bytes, fault: Fault) -> bytes:
    match fault:
        case Fault.SLOW:
            await asyncio.sleep(0.5)
        case Fault.SWALLOWED:
            return b""
        case Fault.HALVED:
            return whole[: len(whole) // 2]
        case Fault.HUNG:
            await asyncio.Event().wait()  # until the client has had enough
    return whole


async def _unless(
    answer: Coroutine[None, None, bytes], gone: Coroutine[None, None, bytes]
) -> bytes:
    """Given up where the client is gone first: nothing is left to say, nobody to say it to."""
    working, leaving = asyncio.create_task(answer), asyncio.create_task(gone)
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ConnectionAbortedError
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


def _response(code: int, body: bytes, more: Mapping[str, str] | None = None) -> bytes:
    kind = "application/json" if body.startswith(b"{") else "text/html"
    headers = {
        "Content-Type": kind,
        "Content-Length": str(len(body)),
        "Connection": "close",
        **(more or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {code} As Scripted\r\n{lines}\r\n".encode() + body


def _error(code: str, *, retryable: bool) -> bytes:
    return json.dumps({"error": code, "message": "as scripted", "retryable": retryable}).encode()


def _header(head: bytes, name: str) -> str | None:
    for line in head.decode().split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name:
            return value.strip()
    return None


AT_ONCE = {
    Fault.DROPPED: b"",
    Fault.BUSY: _response(429, _error("too_busy", retryable=True), {"Retry-After": "1"}),
    Fault.FORBIDDEN: _response(403, _error("not_allowed", retryable=False)),
    Fault.UNAVAILABLE: _response(503, PAGE),
    Fault.BAD_GATEWAY: _response(502, PAGE),
    Fault.HTML: _response(200, PAGE),
}
"""The service never hears of these requests."""
