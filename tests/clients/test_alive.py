"""The image's health check, as a program of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@contextmanager
def answering(code: int) -> Iterator[int]:
    """At a port: this code at /healthz, and 404 everywhere else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(code if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def checked(port: int) -> subprocess.CompletedProcess[str]:
    """A proxy of the environment's isn't asked."""
    environment = os.environ | {"PORT": str(port), "http_proxy": "http://127.0.0.1:9"}
    command = [sys.executable, "-m", "clients.alive"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("code", "ending"), [(200, 0), (503, 1)])
def test_answer(code: int, ending: int) -> None:
    with answering(code) as port:
        assert checked(port).returncode == ending


def test_nothing_there() -> None:
    with answering(200) as port:
        pass
    done = checked(port)
    assert (done.returncode, done.stderr) == (1, "")
