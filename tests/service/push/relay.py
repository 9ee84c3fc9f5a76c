"""A relay between the broker and the service: it passes deliveries on, some of them twice at once,
and writes down what was answered."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

import httpx

NOBODY_THERE = 502


@dataclass(frozen=True)
class Answered:
    """One delivery: the message, the code, and what the service says of it."""

    message_id: str
    code: int
    outcome: str | None


@dataclass
class Relay:
    """Listens at `url` while it runs."""

    url: str
    answers: list[Answered] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def note(self, answer: Answered) -> None:
        with self._lock:
            self.answers.append(answer)

    def codes(self, message_id: str) -> list[int]:
        """In the order in which they were answered."""
        with self._lock:
            return [one.code for one in self.answers if one.message_id == message_id]

    @property
    def acknowledged(self) -> set[str]:
        with self._lock:
            return {one.message_id for one in self.answers if one.code == 204}


@contextmanager
def relaying(target: str, *, is_doubled: Callable[[str], bool]) -> Iterator[Relay]:
    """Each delivery goes to the target once, a doubled message's twice in parallel."""
    with (
        httpx.Client(timeout=120, limits=httpx.Limits(max_connections=200)) as client,
        ThreadPoolExecutor(200) as pool,
    ):

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                message_id = json.loads(body)["message"]["messageId"]
                copies = 2 if is_doubled(message_id) else 1
                first, *others = [pool.submit(deliver, message_id, body) for _ in range(copies)]
                code = max(one.result() for one in (first, *others))
                self.send_response(code)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        def deliver(message_id: str, body: bytes) -> int:
            try:
                answer = client.post(target, content=body)
            except httpx.TransportError:
                time.sleep(0.2)  # as long as nobody is there, the broker tries again and again
                relay.note(Answered(message_id, NOBODY_THERE, None))
                return NOBODY_THERE
            outcome = answer.headers.get("Tipoff-Outcome")
            relay.note(Answered(message_id, answer.status_code, outcome))
            return answer.status_code

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        relay = Relay(f"http://127.0.0.1:{server.server_port}/pubsub/push")
        listening = Thread(target=server.serve_forever, daemon=True)
        listening.start()
        try:
            yield relay
        finally:
            server.shutdown()
            server.server_close()
            listening.join()
